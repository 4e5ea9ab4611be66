"""A reconciliation that was cut short goes on where it was, says the same in the end, and needs no database to look."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError

from haidang.core.errors import CorruptData
from haidang.core.findings import NOTES, WRONG, Finding, dump_finding, parse_finding
from haidang.reconcile import run
from haidang.reconcile.row_pass import RowPass
from reconcile.a_host import Host, a_host
from reconcile.test_attacks import flip

pytestmark = pytest.mark.django_db


class Cut(BaseException):
    """A kill."""


@pytest.fixture
def host(home: Path) -> Host:
    return a_host(home)


@pytest.mark.parametrize("phase", ["record", "acts", "files", "rows"])
def test_a_run_that_was_killed_goes_on_and_says_what_a_whole_one_says(
    host: Host, phase: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flip(host.path(1), 5000)
    host.path(3).unlink()
    whole = host.check()
    monkeypatch.setattr(run, "_COMMIT_S", -1.0)  # after every step

    looked = 0

    def cut(at: str, _done: int, _total: int) -> None:
        nonlocal looked
        looked += at == phase
        if looked == 2 or (looked and phase in ("record", "acts", "rows")):
            raise Cut

    with pytest.raises(Cut):
        host.check(scratch=tmp_path / "scratch.sqlite3", progress=cut)
    told: list[str] = []
    again = host.check(scratch=tmp_path / "scratch.sqlite3", progress=lambda at, _done, _total: told.append(at))
    assert sorted(map(dump_finding, again.findings)) == sorted(map(dump_finding, whole.findings))
    assert again.counts == whole.counts
    assert again.facts == whole.facts
    before = ["record", "acts", "files", "rows"][: ["record", "acts", "files", "rows"].index(phase)]
    assert not set(before) & set(told)


def test_what_is_logged_meanwhile_is_for_the_next_run(host: Host, tmp_path: Path) -> None:
    def cut(at: str, _done: int, _total: int) -> None:
        if at == "files":
            raise Cut

    with pytest.raises(Cut):
        host.check(scratch=tmp_path / "scratch.sqlite3", progress=cut)
    host.keep(until=400)
    assert host.check(scratch=tmp_path / "scratch.sqlite3").wrong == 0


def test_a_database_that_is_away_is_told_and_the_rest_is_checked(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: RowPass) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(RowPass, "check", away)
    host.path(3).unlink()
    assert host.kinds() == ["file_missing"]
    assert host.check().counts["rows_away"] == 1


def test_a_witness_that_is_away_is_noted_and_nothing_else_is_held_up(host: Host) -> None:
    host.department.away.add("witness.example")
    outcome = host.check()
    assert outcome.wrong == 0
    assert outcome.counts["witness_away"] == 2


def test_of_very_many_findings_the_number_is_kept(host: Host) -> None:
    folder = host.path(0).parent
    for number in range(1200):
        (folder / f"{number}.bin").touch()
    outcome = host.check(deep=False)
    assert outcome.counts["file_unknown"] == outcome.wrong == 1200
    assert len(outcome.findings) == 1000


def test_findings_go_there_and_back() -> None:
    for kind in WRONG | NOTES:
        finding = Finding(kind, "de-gi", facts={"index": 3})
        assert parse_finding(dump_finding(finding)) == finding
    for text in ("", "{}", '{"kind":"nothing"}', '{"kind":"log_root","x":1}', "[1]"):
        with pytest.raises(CorruptData):
            parse_finding(text)
