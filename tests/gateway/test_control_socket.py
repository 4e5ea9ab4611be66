"""The warden's door: one JSON line in, one out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cast import Clock, claims
from haidang.core.errors import Conflict, Unavailable
from haidang.gateway.control_socket import ControlSocket, answer
from haidang.gateway.open_streams import OpenStreams


def some_streams() -> OpenStreams:
    clock = Clock()
    return OpenStreams(clock, clock.monotonic, warden_timeout_s=15)


async def asked(path: Path, *lines: str) -> list[dict[str, Any]]:
    reader, writer = await asyncio.open_unix_connection(str(path))
    answers = []
    for line in lines:
        writer.write(line.encode() + b"\n")
        answers.append(json.loads(await asyncio.wait_for(reader.readline(), 5)))
    writer.close()
    await writer.wait_closed()
    return answers


async def test_it_lists_and_ends_streams(tmp_path: Path) -> None:
    streams, clock, ended = some_streams(), Clock(), list[str]()
    first, second = (streams.open(claims(clock), ended.append) for _ in range(2))
    door = ControlSocket(tmp_path / "gateway.sock", streams)
    await door.open()
    listed, order, after = await asked(
        tmp_path / "gateway.sock",
        '{"op": "list"}',
        json.dumps({"op": "end", "streams": {first: "session_ended", "nothing": "grant_ended"}}),
        '{"op": "list"}',
    )
    assert [stream["stream_id"] for stream in listed["streams"]] == [first, second]
    assert listed["streams"][0]["action"] == "view_live"
    assert order == {"ended": [first]}
    assert ended == ["session_ended"]
    assert [stream["stream_id"] for stream in after["streams"]] == [second]
    await door.close()
    assert not (tmp_path / "gateway.sock").exists()


@pytest.mark.parametrize(("line", "checks"), [(b'{"op": "list"}', False), (b'{"op": "end", "streams": {}}', True)])
def test_the_order_that_ends_streams_says_that_rights_were_checked_and_asking_does_not(
    line: bytes, *, checks: bool
) -> None:
    clock = Clock()
    streams = OpenStreams(clock, clock.monotonic, warden_timeout_s=15)
    clock.sleep(16)
    answer(line, streams)
    with contextlib.nullcontext() if checks else pytest.raises(Unavailable):
        streams.check_may_start()


async def test_nobody_else_may_open_it(tmp_path: Path) -> None:
    door = ControlSocket(tmp_path / "gateway.sock", some_streams())
    await door.open()
    assert (tmp_path / "gateway.sock").stat().st_mode & 0o777 == 0o600
    await door.close()


async def test_what_a_killed_gateway_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "gateway.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    door = ControlSocket(path, some_streams())
    await door.open()
    assert await asked(path, '{"op": "list"}') == [{"streams": []}]
    await door.close()


async def test_a_living_gateways_socket_is_not_taken(tmp_path: Path) -> None:
    first = ControlSocket(tmp_path / "gateway.sock", some_streams())
    await first.open()
    with pytest.raises(Conflict) as refused:
        await ControlSocket(tmp_path / "gateway.sock", some_streams()).open()
    assert refused.value.code == "already_running"
    assert await asked(tmp_path / "gateway.sock", '{"op": "list"}') == [{"streams": []}]
    await first.close()


async def test_a_successors_socket_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "gateway.sock"
    first, second = (ControlSocket(path, some_streams()) for _ in range(2))
    await first.open()
    path.unlink()
    await second.open()
    await first.close()
    assert await asked(path, '{"op": "list"}') == [{"streams": []}]
    await second.close()


async def test_it_works_where_the_path_is_longer_than_a_socket_address(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    door = ControlSocket(folder / "gateway.sock", some_streams())
    await door.open()
    assert (folder / "gateway.sock").is_socket()
    await door.close()


async def test_a_line_without_end_closes_the_conversation(tmp_path: Path) -> None:
    door = ControlSocket(tmp_path / "gateway.sock", some_streams())
    await door.open()
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "gateway.sock"))
    writer.write(b"x" * 3_000_000)
    with contextlib.suppress(ConnectionResetError):  # closed with bytes that nobody read
        assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await door.close()


@pytest.mark.parametrize(
    "line",
    [
        b"", b"x", b"[]", b"1", b"null", b'{"op": "drop"}', b'{"op": "end"}', b'{"op": "end", "streams": []}',
        b'{"op": "end", "streams": {"a": "bored"}}', b'{"op": "end", "streams": {"a": 1}}', b"\xff", b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_bad_line_is_an_error_and_ends_nothing(line: bytes) -> None:
    streams, ended = some_streams(), list[str]()
    streams.open(claims(Clock()), ended.append)
    assert set(json.loads(answer(line, streams))) == {"error"}
    assert ended == []


@given(st.binary(max_size=200))
def test_no_bytes_break_it(line: bytes) -> None:
    assert len(json.loads(answer(line, some_streams()))) == 1
