"""The simulator as programs that are not ours see it: ffprobe and ffmpeg."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from haidang.core.errors import NotFound
from haidang.core.layout import STREAMS
from haidang.simulator.catalogue import cameras
from haidang.simulator.control import send_fault
from haidang.simulator.faults import make_fault
from haidang.simulator.options import Options
from haidang.simulator.server import SimulatorServer, serve

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg isn't installed"),
]

_CAMERA = "quy-nhon-cau-cang"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SimulatorServer]:
    options = Options(
        cameras=cameras(1), port=0, loop_s=4, session_timeout_s=4, control_socket=tmp_path / "simulator.sock"
    )
    async with serve(options) as running:
        yield running


async def _run(*command: str, timeout_s: float = 60) -> tuple[str, str]:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, errors = await asyncio.wait_for(process.communicate(), timeout_s)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return out.decode(), errors.decode()


async def _play(url: str, seconds: float) -> str:
    """What ffmpeg finds wrong while it decodes for that long."""
    source = ("-rtsp_transport", "tcp", "-i", url)
    return (await _run("ffmpeg", "-v", "error", *source, "-t", str(seconds), "-f", "null", "-"))[1]


async def _probe(url: str) -> str:
    entries = "stream=codec_name,width,height,avg_frame_rate"
    command = ("ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries", entries, "-of", "csv=p=0", url)
    return (await _run(*command))[0].strip()


async def test_ffmpeg_plays_both_streams_over_two_seams_without_an_error(server: SimulatorServer) -> None:
    assert await asyncio.gather(*(_play(server.url(_CAMERA, stream), 9) for stream in STREAMS)) == ["", ""]


async def test_ffprobe_finds_the_formats_that_were_promised(server: SimulatorServer) -> None:
    assert await _probe(server.url(_CAMERA, "main")) == "h264,1920,1080,25/1"
    assert await _probe(server.url(_CAMERA, "sub")) == "h264,640,360,25/1"


async def test_a_client_that_keeps_its_session_alive_outlives_the_timeout(server: SimulatorServer) -> None:
    assert await _play(server.url(_CAMERA, "sub"), 11) == ""


async def test_a_private_fault_leaves_other_clients_alone(server: SimulatorServer) -> None:
    closing = server.url(_CAMERA, "sub", fault=make_fault("close", at_s=1))
    broken, sound = await asyncio.gather(_play(closing, 6), _play(server.url(_CAMERA, "sub"), 6))
    assert sound == ""
    del broken  # ffmpeg may or may not call an early end an error


async def test_a_fault_on_the_socket_changes_the_running_stream(server: SimulatorServer, tmp_path: Path) -> None:
    assert "640,360" in await _probe(server.url(_CAMERA, "sub"))
    await asyncio.to_thread(send_fault, tmp_path / "simulator.sock", _CAMERA, make_fault("h265"), "sub")
    assert await _probe(server.url(_CAMERA, "sub")) == "hevc,640,360,25/1"
    assert await _play(server.url(_CAMERA, "sub"), 5) == ""
    server.clear(_CAMERA)
    assert await _probe(server.url(_CAMERA, "sub")) == "h264,640,360,25/1"
    with pytest.raises(NotFound):
        await server.fault("hon-ca", make_fault("hang"))


@pytest.mark.parametrize("kind", ["freeze", "resolution", "cover"])
async def test_decoders_follow_a_picture_fault_without_an_error(server: SimulatorServer, kind: str) -> None:
    await server.prepare(_CAMERA, make_fault(kind))
    playing = asyncio.create_task(_play(server.url(_CAMERA, "sub"), 10))
    await asyncio.sleep(2)
    await server.fault(_CAMERA, make_fault(kind, for_s=3), "sub")
    assert await playing == ""


async def test_credentials_and_tls_are_asked_for(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    await _run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", "/CN=camera", "-keyout", str(key), "-out", str(cert))  # fmt: skip
    options = Options(
        cameras=cameras(1), port=0, loop_s=4, username="xem", password="bí mật", tls_cert=cert, tls_key=key
    )
    assert "bí mật" not in repr(options)
    async with serve(options) as server:
        url = server.url(_CAMERA, "sub")
        assert url.startswith("rtsps://")
        assert "401" in await _play(url, 1)
        assert await _play(url.replace("rtsps://", "rtsps://xem:b%C3%AD%20m%E1%BA%ADt@"), 3) == ""
