"""Log lines that never hold up recording."""

import io
import json
import threading
from collections.abc import Iterator

import pytest
import structlog

from haidang.cli.logs import LogWriter, configure


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


@pytest.fixture
def own_configuration() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("own_configuration")
def test_every_thread_of_a_process_says_which_process_it_is() -> None:
    target = io.StringIO()
    configure(structlog.PrintLogger(target), process="keeper")
    thread = threading.Thread(target=lambda: structlog.get_logger("any").warning("went wrong", loop="warden"))
    thread.start()
    thread.join()
    line = json.loads(target.getvalue())
    del line["timestamp"]
    assert line == {"process": "keeper", "event": "went wrong", "loop": "warden", "level": "warning"}


def open_camera(password: str) -> None:
    raise KeyError(len(password))


@pytest.mark.usefixtures("own_configuration")
def test_a_traceback_tells_no_value_of_a_variable() -> None:
    target = io.StringIO()
    configure(structlog.PrintLogger(target))
    try:
        open_camera("mot-hai-ba")
    except KeyError:
        structlog.get_logger().exception("connection_crashed")
    assert "open_camera" in target.getvalue()
    assert "mot-hai-ba" not in target.getvalue()
