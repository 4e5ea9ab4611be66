"""The cast of gateway tests: clocks in the test's hand, a camera that records on disk, tickets like the web's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from haidang.core import units
from haidang.core.journal import CloseReason, Fragment
from haidang.core.layout import Stream
from haidang.core.settings import GatewaySettings, Settings
from haidang.core.tickets import Ticket, TicketAction, holder_of, sign_ticket
from haidang.core.units import Pts90k, WallUs
from haidang.gateway.app import create_app
from haidang.gateway.parts import Parts, assemble
from haidang.storage import RecordingWriter
from storage.coded_video import FRAME_90K, Clip, clip
from storage.faulty_file_ops import NoWaitOps

SITE, CAMERA = "de-gi", "de-gi-luong-vao"
COOKIE = "cookie-of-an"
#: 2026-11-25 03:04:05.678 UTC
BEGAN = WallUs(1_795_575_845_678_000)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
S = 1_000_000


@dataclass
class Clock:
    """Both clocks of a host."""

    now: WallUs = BEGAN

    def __call__(self) -> WallUs:
        return self.now

    def monotonic(self) -> float:
        return self.now / S

    def sleep(self, seconds: float) -> None:
        self.now = WallUs(self.now + round(seconds * S))


class Recorder:
    """Records one camera stream as a recorder does: 200 ms a fragment, the clock moving with it."""

    def __init__(
        self, root: Path, clock: Clock, *, camera: str = CAMERA, stream: Stream = "main", pictures: Clip | None = None
    ) -> None:
        self.root, self.clock, self.camera, self.stream = root, clock, camera, stream
        self.pictures = pictures or clip()
        self.sequence = 0
        self.writer: RecordingWriter | None = None

    def begin(self) -> None:
        self.writer = RecordingWriter.create(
            self.root, SITE, self.camera, self.stream, self.pictures.video, position_90k=Pts90k(0),
            sequence=self.sequence, now=self.clock(), ops=NoWaitOps(), seal_s=1.0,
        )  # fmt: skip
        self.sequence += 1
        self._number = 0

    def fragment(self) -> Fragment:
        """The next one; the clip repeats."""
        if self.writer is None:
            self.begin()
        assert self.writer is not None
        cuts = self.pictures.cuts()
        round_, at = divmod(self._number, len(cuts))
        samples = self.pictures.samples(*cuts[at])
        written = self.writer.append(
            samples,
            Pts90k((round_ * len(self.pictures.units) + cuts[at][0]) * FRAME_90K),
            received_at=self.clock(), captured_at=None, keyframe=samples[0].keyframe, lost_packets=0,
        )  # fmt: skip
        self._number += 1
        self.clock.sleep(len(samples) * 0.04)
        return written

    def record(self, fragments: int) -> list[Fragment]:
        return [self.fragment() for _ in range(fragments)]

    def close(self, reason: CloseReason = CloseReason.ROTATED) -> None:
        assert self.writer is not None
        self.writer.close(reason, self.clock())
        self.writer = None

    def media(self) -> bytes:
        """The newest file of this stream."""
        files = sorted(self.root.glob(f"*/{self.camera}/*/*-{self.stream}.mp4"))
        return files[-1].read_bytes()


_numbers = iter(range(1, 1_000_000))


def claims(clock: units.Clock, action: TicketAction = "view_live", **changed: object) -> Ticket:
    """A ticket of An for the cast's camera, good for an hour; playback from an hour ago to an hour ahead."""
    at, playback = clock(), action == "view_playback"
    ticket = Ticket(
        ticket_id=f"t{next(_numbers)}", account="an", session="s1", holder=holder_of(COOKIE), site=SITE, camera=CAMERA,
        action=action, purpose="ANTT", issued_at=at, start_by=WallUs(at + 60 * S), ends_at=WallUs(at + 3600 * S),
        policies=("p1",), window_from=WallUs(at - 3600 * S if playback else 0),
        window_to=WallUs(at + 3600 * S if playback else 0),
    )  # fmt: skip
    return replace(ticket, **changed)  # type: ignore[arg-type]  # tests change any claim


def signed(clock: units.Clock, action: TicketAction = "view_live", **changed: object) -> str:
    return sign_ticket(claims(clock, action, **changed), KEY)


@dataclass
class House:
    """A gateway without sockets, and its recordings."""

    clock: Clock
    root: Path
    parts: Parts
    app: ASGIApp

    def warden_decides(self) -> list[str]:
        """A round of a warden that ends nothing; what it saw running."""
        listed = [stream.stream_id for stream in self.parts.streams.listed()]
        self.parts.streams.checked()
        return listed


@contextmanager
def house(folder: Path, **gateway: object) -> Iterator[House]:
    clock = Clock()
    settings = Settings(gateway=replace(GatewaySettings(), **gateway))  # type: ignore[arg-type]  # any setting
    parts = assemble(settings, folder, KEY.public_key(), clock, clock.monotonic)
    yield House(clock, folder / "recordings", parts, create_app(parts))
    parts.archive.close()
