from __future__ import annotations

import base64
import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import Denied
from haidang.core.tickets import MAX_TICKET_CHARS, Ticket, holder_of, sign_ticket, verify_ticket
from haidang.core.units import WallUs

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = WallUs(1_795_575_845_000_000)
TICKET = Ticket(
    "t1", "lan", "s1", holder_of("cookie"), "de-gi", "cam-1", "view_live", "trực ca",
    NOW, WallUs(NOW + 60_000_000), WallUs(NOW + 3_600_000_000), ("p1", "p2"),
)  # fmt: skip


def refused(text: str, *, now: WallUs = NOW) -> str:
    with pytest.raises(Denied) as caught:
        verify_ticket(text, KEY.public_key(), now=now)
    return caught.value.code


def signed(claims: object) -> str:
    payload = json.dumps(claims).encode()
    return ".".join(base64.urlsafe_b64encode(raw).rstrip(b"=").decode() for raw in (payload, KEY.sign(payload)))


def test_what_was_signed_is_what_is_read() -> None:
    text = sign_ticket(TICKET, KEY)
    assert verify_ticket(text, KEY.public_key(), now=NOW) == TICKET
    assert text.replace("-", "").replace("_", "").replace(".", "").isalnum()


@pytest.mark.parametrize("late_s", [-5, 0, 60])
def test_a_ticket_starts_within_its_minute(late_s: int) -> None:
    verify_ticket(sign_ticket(TICKET, KEY), KEY.public_key(), now=WallUs(NOW + late_s * 1_000_000))


@pytest.mark.parametrize("late_us", [-5_000_001, 60_000_001])
def test_and_neither_before_nor_after(late_us: int) -> None:
    assert refused(sign_ticket(TICKET, KEY), now=WallUs(NOW + late_us)) == "ticket_expired"


def test_another_key_is_refused() -> None:
    assert refused(sign_ticket(TICKET, OTHER)) == "ticket_invalid"


@given(st.integers(0, 2**20), st.sampled_from("ABab01-_.=+/ \n%é"))
def test_a_changed_character_is_refused(at: int, new: str) -> None:
    text = sign_ticket(TICKET, KEY)
    at %= len(text)
    if text[at] != new:
        assert refused(text[:at] + new + text[at + 1 :]) == "ticket_invalid"


def test_a_ticket_cannot_be_spelt_in_two_ways() -> None:
    text = sign_ticket(TICKET, KEY)
    for other in (text + "=", text + "\n", " " + text, text.replace(".", "=."), text + "."):
        assert refused(other) == "ticket_invalid"


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_is_refused(text: str) -> None:
    assert refused(text) == "ticket_invalid"


def test_a_huge_text_is_refused_before_it_is_read() -> None:
    assert refused("a" * (MAX_TICKET_CHARS + 1)) == "ticket_invalid"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_signed_nonsense_is_refused(claims: Any) -> None:
    assert refused(signed(claims)) == "ticket_invalid"


@given(st.sampled_from(sorted(asdict(TICKET))), json_values)
def test_a_claim_of_another_kind_is_refused(name: str, value: Any) -> None:
    claims = {**asdict(TICKET), name: value}
    try:
        ticket = verify_ticket(signed(claims), KEY.public_key(), now=NOW)
    except Denied:
        return
    assert json.loads(json.dumps(asdict(ticket))) == json.loads(json.dumps(claims))


def test_missing_and_unknown_claims_are_refused() -> None:
    claims = asdict(TICKET)
    assert refused(signed({**claims, "admin": True})) == "ticket_invalid"
    del claims["holder"]
    assert refused(signed(claims)) == "ticket_invalid"


def test_a_ticket_that_starts_later_than_a_minute_is_not_made_and_not_taken() -> None:
    late = replace(TICKET, start_by=WallUs(NOW + 61_000_000))
    with pytest.raises(AssertionError):
        sign_ticket(late, KEY)
    assert refused(signed(asdict(late))) == "ticket_invalid"


def test_a_holder_is_known_by_a_hash() -> None:
    assert holder_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4
    assert "cookie" not in sign_ticket(TICKET, KEY)
