"""Log lines that never hold up recording."""

import io
import json
import threading

from haidang.recorder.log import LogWriter


class Blocked(io.StringIO):
    """A reader that has stopped reading."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()

    def write(self, text: str) -> int:
        self.free.wait(5)
        return super().write(text)


def test_lines_are_written_in_order() -> None:
    target = io.StringIO()
    writer = LogWriter(target)
    for number in range(500):
        writer.msg(str(number))
    writer.stop()
    assert target.getvalue().splitlines() == [str(number) for number in range(500)]


def test_nobody_waits_for_a_blocked_reader_and_what_was_dropped_is_told() -> None:
    target = Blocked()
    writer = LogWriter(target)
    for number in range(5000):
        writer.msg(str(number))
    target.free.set()
    writer.stop()
    lines = target.getvalue().splitlines()
    dropped = [json.loads(line) for line in lines if line.startswith("{")]
    assert sum(line["lines"] for line in dropped) + len(lines) - len(dropped) == 5000


def test_a_closed_stderr_is_no_reason_to_fail() -> None:
    target = io.StringIO()
    target.close()
    writer = LogWriter(target)
    writer.msg("nobody reads this")
    writer.stop()
