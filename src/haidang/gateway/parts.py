"""What the doors share, put together once by ``server`` (and by tests, with their own clocks)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from haidang.core.host import RECORDINGS
from haidang.core.settings import Settings
from haidang.core.units import Clock
from haidang.gateway.archive import Archive
from haidang.gateway.live_hub import LiveHub
from haidang.gateway.open_streams import OpenStreams
from haidang.gateway.playback_sessions import PlaybackSessions
from haidang.gateway.redemption import Redemption

__all__ = ["Parts", "assemble"]

#: Reads of a stalled disk wait here, not in the threads that live channels use.
_READ_THREADS = 8
_GAP_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    monotonic: Callable[[], float]
    redemption: Redemption
    streams: OpenStreams
    hub: LiveHub
    sessions: PlaybackSessions
    archive: Archive

    def tick(self) -> None:
        """End what must end by now; several times a second."""
        self.streams.tick()
        self.sessions.end_idle()
        self.hub.end_stalled()


def assemble(
    settings: Settings, home: Path, key: Ed25519PublicKey, clock: Clock, monotonic: Callable[[], float]
) -> Parts:
    root = Path(settings.recorder.root) if settings.recorder.root else home / RECORDINGS
    streams = OpenStreams(clock, monotonic, warden_timeout_s=settings.gateway.warden_timeout_s)
    gap_after_s = max(_GAP_AFTER_S, 3 * settings.recorder.fragment_ms / 1000)
    return Parts(
        settings=settings,
        monotonic=monotonic,
        redemption=Redemption(key, clock, monotonic),
        streams=streams,
        hub=LiveHub(root, clock, gap_after_s=gap_after_s),
        sessions=PlaybackSessions(streams, monotonic, most=settings.gateway.max_viewers),
        archive=Archive(root, ThreadPoolExecutor(_READ_THREADS, "archive")),
    )
