"""Terminals (I.1.b): registered by their unit, enrolled by a code, known by a key that renews itself, revoked.

Laws: a code works once and ends what the screen was before. A key is worth something while it is the newest, or while
the newest was not shown yet (its answer may have been lost on the line). Who shows the one before after that has a
copy: the screen is revoked on the spot, whichever of the two is the true one, and the managers are told. A session
belongs to the browser that came last.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import transaction

from haidang.accounts.actions.alert import raise_alert
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import account_uid, may_sign_in
from haidang.accounts.models import Account, AccountState, LoginSession, Terminal, TerminalHealth, Unit
from haidang.accounts.queries import secret_sha256
from haidang.accounts.terminals import CODE_LIFE_US, HEALTH_KEPT_US, HealthReport, code_sha256, draw_code, normal_code
from haidang.audit.actions import record
from haidang.core.errors import Conflict, InvalidInput
from haidang.core.units import WallUs

__all__ = [
    "EnrolledTerminal",
    "NewCode",
    "end_terminal_sessions",
    "enrol_terminal",
    "new_terminal_code",
    "record_failed_enrolment",
    "record_terminal_health",
    "register_terminal",
    "renew_terminal_key",
    "revoke_terminal",
    "show_terminal_key",
]

Draw = Callable[[int], bytes]
#: A request with the key before may still be on its way when the new key is shown: refused, and no alarm.
ON_ITS_WAY_US = 120 * 1_000_000
#: Reports that come faster are not kept: a day of them must stay a day's worth.
NEXT_REPORT_US = 20 * 1_000_000


@dataclass(frozen=True, slots=True)
class NewCode:
    """A screen and the code that makes a browser it; told here and nowhere else."""

    terminal: Terminal
    code: str
    expires_at: WallUs


@dataclass(frozen=True, slots=True)
class EnrolledTerminal:
    terminal: Terminal
    key: str


@transaction.atomic
def register_terminal(
    unit: Unit, name: str, *, place: str = "", by: Account, now: WallUs, draw: Draw = secrets.token_bytes
) -> NewCode:
    """A new screen of the unit, with an account that no password opens. The caller has asked whether ``by`` may."""
    if not name.strip():
        raise InvalidInput("couldn't register the terminal: it needs a name", code="terminal_name")
    if Terminal.objects.filter(account__unit=unit, name=name, revoked_at=None).exists():
        raise Conflict(f"couldn't register the terminal: the unit has one named {name!r}", code="terminal_exists")
    actor = str(account_uid(by.username))
    account = Account(
        username=f"man-hinh-{draw(6).hex()}", unit=unit, kind="terminal", display_name=name[:100],
        must_change_password=False, is_active=True, created_at=now, confirmed_at=now, confirmed_by=by.username,
        pledged_at=now,
    )  # fmt: skip
    account.set_unusable_password()
    account.save()
    AccountState.objects.create(account=account, unit=unit, is_active=True, at=now, reason="issue", by=actor)
    terminal = Terminal.objects.create(
        account=account, name=name[:100], place=place[:200], registered_by=by.username, registered_at=now
    )
    new = _give_code(terminal, now, draw)
    record(
        now=now, actor=actor, action="register_terminal", resource=str(account_uid(account.username)), clause="I.1.b-1",
        facts={"unit": unit.slug},
    )  # fmt: skip
    return new


@transaction.atomic
def new_terminal_code(terminal: Terminal, *, actor: str, now: WallUs, draw: Draw = secrets.token_bytes) -> NewCode:
    """Another code, for another browser or one that forgot; the one before is withdrawn."""
    row = _held(terminal)
    if row.revoked_at is not None:
        raise Conflict("couldn't give a code: the terminal is revoked, register it anew", code="terminal_revoked")
    new = _give_code(row, now, draw)
    record(now=now, actor=actor, action="new_terminal_code", resource=_uid(row))
    return new


@transaction.atomic
def enrol_terminal(code: str, *, now: WallUs, draw: Draw = secrets.token_bytes) -> EnrolledTerminal | None:
    """The browser that shows the code becomes the screen; None for a code that is wrong, used, expired or withdrawn."""
    if not normal_code(code):
        return None
    digest = code_sha256(code)
    # A code of a future that the clock has left again is over too.
    row = _held_by(code_sha256=digest, code_expires_at__gt=now, code_expires_at__lte=now + CODE_LIFE_US)
    if row is None or not may_sign_in(row.account, vietnam_day(now)):
        return None
    key = _text(draw(32))
    changed = Terminal.objects.filter(pk=row.pk, code_sha256=digest).update(
        code_sha256="", code_expires_at=None, enrolled_at=now, key_sha256=secret_sha256(key), key_before_sha256="",
        key_renewed_at=now, key_confirmed=True,
    )  # fmt: skip
    if not changed:  # another browser was faster by a hair
        return None
    _end_sessions(row, "terminal_enrolled", now)
    record(now=now, actor=_uid(row), action="enrol_terminal", resource=_uid(row), decision="allow", clause="I.1.b-1")
    row.refresh_from_db()
    return EnrolledTerminal(row, key)


@transaction.atomic
def record_failed_enrolment(*, limited: bool, now: WallUs) -> None:
    """A code that was none. What was typed is not kept."""
    resource = str(account_uid("?"))
    record(now=now, actor="", action="enrol_terminal", resource=resource, decision="deny", facts={"limited": limited})


@transaction.atomic
def show_terminal_key(key: str, *, now: WallUs) -> Terminal | None:
    """The screen whose key this is; None if nobody's (any more). A copy that shows itself revokes the screen."""
    digest = secret_sha256(key)
    row = _held_by(key_sha256=digest)
    if row is not None:
        if not row.key_confirmed:
            row.key_confirmed = True
            row.save(update_fields=["key_confirmed"])
        return row if may_sign_in(row.account, vietnam_day(now)) else None
    row = _held_by(key_before_sha256=digest)
    if row is None:
        return None
    if not row.key_confirmed:
        return row if may_sign_in(row.account, vietnam_day(now)) else None
    if now - (row.key_renewed_at or 0) > ON_ITS_WAY_US:
        _revoke(row, "copied", actor="", now=now)
        raise_alert(row.account, "terminal_copied", audience="managers", now=now, facts={"terminal": row.name})
    return None


@transaction.atomic
def renew_terminal_key(terminal: Terminal, key: str, *, now: WallUs, draw: Draw = secrets.token_bytes) -> str | None:
    """The next key for the browser that showed ``key`` just now. None: another page of it has just got one.

    No entry: the row says when, and what matters (a copy) has its own.
    """
    row, digest = _held(terminal), secret_sha256(key)
    if row.revoked_at is not None or digest not in (row.key_sha256, row.key_before_sha256):
        return None
    waits = digest == row.key_before_sha256
    if waits and (row.key_confirmed or now - (row.key_renewed_at or 0) < ON_ITS_WAY_US):
        return None
    new = _text(draw(32))
    row.key_before_sha256, row.key_sha256 = digest, secret_sha256(new)
    row.key_confirmed, row.key_renewed_at = False, now
    row.save(update_fields=["key_before_sha256", "key_sha256", "key_confirmed", "key_renewed_at"])
    return new


@transaction.atomic
def end_terminal_sessions(terminal: Terminal, *, now: WallUs) -> None:
    """The browser came back: what it had before ends, its streams with it."""
    if _end_sessions(terminal, "terminal_again", now):
        record(now=now, actor=_uid(terminal), action="end_terminal_sessions", resource=_uid(terminal))


@transaction.atomic
def revoke_terminal(terminal: Terminal, *, reason: str = "", actor: str, now: WallUs) -> None:
    """Its sessions end here, its streams at their next check; code and key are worth nothing."""
    row = _held(terminal)
    if row.revoked_at is None:
        _revoke(row, reason, actor=actor, now=now)


@transaction.atomic
def record_terminal_health(terminal: Terminal, report: HealthReport, *, now: WallUs) -> bool:
    """Keep what the screen told, let go of what is older than a day. False: too soon after the last one. No entry."""
    if TerminalHealth.objects.filter(terminal=terminal, at__gt=now - NEXT_REPORT_US).exists():
        return False
    TerminalHealth.objects.filter(terminal=terminal, at__lt=now - HEALTH_KEPT_US).delete()
    TerminalHealth.objects.create(terminal=terminal, at=now, **asdict(report))
    return True


def _give_code(row: Terminal, now: WallUs, draw: Draw) -> NewCode:
    code = draw_code(draw)
    row.code_sha256, row.code_expires_at = code_sha256(code), WallUs(now + CODE_LIFE_US)
    row.save(update_fields=["code_sha256", "code_expires_at"])
    return NewCode(row, code, WallUs(now + CODE_LIFE_US))


def _revoke(row: Terminal, reason: str, *, actor: str, now: WallUs) -> None:
    """``actor`` is "" when a copy did it."""
    row.revoked_at, row.revoke_reason = now, reason[:100]
    row.code_sha256 = row.key_sha256 = row.key_before_sha256 = ""
    row.save(update_fields=["revoked_at", "revoke_reason", "code_sha256", "key_sha256", "key_before_sha256"])
    account = row.account
    account.is_active = False
    account.save(update_fields=["is_active"])
    AccountState.objects.create(account=account, unit=account.unit, is_active=False, at=now, reason="end", by=actor)
    _end_sessions(row, "terminal_revoked", now)
    record(
        now=now, actor=actor, action="revoke_terminal", resource=_uid(row), clause="I.1.b-1",
        facts={"unit": account.unit.slug, "copied": not actor},
    )  # fmt: skip


def _end_sessions(row: Terminal, reason: str, now: WallUs) -> int:
    return LoginSession.objects.filter(account=row.account, ended_at=None).update(ended_at=now, end_reason=reason)


def _held(terminal: Terminal) -> Terminal:
    """The row until the transaction ends: of two pages at once the later must see what the earlier did."""
    return Terminal.objects.select_for_update(of=("self",)).select_related("account__unit").get(pk=terminal.pk)


def _held_by(**which: str | int) -> Terminal | None:
    rows = Terminal.objects.select_for_update(of=("self",)).select_related("account__unit")
    return rows.filter(revoked_at=None, **which).first()


def _uid(row: Terminal) -> str:
    return str(account_uid(row.account.username))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
