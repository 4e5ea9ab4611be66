"""One tail per camera stream, whatever the number of its viewers.

A channel lives while somebody watches it. It looks when the doorbell rings and every 250 ms besides; while there is no
picture it looks from a thread (listing folders may wait for a disk) and says since when and why.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import structlog

from haidang.core.errors import HaidangError
from haidang.core.layout import Stream
from haidang.core.units import Clock, WallUs
from haidang.gateway.live_tail import MAX_GROUP_BYTES, Init, LiveTail, Piece
from haidang.gateway.viewer import Viewer
from haidang.storage import open_gaps

__all__ = ["LiveHub"]

_log = structlog.get_logger("haidang.gateway")

_POLL_S = 0.25
#: After something unreadable: long enough not to spin, short enough that a repaired disk shows soon.
_RETRY_S = 1.0
_ASK_WHY_US = 1_000_000
_STALLED_AFTER_S = 15.0

_Address = tuple[str, str, Stream]  # site, camera, stream


class LiveHub:
    """All channels; on the event loop's thread only."""

    def __init__(self, root: Path, clock: Clock, *, gap_after_s: float) -> None:
        self._root = root
        self._clock = clock
        self._gap_after_s = gap_after_s
        self._channels: dict[_Address, _Channel] = {}
        self._by_ring: dict[tuple[str, str], _Channel] = {}
        self._watching: dict[Viewer, _Channel] = {}

    def __len__(self) -> int:
        return len(self._watching)

    def join(self, viewer: Viewer, site: str, camera: str, stream: Stream) -> None:
        """Show this stream to the viewer, instead of what it watched before."""
        self.leave(viewer)
        address = (site, camera, stream)
        channel = self._channels.get(address)
        if channel is None:
            tail = LiveTail(self._root, site, camera, stream, clock=self._clock, gap_after_s=self._gap_after_s)
            channel = _Channel(tail, self._root, address, self._clock)
            self._channels[address] = self._by_ring[camera, stream] = channel
        self._watching[viewer] = channel
        viewer.start_over()
        channel.add(viewer)

    def leave(self, viewer: Viewer) -> None:
        channel = self._watching.pop(viewer, None)
        if channel is not None and channel.remove(viewer):
            del self._channels[channel.address]
            _, camera, stream = channel.address
            if self._by_ring.get((camera, stream)) is channel:  # not another site's of the same name
                del self._by_ring[camera, stream]

    def ring(self, camera: str, stream: str) -> None:
        """A recorder says that there is something new; most rings are for streams that nobody watches."""
        channel = self._by_ring.get((camera, stream))
        if channel is not None:
            channel.look()

    def end_stalled(self) -> None:
        for viewer in list(self._watching):
            viewer.end_if_stalled(_STALLED_AFTER_S)


class _Channel:
    """One stream that is being watched."""

    def __init__(self, tail: LiveTail, root: Path, address: _Address, clock: Clock) -> None:
        self.address = address
        self._tail = tail
        self._root = root
        self._clock = clock
        self._viewers: set[Viewer] = set()
        #: What a newcomer starts with: how to decode, and what came since the last keyframe.
        self._init: Init | None = None
        self._group: list[Piece] = []
        self._group_bytes = 0
        self._gap: str | None = None
        self._silent_since = clock()
        self._asked_why_at = WallUs(0)
        self._rung = asyncio.Event()
        self._over = False
        self._task = asyncio.create_task(self._follow())

    def add(self, viewer: Viewer) -> None:
        self._viewers.add(viewer)
        if self._gap is not None:
            viewer.tell(self._gap)
        if self._init is not None:
            viewer.give(self._init)
        for piece in self._group:
            viewer.give(piece)

    def remove(self, viewer: Viewer) -> bool:
        """True if that was the last one: the channel then ends by itself, after a look that is going on."""
        self._viewers.discard(viewer)
        self._over = not self._viewers
        if self._over:
            self._rung.set()
        return self._over

    def look(self) -> None:
        self._rung.set()

    async def _follow(self) -> None:
        rung = True
        try:
            while not self._over:
                try:
                    await self._once(rung=rung)
                except (OSError, HaidangError) as error:
                    # A file that cannot be read now, or a journal that lies: let go of it and look anew.
                    _log.warning("live stream unreadable", address=self.address, error=str(error))
                    await self._start_over()
                except Exception:  # noqa: BLE001 - the door of a job: one stream's failure stays its own
                    _log.exception("live stream failed", address=self.address)
                    await self._start_over()
                rung = await self._wait()
        finally:
            self._tail.close()

    async def _start_over(self) -> None:
        self._tail.start_over()
        self._group.clear()
        await asyncio.sleep(_RETRY_S)

    async def _once(self, *, rung: bool) -> None:
        given = self._tail.read_on()
        if (not given or self._tail.closed) and self._tail.should_follow(rung=rung):
            given += await asyncio.to_thread(self._tail.follow, rung=rung)
        for item in given:
            self._give(item)
        if self._tail.live_until is not None:
            self._gap = None
            self._silent_since = self._tail.live_until
        elif not self._over:
            self._group.clear()
            await self._say_gap()

    def _give(self, item: Init | Piece) -> None:
        if isinstance(item, Init):
            self._init = item
            self._group.clear()
        else:
            self._keep(item)
        for viewer in self._viewers:
            viewer.give(item)

    def _keep(self, piece: Piece) -> None:
        if piece.keyframe:
            self._group, self._group_bytes = [], 0
        self._group_bytes += len(piece.data)
        if self._group_bytes <= MAX_GROUP_BYTES:
            self._group.append(piece)
        else:
            self._group.clear()

    async def _say_gap(self) -> None:
        """Tell since when and why there is no picture; again when the recorder knows better."""
        now = self._clock()
        if self._gap is not None and 0 <= now - self._asked_why_at < _ASK_WHY_US:
            return
        self._asked_why_at = now
        gaps = await asyncio.to_thread(open_gaps, self._root, *self.address)
        reason, since = "unknown", self._silent_since
        if gaps:
            reason, since = gaps[-1].reason.name.lower(), gaps[-1].started_at
        text = gap_message(reason, since)
        if text != self._gap:
            self._gap = text
            for viewer in self._viewers:
                viewer.tell(text)

    async def _wait(self) -> bool:
        """Until a ring or the next look; True for a ring."""
        rung = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                rung = await self._rung.wait()
        self._rung.clear()
        return rung


def gap_message(reason: str, since: WallUs) -> str:
    return json.dumps({"type": "gap", "reason": reason, "since": since})
