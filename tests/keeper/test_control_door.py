"""The warden's side of the gateway's control socket, against the gateway's own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from haidang.core.errors import Unavailable
from haidang.core.messages import EndReason
from haidang.core.tickets import Ticket
from haidang.core.units import WallUs
from haidang.gateway.control_socket import ControlSocket
from haidang.gateway.open_streams import OpenStreams
from haidang.supervisor.keeper_warden import ControlDoor

TICKET = Ticket(
    "t", "ca-phu-cat", "s-1", "", "de-gi", "de-gi-1", "view_live", "an-ninh-trat-tu", WallUs(0), WallUs(10),
    WallUs(10**15),
)  # fmt: skip


async def test_it_lists_and_ends_what_the_gateway_runs() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("long-" * 25) / "gateway.sock"  # longer than a socket address may be
        streams = OpenStreams(lambda: WallUs(5), lambda: 0.0, warden_timeout_s=15)
        ended: list[EndReason] = []
        stream_id = streams.open(TICKET, ended.append)
        socket = ControlSocket(path, streams)
        await socket.open()
        door = ControlDoor(path)
        try:
            (listed,) = await asyncio.to_thread(door.open_streams)
            assert (listed.stream_id, listed.account, listed.session) == (stream_id, "ca-phu-cat", "s-1")
            await asyncio.to_thread(door.end, {stream_id: "session_ended"})
            assert ended == ["session_ended"]
            assert await asyncio.to_thread(door.open_streams) == []
        finally:
            door.close()
            await socket.close()
        with pytest.raises(Unavailable):
            door.open_streams()
