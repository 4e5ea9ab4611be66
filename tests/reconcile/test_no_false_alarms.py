"""A host in order is never called a liar: what happens to hosts in a year, and nothing that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.journal import GapReason
from haidang.core.settings import RetentionSettings
from haidang.storage import GapWriter, RealFileOps
from haidang.supervisor.keeper_retention import ExpiryOutbox, RetentionKeeper, Room
from reconcile.a_host import Host, S, a_host, at
from storage.recorded import SITE

pytestmark = pytest.mark.django_db

_DAY_S = 86_400


def test_what_expires_while_a_reconciliation_runs_is_not_missing(home: Path) -> None:
    host = a_host(home)
    host.keep(until=20 * 60)
    host.records.outboxes = (ExpiryOutbox(home),)
    once: list[str] = []

    def expire(phase: str, _done: int, _total: int) -> None:
        if phase == "acts" and not once:
            once.append(phase)
            for _ in range(3):
                RetentionKeeper(
                    host.home, host.root, RetentionSettings(), lambda: host.records.cosigned_size,
                    lambda _: Room(1_000_000_000, 0),
                ).run_once(host.now)  # fmt: skip
                host.keep(until=(host.now - at(0)) // S + 10)

    found = host.check(progress=expire)
    assert once
    assert list(host.root.rglob("*.mp4")) == []
    assert [each for each in found.findings if each.wrong] == []


def test_a_camera_that_never_gave_a_picture_is_no_lie(home: Path) -> None:
    host = a_host(home)
    never = GapWriter(host.root, SITE, "de-gi-moi", "main", ops=RealFileOps())
    never.open(GapReason.CAMERA_UNREACHABLE, at(150))
    host.keep(until=400)
    assert host.found() == []


def test_a_gap_whose_cause_becomes_known_while_a_reconciliation_runs_is_no_lie(home: Path) -> None:
    host = a_host(home)
    once: list[str] = []

    def learn(phase: str, _done: int, _total: int) -> None:
        if phase == "files" and not once:
            once.append(phase)
            host.gaps.open(GapReason.CAMERA_UNREACHABLE, at(34))
            host.keep(until=230)

    assert [each for each in host.check(progress=learn).findings if each.wrong] == []
    assert once


def test_days_without_the_keeper_and_few_pictures_leave_no_gap_unlogged(home: Path) -> None:
    """The keeper was away from Friday to Monday; the recorder told everything in its journals."""
    host = a_host(home)
    host.gaps.close(at(2 * _DAY_S))
    host.record(at(2 * _DAY_S))
    host.gaps.open(GapReason.NETWORK, at(2 * _DAY_S + 4))
    host.gaps.close(at(3 * _DAY_S))
    host.record(at(3 * _DAY_S))
    host.gaps.open(GapReason.MAINTENANCE, at(3 * _DAY_S + 4))
    host.gaps.close(at(6 * _DAY_S))
    host.record(at(6 * _DAY_S))
    host.gaps.open(GapReason.NETWORK, at(6 * _DAY_S + 4))
    host.now = at(6 * _DAY_S)
    host.restart()
    host.keep(until=6 * _DAY_S + 200)
    assert host.found() == []


def test_a_log_begun_on_an_old_archive_takes_all_of_it(home: Path) -> None:
    host = Host(home)
    host.record(at(0))
    host.gaps.open(GapReason.NETWORK, at(4))
    host.gaps.close(at(_DAY_S))
    host.record(at(_DAY_S))
    host.gaps.open(GapReason.CAMERA_UNREACHABLE, at(_DAY_S + 4))
    host.gaps.close(at(5 * _DAY_S))
    host.record(at(5 * _DAY_S))
    host.gaps.open(GapReason.NETWORK, at(5 * _DAY_S + 4))
    host.now = at(5 * _DAY_S)
    host.keep(until=5 * _DAY_S + 200)
    assert host.found() == []
