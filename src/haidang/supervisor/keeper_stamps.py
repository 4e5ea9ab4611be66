"""Time stamps: each log's newest cosigned checkpoint is stamped every ten minutes, and when an extraction asks.

Laws: nothing waits for a stamp but what asked for it. An authority that is away, or whose word does not hold, is told
in ``state/stamps.json`` and asked again, less and less often. What has been stamped is known from files beside the log.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from haidang.core.errors import CorruptData, HaidangError, InvalidInput, NotFound, Unavailable
from haidang.core.host import LOG_FOLDERS, STAMP_STANDING
from haidang.core.stamp_standing import StampStanding, dump_stamps, parse_stamps
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.notes import open_note
from haidang.core.units import WallUs
from haidang.host.files import replace_file
from haidang.host.signers import log_key
from haidang.storage.log_reader import LogReader
from haidang.storage.stamps import (
    KEPT_UNREAD,
    Kept,
    ask_for,
    ask_for_stamp,
    believe,
    is_asked,
    keep_stamp,
    kept_stamps,
    read_roots,
    withdraw_asking,
)

__all__ = ["StampKeeper"]

log = structlog.get_logger("keeper.stamps")

_SECOND_US = 1_000_000
_FIRST_WAIT_S = 30
_MOST_DETAIL = 300


@dataclass(slots=True)
class _Turn:
    """Its newest stamp, when the authority was asked last, and how often in vain."""

    last: Kept | None
    tried_at: int = 0
    failures: int = 0


@dataclass(slots=True)
class StampKeeper:
    """Stamps the logs of ``home``. ``post`` takes a request to the authority; ``roots`` is a file, read each time."""

    home: Path
    roots: Path
    every_s: int
    post: Callable[[bytes], bytes]
    _turns: dict[str, _Turn] = field(default_factory=dict)
    _standing: dict[str, StampStanding] = field(default_factory=dict)

    def run_once(self, now: WallUs) -> int:
        """One look; how many stamps were kept. Raises OSError of the disk."""
        if not self._turns:
            self._load()
        return sum(self._look(name, turn, now) for name, turn in self._turns.items())

    def _load(self) -> None:
        try:
            self._standing = parse_stamps((self.home / STAMP_STANDING).read_bytes())
        except (FileNotFoundError, CorruptData):
            self._standing = {}
        for name, folder in LOG_FOLDERS.items():
            kept = kept_stamps(self.home / folder)
            last = max(kept, key=lambda each: each.asked_s, default=None)
            self._turns[name] = _Turn(last, (last.asked_s if last else 0) * _SECOND_US)

    def _look(self, name: str, turn: _Turn, now: WallUs) -> int:
        folder = self.home / LOG_FOLDERS[name]
        asked = is_asked(folder)
        if not self._is_due(turn, now, asked=asked):
            return 0
        withdraw_asking(folder)
        try:
            stamped = self._stamp(name, folder, turn, now)
        except (Unavailable, CorruptData, InvalidInput) as error:
            turn.tried_at, turn.failures = now, turn.failures + 1
            if asked:
                ask_for_stamp(folder)
            self._tell(name, now, problem=error)
            return 0
        if stamped:  # a log that has not gone on is looked at again, and stamped as soon as it has
            turn.tried_at, turn.failures = now, 0
        return stamped

    def _is_due(self, turn: _Turn, now: WallUs, *, asked: bool) -> bool:
        """After a failure not before its wait is over, asked or not. A clock that was set back holds nothing up."""
        wait_s = 0 if asked else self.every_s
        if turn.failures:
            wait_s = min(self.every_s, _FIRST_WAIT_S * 2 ** min(turn.failures - 1, 10))
        return not turn.tried_at <= now < turn.tried_at + wait_s * _SECOND_US

    def _stamp(self, name: str, folder: Path, turn: _Turn, now: WallUs) -> int:
        key = log_key(self.home, name)
        try:
            note = LogReader(folder, key).cosigned_note
        except NotFound:
            return 0
        size = checkpoint_of(open_note(note, [key]).text).size if note else 0
        if not note or (turn.last is not None and turn.last.size == size):
            return 0
        asked = ask_for(note)
        roots = read_roots(self.roots)
        response = self.post(asked.request)
        kept = _free_name(folder, size, now)
        try:
            stamp = believe(note, response, roots, nonce=asked.nonce)
        except CorruptData as error:
            if error.code not in KEPT_UNREAD:
                raise
            keep_stamp(folder, kept, asked, response)
            turn.last = kept
            self._tell(name, now, problem=error)
            return 1
        keep_stamp(folder, kept, asked, response)
        turn.last = kept
        self._tell(name, now, new=StampStanding(size, stamp.at, stamp.signer))
        return 1

    def _tell(
        self, name: str, now: WallUs, *, new: StampStanding | None = None, problem: HaidangError | None = None
    ) -> None:
        """Keep how it stands; a problem's first moment stays."""
        before = self._standing.get(name, StampStanding())
        if problem is not None:
            since = before.since_us if before.problem == problem.code else now
            if before.problem != problem.code:
                log.warning("log could not be stamped", log=name, code=problem.code, why=str(problem))
            new = dataclasses.replace(
                before, problem=problem.code, since_us=since, detail=str(problem)[:_MOST_DETAIL]
            )  # fmt: skip
        assert new is not None, "a stamp or a problem"
        self._standing[name] = new
        (self.home / STAMP_STANDING).parent.mkdir(parents=True, exist_ok=True)
        replace_file(self.home / STAMP_STANDING, dump_stamps(self._standing), mode=0o640, durable=False)


def _free_name(folder: Path, size: int, now: WallUs) -> Kept:
    """A name that no stamp has, though the clock was set back: nothing is written over."""
    kept = Kept(size, now // _SECOND_US)
    while kept.path(folder, "tsr").exists():
        kept = Kept(size, kept.asked_s + 1)
    return kept
