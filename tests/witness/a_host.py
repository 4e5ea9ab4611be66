"""An operator's host as a mirror meets it: a real log on disk, without a network; honest until told not to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Unavailable
from haidang.core.log_entries import NO_LINK, Checked, Entry, Sealed, Tick, entry_bytes
from haidang.core.tlog.checkpoints import AddCheckpoint
from haidang.core.tlog.notes import ED25519, Signer
from haidang.core.tlog.tiles import Tile
from haidang.core.units import WallUs
from haidang.storage.log_store import LogStore
from haidang.witness.service import Answer, Witness
from haidang.witness.source import FolderSource

ORIGIN = "haidang.local/0123456789abcdef/record"
LOG = Signer.of(ORIGIN, ED25519, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
START_S = 1_795_575_600
START_US = WallUs(START_S * 1_000_000)


class Clock:
    def __init__(self) -> None:
        self.now_s = START_S

    def __call__(self) -> int:
        return self.now_s

    @property
    def us(self) -> WallUs:
        return WallUs(self.now_s * 1_000_000)


def seal(number: int, *, camera: str = "de-gi-1", at_us: int = START_US) -> Sealed:
    began = WallUs(at_us + number * 10_000_000)
    file = f"de-gi/{camera}/2026-11-25/030000.000Z-main.mp4"
    digest = number.to_bytes(32)
    return Sealed(camera, "main", number, NO_LINK, file, number * 1000, 1000, digest, began, WallUs(began + 10_000_000))


def seals(count: int, *, first: int = 0) -> list[bytes]:
    return [entry_bytes(seal(number)) for number in range(first, first + count)]


def answer(index: int, found: str, *, sha256: bytes | None = None) -> Checked:
    return Checked(index, index.to_bytes(32) if sha256 is None else sha256, found, START_US)


def tick(at_us: int) -> Tick:
    return Tick(WallUs(at_us), 0, bytes(32), 0)


@dataclass
class Host:
    """``spoiled`` replaces what is served at a path; ``away`` answers nothing."""

    folder: Path
    away: bool = False
    refuses_samples: bool = False
    spoiled: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    asked: list[list[int]] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    key: Signer = LOG

    def __post_init__(self) -> None:
        self.log = LogStore(self.folder, self.key)

    def add(self, *entries: Entry | bytes) -> None:
        data = [each if isinstance(each, bytes) else entry_bytes(each) for each in entries]
        for first in range(0, len(data), 4096):
            self.log.append(data[first : first + 4096], b"")

    def cosign(self, witness: Witness) -> Answer:
        """The keeper's part of a round."""
        old = 0
        for _ in range(2):
            body = AddCheckpoint(old, tuple(self.log.consistency(old)), self.log.note).body
            found = witness.add_checkpoint(body)
            if found.status != 409:
                break
            old = int(found.body)
        return found

    # -- as a mirror sees it

    def checkpoint(self) -> bytes:
        self._served("checkpoint")
        return FolderSource(self.folder).checkpoint()

    def tile(self, tile: Tile) -> bytes:
        self._served(tile.path)
        data = FolderSource(self.folder).tile(tile)
        return self.spoiled.get(tile.path, bytes)(data)

    def ask(self, indices: Sequence[int]) -> None:
        self._served("samples")
        if self.refuses_samples:
            raise Unavailable("couldn't read the log: 500", code="log_unreachable")
        self.asked.append(list(indices))

    def _served(self, path: str) -> None:
        if self.away:
            raise Unavailable("couldn't read the log: nobody answers", code="log_unreachable")
        self.served.append(path)
