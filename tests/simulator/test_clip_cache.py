"""Clips appear whole or not at all."""

import os
from pathlib import Path

import pytest

from haidang.core.errors import CorruptData
from haidang.core.layout import STREAMS
from haidang.simulator.clip import Clip, read_clip, write_clip
from haidang.simulator.library import Job, Library, clip_path, forget_old

_CLIP = Clip("avc1", 640, 360, (b"sps", b"pps"), (b"one", b"", b"three"))
_JOB = Job("de-gi-luong-vao", "plain", 100)


def test_a_clip_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.clip"
    write_clip(path, _CLIP)
    assert read_clip(path) == _CLIP
    assert [one.name for one in path.parent.iterdir()] == ["a.clip"]


@pytest.mark.parametrize("keep", [0, 10, 60, -1])
def test_half_a_clip_is_no_clip(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.clip"
    write_clip(path, _CLIP)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CorruptData):
        read_clip(path)


def test_a_name_depends_on_everything_that_the_clip_does(tmp_path: Path) -> None:
    names = {
        clip_path(tmp_path, job, stream)
        for job in (_JOB, _JOB._replace(form="blur"), _JOB._replace(frames=150), _JOB._replace(scene="tam-quan-cho-ca"))
        for stream in STREAMS
    }
    assert len(names) == 8


async def test_a_cache_with_one_stream_or_a_half_one_lacks_the_form(tmp_path: Path) -> None:
    library = Library(tmp_path, 100, encoders=1)
    write_clip(clip_path(tmp_path, _JOB, "main"), _CLIP)
    assert not library.has(_JOB.scene, "plain")
    sub = clip_path(tmp_path, _JOB, "sub")
    write_clip(sub, _CLIP)
    assert library.has(_JOB.scene, "plain")
    sub.write_bytes(sub.read_bytes()[:-1])
    assert not library.has(_JOB.scene, "plain")


def test_clips_of_other_code_are_forgotten_after_a_week(tmp_path: Path) -> None:
    mine, old, recent, part = (
        clip_path(tmp_path, _JOB, "main"),
        tmp_path / "de-gi-luong-vao-plain-main-100-0123456789abcdef.clip",
        tmp_path / "de-gi-luong-vao-plain-sub-100-0123456789abcdef.clip",
        tmp_path / "de-gi-luong-vao-plain-sub-100-0123456789abcdef.clip.17.part",
    )
    for path, days in ((mine, 30), (old, 8), (recent, 6), (part, 8)):
        path.touch()
        os.utime(path, (0, 100 * 86_400 - days * 86_400))
    forget_old(tmp_path, 100 * 86_400)
    assert sorted(tmp_path.iterdir()) == sorted([mine, recent])
