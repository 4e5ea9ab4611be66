"""One reconciliation from beginning to end, resumable: each phase leaves in the scratch file how far it came.

The checkpoints that a run begins with are the ones that it ends with: what is logged meanwhile is for the next run.
A database that is away is told, and what needs none is checked all the same.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import Error as DatabaseError

from haidang.core.camera_list import parse_camera_list
from haidang.core.errors import CorruptData, HaidangError, NotFound
from haidang.core.findings import Finding
from haidang.core.host import CAMERA_LIST, LOG_FOLDERS, RECORD_LOG
from haidang.core.tlog.checkpoints import Checkpoint, checkpoint_of
from haidang.core.tlog.notes import Key, open_note
from haidang.core.tlog.policies import Witness
from haidang.reconcile.act_pass import ActLedger, ActPass
from haidang.reconcile.file_pass import FilePass
from haidang.reconcile.ledger import Ledger
from haidang.reconcile.log_pass import LogScan
from haidang.reconcile.replica_pass import ReplicaPass
from haidang.reconcile.row_pass import RowPass
from haidang.reconcile.scratch import Scratch
from haidang.reconcile.since import Since
from haidang.reconcile.tree_pass import TreePass
from haidang.reconcile.witness_pass import Remembered, WitnessPass
from haidang.storage.folders import names_in
from haidang.storage.log_reader import LogReader
from haidang.storage.object_lock import LockStore

__all__ = ["Outcome", "Progress", "Reconciliation", "Sources"]

_COMMIT_S = 1.0
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sources:
    """What is held against each other. ``keys``: of the logs by name. ``get`` reads a witness's address."""

    home: Path
    root: Path
    keys: dict[str, Key]
    witnesses: Sequence[Witness]
    get: Callable[[str], bytes]
    rows: bool = True
    #: Where copies under object lock are; and who draws the ones that are read back: a number from 1 to its argument.
    store: LockStore | None = None
    draw: Callable[[int], int] = secrets.SystemRandom().randrange


@dataclass(frozen=True, slots=True)
class Outcome:
    """``counts`` of all findings by kind; ``findings`` may be fewer. ``facts`` say what was looked at."""

    findings: list[Finding]
    counts: dict[str, int]
    facts: dict[str, Any]

    @property
    def wrong(self) -> int:
        return sum(count for kind, count in self.counts.items() if Finding(kind).wrong)


def _no_progress(_phase: str, _done: int, _total: int) -> None:
    """For who does not watch."""


@dataclass(slots=True)
class Reconciliation:
    """``deep``: hash every sealed byte too. ``scratch`` may be one of a run that was cut short."""

    sources: Sources
    scratch: Scratch
    deep: bool = False
    progress: Progress = _no_progress
    _checkpoints: dict[str, Checkpoint] = field(default_factory=dict)
    _committed_at: float = 0.0

    def run(self) -> Outcome:
        """Raises OSError and database errors only where nothing can be said at all."""
        self._once("witnesses", self._ask_witnesses)
        for name in LOG_FOLDERS:
            self._begin(name)
        self._once("record", self._record_log)
        self._once("acts", self._acts_log)
        self._once("files", self._files)
        self._once("tree", self._tree)
        if self.sources.rows:
            self._once("rows", self._rows)
            self._once("replicas", self._replicas)
        facts = {name: self._value(name) for name in ("files", "hashed_bytes", "entries", "acts_rows", "remembered")}
        facts["checkpoints"] = {name: _said(each) for name, each in self._checkpoints.items()}
        facts["until_us"] = self._value("until_us")
        return Outcome(self.scratch.findings(), self.scratch.counts, facts)

    # -- phases

    def _begin(self, name: str) -> None:
        """The checkpoint that the run is held against, from the log or from the run that was cut short."""
        key = self.sources.keys[name]
        kept = self.scratch.value(f"{name}.note")
        try:
            note = kept.encode() or LogReader(self.sources.home / LOG_FOLDERS[name], key).note
            self._checkpoints[name] = checkpoint_of(open_note(note, [key]).text)
            self.scratch.put_value(f"{name}.note", note.decode())
        except NotFound:
            if self._should_be(name):
                self.scratch.report(Finding("log_missing", facts={"log": name}))
        except (CorruptData, UnicodeDecodeError, OSError) as error:
            self.scratch.report(Finding("log_checkpoint", facts={"log": name, "why": str(error)}))

    def _should_be(self, name: str) -> bool:
        """Whether the log, of which there is none, was begun: by what was recorded, by its sister, by a witness."""
        begun = names_in(self.sources.root) if name == "record" else "record" in self._checkpoints
        return bool(begun) or any(each.checkpoint.size for each in self._remembered(name))

    def _since(self) -> Since:
        """What is logged behind the checkpoint that this run is held against."""
        checkpoint = self._checkpoints.get("record")
        folder = self.sources.home / RECORD_LOG if checkpoint else None
        return Since(self.scratch, folder, self.sources.keys["record"], checkpoint.size if checkpoint else 0)

    def _record_log(self) -> None:
        checkpoint = self._checkpoints.get("record")
        if checkpoint is None:
            return
        scan = self._scan("record", checkpoint)
        ledger = Ledger(self.scratch, self.scratch.value("ledger"))
        for first, entries in scan.bundles():
            ledger.take(first, entries)
            self.progress("record", scan.size, checkpoint.size)
            if self._is_time():
                self.scratch.put_value("record.scan", scan.state)
                self.scratch.put_value("ledger", ledger.state)
                self._commit()
        ledger.finish()
        self._compare("record", scan)
        self._put("entries", scan.size)
        self._put("until_us", ledger.times.now_us)
        self._put("recorded_until", [[*key, ledger.last_at(*key)] for key in self._listed()])

    def _acts_log(self) -> None:
        checkpoint = self._checkpoints.get("acts")
        if checkpoint is None:
            return
        scan = self._scan("acts", checkpoint)
        ledger = ActLedger(self.scratch, self.scratch.value("act_ledger"))
        for first, entries in scan.bundles():
            ledger.take(first, entries)
            self.progress("acts", scan.size, checkpoint.size)
            if self._is_time():
                self.scratch.put_value("acts.scan", scan.state)
                self.scratch.put_value("act_ledger", ledger.state)
                self._commit()
        self._compare("acts", scan)
        self._put("acts_until_us", ledger.newest_us)

    def _ask_witnesses(self) -> None:
        """First of all: what they remember then, the log of this run must hold."""
        if not self.sources.witnesses:
            self.scratch.report(Finding("no_witness"))
        self._put(
            "remembered",
            [
                {
                    "log": name, "witness": each.witness, "cosigned_s": each.cosigned_s, **_said(each.checkpoint),
                }
                for name in LOG_FOLDERS
                for each in self._asking().ask(name, self.sources.keys[name])
            ],
        )  # fmt: skip

    def _compare(self, name: str, scan: LogScan) -> None:
        """The scan's roots against what witnesses remember."""
        self._asking().compare(name, self._checkpoints[name].size, scan.roots, self._remembered(name))

    def _asking(self) -> WitnessPass:
        return WitnessPass(self.scratch.report, self.sources.witnesses, self.sources.get)

    def _remembered(self, name: str) -> list[Remembered]:
        return [
            Remembered(
                each["witness"], Checkpoint(each["origin"], each["size"], bytes.fromhex(each["root"])),
                each["cosigned_s"],
            )
            for each in self._value("remembered")
            if each["log"] == name
        ]  # fmt: skip

    def _files(self) -> None:
        log = self.sources.home / RECORD_LOG
        reader = LogReader(log, self.sources.keys["record"]) if "record" in self._checkpoints else None
        checking = FilePass(
            self.sources.root, self.scratch, reader.entry if reader else lambda _index: b"", self._since(),
            deep=self.deep,
        )  # fmt: skip
        checking.hashed_bytes = self._value("hashed_bytes") or 0
        done, total = self._value("files") or 0, self.scratch.file_count()
        for file in self.scratch.files(behind=self.scratch.value("files.at")):
            checking.check(file)
            done += not file.expired_us
            self.progress("files", done, total)
            if self._is_time():
                self.scratch.put_value("files.at", file.path)
                self._put("files", done)
                self._put("hashed_bytes", checking.hashed_bytes)
                self._commit()
        self._put("files", done)
        self._put("hashed_bytes", checking.hashed_bytes)

    def _tree(self) -> None:
        recorded_until = {(camera, stream): at for camera, stream, at in self._value("recorded_until") or []}
        TreePass(
            self.sources.root, self.scratch, self._since(), until_us=self._value("until_us") or 0,
            recorded_until=recorded_until,
        ).check()  # fmt: skip

    def _rows(self) -> None:
        self.progress("rows", 0, 1)
        try:
            RowPass(self.scratch, self._since(), until_us=self._value("until_us") or 0).check()
            whole = not {"log_tile", "log_entry", "log_checkpoint", "log_missing"} & self.scratch.counts.keys()
            until = self._value("acts_until_us") or 0
            self._put("acts_rows", ActPass(self.scratch, until_us=until, whole=whole).check())
        except DatabaseError as error:
            self.scratch.report(Finding("rows_away", facts={"why": type(error).__name__}))

    def _replicas(self) -> None:
        try:
            ReplicaPass(self.scratch, self.sources.store, self.sources.draw, deep=self.deep).check()
        except DatabaseError as error:
            self.scratch.report(Finding("rows_away", facts={"why": type(error).__name__}))

    # -- inside

    def _once(self, phase: str, do: Callable[[], None]) -> None:
        if self.scratch.value(f"{phase}.done"):
            return
        do()
        self.scratch.put_value(f"{phase}.done", "yes")
        self._commit()

    def _scan(self, name: str, checkpoint: Checkpoint) -> LogScan:
        folder = self.sources.home / LOG_FOLDERS[name]
        wanted = [each.checkpoint.size for each in self._remembered(name)]
        state = self.scratch.value(f"{name}.scan")
        return LogScan(name, folder, checkpoint, self.scratch.report, wanted=wanted, state=state)

    def _listed(self) -> list[tuple[str, str]]:
        """Streams that must be recorded now, by the list that recorders follow."""
        try:
            listed = parse_camera_list((self.sources.home / CAMERA_LIST).read_text(encoding="utf-8")).cameras
        except (OSError, HaidangError):
            return []  # nothing is said of what should be recorded: holes before are found all the same
        return [(each.camera, stream) for each in listed for stream in (["main", "sub"] if each.sub_url else ["main"])]

    def _is_time(self) -> bool:
        return time.monotonic() - self._committed_at > _COMMIT_S

    def _commit(self) -> None:
        self.scratch.commit()
        self._committed_at = time.monotonic()

    def _put(self, name: str, value: object) -> None:
        self.scratch.put_value(f"fact.{name}", json.dumps(value))

    def _value(self, name: str) -> Any:
        return json.loads(self.scratch.value(f"fact.{name}", "null"))


def _said(checkpoint: Checkpoint) -> dict[str, str | int]:
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}
