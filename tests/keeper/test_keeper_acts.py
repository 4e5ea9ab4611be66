"""Audit entries to the log of acts: each once, whatever order they are committed in and whatever is set back."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.audit.actions import record
from haidang.audit.models import Entry, LogPlace
from haidang.audit.rows import act_of, row_bytes
from haidang.core.host import ACTS_LOG
from haidang.core.log_entries import Act, commitment, entry_of
from haidang.core.units import WallUs
from haidang.host.signers import log_signer
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_acts import ActsKeeper
from keeper.a_log import log_of

NOW = WallUs(1_795_575_600_000_000)
MINUTE_US = 60_000_000

pytestmark = pytest.mark.django_db


def act(action: str = "login", pk: int | None = None) -> Entry:
    entry = record(now=NOW, actor='Account::"a"', action=action, resource='Account::"a"', facts={"b": 1, "a": True})
    if pk is not None:
        Entry.objects.filter(pk=entry.pk).update(id=pk)
        entry = Entry.objects.get(pk=pk)
    return entry


def acts(home: Path) -> list[Act]:
    log = LogReader(home / ACTS_LOG, log_signer(home, "acts").key)
    entries = [entry_of(log.entry(index)) for index in range(log.checkpoint.size)]
    return [each for each in entries if isinstance(each, Act)]


def keeper_of(home: Path) -> ActsKeeper:
    return ActsKeeper(log_of(home, "acts"))


def test_each_entry_is_committed_to_once_and_its_place_is_known(home: Path) -> None:
    keeper = keeper_of(home)
    first, second = act(), act("logout")
    assert keeper.run_once(NOW) == 2
    assert keeper.run_once(NOW) == 0
    assert keeper_of(home).run_once(NOW) == 0
    third = act()
    assert keeper.run_once(NOW) == 1
    assert acts(home) == [act_of(Entry.objects.get(pk=each.pk)) for each in (first, second, third)]
    log = LogReader(home / ACTS_LOG, log_signer(home, "acts").key)
    for place in LogPlace.objects.all():
        logged = entry_of(log.entry(place.index))
        assert isinstance(logged, Act)
        assert logged.row == place.entry_id


def test_the_log_holds_a_commitment_that_only_row_and_salt_open(home: Path) -> None:
    entry = act()
    keeper_of(home).run_once(NOW)
    (logged,) = acts(home)
    assert logged.sha256 == commitment(bytes(entry.salt), row_bytes(entry))
    assert b"login" not in LogReader(home / ACTS_LOG, log_signer(home, "acts").key).entry(1)
    Entry.objects.filter(pk=entry.pk).update(action="logout")
    assert act_of(Entry.objects.get(pk=entry.pk)) != logged


def test_the_bytes_of_a_row_do_not_depend_on_the_order_of_its_facts() -> None:
    entry = act()
    assert row_bytes(entry).endswith(b'"facts":{"a":true,"b":1}}')
    entry.facts = {"a": True, "b": 1}
    assert row_bytes(entry).endswith(b'"facts":{"a":true,"b":1}}')


def test_a_number_that_is_committed_late_is_logged_when_it_comes(home: Path) -> None:
    first = act()
    act(pk=first.pk + 3)
    keeper = keeper_of(home)
    assert keeper.run_once(NOW) == 2
    late = act(pk=first.pk + 1)
    assert keeper.run_once(WallUs(NOW + MINUTE_US)) == 1
    assert [each.row for each in acts(home)] == [first.pk, first.pk + 3, late.pk]
    assert keeper.run_once(WallUs(NOW + MINUTE_US)) == 0


def test_a_number_that_comes_after_every_transaction_is_over_is_not_logged(home: Path) -> None:
    """It was put in later: reconciliation names it."""
    first = act()
    act(pk=first.pk + 2)
    keeper = keeper_of(home)
    keeper.run_once(NOW)
    act()
    keeper.run_once(WallUs(NOW + 20 * MINUTE_US))
    act(pk=first.pk + 1)
    assert keeper.run_once(WallUs(NOW + 21 * MINUTE_US)) == 0


def test_a_database_that_was_set_back_goes_on_being_logged(home: Path) -> None:
    for _ in range(5):
        last = act()
    keeper = keeper_of(home)
    keeper.run_once(NOW)
    Entry.objects.filter(pk__gt=last.pk - 3).delete()
    keeper.run_once(NOW)
    act("logout", pk=last.pk - 2)
    assert keeper.run_once(NOW) == 1
    rows = [each.row for each in acts(home)]
    assert rows.count(last.pk - 2) == 2
    assert len({each.sha256 for each in acts(home) if each.row == last.pk - 2}) == 2


def test_places_that_a_crash_left_unsaid_are_found_at_the_next_start(home: Path) -> None:
    for _ in range(3):
        act()
    keeper_of(home).run_once(NOW)
    LogPlace.objects.order_by("-index").first().delete()  # type: ignore[union-attr]  # there are three
    keeper_of(home).run_once(NOW)
    assert LogPlace.objects.count() == 3


def test_a_thousand_entries_and_more_are_logged_in_one_round(home: Path) -> None:
    one = act()
    Entry.objects.bulk_create(
        [Entry(at=NOW, actor="", action="login", resource="r", salt=bytes(one.salt)) for _ in range(1500)]
    )
    assert keeper_of(home).run_once(NOW) == 1501
    assert LogPlace.objects.count() == 1501
