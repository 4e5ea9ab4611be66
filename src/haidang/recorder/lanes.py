"""Disk work off the event loop: one lane a stream, few threads, and a limit on what may wait.

**Decision.** Appends do not run on the loop, although a write into the page cache takes microseconds: the
kernel may make any write wait for seconds (dirty-page throttling, a journal commit, a dying disk, a hung
mount), and then every camera of the worker would lose pictures for one camera's disk. Each stream has a
*lane*: its jobs run in order, one at a time, on a small pool of threads. Normally one thread does
everything; it is woken once per sweep of the sockets (``hand_over``). Measured with 16 paced 1080p cameras in one
worker, lanes and inline appends cost the same CPU (0.24 to 0.28 and 0.25 to 0.29 % of a core a camera): hashing
and writing release the interpreter's lock, and a thread switch is paid once for many fragments.

Law 1: a stuck job holds up its own lane only. ``tend`` sees that all threads are stuck and adds as many
again; there is at most one thread a lane. Law 2: what waits is bounded: ``LANE_BYTES`` a stream and
``POOL_BYTES`` a worker; ``post`` then returns False, the stream leaves out pictures up to a keyframe and
records a gap with its reason. Jobs without bytes (open, close, gaps: a few a minute) are always taken.
Law 3: a job handles its own errors; one that raises anyway is a programmer's error and is logged as such
by ``on_crash``, and the lane goes on.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

__all__ = ["LANE_BYTES", "POOL_BYTES", "Job", "Lane", "LanePool", "Seat"]

_T = TypeVar("_T")
#: What a job gives back is nobody's.
Job = Callable[[], object]

#: 16 s of a 4 Mbit/s stream.
LANE_BYTES = 8 * 1024 * 1024
POOL_BYTES = 256 * 1024 * 1024
_STUCK_S = 0.5


class Lane:
    """The jobs of one stream. Made by ``LanePool.lane``; ``post`` is for the event loop's thread only."""

    def __init__(self, pool: LanePool) -> None:
        self._pool = pool
        self._jobs: deque[tuple[Job, int]] = deque()
        self._lock = threading.Lock()
        self._scheduled = False
        # Two counters with one writer each need no lock: the loop posts, the thread that has the lane does.
        self._posted_bytes = 0
        self._done_bytes = 0

    @property
    def waiting_bytes(self) -> int:
        return self._posted_bytes - self._done_bytes

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return not self._scheduled

    def post(self, job: Job, size_bytes: int = 0) -> bool:
        """Take the job on, or refuse it because too much waits already."""
        if size_bytes:
            if self.waiting_bytes + size_bytes > LANE_BYTES or not self._pool.takes(size_bytes):
                return False
            self._posted_bytes += size_bytes
        with self._lock:
            self._jobs.append((job, size_bytes))
            fresh, self._scheduled = not self._scheduled, True
        if fresh:
            self._pool.wake(self)
        return True

    async def ask(self, job: Callable[[], _T]) -> _T:
        """What the job gives back, or raises, without holding up the loop."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()

        def run() -> None:
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                loop.call_soon_threadsafe(_fail, answer, error)
            else:
                loop.call_soon_threadsafe(_settle, answer, result)

        self.post(run)
        return await answer

    def retire(self) -> None:
        """Nothing more will be posted; what it still has to do is done."""
        self._pool.forget_one()

    def run(self, seat: Seat, clock: Callable[[], float], on_crash: Callable[[Exception], None]) -> None:
        """Run jobs until none is left; called by one thread of the pool at a time."""
        while (entry := self._next()) is not None:
            job, size_bytes = entry
            seat.busy_since = clock()
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the door of the thread: the lane must live on
                on_crash(error)
            seat.busy_since = 0.0
            seat.done_bytes += size_bytes
            self._done_bytes += size_bytes

    def _next(self) -> tuple[Job, int] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._scheduled = False
            return None


def _settle(answer: asyncio.Future[_T], result: _T) -> None:
    if not answer.done():  # nobody waits any more if it was cancelled
        answer.set_result(result)


def _fail(answer: asyncio.Future[_T], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


@dataclass(slots=True, eq=False)
class Seat:
    """A thread of the pool: since when it has been at its job (0 = idle), and the bytes it has done."""

    busy_since: float = 0.0
    done_bytes: int = 0


class LanePool:
    """The threads and lanes of one worker. ``clock`` is monotonic seconds."""

    def __init__(self, name: str, clock: Callable[[], float], on_crash: Callable[[Exception], None]) -> None:
        self._name, self._clock, self._on_crash = name, clock, on_crash
        self._lanes = 0
        self._posted_bytes = 0
        self._ready: SimpleQueue[Lane | None] = SimpleQueue()
        self._woken: list[Lane] = []
        self._holding = False
        self._seats: list[Seat] = []

    @property
    def waiting_bytes(self) -> int:
        return self._posted_bytes - sum(seat.done_bytes for seat in self._seats)

    @property
    def threads(self) -> int:
        return len(self._seats)

    def lane(self) -> Lane:
        self._lanes += 1
        return Lane(self)

    def forget_one(self) -> None:
        self._lanes -= 1

    def takes(self, size_bytes: int) -> bool:
        if self.waiting_bytes + size_bytes > POOL_BYTES:
            return False
        self._posted_bytes += size_bytes
        return True

    def hold(self) -> None:
        """Until ``hand_over``, collect woken lanes instead of waking a thread for each."""
        self._holding = True

    def hand_over(self) -> None:
        self._holding = False
        woken, self._woken = self._woken, []
        for lane in woken:
            self._ready.put(lane)

    def wake(self, lane: Lane) -> None:
        if self._holding:
            self._woken.append(lane)
        else:
            self._ready.put(lane)

    def tend(self) -> int:
        """Called about twice a second: starts threads when all are stuck. Returns how many are stuck."""
        now = self._clock()
        stuck = sum(1 for seat in self._seats if 0.0 < seat.busy_since < now - _STUCK_S)
        if stuck == len(self._seats) and not self._ready.empty():
            for _ in range(max(1, min(stuck, self._lanes - stuck))):
                self.start()
        return stuck

    def stop(self) -> None:
        """Idle threads end; busy ones after their lane. They are daemons: a stuck disk cannot hold the process."""
        for _ in self._seats:
            self._ready.put(None)

    def start(self) -> None:
        seat = Seat()
        self._seats.append(seat)
        name = f"{self._name}-{len(self._seats)}"
        threading.Thread(target=self._work, args=(seat,), name=name, daemon=True).start()

    def _work(self, seat: Seat) -> None:
        while (lane := self._ready.get()) is not None:
            lane.run(seat, self._clock, self._on_crash)
