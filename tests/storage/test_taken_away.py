"""A recording that somebody takes away while it is written is noticed by the next sync."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from haidang.core.errors import Conflict, Unavailable
from haidang.core.journal import CloseReason
from haidang.core.units import WallUs
from storage.coded_video import clip
from storage.faulty_file_ops import NoWaitOps
from storage.recorded import BEGAN, add, begin


def replaced(path: Path) -> None:
    beside = path.with_name("forged")
    shutil.copy(path, beside)
    beside.replace(path)


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def folder_removed(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("which", ["media_path", "journal_path"])
@pytest.mark.parametrize("take", [Path.unlink, moved, replaced, folder_removed])
def test_the_next_sync_fails_the_writer(tmp_path: Path, which: str, take: Callable[[Path], None]) -> None:
    writer = begin(tmp_path, clip(), NoWaitOps())
    add(writer, clip(), 0, 5)
    writer.sync()
    take(tmp_path / getattr(writer.name, which))
    with pytest.raises(Unavailable) as caught:
        writer.sync()
    assert caught.value.code == "recording_removed"
    assert writer.failed
    with pytest.raises(Conflict):
        add(writer, clip(), 5, 10)
    writer.close(CloseReason.WRITE_FAILED, WallUs(BEGAN + 60_000_000))


def test_a_name_that_cannot_be_looked_at_is_a_disk_that_fails(tmp_path: Path) -> None:
    class Broken(NoWaitOps):
        def is_at(self, fd: int, path: Path) -> bool:
            raise OSError(5, "Input/output error")

    writer = begin(tmp_path, clip(), Broken())
    with pytest.raises(Unavailable) as caught:
        writer.sync()
    assert caught.value.code == "write_failed"
