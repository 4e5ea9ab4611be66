"""Second factors: set up, shown, used up, ended.

Laws: a code, a recovery code and a passkey's counter are used up in the transaction that accepts them, with their rows
held. Entries name the kind alone: what a person calls a key, and every secret, stay out of the log. Callers have asked
for a factor shown lately before one is added or ended; the last one that a role must have is never ended here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from haidang.accounts.entities import account_uid
from haidang.accounts.factors import (
    RECOVERY_CODES,
    Party,
    Passkey,
    draw_recovery_code,
    recovery_sha256,
    shown_passkey,
    totp_step,
)
from haidang.accounts.models import Account, LoginSession, SecondFactor
from haidang.accounts.queries import factors_of, needs_second_factor
from haidang.audit.actions import Fact, record
from haidang.core.errors import Conflict, CorruptData, InvalidInput
from haidang.core.sealed import NONCE_BYTES, open_sealed, seal
from haidang.core.units import WallUs

__all__ = [
    "add_passkey",
    "add_totp",
    "draw_recovery_codes",
    "end_factor",
    "end_factors",
    "open_secret",
    "record_failed_factor",
    "refresh_second_factor",
    "seal_secret",
    "show_code",
    "show_passkey",
]

Draw = Callable[[int], bytes]
NAME_LENGTH = 60
#: More than these of a kind are nobody's.
MOST = 10


def seal_secret(secret: bytes, account: Account, *, key: bytes, draw: Draw = secrets.token_bytes) -> str:
    """A TOTP secret as it is kept: bound to the account, so that it does not open as another's."""
    return seal(secret.hex(), camera=str(account_uid(account.username)), key=key, nonce=draw(NONCE_BYTES))


def open_secret(sealed: str, account: Account, *, key: bytes) -> bytes:
    """The TOTP secret. Raises CorruptData (``sealed_secret``)."""
    return bytes.fromhex(open_sealed(sealed, camera=str(account_uid(account.username)), key=key))


@transaction.atomic
def add_totp(
    account: Account, *, secret: bytes, code: str, name: str, session: LoginSession | None, now: WallUs, key: bytes,
    draw: Draw = secrets.token_bytes,
) -> SecondFactor:  # fmt: skip
    """Keep a secret whose present code the person could tell. Raises InvalidInput (``factor_code``)."""
    step = totp_step(secret, code, now=now, last_step=0)
    if step is None:
        raise InvalidInput("couldn't add the second factor: the code is not this secret's", code="factor_code")
    first = _place_for_one_more(account)
    factor = SecondFactor.objects.create(
        account=account, kind="totp", name=name.strip()[:NAME_LENGTH], last_step=step, created_at=now,
        sealed_secret=seal_secret(secret, account, key=key, draw=draw),
    )  # fmt: skip
    _added(factor, first=first, session=session, now=now)
    return factor


@transaction.atomic
def add_passkey(
    account: Account, passkey: Passkey, *, name: str, session: LoginSession | None, now: WallUs
) -> SecondFactor:
    """Keep a passkey (already verified). Raises Conflict (``passkey_taken``) if it is some account's."""
    first = _place_for_one_more(account)
    if SecondFactor.objects.filter(credential_id=passkey.credential_id).exists():
        raise Conflict("couldn't add the passkey: it is registered already", code="passkey_taken")
    factor = SecondFactor.objects.create(
        account=account, kind="passkey", name=name.strip()[:NAME_LENGTH], credential_id=passkey.credential_id,
        credential=passkey.credential, sign_count=passkey.sign_count, created_at=now,
    )  # fmt: skip
    _added(factor, first=first, session=session, now=now)
    return factor


@transaction.atomic
def draw_recovery_codes(
    account: Account, *, now: WallUs, choose: Callable[[str], str] = secrets.choice
) -> list[str]:  # fmt: skip
    """Ten new recovery codes, told here and nowhere else; those from before end. Wants a factor that they recover."""
    _hold(account)
    if not factors_of(account):
        raise Conflict("couldn't draw recovery codes: set a second factor up first", code="no_factor")
    SecondFactor.objects.filter(account=account, kind="recovery", ended_at=None).update(ended_at=now, codes_sha256=[])
    codes = [draw_recovery_code(choose) for _ in range(RECOVERY_CODES)]
    SecondFactor.objects.create(
        account=account, kind="recovery", created_at=now,
        codes_sha256=[recovery_sha256(account.username, code) for code in codes],
    )  # fmt: skip
    _record(account, "draw_recovery_codes", "recovery", now)
    return codes


@transaction.atomic
def show_code(account: Account, code: str, *, now: WallUs, key: bytes) -> str:
    """Which kind of factor this code proves ("totp" or "recovery"), used up hereby; "" if it proves none.

    A secret that does not open (another host's key) proves nothing and keeps no other factor from doing so.
    """
    _hold(account)
    for factor in SecondFactor.objects.filter(account=account, ended_at=None, kind="totp"):
        try:
            secret = open_secret(factor.sealed_secret, account, key=key)
        except CorruptData:
            continue
        step = totp_step(secret, code, now=now, last_step=factor.last_step)
        if step is not None:
            SecondFactor.objects.filter(pk=factor.pk).update(last_step=step, last_used_at=now)
            return "totp"
    sha256 = recovery_sha256(account.username, code)
    for factor in SecondFactor.objects.filter(account=account, ended_at=None, kind="recovery"):
        if sha256 in factor.codes_sha256:
            left = [each for each in factor.codes_sha256 if each != sha256]
            SecondFactor.objects.filter(pk=factor.pk).update(codes_sha256=left, last_used_at=now)
            return "recovery"
    return ""


@transaction.atomic
def show_passkey(
    account: Account, answer: Mapping[str, Any], *, party: Party, challenge: bytes, now: WallUs
) -> None:  # fmt: skip
    """Accept a passkey's answer to a challenge. Raises InvalidInput (``passkey``)."""
    _hold(account)
    rows = SecondFactor.objects.filter(account=account, ended_at=None, kind="passkey")
    passkeys = [Passkey(row.credential_id or "", row.credential, row.sign_count) for row in rows]
    shown = shown_passkey(party, answer, passkeys, challenge=challenge)
    rows.filter(credential_id=shown.credential_id).update(sign_count=shown.sign_count, last_used_at=now)


@transaction.atomic
def refresh_second_factor(session: LoginSession, *, kind: str, now: WallUs) -> None:
    """A factor was shown in a session that runs: what asks for one shown lately opens."""
    LoginSession.objects.filter(pk=session.pk, ended_at=None).update(second_factor_at=now)
    session.second_factor_at = now
    _record(session.account, "show_second_factor", kind, now, decision="allow", session=session.name)


@transaction.atomic
def record_failed_factor(account: Account, *, kind: str, locked: bool, now: WallUs) -> None:
    """A second factor that was none."""
    uid = str(account_uid(account.username))
    record(
        now=now, actor="", action="show_second_factor", resource=uid, decision="deny",
        facts={"kind": kind, "locked": locked},
    )  # fmt: skip


@transaction.atomic
def end_factor(factor: SecondFactor, *, now: WallUs) -> None:
    """End one of the person's own. Raises Conflict (``last_factor``) if the role must have one and this is the last."""
    _hold(factor.account)
    last = not [each for each in factors_of(factor.account) if each.pk != factor.pk]
    if factor.kind != "recovery" and last and needs_second_factor(factor.account):
        raise Conflict("couldn't end the second factor: this account must have one", code="last_factor")
    if not SecondFactor.objects.filter(pk=factor.pk, ended_at=None).update(**_ended(now)):
        return  # ended already is what was wanted
    _record(factor.account, "end_second_factor", factor.kind, now)
    if last and factor.kind != "recovery":
        recovery = SecondFactor.objects.filter(account=factor.account, kind="recovery", ended_at=None)
        recovery.update(**_ended(now))


@transaction.atomic
def end_factors(account: Account, *, now: WallUs, actor: str = "") -> None:
    """End all of them: the person changed, or lost every one. Sessions are the caller's business."""
    _hold(account)
    if SecondFactor.objects.filter(account=account, ended_at=None).update(**_ended(now)):
        record(now=now, actor=actor, action="end_second_factors", resource=str(account_uid(account.username)))


def _hold(account: Account) -> None:
    """Of two that use one code at once, the later sees what the earlier used up (SQLite holds the whole database)."""
    Account.objects.select_related(None).select_for_update().get(pk=account.pk)


def _place_for_one_more(account: Account) -> bool:
    """Whether the account has none yet. Raises Conflict (``too_many_factors``)."""
    _hold(account)
    held = len(factors_of(account))
    if held >= MOST:
        raise Conflict(f"couldn't add the second factor: an account has {MOST} at most", code="too_many_factors")
    return held == 0


def _added(factor: SecondFactor, *, first: bool, session: LoginSession | None, now: WallUs) -> None:
    """With the first one, sessions that began without it end; the one that set it up has shown it."""
    account = factor.account
    if first:
        others = LoginSession.objects.filter(account=account, ended_at=None)
        others = others if session is None else others.exclude(pk=session.pk)
        others.update(ended_at=now, end_reason="second_factor")
    if session is not None:
        LoginSession.objects.filter(pk=session.pk).update(second_factor_at=now)
        session.second_factor_at = now
    _record(account, "add_second_factor", factor.kind, now)


def _ended(now: WallUs) -> dict[str, Any]:
    """An ended factor keeps its dates and its id, not what it could be shown with."""
    return {"ended_at": now, "sealed_secret": "", "codes_sha256": []}


def _record(account: Account, action: str, kind: str, now: WallUs, *, decision: Any = "", session: str = "") -> None:
    uid = str(account_uid(account.username))
    facts: dict[str, Fact] = {"kind": kind, **({"session": session} if session else {})}
    record(now=now, actor=uid, action=action, resource=uid, decision=decision, facts=facts)
