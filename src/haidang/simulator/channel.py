"""One encoder: a camera's stream, ticking while somebody watches, with whatever is wrong with it.

Which picture is due follows from the wall clock (looptime.py) and is looked up again at every keyframe, so that
the stream neither drifts nor minds a moved clock; between keyframes pictures are 40 ms apart on the event
loop's clock. RTP time counts pictures and never jumps on its own. A client starts at the next keyframe, as with
a real camera. Faults of the picture change which reel is shown, from a keyframe on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from haidang.core.layout import Stream
from haidang.core.units import Clock, WallUs
from haidang.simulator.catalogue import SimulatedCamera
from haidang.simulator.faults import PICTURE_KINDS, Fault, FaultKind
from haidang.simulator.looptime import FPS, FRAME_90K, FRAME_US, GOP_FRAMES, frame_at, into_frame_us
from haidang.simulator.player import Player
from haidang.simulator.reel import Luma, Reel
from haidang.simulator.rtp import Packed
from haidang.simulator.variants import Form

__all__ = ["Channel", "form_of"]

_FRAME_S = 1 / FPS
#: Of a picture's time, how much the packets are spread over when paced.
_PACED_SHARE = 0.8
_NOISE_BYTES = 1400
#: Behind by more, the machine was asleep: go on from now instead of sending what was missed.
_ASLEEP_S = 2.0
#: A keyframe corrects the event loop's clock by at most this towards the wall clock …
_SLEW_US = 4000
#: … unless they have come apart by more: then the clock was moved.
_DRIFT_US = 100_000
_MOMENT_S = 1.0


def form_of(fault: Fault) -> Form:
    """The form of the scene that a picture fault shows."""
    if fault.kind == "bitrate":
        return "low" if fault.value == "low" else "high"
    if fault.kind == "resolution":
        return "small"
    forms: dict[FaultKind, Form] = {"cover": "cover", "move": "move", "blur": "blur", "h265": "h265"}
    return forms.get(fault.kind, "plain")


@dataclass(slots=True)
class _Standing:
    fault: Fault
    since_s: float
    fired: bool = False


@dataclass(slots=True)
class _Shown:
    """What the encoder sent last."""

    reel: Reel
    strip: Luma | None = None
    second: int = -1
    frozen: bool = False
    #: The keyframe that a frozen encoder repeats.
    key: int = 0


class Channel:
    def __init__(
        self,
        camera: SimulatedCamera,
        stream: Stream,
        *,
        reels: Callable[[Form], Reel],
        clock: Clock,
        rng: Random,
        paced: bool,
    ) -> None:
        self.camera = camera
        self.stream = stream
        self._reels = reels
        self._clock = clock
        self._rng = rng
        self._paced = paced
        self._players: set[Player] = set()
        self._standing: list[_Standing] = []
        self._planned: list[Fault] = []
        self._ticking: asyncio.Task[None] | None = None
        self._time_90k = 0
        self._shown = _Shown(reels("plain"))

    # What connections ask.

    def sdp(self) -> str:
        return self._reels(self._form()).sdp(self.camera.name)

    def refusal(self) -> int | None:
        """The status to answer requests with, while the camera refuses."""
        fault = self._active("refuse")
        return int(fault.value) if fault else None

    def silent(self) -> bool:
        """Whether the camera hangs."""
        return self._active("hang") is not None

    @property
    def idle(self) -> bool:
        return self._ticking is None and not self._planned

    def plan(self, fault: Fault) -> None:
        """Let ``fault`` count from the first PLAY on, for a channel that one client has to itself."""
        self._planned.append(fault)

    def join(self, player: Player) -> int:
        """Start sending at the next keyframe; give the RTP time of the stream's next picture (RTP-Info)."""
        self._players.add(player)
        while self._planned:
            self.add(self._planned.pop())
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._run())
        return player.base_90k + self._time_90k

    def leave(self, player: Player) -> None:
        self._players.discard(player)

    def add(self, fault: Fault) -> None:
        self._standing.append(_Standing(fault, _now_s()))
        if fault.at_s == 0:
            self._strike()

    def clear(self) -> None:
        changed_codec = any(standing.fault.kind == "h265" for standing in self._standing)
        self._standing.clear()
        if changed_codec:
            self._drop_players()

    async def close(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)

    # Faults.

    def _active(self, kind: FaultKind) -> Fault | None:
        if not self._standing:
            return None
        now = _now_s()
        for standing in reversed(self._standing):
            if standing.fault.kind == kind and standing.fault.active(now - standing.since_s):
                return standing.fault
        return None

    def _form(self) -> Form:
        now = _now_s()
        for standing in reversed(self._standing):
            fault = standing.fault
            if fault.kind in PICTURE_KINDS and fault.kind != "freeze" and fault.active(now - standing.since_s):
                return form_of(fault)
        return "plain"

    def _strike(self) -> None:
        """Do once what happens at the moment when a fault begins, and forget those that are over."""
        if not self._standing:
            return
        now = _now_s()
        for standing in list(self._standing):
            fault, elapsed = standing.fault, now - standing.since_s
            if not standing.fired and elapsed >= fault.at_s:
                standing.fired = True
                # A moment that passed while nobody watched must not hit whoever comes later.
                if not _once(fault) or elapsed < fault.at_s + _MOMENT_S:
                    self._begin(fault)
            if fault.over(elapsed) or (standing.fired and _once(fault)):
                self._standing.remove(standing)
                self._end(fault)
        if self._active("close"):
            self._drop_players()

    def _begin(self, fault: Fault) -> None:
        if fault.kind in ("close", "refuse") or (fault.kind == "h265" and fault.value == "reconnect"):
            self._drop_players()
        elif fault.kind == "rtp-jump":
            self._time_90k += round(fault.number * 90_000)
            self._report_now()
        elif fault.kind == "ntp-jump":
            self._report_now()

    def _end(self, fault: Fault) -> None:
        if fault.kind == "h265" and fault.value == "reconnect":
            self._drop_players()
        elif fault.kind == "ntp-jump":
            self._report_now()

    def _report_now(self) -> None:
        for player in self._players:
            player.report_now()

    def _drop_players(self) -> None:
        for player in self._players:
            player.abort()
        self._players.clear()

    # Ticking.

    async def _run(self) -> None:
        try:
            await self._watch()
        finally:
            # Clients must never wait for a channel that has stopped.
            self._ticking = None
            self._drop_players()

    async def _watch(self) -> None:
        index, due = self._next_picture()
        left = -index % GOP_FRAMES
        while self._players:
            late = _now_s() - due
            if late > _ASLEEP_S:
                self._time_90k += int(late / _FRAME_S) * FRAME_90K
                index, due = self._next_picture()
                left = -index % GOP_FRAMES
                for player in self._players:
                    player.started = False
            elif late < 0:
                await asyncio.sleep(-late)
            if left == 0:
                # A group that was cut short ends here too: what follows is always a keyframe.
                key = -(-index // GOP_FRAMES) * GOP_FRAMES % self._shown.reel.frames
                index, left, due = self._at_keyframe(key, due)
            self._strike()
            await self._tick(index, due)
            self._time_90k += FRAME_90K
            index += 1
            left -= 1
            due += _FRAME_S

    def _next_picture(self) -> tuple[int, float]:
        """The first picture that begins after now, and when (event loop time)."""
        at, frames = self._clock(), self._shown.reel.frames
        wait_us = FRAME_US - into_frame_us(self.camera.id, at)
        return (frame_at(self.camera.id, at, frames) + 1) % frames, _now_s() + wait_us / 1e6

    def _at_keyframe(self, key: int, due: float) -> tuple[int, int, float]:
        """Choose the reel and the group that begins: (its keyframe, its pictures, when it is due).

        Where the clock has been moved, the group that is on now is shown from its keyframe and cut short at its
        end, after which pictures and clock agree again.
        """
        frames, group = self._shown.reel.frames, GOP_FRAMES
        moved_us = self._moved_us(key, due)
        if abs(moved_us) <= _DRIFT_US:
            due -= max(-_SLEW_US, min(_SLEW_US, moved_us)) / 1e6
        else:
            wanted = (key + round(moved_us / FRAME_US)) % frames
            # One picture alone would put two IDR pictures side by side: begin the next group a little early.
            wanted = (wanted + (wanted % GOP_FRAMES == GOP_FRAMES - 1)) % frames
            key, group = wanted - wanted % GOP_FRAMES, GOP_FRAMES - wanted % GOP_FRAMES
        self._choose_reel()
        return key, group, due

    def _moved_us(self, key: int, due: float) -> int:
        """How far the wall clock is ahead of picture ``key`` at the instant ``due``, within half a loop."""
        at, frames = self._clock(), self._shown.reel.frames
        late_us = round((_now_s() - due) * 1e6)
        shown_us = frame_at(self.camera.id, at, frames) * FRAME_US + into_frame_us(self.camera.id, at) - late_us
        half_us = frames * FRAME_US // 2
        return (shown_us - key * FRAME_US + half_us) % (2 * half_us) - half_us

    def _choose_reel(self) -> None:
        freezing = self._active("freeze") is not None
        if not (freezing and self._shown.frozen):
            self._shown = _Shown(self._reels(self._form()), frozen=freezing)

    def _packets(self, index: int, at: WallUs) -> Packed:
        shown = self._shown
        if shown.frozen:
            if shown.second < 0:
                shown.strip, shown.second = shown.reel.strip(self.camera.name, at), at // 1_000_000
                shown.key = index
            return shown.reel.frozen(shown.key + index % GOP_FRAMES, shown.strip)
        before = shown.strip
        second = at // 1_000_000
        if second != shown.second:
            shown.strip, shown.second = shown.reel.strip(self.camera.name, at), second
        return shown.reel.packets(index, shown.strip, before)

    async def _tick(self, index: int, due: float) -> None:
        if index % GOP_FRAMES == 0:
            for player in self._players:
                player.started = True
        players = [player for player in self._players if player.started]
        if not players:
            # Nobody has seen a keyframe yet, so there is no strip to build on either.
            return
        at = self._clock()
        packed = self._packets(index, at)
        if self.silent():
            return
        if self._active("garbage"):
            for player in players:
                player.send_noise(_NOISE_BYTES)
            return
        jump = self._active("ntp-jump")
        told = WallUs(at + round(jump.number * 1e6)) if jump else at
        for player in players:
            player.report(told, self._time_90k)
        await self._send(packed, players, due)

    async def _send(self, packed: Packed, players: list[Player], due: float) -> None:
        loss = self._active("drop")
        if loss:
            for player in players:
                player.send_with_loss(packed, self._time_90k, loss.number)
        elif self._paced:
            await self._spread(packed, players, due)
        else:
            for player in players:
                player.send(packed, self._time_90k)

    async def _spread(self, packed: Packed, players: list[Player], due: float) -> None:
        each = [player.pieces(packed, self._time_90k) for player in players]
        gap = _FRAME_S * _PACED_SHARE / len(packed.starts)
        for number in range(len(packed.starts)):
            for player, pieces in zip(players, each, strict=True):
                player.write_piece(pieces[number])
            wait = due + (number + 1) * gap - _now_s()
            if wait > 0:
                await asyncio.sleep(wait)


def _once(fault: Fault) -> bool:
    """Whether the fault is a moment, over as soon as it has begun."""
    return fault.kind == "rtp-jump" or (fault.kind == "close" and fault.for_s is None)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
