"""The doorbell: rings reach the hub, junk and floods do not hurt, dead predecessors' bells are taken down."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

from haidang.gateway.doorbell import Doorbell


async def test_a_ring_names_camera_and_stream(tmp_path: Path) -> None:
    rings: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    bell = Doorbell(tmp_path, lambda camera, stream: rings.put_nowait((camera, stream)))
    bell.open()
    path = tmp_path / f"gateway-{os.getpid()}.sock"
    assert path.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as recorder:
        for message in (b"de-gi-luong-vao/main", b"\xff\xfe", b"", b"x" * 5000, b"a/b/c"):
            recorder.sendto(message, str(path))
    heard = [await asyncio.wait_for(rings.get(), 5) for _ in range(5)]
    assert heard[0] == ("de-gi-luong-vao", "main")
    assert heard[4] == ("a", "b/c")
    bell.close()
    assert not path.exists()


async def test_bells_of_dead_gateways_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    for name in ("gateway-999999.sock", "keeper-1.sock"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
            left.bind(str(tmp_path / name))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as living:
        living.bind(str(tmp_path / "gateway-999998.sock"))
        bell = Doorbell(tmp_path, lambda *_: None)
        bell.open()
        names = await asyncio.to_thread(lambda: {path.name for path in tmp_path.iterdir()})
        bell.close()
    assert names == {"keeper-1.sock", "gateway-999998.sock", f"gateway-{os.getpid()}.sock"}
