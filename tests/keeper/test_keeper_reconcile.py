"""Reconciliations are begun when they are due or asked for, one at a time, and begun again when they ended badly."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from haidang.audit import reconciliations
from haidang.audit.models import Entry, Reconciliation
from haidang.core.errors import Conflict
from haidang.core.settings import CheckSettings
from haidang.core.units import WallUs
from haidang.supervisor.keeper_reconcile import Reconciler

pytestmark = pytest.mark.django_db
NOW = WallUs(1_795_575_600_000_000)
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US


class Runs:
    """Processes that a test ends."""

    def __init__(self) -> None:
        self.begun: list[Sequence[str]] = []
        self.code: int | None = None

    def __call__(self, words: Sequence[str]) -> Runs:
        self.begun.append(words)
        self.code = None
        return self

    def poll(self) -> int | None:
        return self.code

    def end(self, code: int = 0, *, at: WallUs = NOW) -> None:
        run = reconciliations.waiting()
        assert run is not None
        if code in (0, 1):
            reconciliations.finish(run, wrong=code, sha256="a" * 64, now=at)
        self.code = code


@pytest.fixture
def runs() -> Runs:
    return Runs()


def test_one_that_was_asked_for_is_carried_out_alone(runs: Runs) -> None:
    keeper = Reconciler(CheckSettings(0, 0), runs)
    assert keeper.run_once(NOW) == 0
    run = reconciliations.ask(deep=True, asked_by='Account::"tt"', now=NOW)
    with pytest.raises(Conflict):
        reconciliations.ask(deep=False, asked_by="", now=NOW)
    assert [keeper.run_once(NOW) for _ in range(3)] == [1, 0, 0]
    assert runs.begun == [["check", "--background", "--run", str(run.pk)]]
    runs.end(1)
    assert keeper.run_once(NOW) == 0
    entry = Entry.objects.get(action="reconcile")
    assert entry.facts == {"run": run.pk, "wrong": 1, "sha256": "a" * 64}


def test_a_new_host_settles_first_and_then_reconciles_as_often_as_it_should(runs: Runs) -> None:
    keeper = Reconciler(CheckSettings(quick_every_s=3600, deep_every_s=4 * 3600), runs)
    kinds = []
    for minute in range(0, 10 * 60, 5):
        at = WallUs(NOW + minute * MINUTE_US)
        if keeper.run_once(at):
            kinds.append((minute, Reconciliation.objects.latest("pk").deep))
            runs.end(at=at)
    assert kinds[0] == (10, True)
    assert [minute for minute, deep in kinds if deep] == [10, 250, 490]
    assert [minute for minute, deep in kinds if not deep][:3] == [70, 130, 190]


def test_one_that_ended_badly_goes_on_after_a_pause(runs: Runs) -> None:
    keeper = Reconciler(CheckSettings(0, 0), runs)
    run = reconciliations.ask(deep=False, asked_by="", now=NOW)
    keeper.run_once(NOW)
    runs.end(-9)
    assert keeper.run_once(WallUs(NOW + MINUTE_US)) == 0
    assert keeper.run_once(WallUs(NOW + 7 * MINUTE_US)) == 1
    assert runs.begun[1] == runs.begun[0]
    assert reconciliations.waiting() == run


def test_progress_is_told_in_its_row() -> None:
    run = reconciliations.ask(deep=False, asked_by="", now=NOW)
    reconciliations.begin(run, now=NOW)
    reconciliations.begin(run, now=WallUs(NOW + HOUR_US))
    reconciliations.put_progress(run, "files", 3, 9)
    (row,) = reconciliations.newest(5)
    assert (row.started_at, row.phase, row.done, row.total) == (NOW, "files", 3, 9)
