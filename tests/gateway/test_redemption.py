"""Who may start a stream: every refusal by its code."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from gateway.cast import COOKIE, KEY, Clock, S, claims, signed
from haidang.core.errors import Denied
from haidang.core.tickets import holder_of, sign_ticket
from haidang.gateway.redemption import Redemption, credentials_of


@pytest.fixture
def redemption(clock: Clock) -> Redemption:
    return Redemption(KEY.public_key(), clock, clock.monotonic)


def refusal(redemption: Redemption, text: str, credentials: tuple[str, ...] = (COOKIE,)) -> str:
    with pytest.raises(Denied) as refused:
        redemption.check(text, "view_live", credentials)
    return refused.value.code


def test_it_accepts_a_fresh_ticket_from_its_holder_once(redemption: Redemption, clock: Clock) -> None:
    text = signed(clock)
    ticket = redemption.check(text, "view_live", [COOKIE])
    assert ticket.account == "an"
    redemption.burn(ticket)
    assert refusal(redemption, text) == "ticket_used"


def test_a_wrong_holder_does_not_burn_the_ticket(redemption: Redemption, clock: Clock) -> None:
    text = signed(clock)
    assert refusal(redemption, text, ("cookie-of-binh",)) == "holder"
    assert refusal(redemption, text, ()) == "holder"
    assert redemption.check(text, "view_live", ["cookie-of-binh", COOKIE]).account == "an"


def test_a_ticket_without_holder_asks_for_none(redemption: Redemption, clock: Clock) -> None:
    assert redemption.check(signed(clock, holder=""), "view_live", []).holder == ""


def test_a_ticket_opens_one_kind_of_door(redemption: Redemption, clock: Clock) -> None:
    assert refusal(redemption, signed(clock, "view_playback")) == "ticket_action"


def test_every_altered_character_is_refused(redemption: Redemption, clock: Clock) -> None:
    text = signed(clock)
    for at, character in enumerate(text):
        changed = text[:at] + ("A" if character != "A" else "B") + text[at + 1 :]
        assert refusal(redemption, changed) == "ticket_invalid", f"character {at} may be changed"


@pytest.mark.parametrize("text", ["", ".", "a.b", "x" * 5000, "é.é", "..", "\0", "null.null"])
def test_text_that_is_no_ticket_is_refused(redemption: Redemption, text: str) -> None:
    assert refusal(redemption, text) == "ticket_invalid"


def test_a_ticket_has_its_time(redemption: Redemption, clock: Clock) -> None:
    assert refusal(redemption, signed(clock, issued_at=clock() + 20 * S, start_by=clock() + 70 * S)) == "ticket_expired"
    assert refusal(redemption, signed(clock, ends_at=clock())) == "ticket_expired"
    text = signed(clock)
    clock.sleep(60.1)
    assert refusal(redemption, text) == "ticket_expired"


def test_a_ticket_from_before_this_process_may_have_been_used_and_is_refused(clock: Clock) -> None:
    text = signed(clock)
    clock.sleep(1)
    assert refusal(Redemption(KEY.public_key(), clock, clock.monotonic), text) == "ticket_expired"


def test_tickets_are_accepted_after_the_hosts_clock_was_set_back(clock: Clock) -> None:
    started = Redemption(KEY.public_key(), clock, lambda: 0.0)
    clock.sleep(-3600)
    assert started.check(signed(clock), "view_live", [COOKIE]).account == "an"


def test_a_ticket_stays_used_when_the_clock_is_set_back(redemption: Redemption, clock: Clock) -> None:
    first = claims(clock)
    redemption.burn(first)
    clock.sleep(300)
    redemption.burn(claims(clock))
    clock.sleep(-290)
    assert refusal(redemption, sign_ticket(first, KEY)) == "ticket_used"


def test_a_ticket_stays_used_when_the_clock_is_set_ahead_and_back(clock: Clock) -> None:
    passed_s = iter((0.0, 0.0, 5.0, 10.0))  # of the monotonic clock: began, burnt, burnt, checked
    redemption = Redemption(KEY.public_key(), clock, lambda: next(passed_s))
    first = claims(clock)
    redemption.burn(first)
    clock.sleep(3600)
    redemption.burn(claims(clock))
    clock.sleep(-3590)
    assert refusal(redemption, sign_ticket(first, KEY)) == "ticket_used"


def test_used_tickets_are_forgotten_in_the_end(redemption: Redemption, clock: Clock) -> None:
    for _ in range(100):
        redemption.burn(claims(clock))
        clock.sleep(30)
    assert len(redemption._used) < 30


def test_names_that_are_no_slugs_are_refused_even_when_signed(redemption: Redemption, clock: Clock) -> None:
    for name in ("../x", "a/b", "", "A", "."):
        assert refusal(redemption, signed(clock, camera=name)) == "ticket_invalid"
        assert refusal(redemption, signed(clock, site=name)) == "ticket_invalid"


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({"cookie": "hd_viewer=abc"}, ["abc"]),
        ({"cookie": 'a=1; hd_viewer="abc"; b=2'}, ["abc"]),
        ({"cookie": "xhd_viewer=abc"}, []),
        ({"authorization": "Bearer abc"}, ["abc"]),
        ({"authorization": "bearer  abc "}, ["abc"]),
        ({"authorization": "Basic abc"}, []),
        ({"cookie": "hd_viewer=abc", "authorization": "Bearer def"}, ["abc", "def"]),
        ({"cookie": "hd_viewer="}, []),
        ({"cookie": "hd_viewer=" + "x" * 600}, []),
        ({"cookie": "hd_viewer=abc; y=" + "x" * 9000}, []),
        ({}, []),
    ],
)
def test_credentials_are_the_viewer_cookie_or_a_bearer_token(headers: dict[str, str], shown: list[str]) -> None:
    assert credentials_of(Headers(headers)) == shown


def test_the_holder_is_a_hash_and_not_the_credential(redemption: Redemption, clock: Clock) -> None:
    assert refusal(redemption, signed(clock), (holder_of(COOKIE),)) == "holder"
