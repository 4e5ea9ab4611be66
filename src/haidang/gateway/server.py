"""Runs the gateway: one process, one event loop, loopback unless the settings say otherwise.

Start: the TCP port is bound first (a second gateway fails there, before it touches anything), then the control
socket and the doorbell. Stop (SIGTERM): every stream is told why it ends, then the connections are closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from haidang.core.errors import Conflict, Fatal
from haidang.core.host import CONTROL_SOCKET, DOORBELLS, TICKET_PUBLIC_KEY
from haidang.core.settings import Settings
from haidang.gateway.app import create_app
from haidang.gateway.control_socket import ControlSocket
from haidang.gateway.doorbell import Doorbell
from haidang.gateway.parts import Parts, assemble
from haidang.gateway.protocols import HttpProtocol, LiveProtocol
from haidang.host.clock import wall_clock

__all__ = ["run"]

_log = structlog.get_logger("haidang.gateway")

_TICK_S = 0.1
_BACKLOG = 2048
#: Viewers' connections, and playback's and strangers' besides.
_CONNECTIONS_BESIDE_VIEWERS = 2000
_MAX_MESSAGE_BYTES = 4096
#: A dead peer is noticed after interval + timeout at most.
_PING_INTERVAL_S = 5.0
_PING_TIMEOUT_S = 14.0
_GRACE_S = 1
_LIVE_THREADS = 64


def run(settings: Settings, home: Path) -> None:
    """Serve until SIGTERM or SIGINT. Raises Fatal (``ticket_key``), Conflict (``port_taken``, ``already_running``)."""
    sys.setswitchinterval(1e-4)  # threads read journals: they must not hold up the loop for the usual 5 ms
    parts = assemble(settings, home, _public_key(home / TICKET_PUBLIC_KEY), wall_clock, time.monotonic)
    listener = _listen(settings.gateway.host, settings.gateway_port)
    config = uvicorn.Config(
        create_app(parts),
        loop="uvloop", http=HttpProtocol, ws=LiveProtocol, lifespan="off", interface="asgi3",
        ws_max_size=_MAX_MESSAGE_BYTES, ws_ping_interval=_PING_INTERVAL_S, ws_ping_timeout=_PING_TIMEOUT_S,
        ws_per_message_deflate=False,
        # uvicorn's INFO lines name addresses, and so tickets.
        log_config=None, log_level="warning", access_log=False,
        server_header=False, proxy_headers=False, backlog=_BACKLOG, timeout_graceful_shutdown=_GRACE_S,
    )  # fmt: skip
    HttpProtocol.most_connections = settings.gateway.max_viewers + _CONNECTIONS_BESIDE_VIEWERS
    with listener:
        _Server(config, parts, home).run([listener])


def _public_key(path: Path) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Fatal(f"couldn't read the ticket key {path.name}: run `haidang init`", code="ticket_key") from error


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise Conflict(f"couldn't listen on {host} port {port}: {error.strerror}", code="port_taken") from error


class _Server(uvicorn.Server):
    """uvicorn with our start and stop around its own."""

    def __init__(self, config: uvicorn.Config, parts: Parts, home: Path) -> None:
        super().__init__(config)
        self._parts = parts
        self._home = home

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """SIGTERM is an orderly end with exit code 0 (uvicorn would raise the signal again afterwards)."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        async with _doors(self._parts, self._home, self._stop):
            await super().serve(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._parts.streams.shut_down()
        await asyncio.sleep(0.25)  # the goodbyes go out before the connections are closed
        await super().shutdown(sockets)


@contextlib.asynccontextmanager
async def _doors(parts: Parts, home: Path, stop: Callable[[], None]) -> AsyncIterator[None]:
    """The warden's socket, the doorbell and the clock, open while serving."""
    control = ControlSocket(home / CONTROL_SOCKET, parts.streams)
    bell = Doorbell(home / DOORBELLS, parts.hub.ring)
    # Channels list folders in threads; those of a hung disk must not keep the others from following a rotation.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_LIVE_THREADS, "live"))
    await control.open()
    bell.open()
    ticking = asyncio.create_task(_tick(parts, stop))
    try:
        yield
    finally:
        ticking.cancel()
        bell.close()
        await control.close()
        parts.archive.close()


async def _tick(parts: Parts, stop: Callable[[], None]) -> None:
    """End what must end, several times a second. Without it no right would ever end: then nothing runs."""
    while True:
        try:
            parts.tick()
        except Exception:  # noqa: BLE001 - the door of the clock: without it nothing may run
            _log.exception("clock failed")
            stop()  # every stream ends, and the supervisor starts the process anew
            return
        await asyncio.sleep(_TICK_S)
