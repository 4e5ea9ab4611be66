"""``haidang log verify-…``: a row, a list or minutes that were handed over, checked without any host or network.

Law: each thing that was checked has its own line; whom to trust is what the verifier was given by hand, nothing that
the file says of itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

from haidang.cli.exits import NO, OK
from haidang.core.errors import CorruptData, InvalidInput
from haidang.core.row_proof import Verdict, row_proof_of_text
from haidang.core.signed_list import ListStatement, statement_of
from haidang.core.tlog.notes import key_of, open_note
from haidang.core.tlog.policies import Log, Policy, policy_of

__all__ = ["verify_list", "verify_minutes", "verify_row"]

_MAX_FILE_BYTES = 200_000_000


def verify_row(file: Path, *, key: str, policy: Path | None, as_json: bool) -> int:
    """Row, tree, log and witnesses, each with its verdict. Raises CorruptData for a file that is no proof."""
    made = row_proof_of_text(_read(file))
    trusted = Policy((Log(key_of(key)),), (), {}, "none")
    if policy is not None:
        said = policy_of(_read(policy).decode("utf-8", "replace"))
        if all(each.key != key_of(key) for each in said.logs):
            raise InvalidInput("couldn't check: the policy does not name the log of --key", code="tlog_policy")
        trusted = Policy(trusted.logs, said.witnesses, said.groups, said.quorum)
    verdicts = made.verdicts(trusted, witnessed=policy is not None)
    shown = {} if any(each.passed is False for each in verdicts) else {"row": json.loads(made.row)}
    return _tell(verdicts, as_json=as_json, **shown)


def verify_list(file: Path, *, key: str, signature: Path | None, as_json: bool) -> int:
    """The list's signature, and that the list is the one that was signed."""
    content, note = _list_in(file, signature)
    try:
        statement = statement_of(note, key_of(key))
    except CorruptData as error:
        return _tell([Verdict("signature", False, str(error)), Verdict("list", None, "not asked")], as_json=as_json)
    return _tell(
        [Verdict("signature", True, f"of {key_of(key).name}, made {statement.made_at}"), _list(statement, content)],
        as_json=as_json, rows=statement.rows, about=statement.about,
    )  # fmt: skip


def verify_minutes(file: Path, *, key: str, as_json: bool) -> int:
    """The signature of minutes, and with it every word above it."""
    data = _read(file)
    try:
        opened = open_note(data, [key_of(key)])
    except CorruptData as error:
        return _tell([Verdict("signature", False, str(error))], as_json=as_json)
    words = f"of {key_of(key).name}, over {opened.text.count(chr(10))} lines"
    return _tell(
        [Verdict("signature", True, words)], as_json=as_json, sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


def _list(statement: ListStatement, content: bytes) -> Verdict:
    same = statement.matches(content)
    return Verdict("list", same, f"{statement.rows} rows, {'as signed' if same else 'NOT the file that was signed'}")


def _list_in(file: Path, signature: Path | None) -> tuple[bytes, bytes]:
    """The table and its note: from the archive, or two files side by side."""
    data = _read(file)
    if signature is not None or not zipfile.is_zipfile(io.BytesIO(data)):
        return data, _read(signature or file.with_name(f"{file.name}.sig"))
    wrong = CorruptData("that archive holds no signed list", code="signed_list")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        tables = [each for each in archive.infolist() if each.filename.endswith(".csv")]
        if len(tables) != 1 or tables[0].file_size > _MAX_FILE_BYTES:
            raise wrong
        try:
            return archive.read(tables[0]), archive.read(f"{tables[0].filename}.sig")
        except (KeyError, zipfile.BadZipFile) as error:
            raise wrong from error


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise InvalidInput(f"couldn't read {path.name}: it is too large", code="unreadable_file")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"couldn't read {path.name}: {error.strerror}", code="unreadable_file") from error


def _tell(verdicts: list[Verdict], *, as_json: bool, **shown: object) -> int:
    words = {True: "ok", False: "FAILED", None: "--"}
    if as_json:
        print(json.dumps({"verdicts": [asdict(each) for each in verdicts], **shown}, ensure_ascii=False))
    else:
        for each in verdicts:
            print(f"{words[each.passed]:6} {each.what}: {each.words}")
        for name, value in shown.items():
            print(f"       {name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}")
    return NO if any(each.passed is False for each in verdicts) else OK
