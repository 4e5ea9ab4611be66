"""One-time codes, recovery codes and passkeys: what counts, what is used up, what no browser can talk us into."""

from __future__ import annotations

import base64
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.passkey import SoftKey
from haidang.accounts.factors import (
    Party,
    creation_options,
    draw_recovery_code,
    new_passkey,
    otpauth_uri,
    recovery_sha256,
    request_options,
    secret_text,
    shown_passkey,
    step_of,
    totp_code,
    totp_step,
)
from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs

SECRET = b"12345678901234567890"
STEP_US = 30_000_000
#: RFC 6238 appendix B, SHA-1, the last six of the eight digits.
RFC_6238 = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]
PARTY = Party("localhost", "http://localhost:8000")
CHALLENGE, OTHER = b"c" * 32, b"d" * 32


def at(seconds: float) -> WallUs:
    return WallUs(int(seconds * 1_000_000))


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp_code(SECRET, step_of(at(seconds))) == code
    assert totp_step(SECRET, code, now=at(seconds), last_step=0) == seconds // 30


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_around_now(steps: int, *, counts: bool) -> None:
    now = at(1_795_575_600)
    code = totp_code(SECRET, step_of(now) + steps)
    assert (totp_step(SECRET, code, now=now, last_step=0) is not None) == counts


def test_a_step_that_was_accepted_and_those_before_it_never_count_again_even_if_the_clock_goes_back() -> None:
    now = at(1_795_575_600)
    accepted = totp_step(SECRET, totp_code(SECRET, step_of(now)), now=now, last_step=0)
    assert accepted is not None
    for steps in (-20, -1, 0):
        then = WallUs(now + steps * STEP_US)
        code = totp_code(SECRET, step_of(then))
        assert totp_step(SECRET, code, now=then, last_step=accepted) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٢٨٧٠٨٢", "28708２", "-87082", "287 0 8 2x"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp_step(SECRET, typed, now=at(59), last_step=0) is None


def test_spaces_in_a_code_are_how_applications_show_it() -> None:
    assert totp_step(SECRET, " 287 082 ", now=at(59), last_step=0) == 1


def test_the_qr_code_names_issuer_account_and_secret() -> None:
    uri = otpauth_uri(SECRET, "ca-phu-cat")
    assert uri.startswith("otpauth://totp/H%E1%BA%A3i%20%C4%90%C4%83ng%3Aca-phu-cat?secret=")
    assert base64.b32decode(secret_text(SECRET)) == SECRET


def test_recovery_codes_are_long_random_and_typed_anyhow() -> None:
    choose = random.Random(1).choice
    codes = {draw_recovery_code(choose) for _ in range(200)}
    assert len(codes) == 200
    code = codes.pop()
    assert len(code) == 19
    assert not set("01iloIO") & set(code)
    assert recovery_sha256("a", code) == recovery_sha256("a", f" {code.upper().replace('-', ' ')} ")
    assert recovery_sha256("a", code) != recovery_sha256("b", code)


# -- passkeys


def test_a_passkey_made_for_this_page_signs_in_and_its_counter_grows() -> None:
    key = SoftKey()
    made = new_passkey(PARTY, key.make(PARTY, CHALLENGE), challenge=CHALLENGE)
    shown = shown_passkey(PARTY, key.sign(PARTY, OTHER), [made], challenge=OTHER)
    assert shown.credential_id == made.credential_id
    assert shown.sign_count > made.sign_count


@pytest.mark.parametrize(
    "wrong",
    [
        {"challenge": OTHER},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:9000"},
        {"host": "evil.example"},
        {"kind": "webauthn.create"},
        {"present": False},
        {"tamper": True},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_to_something_else_is_none(wrong: dict[str, Any]) -> None:
    key = SoftKey()
    made = new_passkey(PARTY, key.make(PARTY, CHALLENGE), challenge=CHALLENGE)
    answer = key.sign(PARTY, **{"challenge": CHALLENGE, **wrong})
    with pytest.raises(InvalidInput) as refused:
        shown_passkey(PARTY, answer, [made], challenge=CHALLENGE)
    assert refused.value.code == "passkey"


@pytest.mark.parametrize(
    "wrong",
    [{"challenge": OTHER}, {"origin": "https://evil.example"}, {"host": "evil.example"}, {"kind": "webauthn.get"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_passkey_made_for_something_else_is_not_kept(wrong: dict[str, Any]) -> None:
    answer = SoftKey().make(PARTY, **{"challenge": CHALLENGE, **wrong})
    with pytest.raises(InvalidInput):
        new_passkey(PARTY, answer, challenge=CHALLENGE)


def test_another_accounts_passkey_is_none_of_this_one() -> None:
    mine, theirs = SoftKey(), SoftKey()
    made = new_passkey(PARTY, mine.make(PARTY, CHALLENGE), challenge=CHALLENGE)
    with pytest.raises(InvalidInput):
        shown_passkey(PARTY, theirs.sign(PARTY, OTHER), [made], challenge=OTHER)
    claimed = {**theirs.sign(PARTY, OTHER), "id": made.credential_id, "rawId": made.credential_id}
    with pytest.raises(InvalidInput):
        shown_passkey(PARTY, claimed, [made], challenge=OTHER)


def test_a_copied_key_is_known_by_its_counter_and_keys_without_one_stay_good() -> None:
    key, copy = SoftKey(), SoftKey()
    made = new_passkey(PARTY, key.make(PARTY, CHALLENGE), challenge=CHALLENGE)
    copy.private, copy.raw_id, copy.count = key.private, key.raw_id, key.count
    newest = shown_passkey(PARTY, key.sign(PARTY, OTHER), [made], challenge=OTHER)
    with pytest.raises(InvalidInput):
        shown_passkey(PARTY, copy.sign(PARTY, OTHER), [newest], challenge=OTHER)
    silent = SoftKey(counts=False)
    made = new_passkey(PARTY, silent.make(PARTY, CHALLENGE), challenge=CHALLENGE)
    for _ in range(2):
        made = shown_passkey(PARTY, silent.sign(PARTY, OTHER), [made], challenge=OTHER)


def test_a_browser_is_asked_for_our_name_our_challenge_and_the_accounts_keys() -> None:
    made = new_passkey(PARTY, SoftKey().make(PARTY, CHALLENGE), challenge=CHALLENGE)
    asked = request_options(PARTY, [made.credential_id], challenge=CHALLENGE)
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "preferred")
    assert [each["id"] for each in asked["allowCredentials"]] == [made.credential_id]
    wanted = creation_options(PARTY, "ca-phu-cat", [made.credential_id], challenge=CHALLENGE)
    assert wanted["rp"]["id"] == "localhost"
    assert [each["id"] for each in wanted["excludeCredentials"]] == [made.credential_id]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON, st.text(max_size=30), st.binary(max_size=80))
@example(20_000_000_000, {"clientDataJSON": 20_000_000_000}, "", b"")  # as many zero bytes, if somebody believes it
def test_whatever_a_browser_sends_is_refused_in_one_way(one: object, other: object, text: str, raw: bytes) -> None:
    packed = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    good = SoftKey().sign(PARTY, CHALLENGE)
    for answer in (
        {"id": text, "rawId": text, "response": one},
        {**good, "response": {**good["response"], "authenticatorData": packed}},
        {**good, "response": {**good["response"], "clientDataJSON": packed}},
        {**good, "response": {"attestationObject": packed, "clientDataJSON": good["response"]["clientDataJSON"]}},
        {"id": one, "rawId": other},
    ):
        with pytest.raises(InvalidInput):
            shown_passkey(PARTY, answer, [], challenge=CHALLENGE)
        with pytest.raises(InvalidInput):
            new_passkey(PARTY, answer, challenge=CHALLENGE)
