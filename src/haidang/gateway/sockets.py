"""Unix sockets below ``run/``: bound so that a killed predecessor's file is replaced and a living one's never is.

A socket address holds 107 bytes at most. Longer paths are bound through ``/proc/self/fd`` of their folder.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import Conflict

__all__ = ["Bound", "address_of", "bind_doorbell", "listen"]

_MAX_ADDRESS_BYTES = 107
_BACKLOG = 16


@dataclass(frozen=True, slots=True)
class Bound:
    """A socket and the name it got."""

    socket: socket.socket
    path: Path
    inode: int

    def close(self) -> None:
        """Close the socket and remove its name, unless a successor has taken the name over."""
        self.socket.close()
        try:
            if self.path.stat().st_ino == self.inode:
                self.path.unlink()
        except FileNotFoundError:
            return  # somebody removed it: what we wanted


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """The path as a socket address, valid inside the ``with``."""
    if len(os.fsencode(path)) <= _MAX_ADDRESS_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listen(path: Path) -> Bound:
    """A stream socket listening at ``path``, mode 0600. Raises Conflict (``already_running``) if somebody answers.

    Bound under another name, closed to others, and only then renamed into place: nobody can meet it half made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if _answers(path):
        raise Conflict(f"couldn't listen at {path.name}: another gateway does", code="already_running")
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address_of(fresh) as address:
            listener.bind(address)
        fresh.chmod(0o600)
        listener.listen(_BACKLOG)
        inode = fresh.stat().st_ino
        fresh.replace(path)
    except BaseException:
        listener.close()
        raise
    return Bound(listener, path, inode)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, address_of(path) as address:
        probe.settimeout(1.0)
        try:
            probe.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False  # nothing there, or what a killed gateway left
        return True


def bind_doorbell(folder: Path, name: str) -> Bound:
    """A datagram socket ``<name>-<pid>.sock`` that recorders ring, after removing those of dead predecessors."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.sock"):
        if not _rings(old):
            old.unlink(missing_ok=True)
    path = folder / f"{name}-{os.getpid()}.sock"
    path.unlink(missing_ok=True)  # of a process that had our pid
    bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        with address_of(path) as address:
            bell.bind(address)
        path.chmod(0o600)
    except BaseException:
        bell.close()
        raise
    return Bound(bell, path, path.stat().st_ino)


def _rings(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe, address_of(path) as address:
        try:
            probe.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True
