"""A kill between any two steps, and the next start gives the same rows: a fault table over every query."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from haidang.core.journal import GapReason
from haidang.footage.actions import forget_everything
from haidang.supervisor.keeper_journals import JournalKeeper
from keeper.journals_on_disk import (
    all_rows,
    append,
    at,
    closed,
    fragments,
    gap_closed,
    gap_opened,
    gaps_path,
    name_at,
    opened,
    whole,
)

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone."""


class _Kill:
    """Ends the process at its n-th query: before the query, or after it and before the next step."""

    def __init__(self, at_query: int, *, after: bool) -> None:
        self._at, self._after, self.seen = at_query, after, 0

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        number, self.seen = self.seen, self.seen + 1
        if number == self._at and not self._after:
            raise Killed
        result = execute(*query)
        if number == self._at:
            raise Killed
        return result


def _archive(root: Path) -> None:
    """Two rounds' worth of everything: a finished file, an open one, a gap, a file of another camera."""
    first, second, other = name_at(0), name_at(30), name_at(0, camera="de-gi-2")
    append(root, first.journal_path, whole(first, 10))
    append(root, gaps_path(10), [gap_opened(10, GapReason.CAMERA_UNREACHABLE), gap_closed(10, 30)])
    append(root, second.journal_path, [opened(second, 1), *fragments(second, 5)])
    append(root, other.journal_path, whole(other, 3))


def _grow(root: Path) -> None:
    second = name_at(30)
    append(root, second.journal_path, [*fragments(second, 5, first=5), closed(second, 10)])
    append(root, gaps_path(40), [gap_opened(40)])


def _run(root: Path, seconds: float) -> None:
    with transaction.atomic():  # as a process of its own: what it had not committed is gone
        JournalKeeper(root).run_once(at(seconds))


def _expected(root: Path) -> dict[str, list[tuple[object, ...]]]:
    forget_everything()
    _archive(root)
    _run(root, 36)
    _grow(root)
    _run(root, 41)
    rows = all_rows()
    forget_everything()
    return rows


def test_a_kill_at_any_query_is_caught_up_with(tmp_path: Path) -> None:
    expected = _expected(tmp_path / "calm")
    queries = 0
    for after in (False, True):
        at_query = 0
        while True:
            root = tmp_path / f"killed-{after}-{at_query}"
            forget_everything()
            _archive(root)
            kill = _Kill(at_query, after=after)
            try:
                with connection.execute_wrapper(kill):
                    _run(root, 36)
            except Killed:
                pass
            else:
                break
            _grow(root)
            _run(root, 41)
            assert all_rows() == expected, f"killed {'after' if after else 'before'} query {at_query}"
            at_query += 1
        queries = max(queries, at_query)
    assert queries > 20, "the table covers the keeper's queries"


def test_a_database_error_in_one_round_loses_nothing_for_the_same_process(tmp_path: Path) -> None:
    expected = _expected(tmp_path / "calm")
    root = tmp_path / "failing"
    _archive(root)
    keeper = JournalKeeper(root)
    for at_query in (0, 3, 9, 15):
        with pytest.raises(Killed), connection.execute_wrapper(_Kill(at_query, after=False)), transaction.atomic():
            keeper.run_once(at(36))
    _grow(root)
    keeper.run_once(at(41))
    assert all_rows() == expected


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 40), max_size=8), restarts=st.lists(st.booleans(), min_size=9, max_size=9))
def test_records_in_any_pieces_give_the_same_rows(tmp_path: Path, cuts: list[int], restarts: list[bool]) -> None:
    forget_everything()
    name = name_at(0)
    records = whole(name, 40)
    places = sorted({0, *(cut for cut in cuts if cut < len(records)), len(records)})
    root = Path(mkdtemp(dir=tmp_path))
    keeper = JournalKeeper(root)
    for restart, (start, end) in zip(restarts, pairwise(places), strict=False):
        append(root, name.journal_path, records[start:end])
        if restart:
            keeper = JournalKeeper(root)
        keeper.run_once(at(end))
    pieces = all_rows()
    forget_everything()
    JournalKeeper(root).run_once(at(60))
    assert all_rows() == pieces
