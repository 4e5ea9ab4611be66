"""The scenario ``tamper``: what root could do to a recorded host, each named by reconciliation in so many words.

Each attack is made, reconciled and undone, and its signed minutes are a paper. What nothing undoes comes last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.audit.models import Entry
from haidang.config.scenario_tamper import CAMERA, SECOND_US, SITE, TamperedHost
from haidang.core.host import RECORD_LOG
from haidang.core.journal import Fragment, Record, encode, read_records
from haidang.core.layout import gaps_journal
from haidang.core.units import WallUs
from haidang.footage.models import RecordingFile

__all__ = ["ATTACKS", "Attack"]

Does = Callable[[TamperedHost], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Attack:
    """``kinds``: what is found, all of it and nothing else; undone when the context of ``does`` ends."""

    name: str
    does: Does
    kinds: frozenset[str]


@contextmanager
def _kept(*paths: Path) -> Iterator[None]:
    """These files as they were, whatever happens to them meanwhile."""
    before = {path: path.read_bytes() if path.exists() else None for path in paths}
    yield
    for path, data in before.items():
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)


def _flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def _rewrite(path: Path, change: Callable[[Record], Record]) -> None:
    """A journal with other records, each with its checksum right."""
    path.write_bytes(b"".join(encode(change(each)) for each in read_records(path.read_bytes())))


@contextmanager
def _byte_flipped(host: TamperedHost) -> Iterator[None]:
    with _kept(host.media(1)):
        _flip(host.media(1), host.media(1).stat().st_size // 2)
        yield


@contextmanager
def _file_cut(host: TamperedHost) -> Iterator[None]:
    with _kept(host.media(1)):
        os.truncate(host.media(1), 5000)
        yield


@contextmanager
def _file_deleted(host: TamperedHost) -> Iterator[None]:
    with _kept(host.media(1), host.journal(1)):
        host.media(1).unlink()
        host.journal(1).unlink()
        yield


@contextmanager
def _file_replaced(host: TamperedHost) -> Iterator[None]:
    with _kept(host.media(1), host.journal(1)):
        shutil.copy(host.media(0), host.media(1))
        shutil.copy(host.journal(0), host.journal(1))
        yield


@contextmanager
def _files_swapped(host: TamperedHost) -> Iterator[None]:
    files = [host.media(0), host.media(1), host.journal(0), host.journal(1)]
    with _kept(*files):
        for one, other in (files[:2], files[2:]):
            first, second = one.read_bytes(), other.read_bytes()
            one.write_bytes(second)
            other.write_bytes(first)
        yield


@contextmanager
def _file_added(host: TamperedHost) -> Iterator[None]:
    added = host.media(1).with_name("000000.000Z-main.mp4")
    shutil.copy(host.media(1), added)
    yield
    added.unlink()


@contextmanager
def _times_edited(host: TamperedHost) -> Iterator[None]:
    def later(each: Record) -> Record:
        if isinstance(each, Fragment):
            return replace(each, received_at=WallUs(each.received_at + 3600 * SECOND_US))
        return each

    with _kept(host.journal(1)):
        _rewrite(host.journal(1), later)
        yield


@contextmanager
def _gap_taken_out(host: TamperedHost) -> Iterator[None]:
    path = next((host.root / SITE / CAMERA).glob("*/gaps-main.journal"))
    assert path.name in gaps_journal(SITE, CAMERA, host.now, "main")
    with _kept(path):
        path.write_bytes(b"")
        yield


@contextmanager
def _row_edited(host: TamperedHost) -> Iterator[None]:
    row = RecordingFile.objects.get(path=host.files[1].media_path)
    RecordingFile.objects.filter(pk=row.pk).update(size_bytes=1)
    yield
    RecordingFile.objects.filter(pk=row.pk).update(size_bytes=row.size_bytes)


@contextmanager
def _act_rewritten(host: TamperedHost) -> Iterator[None]:
    del host
    entry = Entry.objects.filter(action="view_live").latest("pk")
    Entry.objects.filter(pk=entry.pk).update(actor='Account::"somebody-else"')
    yield
    Entry.objects.filter(pk=entry.pk).update(actor=entry.actor)


@contextmanager
def _act_removed(host: TamperedHost) -> Iterator[None]:
    del host
    entry = Entry.objects.filter(action="view_live").latest("pk")
    Entry.objects.filter(pk=entry.pk).delete()
    yield
    entry.save(force_insert=True)


@contextmanager
def _log_edited(host: TamperedHost) -> Iterator[None]:
    bundle = max((host.home / RECORD_LOG / "tile/entries").glob("*.p/*"), key=lambda path: int(path.name))
    with _kept(bundle):
        _flip(bundle, 60)
        yield


@contextmanager
def _clock_set_back(host: TamperedHost) -> Iterator[None]:
    host.now = WallUs(host.now - 90 * SECOND_US)
    host.cut = True  # the witness's clock is not root's
    host.keep(10)
    host.now = WallUs(host.now + 80 * SECOND_US)
    host.cut = False
    host.keep(10)
    yield  # it stays in the log for good


@contextmanager
def _signed_anew(host: TamperedHost) -> Iterator[None]:
    """Root writes the whole log again without one recording, and signs it by the host's true key."""
    host.media(1).unlink()
    host.journal(1).unlink()
    RecordingFile.objects.filter(path=host.files[1].media_path).delete()
    shutil.rmtree(host.home / RECORD_LOG)
    host.cut = True
    host.start_keepers()
    host.keep(600)
    yield


@contextmanager
def _rolled_back(host: TamperedHost) -> Iterator[None]:
    yesterday = host.home / "hom-qua"
    shutil.copytree(host.home / RECORD_LOG, yesterday)
    host.keep(60)
    shutil.rmtree(host.home / RECORD_LOG)
    shutil.copytree(yesterday, host.home / RECORD_LOG)
    yield
    shutil.rmtree(yesterday)


def _attack(name: str, does: Does, *kinds: str) -> Attack:
    return Attack(name, does, frozenset(kinds))


ATTACKS = (
    _attack("a byte of a recording flipped", _byte_flipped, "bytes_changed"),
    _attack("a recording cut short", _file_cut, "file_cut", "bytes_changed"),
    _attack("a recording and its journal deleted", _file_deleted, "file_missing"),
    _attack("a recording replaced by another, journal and all", _file_replaced, "journal_changed"),
    _attack("two recordings swapped", _files_swapped, "journal_changed"),
    _attack("a recording added", _file_added, "file_added"),
    _attack("the times of a recording edited", _times_edited, "journal_changed"),
    _attack("a gap taken out", _gap_taken_out, "gap_journal_missing"),
    _attack("a row of the database edited", _row_edited, "row_changed"),
    _attack("who watched rewritten", _act_rewritten, "act_changed"),
    _attack("that somebody watched removed", _act_removed, "act_missing"),
    _attack("the log's own file edited", _log_edited, "log_entry"),
    _attack("the log rolled back", _rolled_back, "log_longer_elsewhere"),
    _attack("the clock set back", _clock_set_back, "clock_back", "clock_behind"),
    # Whoever takes more care with rows and gaps is still told of by the witness.
    _attack(
        "the log written anew and signed by the stolen key",
        _signed_anew,
        "log_differs_elsewhere",
        "minutes_unexplained",
        "row_minutes",
    ),
)
