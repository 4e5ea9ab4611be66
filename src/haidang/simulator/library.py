"""Encoded scenes in a cache folder, made when they are missing by an encoder process of their own.

A clip's name says everything that it depends on: scene, form, stream, loop, and a hash of the code that draws and
encodes. Clips of other code are forgotten when they are a week old. Several simulators may share a folder: at worst
both encode the same clip. An encoder that is killed leaves a ``.part`` file or nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

from haidang.core.errors import CorruptData, Fatal
from haidang.core.layout import STREAMS, Stream
from haidang.simulator.clip import read_clip
from haidang.simulator.options import Progress
from haidang.simulator.reel import Reel
from haidang.simulator.variants import Form

__all__ = ["Job", "Library", "clip_path", "forget_old"]


class Job(NamedTuple):
    """What one encoder process makes: both streams of one form of one scene."""

    scene: str
    form: Form
    frames: int


def _code_version(*more: str) -> str:
    """Changes when anything changes that could change a picture: scenes, encoding, and ``more`` modules."""
    here = Path(__file__).parent
    sources = [*(here / "scenes").glob("*.py"), *(here / "h264").glob("*.py")]
    sources += [here / f"{name}.py" for name in ("encoding", "variants", "lettering", "clip", *more)]
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


_PLAIN_VERSION, _SPOILT_VERSION = _code_version(), _code_version("spoiling")
_OLD_S = 7 * 86_400


def clip_path(cache: Path, job: Job, stream: Stream) -> Path:
    version = _PLAIN_VERSION if job.form == "plain" else _SPOILT_VERSION
    return cache / f"{job.scene}-{job.form}-{stream}-{job.frames}-{version}.clip"


def forget_old(cache: Path, now_s: float) -> None:
    """Remove clips of other versions of the code, and what killed encoders left, that are old enough to be nobody's."""
    mine = (f"-{_PLAIN_VERSION}.clip", f"-{_SPOILT_VERSION}.clip")
    for path in (*cache.glob("*.clip"), *cache.glob("*.part")):
        try:
            if not path.name.endswith(mine) and now_s - path.stat().st_mtime > _OLD_S:
                path.unlink()
        except FileNotFoundError:
            # Another simulator tidies the same folder.
            continue


class Library:
    """Reels by scene and form. One per server; not shared between event loops."""

    def __init__(self, cache: Path, frames: int, encoders: int) -> None:
        self._cache = cache
        self._frames = frames
        self._free = asyncio.Semaphore(encoders)
        self._making: dict[Job, asyncio.Task[None]] = {}
        self._reels: dict[tuple[str, Form, Stream], Reel] = {}

    def reel(self, scene: str, form: Form, stream: Stream) -> Reel:
        """The reel of a form that has been made (``make``)."""
        key = (scene, form, stream)
        if key not in self._reels:
            self._reels[key] = Reel(read_clip(clip_path(self._cache, Job(scene, form, self._frames), stream)))
        return self._reels[key]

    def has(self, scene: str, form: Form) -> bool:
        """Whether ``reel`` can give that form now."""
        job = Job(scene, form, self._frames)
        return all(self._whole(clip_path(self._cache, job, stream)) for stream in STREAMS)

    async def make_all(self, scenes: list[str], progress: Progress | None) -> None:
        """Make the plain form of every scene, telling ``progress`` before the first and after each."""
        done = 0
        if progress:
            progress(0, len(scenes), "")

        async def one(scene: str) -> None:
            nonlocal done
            await self.make(scene, "plain")
            done += 1
            if progress:
                progress(done, len(scenes), scene)

        async with asyncio.TaskGroup() as group:
            for scene in scenes:
                group.create_task(one(scene))

    async def make(self, scene: str, form: Form) -> None:
        """Return when that form is in the cache; raises Fatal (``encoder``)."""
        job = Job(scene, form, self._frames)
        if self.has(scene, form):
            return
        if job not in self._making:
            self._making[job] = asyncio.create_task(self._encode(job))
            self._making[job].add_done_callback(lambda _: self._making.pop(job))
        await asyncio.shield(self._making[job])

    def _whole(self, path: Path) -> bool:
        try:
            read_clip(path)
        except (FileNotFoundError, CorruptData):
            return False
        return True

    async def _encode(self, job: Job) -> None:
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "haidang.simulator.encoder_process",
                str(self._cache),
                *map(str, job),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                _, errors = await process.communicate()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
        if process.returncode:
            last = errors.decode(errors="replace").strip().rpartition("\n")[2]
            raise Fatal(f"couldn't encode the scene {job.scene} ({job.form}): {last}", code="encoder")

    async def close(self) -> None:
        """End encoders that are still at work."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
