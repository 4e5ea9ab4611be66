"""The worker's log: JSON lines on stderr, constants as events, values as fields; no secret, no address.

Law: a log that nobody reads never holds up recording. Lines go through a bounded queue to a thread; what does
not fit is counted and told when the reader is back.
"""

from __future__ import annotations

import sys
import threading
from queue import Empty, Full, Queue
from typing import Any, TextIO

import structlog

__all__ = ["LogWriter", "configure"]

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


def configure(**fields: Any) -> LogWriter:
    """Let structlog write JSON lines to stderr, each with ``fields``; returns the writer, to be stopped at the end."""
    writer = LogWriter(sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: writer,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(**fields)
    return writer
