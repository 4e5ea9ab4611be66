"""Time stamps: believed only whole, kept to the byte, and held against the log anew."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.trees import records
from haidang.core.errors import CorruptData, HaidangError, InvalidInput
from haidang.core.tlog.notes import ED25519, Signer
from haidang.core.units import to_datetime
from haidang.storage.log_store import LogStore, RealLogFileOps
from haidang.storage.stamps import (
    Asked,
    Kept,
    ask_for,
    ask_for_stamp,
    believe,
    check_kept,
    covering,
    is_asked,
    keep_stamp,
    kept_stamps,
    read_kept,
    read_roots,
    withdraw_asking,
)
from storage.authority import SIGNER, Authority, make_authority

NOTE = b"haidang.example/quy-nhon\n300\nroot\n\n\xe2\x80\x94 haidang.example/quy-nhon AAAA\n"
LOG = Signer.of("haidang.example/quy-nhon", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(HaidangError) as caught:
        act()
    return caught.value.code


def stamped(authority: Authority, note: bytes) -> tuple[Asked, bytes]:
    asked = ask_for(note)
    return asked, authority.answer(asked.request)


def test_a_stamp_says_when_and_by_whom(authority: Authority) -> None:
    asked, response = stamped(authority, NOTE)
    stamp = believe(NOTE, response, read_roots(authority.roots), nonce=asked.nonce)
    assert stamp.signer == f"CN={SIGNER}"
    assert abs(to_datetime(stamp.at).timestamp() - time.time()) < 60
    assert believe(NOTE, response, read_roots(authority.roots)) == stamp, "later, from files, without the nonce"


def test_a_stamp_of_another_request_is_refused(authority: Authority) -> None:
    _, response = stamped(authority, NOTE)
    again = ask_for(NOTE)
    roots = read_roots(authority.roots)
    assert code_of(lambda: believe(NOTE, response, roots, nonce=again.nonce)) == "stamp_nonce"


def test_a_stamp_of_something_else_is_refused(authority: Authority) -> None:
    asked, response = stamped(authority, NOTE)
    roots = read_roots(authority.roots)
    assert code_of(lambda: believe(NOTE + b"x", response, roots, nonce=asked.nonce)) == "stamp_hash"


def test_only_our_own_roots_are_trusted(authority: Authority, tmp_path: Path) -> None:
    asked, response = stamped(authority, NOTE)
    other = read_roots(make_authority(tmp_path).roots)
    assert code_of(lambda: believe(NOTE, response, other, nonce=asked.nonce)) == "stamp_untrusted"
    signer = read_roots(authority.folder / "signer.pem")
    assert code_of(lambda: believe(NOTE, response, signer, nonce=asked.nonce)) == "stamp_untrusted"
    assert code_of(lambda: believe(NOTE, response, (), nonce=asked.nonce)) == "stamp_untrusted"
    both = (*other, *read_roots(authority.roots))
    assert believe(NOTE, response, both, nonce=asked.nonce).signer


def test_a_changed_stamp_is_refused(authority: Authority) -> None:
    _, response = stamped(authority, NOTE)
    roots = read_roots(authority.roots)
    for at in range(40, len(response), 37):
        changed = response[:at] + bytes([response[at] ^ 1]) + response[at + 1 :]
        try:
            stamp = believe(NOTE, changed, roots)
        except CorruptData:
            continue
        assert stamp == believe(NOTE, response, roots), f"byte {at} is not signed, and says nothing"


def test_a_certificate_that_has_ended_when_it_stamps_is_refused(tmp_path: Path) -> None:
    ended = make_authority(tmp_path, until=timedelta(days=-1))
    _, response = stamped(ended, NOTE)
    assert code_of(lambda: believe(NOTE, response, read_roots(ended.roots))) == "stamp_untrusted"


def test_a_stamp_outlives_its_signers_certificate(tmp_path: Path) -> None:
    brief = make_authority(tmp_path, until=timedelta(seconds=2))
    began = time.monotonic()
    _, response = stamped(brief, NOTE)
    time.sleep(max(0.0, 3.1 - (time.monotonic() - began)))
    _, late = stamped(brief, NOTE)
    roots = read_roots(brief.roots)
    assert code_of(lambda: believe(NOTE, late, roots)) == "stamp_untrusted"
    assert believe(NOTE, response, roots).signer


def test_an_authority_that_gives_none_says_why(authority: Authority) -> None:
    response = authority.answer(ask_for(NOTE).request, digests="sha512")
    with pytest.raises(CorruptData, match="digest algorithm is not supported") as caught:
        believe(NOTE, response, read_roots(authority.roots))
    assert caught.value.code == "stamp_refused"


def test_certificates_out_of_order_are_told_and_openssl_reads_them(authority: Authority, tmp_path: Path) -> None:
    asked = ask_for(NOTE)
    response = authority.answer(asked.request, more="certs = root.pem")
    assert code_of(lambda: believe(NOTE, response, read_roots(authority.roots))) == "stamp_order"
    keep_stamp(tmp_path, Kept(300, 5), asked, response)
    paths = {kind: str(Kept(300, 5).path(tmp_path, kind)) for kind in ("note", "tsq", "tsr")}
    for given_ in (["-data", paths["note"]], ["-queryfile", paths["tsq"]]):
        words = [*given_, "-in", paths["tsr"], "-CAfile", str(authority.roots)]
        done = subprocess.run(["openssl", "ts", "-verify", *words], capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout, done.stderr


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_stamp_or_our_error(data: bytes) -> None:
    with pytest.raises(CorruptData) as caught:
        believe(NOTE, data, ())
    assert caught.value.code in ("stamp_unreadable", "stamp_refused")


class _PulledPlugError(OSError):
    pass


class _FailingOps(RealLogFileOps):
    def __init__(self, fail_at: int, *, persists: bool) -> None:
        self.steps: list[str] = []
        self._fail_at, self._persists = fail_at, persists

    def put(self, path: Path, data: bytes) -> None:
        self.steps.append(path.suffix)
        fails = len(self.steps) - 1 == self._fail_at
        if not fails or self._persists:
            super().put(path, data)
        if fails:
            raise _PulledPlugError


@pytest.mark.parametrize("persists", [False, True], ids=["not persisted", "persisted"])
@pytest.mark.parametrize("step", range(3))
def test_a_stamp_is_there_whole_or_not_at_all(
    authority: Authority, tmp_path: Path, step: int, *, persists: bool
) -> None:
    asked, response = stamped(authority, NOTE)
    ops = _FailingOps(step, persists=persists)
    with pytest.raises(_PulledPlugError):
        keep_stamp(tmp_path, Kept(300, 5), asked, response, ops=ops)
    assert ops.steps == [".note", ".tsq", ".tsr"][: step + 1]
    there = step == 2 and persists
    assert kept_stamps(tmp_path) == ([Kept(300, 5)] if there else [])
    keep_stamp(tmp_path, Kept(300, 5), asked, response)
    assert read_kept(tmp_path, Kept(300, 5), read_roots(authority.roots))[0] == NOTE


@pytest.fixture
def log(tmp_path: Path, authority: Authority) -> Path:
    """A log that was stamped when it had 100 entries, and has 300."""
    store = LogStore(tmp_path / "log", LOG)
    store.append(records(100), b"")
    keep_stamp(tmp_path / "log", Kept(100, 5), *stamped(authority, store.note))
    store.append(records(300)[100:], b"")
    return tmp_path / "log"


def test_a_kept_stamp_is_of_this_log_and_the_log_goes_on_from_there(log: Path, authority: Authority) -> None:
    roots = read_roots(authority.roots)
    assert check_kept(log, Kept(100, 5), LOG.key, roots).signer == f"CN={SIGNER}"
    assert covering(log, 100) == Kept(100, 5)
    assert covering(log, 101) is None


def test_a_log_that_was_another_when_it_was_stamped_is_told(log: Path, authority: Authority, tmp_path: Path) -> None:
    roots = read_roots(authority.roots)
    other = LogStore(tmp_path / "other", LOG)
    other.append([b"another history", *records(300)[1:]], b"")
    (log / "stamps").rename(tmp_path / "other" / "stamps")
    assert code_of(lambda: check_kept(tmp_path / "other", Kept(100, 5), LOG.key, roots)) == "consistency_proof"
    short = LogStore(tmp_path / "short", LOG)
    short.append(records(50), b"")
    (tmp_path / "other" / "stamps").rename(tmp_path / "short" / "stamps")
    assert code_of(lambda: check_kept(tmp_path / "short", Kept(100, 5), LOG.key, roots)) == "consistency_proof"


def test_a_stamp_that_lost_a_file_or_has_another_name_is_told(log: Path, authority: Authority) -> None:
    roots = read_roots(authority.roots)
    for kind in ("note", "tsr"):
        Kept(100, 5).path(log, kind).rename(Kept(99, 5).path(log, kind))
    assert code_of(lambda: check_kept(log, Kept(100, 5), LOG.key, roots)) == "stamp_missing"
    assert code_of(lambda: check_kept(log, Kept(99, 5), LOG.key, roots)) == "stamp_note"


def test_an_extraction_asks_for_a_stamp_and_may_be_told_that_it_was_heard(tmp_path: Path) -> None:
    assert not is_asked(tmp_path)
    ask_for_stamp(tmp_path)
    ask_for_stamp(tmp_path)
    assert is_asked(tmp_path)
    withdraw_asking(tmp_path)
    withdraw_asking(tmp_path)
    assert not is_asked(tmp_path)
    assert kept_stamps(tmp_path) == []


def test_roots_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("none")
    for path in (tmp_path / "roots.pem", tmp_path / "missing.pem"):
        with pytest.raises(InvalidInput, match=path.name):
            read_roots(path)
