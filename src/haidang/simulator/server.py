"""The simulated cameras' RTSP server: ``rtsp://host:port/<camera>/main|sub``.

``serve`` prepares what is missing in the cache, listens, and gives a handle that ends everything on exit;
``run`` does the same for the command line and blocks.
"""

from __future__ import annotations

import asyncio
import signal
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from random import Random, SystemRandom
from urllib.parse import urlencode

import uvloop

from haidang.core.errors import InvalidInput, NotFound, Unavailable
from haidang.core.layout import STREAMS, Stream
from haidang.core.units import Clock, WallUs
from haidang.host.clock import wall_clock
from haidang.simulator.catalogue import SimulatedCamera
from haidang.simulator.channel import Channel, form_of
from haidang.simulator.connection import Access, Connection
from haidang.simulator.control import listen
from haidang.simulator.faults import PICTURE_KINDS, Fault, fault_from_query
from haidang.simulator.library import Library, forget_old
from haidang.simulator.looptime import loop_frames
from haidang.simulator.options import Options, Progress
from haidang.simulator.truth import SceneTruth, truth

__all__ = ["SimulatorServer", "run", "serve"]

_SWEEP_S = 1.0


class SimulatorServer:
    """A running server. Made by ``serve``."""

    def __init__(self, options: Options, library: Library, clock: Clock, rng: Random) -> None:
        self.port = options.port
        self._options = options
        self._library = library
        self._clock = clock
        self._rng = rng
        self._cameras = {camera.id: camera for camera in options.cameras}
        self._channels: dict[tuple[str, str], Channel] = {}
        self._private: set[Channel] = set()
        self._connections: set[Connection] = set()

    @property
    def cameras(self) -> tuple[SimulatedCamera, ...]:
        return self._options.cameras

    def url(self, camera_id: str, stream: Stream = "main", *, fault: Fault | None = None) -> str:
        """The address of a stream, without credentials; ``fault`` hits only whoever opens this address.

        A picture fault in an address needs its form encoded before: ``await prepare(camera_id, fault)``.
        """
        scheme = "rtsps" if self._options.tls_cert else "rtsp"
        address = f"{scheme}://{self._options.bind}:{self.port}/{self._camera(camera_id).id}/{stream}"
        if fault is None:
            return address
        query = {"fault": fault.kind, "at": f"{fault.at_s:g}"}
        if fault.value:
            query["value"] = fault.value
        if fault.for_s is not None:
            query["for"] = f"{fault.for_s:g}"
        return f"{address}?{urlencode(query)}"

    async def prepare(self, camera_id: str, fault: Fault) -> None:
        """Encode what the fault shows, if it is not in the cache."""
        if fault.kind in PICTURE_KINDS:
            await self._library.make(self._camera(camera_id).scene, form_of(fault))

    async def fault(self, camera_id: str, fault: Fault, stream: Stream | None = None) -> None:
        """Make ``fault`` happen to the camera (both streams when ``stream`` is None); raises NotFound (``camera``).

        Returns when it has been set, which for a picture fault is after its form has been encoded.
        """
        await self.prepare(camera_id, fault)
        for one in self._streams(stream):
            self._shared(self._camera(camera_id), one).add(fault)

    def clear(self, camera_id: str, stream: Stream | None = None) -> None:
        """End every fault of the camera."""
        for one in self._streams(stream):
            self._shared(self._camera(camera_id), one).clear()

    def truth(self, camera_id: str, at: WallUs) -> SceneTruth:
        """What the camera shows at ``at``."""
        return truth(self._camera(camera_id), at, loop_s=self._options.loop_s)

    def channel(self, path: str, query: dict[str, str]) -> Channel | None:
        """For connections (``connection.Stage``)."""
        camera_id, _, stream = path.partition("/")
        camera = self._cameras.get(camera_id)
        if camera is None or stream not in STREAMS:
            return None
        fault = fault_from_query(query)
        if fault is None:
            return self._shared(camera, stream)
        if fault.kind in PICTURE_KINDS and not self._library.has(camera.scene, form_of(fault)):
            raise InvalidInput(f"couldn't show {fault.kind} at once: ask for it on the socket first", code="fault")
        channel = self._new_channel(camera, stream)
        channel.plan(fault)
        self._private.add(channel)
        return channel

    def connect(self, access: Access) -> Connection:
        connection = Connection(self, access, self._rng, self._connections.discard)
        self._connections.add(connection)
        return connection

    async def sweep(self, timeout_s: float) -> None:
        """Drop clients that have not been heard of for ``timeout_s``; never returns."""
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = asyncio.get_running_loop().time()
            for connection in list(self._connections):
                if now - connection.heard_at_s > timeout_s:
                    connection.abort()
            self._private = {channel for channel in self._private if not channel.idle}

    async def close(self) -> None:
        for connection in list(self._connections):
            connection.abort()
        for channel in [*self._channels.values(), *self._private]:
            await channel.close()
        await self._library.close()

    def _camera(self, camera_id: str) -> SimulatedCamera:
        if camera_id not in self._cameras:
            raise NotFound(f"couldn't find the simulated camera {camera_id!r}", code="camera")
        return self._cameras[camera_id]

    def _streams(self, stream: Stream | None) -> tuple[Stream, ...]:
        return STREAMS if stream is None else (stream,)

    def _shared(self, camera: SimulatedCamera, stream: Stream) -> Channel:
        key = (camera.id, stream)
        if key not in self._channels:
            self._channels[key] = self._new_channel(camera, stream)
        return self._channels[key]

    def _new_channel(self, camera: SimulatedCamera, stream: Stream) -> Channel:
        return Channel(
            camera,
            stream,
            reels=lambda form: self._library.reel(camera.scene, form, stream),
            clock=self._clock,
            rng=self._rng,
            paced=self._options.paced,
        )


def _tls(options: Options) -> ssl.SSLContext | None:
    if options.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls_cert, options.tls_key)
    return context


@asynccontextmanager
async def serve(
    options: Options,
    *,
    clock: Clock = wall_clock,
    rng: Random | None = None,
    progress: Progress | None = None,
) -> AsyncIterator[SimulatorServer]:
    """Use as ``async with``; everything has ended on exit. Raises Fatal (``encoder``), Unavailable (``simulator``)."""
    library = Library(options.cache, loop_frames(options.loop_s), options.encoders)
    server = SimulatorServer(options, library, clock, rng or SystemRandom())
    access = Access(options.username, options.password, options.auth, options.session_timeout_s)
    forget_old(options.cache, time.time())
    try:
        await library.make_all(sorted({camera.scene for camera in options.cameras}), progress)
        loop = asyncio.get_running_loop()
        try:
            listener = await loop.create_server(
                partial(server.connect, access), options.bind, options.port, ssl=_tls(options), backlog=512
            )
        except OSError as error:
            raise Unavailable(
                f"couldn't listen on {options.bind}:{options.port}: {error.strerror or error}", code="simulator"
            ) from error
        server.port = listener.sockets[0].getsockname()[1]
        sweeper = asyncio.create_task(server.sweep(options.session_timeout_s))
        try:
            async with listen(options.control_socket, server):
                yield server
        finally:
            sweeper.cancel()
            listener.close()
    finally:
        await server.close()


def run(options: Options, *, progress: Progress | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(options, progress))


async def _until_told(options: Options, progress: Progress | None) -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    serving = asyncio.create_task(_hold(options, progress, told))
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if told.is_set():
        # Scenes may still be being encoded: that ends too.
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return
    await serving


async def _hold(options: Options, progress: Progress | None, told: asyncio.Event) -> None:
    async with serve(options, progress=progress):
        await told.wait()
