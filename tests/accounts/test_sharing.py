"""Signs of a shared account: two networks at once, many devices in a month; and what is no sign."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts import actions
from haidang.accounts.actions import Arrival
from haidang.accounts.models import Alert, Device, LoginSession
from haidang.accounts.sharing import DEVICES, network_of, signs
from haidang.audit.models import Entry
from haidang.core.units import WallUs

MINUTE_US, DAY_US = 60_000_000, 86_400_000_000
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@dataclass(frozen=True)
class Session:
    address: str
    device_id: int | None
    seen_at: int = NOW


@dataclass(frozen=True)
class Seen:
    last_seen_at: int


def kinds(*sessions: Session, devices: list[Seen] | None = None, now: WallUs = NOW) -> list[str]:
    return [sign.kind for sign in signs(sessions, devices or [], now)]


def test_two_devices_at_work_in_two_networks_are_a_sign() -> None:
    assert kinds(Session(OFFICE, 1), Session(ELSEWHERE, 2)) == ["two_places"]


@pytest.mark.parametrize(
    "sessions",
    [
        (Session(OFFICE, 1), Session("203.0.113.200", 2)),
        (Session(OFFICE, 1), Session(ELSEWHERE, 1)),
        (Session(OFFICE, 1), Session(ELSEWHERE, 2, NOW - 11 * MINUTE_US)),
        (Session(OFFICE, 1), Session("", 2)),
        (Session(OFFICE, 1), Session(ELSEWHERE, None)),
        (Session("2001:db8:1::1", 1), Session("2001:db8:1:ffff::1", 2)),
        (Session(OFFICE, 1), Session(f"::ffff:{OFFICE}", 2)),
        (Session(OFFICE, 1),),
    ],
    ids=["one office", "one device", "long ago", "no address", "no device", "one /48", "mapped", "one session"],
)
def test_what_one_person_does_is_no_sign(sessions: tuple[Session, ...]) -> None:
    assert kinds(*sessions) == []


def test_more_devices_than_four_in_a_month_are_a_sign() -> None:
    month = [Seen(NOW - n * DAY_US) for n in range(DEVICES)]
    assert kinds(devices=month) == []
    assert kinds(devices=[*month, Seen(NOW - 29 * DAY_US)]) == ["many_devices"]
    assert kinds(devices=[*month, Seen(NOW - 31 * DAY_US)]) == []


def test_a_clock_that_was_set_back_makes_no_sign_of_one_person() -> None:
    assert kinds(Session(OFFICE, 1, NOW + DAY_US), Session(ELSEWHERE, 2)) == []


@pytest.mark.parametrize(
    ("address", "network"), [("10.1.2.3", "10.1.2.0/24"), ("2001:db8::5", "2001:db8::/48"), ("x", "")]
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.usefixtures("policy")
class TestAtSignIn:
    def test_the_managers_are_told_once_a_day(self) -> None:
        account = account_of("ca-phu-cat")
        actions.start_session(account, now=NOW, arrival=Arrival("", "Chrome · Windows", OFFICE))
        assert not Alert.objects.filter(kind="two_places").exists()
        for minute in (1, 2):
            later = WallUs(NOW + minute * MINUTE_US)
            actions.start_session(account, now=later, arrival=Arrival("", "Edge · Windows", ELSEWHERE))
        alert = Alert.objects.get(kind="two_places")
        assert alert.audience == "managers"
        actions.start_session(account, now=WallUs(NOW + DAY_US + MINUTE_US), arrival=Arrival("", "", OFFICE))
        actions.start_session(account, now=WallUs(NOW + DAY_US + 2 * MINUTE_US), arrival=Arrival("", "", ELSEWHERE))
        assert Alert.objects.filter(kind="two_places").count() == 2

    def test_use_raises_a_sign_as_well(self) -> None:
        account = account_of("ca-phu-cat")
        here = actions.start_session(account, now=NOW, arrival=Arrival("", "", OFFICE))
        later = WallUs(NOW + 20 * MINUTE_US)
        actions.start_session(account, now=later, arrival=Arrival("", "", ELSEWHERE))
        assert not Alert.objects.filter(kind="two_places").exists()
        actions.touch_session(LoginSession.objects.get(name=here.name), now=later)
        assert Alert.objects.filter(kind="two_places").count() == 1

    def test_a_new_device_is_told_to_the_person_but_not_the_very_first(self) -> None:
        account = account_of("ca-phu-cat")
        first = actions.start_session(account, now=NOW, arrival=Arrival("", "Chrome · Windows", OFFICE))
        actions.start_session(account, now=NOW, arrival=Arrival(first.device, "Chrome · Windows", OFFICE))
        assert not Alert.objects.exists()
        actions.start_session(account, now=NOW, arrival=Arrival("", "Firefox · Linux", OFFICE))
        alert = Alert.objects.get()
        assert (alert.kind, alert.audience) == ("new_device", "person")
        assert alert.facts == {"device": "Firefox · Linux", "address": OFFICE}

    def test_a_cookie_that_we_did_not_give_is_not_taken_up(self) -> None:
        new = actions.start_session(account_of("ca-phu-cat"), now=NOW, arrival=Arrival("chosen-by-somebody", "", ""))
        assert new.device != "chosen-by-somebody"
        assert new.device not in str(list(Device.objects.values()))

    def test_no_address_and_no_device_stand_in_the_log(self) -> None:
        account = account_of("ca-phu-cat")
        for address in (OFFICE, ELSEWHERE):
            actions.start_session(account, now=NOW, arrival=Arrival("", "Chrome · Windows", address))
        said = str(list(Entry.objects.values()))
        assert not any(word in said for word in (OFFICE, ELSEWHERE, "203.0.113", "Windows"))
