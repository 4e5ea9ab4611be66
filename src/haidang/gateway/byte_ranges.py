"""Which bytes of a recording file a session may read, and which of them a request asks for. Pure.

Law: a granted run is made of whole journalled fragments (and the initialisation segment), so no byte outside a run ever
leaves; a request is answered from within one run or not at all. Ranges are RFC 9110 §14; one range a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from haidang.core.errors import InvalidInput

__all__ = ["Run", "joined", "requested_run"]

#: First byte and the byte behind the last.
Run = tuple[int, int]

_RANGE = re.compile(r"bytes=(?P<first>\d{0,15})-(?P<last>\d{0,15})", re.ASCII)
_MAX_HEADER_CHARS = 64


def joined(runs: Iterable[Run]) -> list[Run]:
    """Sorted, with neighbours and overlaps made one."""
    whole: list[Run] = []
    for first, end in sorted(runs):
        if whole and first <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        elif first < end:
            whole.append((first, end))
    return whole


def requested_run(header: str | None, granted: Sequence[Run]) -> Run:
    """The bytes to send. Raises InvalidInput (``range_not_satisfiable``) for anything else than one range inside a run.

    The file's length, to the viewer, is the end of the last run. Without a header the whole is meant, with ``a-`` the
    rest of the run that holds ``a``.
    """
    length = granted[-1][1] if granted else 0
    first, end = _asked(header, length)
    for run_first, run_end in granted:
        if run_first <= first < run_end:
            end = run_end if end is None else end
            if first < end <= run_end:
                return first, end
    raise _unsatisfiable("it is not within what was granted")


def _asked(header: str | None, length: int) -> tuple[int, int | None]:
    if header is None:
        return 0, length
    match = _RANGE.fullmatch(header) if len(header) <= _MAX_HEADER_CHARS else None
    if match is None:
        raise _unsatisfiable("one range like bytes=0-499 is accepted")
    first, last = match["first"], match["last"]
    if first:
        return int(first), min(int(last) + 1, length) if last else None
    if not last:
        raise _unsatisfiable("one range like bytes=0-499 is accepted")
    return max(0, length - int(last)), length


def _unsatisfiable(why: str) -> InvalidInput:
    return InvalidInput(f"couldn't give that range: {why}", code="range_not_satisfiable")
