"""A log held against the copy: what differs and what is missing, in words that a person can look up.

The other log is anybody's: a folder on a disk that was seized, or what the host serves now. It is read as it lies,
whoever signed it; the copy is what was cosigned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from haidang.core.errors import CorruptData, NotFound
from haidang.core.log_entries import Act, FileEnd, Gap, Sealed, entry_of
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.notes import parse_note
from haidang.core.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, entries_of
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.witness.mirror_store import MirrorStore
from haidang.witness.source import LogSource

__all__ = ["Comparison", "compare", "entry_words"]

_MINUTE_US = 60_000_000
#: Pieces of one camera that are named; a destroyed log has more holes than anybody reads.
_MOST_PIECES = 200


@dataclass(slots=True)
class Comparison:
    """``different`` and ``missing`` count entries of the copy; ``first`` of them by number, -1 where there is none."""

    kept: int
    theirs: int
    different: int = 0
    missing: int = 0
    first_different: int = -1
    first_missing: int = -1
    words: str = ""
    #: What of each camera stream is missing or different, in minutes since 1970, joined.
    pieces: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)
    others: int = 0

    @property
    def same(self) -> bool:
        return not (self.different or self.missing)

    def lines(self) -> Iterable[str]:
        """For a person."""
        for line in self._lines():
            yield "".join(each if each.isprintable() else "�" for each in line)  # names are the host's own words

    def _lines(self) -> Iterable[str]:
        yield f"the copy has {self.kept} entries, the other log {self.theirs}"
        if self.same:
            yield "every entry of the copy is in the other log, the same"
        if self.different:
            yield f"different: {self.different} entries, the first is {self.first_different}: {self.words}"
        if self.missing:
            yield f"missing: {self.missing} entries, the first is {self.first_missing}"
        for (camera, stream), pieces in sorted(self.pieces.items()):
            for first, last in pieces:
                yield f"  {camera} {stream} {_minute(first)} to {_minute(last)}"
        if self.others:
            yield f"  and {self.others} entries that are of no camera's pictures"


def compare(store: MirrorStore, other: LogSource) -> Comparison:
    """Every entry of the copy against the other log.

    Raises CorruptData where the copy itself is damaged, Unavailable where nobody answers: that is no missing entry.
    """
    found = Comparison(store.size, _size_of(other))
    for n in range(-(-store.size // TILE_WIDTH)):
        ours, theirs = store.bundle(n), _bundle(other, n, found.theirs)
        for at, entry in enumerate(ours):
            if at < len(theirs) and theirs[at] == entry:
                continue
            _count(found, n * TILE_WIDTH + at, entry, is_missing=at >= len(theirs))
    return found


def entry_words(data: bytes) -> str:
    """An entry, short."""
    try:
        entry = entry_of(data)
    except CorruptData:
        return "an entry of another version"
    if isinstance(entry, Sealed | Gap):
        what = "pictures" if isinstance(entry, Sealed) else f"gap ({entry.reason})"
        return f"{what} of {entry.camera} {entry.stream}, {_minute(entry.from_us // _MINUTE_US)}"
    if isinstance(entry, FileEnd):
        return f"end of {entry.file}"
    return f"act {entry.row}" if isinstance(entry, Act) else entry.kind


def _count(found: Comparison, index: int, entry: bytes, *, is_missing: bool) -> None:
    if is_missing:
        found.missing += 1
        found.first_missing = index if found.missing == 1 else found.first_missing
    else:
        found.different += 1
        if found.different == 1:
            found.first_different, found.words = index, entry_words(entry)
    try:
        known = entry_of(entry)
    except CorruptData:
        known = None
    if not isinstance(known, Sealed):
        found.others += 1
        return
    _add(found.pieces.setdefault((known.camera, known.stream), []), known)


def _add(pieces: list[tuple[int, int]], seal: Sealed) -> None:
    first, last = seal.from_us // _MINUTE_US, seal.to_us // _MINUTE_US
    if pieces and first <= pieces[-1][1] + 1:
        pieces[-1] = (min(first, pieces[-1][0]), max(last, pieces[-1][1]))
    elif len(pieces) < _MOST_PIECES:
        pieces.append((first, last))


def _size_of(other: LogSource) -> int:
    """What it says of itself; nothing where it says nothing."""
    try:
        return checkpoint_of(parse_note(other.checkpoint()).text).size
    except (NotFound, CorruptData):
        return 0


def _bundle(other: LogSource, n: int, size: int) -> list[bytes]:
    """Its entries from ``n * 256`` on; none where it has none, or none that can be read."""
    width = min(TILE_WIDTH, size - n * TILE_WIDTH)
    if width <= 0:
        return []
    try:
        return entries_of(other.tile(Tile(ENTRIES, n, width)), width)
    except (NotFound, CorruptData):
        return []


def _minute(minute: int) -> str:
    return f"{to_datetime(WallUs(minute * _MINUTE_US)).astimezone(VIETNAM):%Y-%m-%d %H:%M}"
