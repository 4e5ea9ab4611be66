"""Disks that fail, processes that die and power that goes, at every step that storage takes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from haidang.storage import RealFileOps

Fault = Literal["not persisted", "persisted", "half persisted"]
FAULTS: tuple[Fault, ...] = ("not persisted", "persisted", "half persisted")
_T = TypeVar("_T")


class Killed(Exception):  # noqa: N818 — what happens to a process, not an error that code handles
    """The process is gone: nothing of the code under test runs after this."""


class NoWaitOps(RealFileOps):
    """The real thing, but for waiting until bytes are on the platter."""

    def sync(self, fd: int) -> None:
        pass

    def sync_folder(self, path: Path) -> None:
        pass

    def replace(self, path: Path, data: bytes) -> None:
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(data)
        beside.replace(path)


class FaultyOps(NoWaitOps):
    """Counts steps; the ``fail_at``-th (from 0) fails in the given way, and all later ones too if it ``lasts``."""

    def __init__(
        self,
        fail_at: int | None = None,
        fault: Fault = "not persisted",
        *,
        lasts: bool = False,
        error: Exception | None = None,
    ) -> None:
        self.steps: list[str] = []
        self._fail_at = fail_at
        self._fault = fault
        self._lasts = lasts
        self._error = error or OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _step(self, name: str, act: Callable[[], _T], half: Callable[[], object] = lambda: None) -> _T:
        number = len(self.steps)
        self.steps.append(name)
        if self._fail_at is None or number < self._fail_at or (number > self._fail_at and not self._lasts):
            return act()
        if self._fault == "persisted":
            act()
        elif self._fault == "half persisted":
            half()
        raise self._error

    def make_folder(self, path: Path) -> None:
        self._step(
            "make_folder", lambda: super(FaultyOps, self).make_folder(path), lambda: path.parent.mkdir(parents=True)
        )

    def create_recording(self, path: Path) -> int:
        return self._step("create_recording", lambda: super(FaultyOps, self).create_recording(path))

    def create_journal(self, path: Path) -> int:
        return self._step("create_journal", lambda: super(FaultyOps, self).create_journal(path))

    def open_journal(self, path: Path) -> int:
        return self._step("open_journal", lambda: super(FaultyOps, self).open_journal(path))

    def open_recording(self, path: Path) -> int:
        return self._step("open_recording", lambda: super(FaultyOps, self).open_recording(path))

    def append(self, fd: int, pieces: Sequence[bytes]) -> int:
        whole = b"".join(pieces)
        real = super().append
        return self._step("append", lambda: real(fd, pieces), lambda: real(fd, [whole[: len(whole) // 2]]))

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        real = super().write_at
        return self._step("write_at", lambda: real(fd, data, offset), lambda: real(fd, data[: len(data) // 2], offset))

    def sync(self, fd: int) -> None:
        self._step("sync", lambda: None)

    def sync_folder(self, path: Path) -> None:
        self._step("sync_folder", lambda: None)

    def replace(self, path: Path, data: bytes) -> None:
        beside = path.with_name(path.name + ".new")
        real = super().replace
        self._step("replace", lambda: real(path, data), lambda: beside.write_bytes(data[: len(data) // 2]))

    def close(self, fd: int) -> None:
        try:
            self._step("close", lambda: None)
        finally:
            super().close(fd)  # a close that reports an error has closed all the same


class ShortOps(NoWaitOps):
    """Takes at most ``most`` bytes a call, as a disk does that is nearly full or a signal that interrupts."""

    def __init__(self, most: int) -> None:
        self._most = most

    def append(self, fd: int, pieces: Sequence[bytes]) -> int:
        return super().append(fd, [b"".join(pieces)[: self._most]])

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        return super().write_at(fd, data[: self._most], offset)


@dataclass(slots=True)
class _File:
    path: Path
    name_is_durable: bool = False
    durable: bytes = b""
    #: Writes since the last sync: place (None = at the end) and bytes.
    pending: list[tuple[int | None, bytes]] = field(default_factory=list)

    def after_cut(self, kept_bytes: int) -> bytes:
        content = bytearray(self.durable)
        for place, data in self.pending:
            kept = data[:kept_bytes]
            kept_bytes -= len(kept)
            at = len(content) if place is None else place
            content[at : at + len(kept)] = kept
        return bytes(content)


class PowerCutOps(NoWaitOps):
    """Knows for each file what is on the platter and what is not yet.

    Names become durable with ``sync_folder``, bytes with ``sync``, each file on its own. Folders are taken to be
    durable when made, and a journal when replaced, as those steps promise.
    """

    def __init__(self, killed_at: int | None = None) -> None:
        self.steps = 0
        #: The process dies before this step.
        self.killed_at = killed_at
        self._files: dict[int, _File] = {}
        self._by_path: dict[Path, _File] = {}

    def _step(self) -> None:
        if self.steps == self.killed_at:
            raise Killed
        self.steps += 1

    def _created(self, path: Path, fd: int) -> int:
        self._files[fd] = self._by_path[path] = _File(path)
        return fd

    def make_folder(self, path: Path) -> None:
        self._step()
        super().make_folder(path)

    def create_recording(self, path: Path) -> int:
        self._step()
        return self._created(path, super().create_recording(path))

    def create_journal(self, path: Path) -> int:
        self._step()
        return self._created(path, super().create_journal(path))

    def open_recording(self, path: Path) -> int:
        self._step()
        fd = super().open_recording(path)
        self._files[fd] = self._by_path[path]
        return fd

    def replace(self, path: Path, data: bytes) -> None:
        self._step()
        super().replace(path, data)
        self._by_path[path] = _File(path, name_is_durable=True, durable=data)

    def append(self, fd: int, pieces: Sequence[bytes]) -> int:
        self._step()
        self._files[fd].pending.append((None, b"".join(pieces)))
        return super().append(fd, pieces)

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        self._step()
        self._files[fd].pending.append((offset, data))
        return super().write_at(fd, data, offset)

    def sync(self, fd: int) -> None:
        self._step()
        file = self._files[fd]
        file.durable = file.after_cut(sum(len(data) for _, data in file.pending))
        file.pending.clear()

    def sync_folder(self, path: Path) -> None:
        self._step()
        for file in self._by_path.values():
            if file.path.parent == path:
                file.name_is_durable = True

    def cut(self, root: Path, into: Path, *, kept: Callable[[str, int], int], keep_names: bool) -> None:
        """What a start finds after the power has gone.

        ``kept(suffix, size)`` says how many of a file's unsynced bytes made it, ``keep_names`` whether unsynced
        names did.
        """
        for file in self._by_path.values():
            if file.name_is_durable or keep_names:
                unsynced = sum(len(data) for _, data in file.pending)
                found = into / file.path.relative_to(root)
                found.parent.mkdir(parents=True, exist_ok=True)
                found.write_bytes(file.after_cut(kept(file.path.suffix, unsynced)))
