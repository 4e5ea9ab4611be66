"""Faults through the control socket."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from haidang.core.errors import InvalidInput, NotFound, Unavailable
from haidang.core.layout import Stream
from haidang.simulator.control import clear_faults, listen, send_fault
from haidang.simulator.faults import Fault, make_fault


class Faulty:
    def __init__(self) -> None:
        self.done: list[tuple[str, Fault | None, Stream | None]] = []

    async def fault(self, camera_id: str, fault: Fault, stream: Stream | None = None) -> None:
        if camera_id == "hon-ca":
            raise NotFound("couldn't find the simulated camera 'hon-ca'", code="camera")
        self.done.append((camera_id, fault, stream))

    def clear(self, camera_id: str, stream: Stream | None = None) -> None:
        self.done.append((camera_id, None, stream))


async def test_a_fault_arrives_as_it_was_sent(tmp_path: Path) -> None:
    faulty, path = Faulty(), tmp_path / "run" / "simulator.sock"
    fault = make_fault("rtp-jump", "-2", at_s=1.5, for_s=3)
    async with listen(path, faulty):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        await asyncio.to_thread(send_fault, path, "de-gi-bai-tau", fault, "sub")
        await asyncio.to_thread(clear_faults, path, "de-gi-bai-tau")
        with pytest.raises(NotFound):
            await asyncio.to_thread(send_fault, path, "hon-ca", fault)
    assert faulty.done == [("de-gi-bai-tau", fault, "sub"), ("de-gi-bai-tau", None, None)]
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [b"\n", b"nonsense\n", b"[]\n", b'{"camera": 1}\n', b'{"camera": "a", "kind": "hang", "at_s": "1"}\n',
     b'{"camera": "a", "kind": "x"}\n', b'{"camera": "a", "stream": "third", "kind": "hang"}\n'],
)  # fmt: skip
async def test_a_request_that_is_none_is_answered_with_a_code(tmp_path: Path, line: bytes) -> None:
    faulty = Faulty()
    async with listen(tmp_path / "s", faulty):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(line)
        answer = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
    assert answer["ok"] is False
    assert answer["code"]
    assert not faulty.done


def test_without_a_simulator_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="camera simulate"):
        send_fault(tmp_path / "none.sock", "de-gi-bai-tau", make_fault("hang"))


async def test_a_refused_fault_is_the_caller_s_error(tmp_path: Path) -> None:
    async with listen(tmp_path / "s", Faulty()):
        with pytest.raises(InvalidInput):
            await asyncio.to_thread(send_fault, tmp_path / "s", "a", Fault("drop", "7"))
