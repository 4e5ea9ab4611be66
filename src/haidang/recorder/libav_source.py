"""The fallback for cameras whose RTSP defeats ours: libav reads, in a thread of its own, into the same pipeline.

Known of libav, and why it is the fallback: the loop over packets ends without an error when the camera goes; the
first packet carries no timestamp; a changed SPS is not told; lost packets are not told (so no LOSS_BEFORE flag);
opening and reading block, and nothing but the timeout ends them. Threads collapse on the GIL beyond some dozens:
``MAX_THREADS`` a process, and a clear refusal above. It cannot pin or check a certificate here: no RTSPS. What it
can that ours does not: RTP over UDP.

Law: errors of libav are translated at this door without their text, which may hold the address with its password.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, urlsplit, urlunsplit

import av
import av.error
import av.logging
from av.packet import Packet
from av.video.stream import VideoStream

from haidang.core.errors import HaidangError, InvalidInput
from haidang.core.rtsp import RtspProtocolError, RtspRefused
from haidang.core.units import TIMESCALE_90K, Pts90k
from haidang.core.video import AccessUnit, VideoCodec
from haidang.recorder.annexb import AnnexBPictures
from haidang.recorder.failures import CameraEnded, Silent
from haidang.recorder.sources import Address, Sink

__all__ = ["MAX_THREADS", "LibavSource", "open_libav"]

MAX_THREADS = 16
#: A picture's length while nothing better is known, and how many are kept that have no timestamp.
_USUAL_90K = TIMESCALE_90K // 25
_MAX_UNTIMED = 25
_CODECS: dict[str, VideoCodec] = {"h264": "avc1", "hevc": "hvc1"}
_REFUSALS = (
    (av.error.HTTPUnauthorizedError, 401),
    (av.error.HTTPForbiddenError, 403),
    (av.error.HTTPNotFoundError, 404),
    (av.error.HTTPOtherClientError, 400),
    (av.error.HTTPServerError, 500),
)

_seats = threading.BoundedSemaphore(MAX_THREADS)


async def open_libav(address: Address, sink: Sink, *, connect_s: float, stall_s: float) -> LibavSource:
    """Start a thread that reads the stream. Raises as ``open_rtsp`` does, and InvalidInput for what it cannot."""
    if urlsplit(address.url).scheme != "rtsp":
        raise InvalidInput("couldn't use libav for rtsps: it does not check the certificate", code="libav_rtsps")
    if not _seats.acquire(blocking=False):
        raise InvalidInput(
            f"couldn't start another libav stream: {MAX_THREADS} a worker; use more workers or the native ingest",
            code="libav_full",
        )
    source = LibavSource(sink, asyncio.get_running_loop())
    reader = partial(source.read, _with_credentials(address), connect_s, stall_s)
    threading.Thread(target=reader, name="libav", daemon=True).start()
    await source.opened
    return source


def _with_credentials(address: Address) -> str:
    """Libav takes credentials in the address only; it stays inside this process."""
    if not address.username:
        return address.url
    parts = urlsplit(address.url)
    netloc = f"{quote(address.username, safe='')}:{quote(address.password, safe='')}@{parts.netloc}"
    return urlunsplit(parts._replace(netloc=netloc))


class LibavSource:
    """A connection that libav holds; ``Source``."""

    def __init__(self, sink: Sink, loop: asyncio.AbstractEventLoop) -> None:
        self._sink, self._loop = sink, loop
        self._closed = threading.Event()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()

    # Source

    def fail(self, error: Exception) -> None:
        self._closed.set()
        for future in (self.opened, self.ended):
            if not future.done():
                future.set_exception(error)
                future.exception()  # seen: whoever awaits gets it, and nobody need

    def keep_alive(self, now_s: float) -> None:
        """Libav does that itself."""

    def moves(self) -> bool:
        """Libav tells of pictures only."""
        return False

    def close(self) -> None:
        """The thread ends with its next packet, or its timeout."""
        self._closed.set()

    # In the thread

    def read(self, url: str, connect_s: float, stall_s: float) -> None:
        try:
            self._demux(url, connect_s, stall_s)
        except (av.error.FFmpegError, HaidangError, OSError, ValueError, LookupError) as error:
            self._on_loop(partial(self.fail, _translated(error)))
        else:
            # The loop over packets ends without an error when the camera goes.
            self._on_loop(partial(self.fail, CameraEnded("connection closed")))
        finally:
            _seats.release()

    def _demux(self, url: str, connect_s: float, stall_s: float) -> None:
        av.logging.set_level(None)
        # TCP first; UDP for servers that know nothing else.
        options = {"rtsp_flags": "prefer_tcp", "timeout": str(int(stall_s * 1_000_000))}
        # Opening is connecting, asking and looking at the first pictures in one.
        with av.open(url, options=options, timeout=(connect_s + stall_s, stall_s)) as container:
            stream = container.streams.video[0]
            codec = _CODECS.get(stream.codec_context.name)
            if codec is None:
                raise RtspProtocolError("couldn't record the stream: neither H.264 nor H.265", code="libav_codec")
            self._on_loop(self._now_open)
            pictures = AnnexBPictures(codec)
            pictures.take(stream.codec_context.extradata or b"")
            self._deliver_format(pictures)
            untimed: list[tuple[bytes, bool]] = []
            for packet in container.demux(stream):
                if self._closed.is_set():
                    return
                self._deliver(packet, pictures, untimed)

    def _deliver(
        self, packet: Packet[VideoStream], pictures: AnnexBPictures, untimed: list[tuple[bytes, bool]]
    ) -> None:
        """``untimed``: the first pictures, which have no timestamp until a later one tells theirs."""
        if packet.size == 0:
            return  # libav's mark of the end
        before = pictures.video
        data, keyframe = pictures.take(bytes(packet))
        if pictures.video != before:
            self._deliver_format(pictures)
        if not data:
            return
        if packet.pts is None or packet.time_base is None:
            untimed.append((data, keyframe))
            del untimed[:-_MAX_UNTIMED]
            return
        pts = int(packet.pts * packet.time_base * TIMESCALE_90K)
        for number, (earlier, key) in enumerate(untimed):
            self._deliver_unit(earlier, pts - (len(untimed) - number) * _USUAL_90K, keyframe=key, lost=0)
        untimed.clear()
        self._deliver_unit(data, pts, keyframe=keyframe, lost=int(packet.is_corrupt))

    def _deliver_unit(self, data: bytes, pts_90k: int, *, keyframe: bool, lost: int) -> None:
        self._on_loop(partial(self._picture, AccessUnit(data, Pts90k(pts_90k), keyframe, lost, None)))

    def _deliver_format(self, pictures: AnnexBPictures) -> None:
        if pictures.video is not None:
            self._on_loop(partial(self._sink.format_changed, pictures.video))

    def _on_loop(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            self._closed.set()  # the loop is closed: the worker ends

    # On the loop

    def _now_open(self) -> None:
        if not self.opened.done():
            self.opened.set_result(None)

    def _picture(self, unit: AccessUnit) -> None:
        if not self._closed.is_set():
            self._sink.picture(unit)


def _translated(error: Exception) -> Exception:
    """The error as the rest of the recorder knows it, without libav's text."""
    for kind, status in _REFUSALS:
        if isinstance(error, kind):
            return RtspRefused(f"couldn't open the stream: RTSP {status}", status=status)
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return Silent()
    if isinstance(error, av.error.InvalidDataError | av.error.ProtocolNotFoundError | ValueError | LookupError):
        return RtspProtocolError("couldn't read the stream", code="libav_invalid")
    if isinstance(error, av.error.FFmpegError):
        return OSError(error.errno, "libav")
    return error
