"""Every step of a recording's life fails, or is the last before the process or the power goes.

After each, adoption gives a recording that plays, changes no byte of the file, and has at least what was appended
before the last sync (power cut) or before the step (a process that was killed).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from haidang.core.errors import HaidangError
from haidang.core.journal import CloseReason
from haidang.core.layout import RecordingName
from haidang.core.units import WallUs
from haidang.storage import FileOps, adopt, newest_recording
from storage.coded_video import clip
from storage.faulty_file_ops import FAULTS, Fault, FaultyOps, Killed, NoWaitOps, PowerCutOps
from storage.recorded import BEGAN, CAMERA, SEAL_S, SITE, add, begin, check_closed

NOW = WallUs(BEGAN + 3_600_000_000)


@dataclass(slots=True)
class Life:
    """What the recorder believes."""

    created: bool = False
    appended: int = 0
    synced: int = 0
    closed: bool = False


def live(root: Path, ops: FileOps, life: Life) -> None:
    """A recording from beginning to end, as a recorder uses a writer: an error closes it."""
    video = clip()
    writer = begin(root, video, ops)
    life.created = True
    try:
        for number, (first, last) in enumerate(video.cuts()):
            add(writer, video, first, last)
            life.appended += 1
            if number in (2, 6):
                writer.sync()
                life.synced = life.appended
    except HaidangError:
        writer.close(CloseReason.WRITE_FAILED, NOW)
    else:
        writer.close(CloseReason.STOPPED, NOW)
    life.closed = not writer.failed


def adopted(root: Path) -> int:
    """Adopt what is there and hold it against the laws; fragments of the recording, -1 if it has no beginning."""
    before = {path: path.read_bytes() for path in root.rglob("*.mp4")}
    found = adopt(root, SITE, CAMERA, "main", now=NOW, ops=NoWaitOps(), seal_s=SEAL_S)
    assert {path: path.read_bytes() for path in root.rglob("*.mp4")} == before
    name = newest_recording(root, SITE, CAMERA, "main")
    if name is None or any(adoption.problem == "unusable" for adoption in found):
        return -1
    assert all(adoption.problem == "" for adoption in found)
    assert adopt(root, SITE, CAMERA, "main", now=NOW, ops=NoWaitOps(), seal_s=SEAL_S) == []
    return check_closed(root, name)


@cache
def steps() -> tuple[str, ...]:
    ops = FaultyOps()
    with TemporaryDirectory() as root:
        live(Path(root), ops, Life())
    return tuple(ops.steps)


def test_the_table_has_every_kind_of_step() -> None:
    wanted = "make_folder create_recording append create_journal write_at sync sync_folder close"
    assert set(steps()) == set(wanted.split())


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", range(len(steps())))
def test_a_disk_that_refuses_a_step_loses_nothing_that_was_appended(
    tmp_path: Path, step: int, fault: Fault, *, lasts: bool
) -> None:
    life = Life()
    try:
        live(tmp_path, FaultyOps(step, fault, lasts=lasts), life)
    except HaidangError:
        assert not life.created
    assert adopted(tmp_path) >= (life.appended if life.created else -1)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", range(len(steps())))
def test_a_process_killed_at_a_step_loses_at_most_the_fragment_being_written(
    tmp_path: Path, step: int, fault: Fault
) -> None:
    life = Life()
    with pytest.raises(Killed):
        live(tmp_path, FaultyOps(step, fault, error=Killed(), lasts=True), life)
    assert adopted(tmp_path) >= (life.appended if life.created else -1)


def power_steps() -> int:
    ops = PowerCutOps()
    with TemporaryDirectory() as root:
        live(Path(root), ops, Life())
    return ops.steps


@pytest.mark.parametrize("keep_names", [True, False], ids=["names kept", "names lost"])
@pytest.mark.parametrize("journal_kept", [0.0, 0.5, 1.0], ids=["no journal", "half a journal", "journal"])
@pytest.mark.parametrize("media_kept", [0.0, 0.3, 0.99, 1.0], ids=["no bytes", "some", "nearly all", "all bytes"])
def test_a_power_cut_after_any_step_loses_at_most_what_was_not_synced(
    tmp_path: Path, media_kept: float, journal_kept: float, *, keep_names: bool
) -> None:
    kept = {".mp4": media_kept, ".journal": journal_kept}
    for step in range(power_steps() + 1):
        before, after = tmp_path / f"{step}-before", tmp_path / f"{step}-after"
        ops, life = PowerCutOps(killed_at=step), Life()
        try:
            live(before, ops, life)
        except Killed:
            assert not life.closed
        after.mkdir()
        ops.cut(before, after, kept=lambda suffix, size: round(size * kept[suffix]), keep_names=keep_names)
        fragments = adopted(after)
        assert fragments >= (life.synced if life.created else -1)
        if life.closed:
            assert fragments == life.appended


@pytest.mark.parametrize("killed_at", [13, 20, 30, 38])
@pytest.mark.parametrize("adoption_steps", [0, 1, 2, 3])
def test_a_power_cut_in_or_after_adoption_loses_nothing_that_was_adopted(
    tmp_path: Path, killed_at: int, adoption_steps: int
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    ops, life = PowerCutOps(killed_at=killed_at), Life()
    with pytest.raises(Killed):
        live(before, ops, life)
    ops.killed_at = killed_at + adoption_steps
    try:
        adopt(before, SITE, CAMERA, "main", now=NOW, ops=ops, seal_s=SEAL_S)
    except Killed:
        expected = life.synced
    else:
        expected = life.appended
    ops.cut(before, after, kept=lambda _suffix, _size: 0, keep_names=False)
    assert life.created
    assert adopted(after) >= expected


def test_names_sort_as_they_began(tmp_path: Path) -> None:
    names = [RecordingName(SITE, CAMERA, WallUs(BEGAN + n * 1000), "main") for n in range(3)]
    assert sorted(name.media_path for name in names) == [name.media_path for name in names]
