"""The log of every process of a host: JSON lines on stderr, constants as events, values as fields.

Everybody else only asks structlog for a logger; how lines look and where they go is said here, where processes begin.

Laws: no secret, so tracebacks come without the values of their variables. A log that nobody reads never holds up
recording: lines go through a bounded queue to a thread; what does not fit is counted and told when the reader is back.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.types import EventDict, WrappedLogger

__all__ = ["LogWriter", "configure", "json_log"]

_LINES = 1000
_STOP_S = 1.0


class LogWriter:
    """Writes lines from a thread of its own; what structlog's loggers print to."""

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._lines: Queue[str | None] = Queue(_LINES)
        self._dropped = 0
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def msg(self, message: str) -> None:
        try:
            self._lines.put_nowait(message)
        except Full:
            self._dropped += 1

    debug = info = warning = warn = error = err = critical = exception = fatal = log = failure = msg

    def stop(self) -> None:
        """Write what waits, for a second at most."""
        try:
            self._lines.put(None, timeout=_STOP_S)
        except Full:
            return
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            lines = [line]
            try:
                while (more := self._lines.get_nowait()) is not None:
                    lines.append(more)
            except Empty:
                more = line
            if self._dropped:
                lines.append(f'{{"event": "log_lines_dropped", "lines": {self._dropped}}}')
                self._dropped = 0
            try:
                self._target.write("\n".join(lines) + "\n")
                self._target.flush()
            except (OSError, ValueError):
                self._dropped += len(lines)  # nobody reads stderr any more
            if more is None:
                return


@contextmanager
def json_log(**fields: str | int) -> Iterator[None]:
    """The process's log while it runs, each line with ``fields``. A fork does not take the writing thread along."""
    writer = LogWriter(sys.stderr)
    configure(writer, **fields)
    try:
        yield
    finally:
        writer.stop()


def configure(lines: WrappedLogger, **fields: str | int) -> None:
    """Let structlog write JSON lines to ``lines`` (something with structlog's method names), each with ``fields``."""

    def of_this_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {**fields, **event}

    structlog.configure(
        processors=[
            of_this_process,  # not contextvars: threads do not inherit them
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
