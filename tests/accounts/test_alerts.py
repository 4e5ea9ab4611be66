"""Alerts: raised once a while, seen by who answers for the account, noted by each unit for itself."""

from __future__ import annotations

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts.actions import raise_alert, take_note
from haidang.accounts.alerts import KEPT_US, alert_numbered, alerts_for, sight_of, unread
from haidang.accounts.authority import authority
from haidang.accounts.models import Account, Alert
from haidang.audit.models import Entry
from haidang.core.errors import NotFound
from haidang.core.units import WallUs

pytestmark = pytest.mark.usefixtures("policy", "home")

UNIT, OTHER, OPERATOR, SUPERVISOR = "ca-phu-cat", "tinh-doan", "vien-thong-binh-dinh", "so-tttt"


def manager_of(unit: str) -> Account:
    account = account_of(unit, username=f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    return Account.objects.get(pk=account.pk)


def raised(unit: str = UNIT, kind: str = "two_places", audience: str = "managers") -> Alert:
    account = Account.objects.filter(username=unit).first() or account_of(unit)
    raise_alert(account, kind, audience=audience, now=NOW, facts={"networks": "10.1.0.0/24"}, once_within_s=0)
    return Alert.objects.filter(account=account).latest("pk")


def numbers(account: Account, now: WallUs = NOW) -> list[int]:
    return [each.alert.pk for each in alerts_for(account, now=now, door=authority(), second_factor=True)]


def left(account: Account, now: WallUs = NOW) -> int:
    return unread(account, now=now, door=authority(), second_factor=True)


def test_the_same_alert_is_raised_once_a_day_for_each_audience() -> None:
    account = account_of(UNIT)
    assert raise_alert(account, "locked_out", audience="managers", now=NOW)
    assert not raise_alert(account, "locked_out", audience="managers", now=WallUs(NOW + 86_399_000_000))
    assert raise_alert(account, "locked_out", audience="person", now=NOW), "another reader has not been told"
    assert raise_alert(account, "two_places", audience="managers", now=NOW), "another kind says something new"
    assert raise_alert(account, "locked_out", audience="managers", now=WallUs(NOW + 86_400_000_000))


def test_device_and_place_stay_out_of_the_audit_log() -> None:
    raise_alert(account_of(UNIT), "new_device", audience="person", now=NOW, facts={"address": "203.0.113.7"})
    entry = Entry.objects.filter(action="raise_alert").latest("pk")
    assert "203.0.113.7" not in str(entry.facts)
    assert entry.facts == {"kind": "new_device", "audience": "person"}


def test_managers_see_their_unit_the_operators_and_the_supervisors_people_see_all() -> None:
    of_unit, of_other = raised(UNIT), raised(OTHER)
    assert numbers(manager_of(UNIT)) == [of_unit.pk]
    assert numbers(manager_of(OTHER)) == [of_other.pk]
    assert numbers(manager_of(OPERATOR)) == [of_other.pk, of_unit.pk]
    assert numbers(account_of(SUPERVISOR)) == [of_other.pk, of_unit.pk]


def test_a_member_who_manages_nobody_sees_no_alert_of_colleagues_nor_the_managers_word_of_the_own_account() -> None:
    raised(UNIT)
    assert numbers(Account.objects.get(username=UNIT)) == []
    assert numbers(account_of(UNIT, username="dong-nghiep")) == []


def test_who_manages_accounts_without_a_second_factor_sees_no_other_units_alert() -> None:
    raised(UNIT)
    member = account_of(OPERATOR)
    assert sight_of(member, now=NOW, door=authority()).reach == ""
    assert sight_of(member, now=NOW, door=authority(), second_factor=True).reach == "all"


def test_an_alert_to_the_person_is_nobody_elses() -> None:
    alert = raised(UNIT, "new_device", "person")
    own, managers = Account.objects.get(username=UNIT), manager_of(UNIT)
    assert numbers(own) == [alert.pk]
    assert numbers(managers) == []
    with pytest.raises(NotFound):
        alert_numbered(alert.pk, managers, now=NOW, door=authority())
    with pytest.raises(NotFound):
        take_note(alert, managers, now=NOW)
    take_note(alert, own, now=NOW)
    assert left(own) == 0


def test_each_unit_takes_note_for_itself() -> None:
    alert, unit, operator = raised(UNIT), manager_of(UNIT), manager_of(OPERATOR)
    take_note(alert, unit, now=NOW)
    take_note(alert, unit, now=WallUs(NOW + 1))
    assert (left(unit), left(operator)) == (0, 1)
    take_note(alert, operator, now=NOW)
    assert left(operator) == 0
    assert [seen.unit.slug for seen in alert.seen.order_by("pk")] == [UNIT, OPERATOR]
    assert Entry.objects.filter(action="take_note").count() == 2, "once a unit"


def test_who_only_reads_takes_note_of_nothing() -> None:
    alert, member = raised(UNIT), account_of(SUPERVISOR)
    assert left(member) == 0
    with pytest.raises(NotFound):
        alert_numbered(alert.pk, member, now=NOW, door=authority())


def test_another_units_alert_cannot_be_noted() -> None:
    alert = raised(UNIT)
    with pytest.raises(NotFound):
        alert_numbered(alert.pk, manager_of(OTHER), now=NOW, door=authority())


def test_what_nobody_noted_stays_what_was_noted_goes_after_ninety_days() -> None:
    noted, open_, unit = raised(UNIT), raised(UNIT, "locked_out"), manager_of(UNIT)
    take_note(noted, unit, now=NOW)
    late = WallUs(NOW + KEPT_US + 1)
    assert set(numbers(unit)) == {noted.pk, open_.pk}
    assert numbers(unit, late) == [open_.pk]


def test_a_locked_manager_sees_nothing() -> None:
    raised(UNIT)
    locked = manager_of(UNIT)
    Account.objects.filter(pk=locked.pk).update(is_active=False)
    assert numbers(Account.objects.get(pk=locked.pk)) == []
