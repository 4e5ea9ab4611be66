"""Changes of policy: what narrows takes effect at once, what widens when a second person of another unit agrees, and
so what takes a right to watch over others.

Law: rows (units, names, successions, purposes, grants) are a projection of the newest revision's notice, written in the
transaction that makes the revision. A proposal is applied only over the very revision that its plan was made from.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from haidang.accounts.actions.policy_rows import put_rows
from haidang.accounts.authority import SYSTEM, authority, vietnam_day
from haidang.accounts.entities import account_uid, may_sign_in
from haidang.accounts.models import Account, Grant, PolicyChange, PolicyRevision
from haidang.accounts.people import units_since
from haidang.accounts.policies import notice_of
from haidang.audit.actions import record
from haidang.core.errors import Conflict, Denied, InvalidInput, NotFound
from haidang.core.policy import (
    SYSTEM_UID,
    Decision,
    Notice,
    Plan,
    compile_policies,
    gains,
    notice_from_json,
    notice_to_json,
    plan,
    plan_to_json,
    policy_sha256,
)
from haidang.core.policy.change import end_grant as without_grant
from haidang.core.units import WallUs

__all__ = [
    "apply_policy",
    "approve_change",
    "end_grant",
    "may_approve",
    "propose_change",
    "refuse_change",
    "withdraw_change",
]

_MAX_TEXT = 300
_ANOTHER = "; `haidang who 'System::\"haidang\"' approve_policy` names who may"
#: Why somebody is not the second person, and the way out.
_WHY_NOT = {
    "own_proposal": f"the account proposed it; somebody of another unit must agree{_ANOTHER}",
    "same_unit": f"the account's unit proposed it; somebody of another unit must agree{_ANOTHER}",
    "gaining_unit": f"the account's unit gains by it; somebody of a unit that does not must agree{_ANOTHER}",
    "proposer_locked": "who proposed it is locked or has left; somebody else must propose it anew",
}
_NO_RIGHT = f"the account has no right to, or showed no second factor (`--code`){_ANOTHER}"


@transaction.atomic
def apply_policy(notice: Notice, *, now: WallUs, actor: str = "") -> bool:
    """Put the first notice of a host in force (``haidang init``); False where it already is.

    Raises Conflict (``two_people``) when another is in force: that takes ``propose_change``.
    """
    newest = _newest_for_change()
    if newest is not None and newest.notice:
        if plan(notice_from_json(newest.notice), notice).changes:
            raise Conflict("couldn't replace the policy: changes are proposed by a person", code="two_people")
        return False
    _put_in_force(_kept_ends(notice), document=notice.document, now=now, actor=actor)
    return True


def propose_change(
    notice: Notice, *, title: str, document: str, by: Account, second_factor: bool, now: WallUs, over: int | None = None
) -> PolicyChange:
    """Propose a notice in place of the one in force. Where one person is enough it is in force at once (``applied``).

    ``over`` is the revision that the notice was made from. Raises Denied (``by`` may not propose), InvalidInput
    (``document_needed``), Conflict (``no_change``, ``no_policy``, ``stale_change`` where another is in force by now).
    """
    decision = authority().decide(by, "propose_policy", SYSTEM, now=now, second_factor=second_factor)
    if not decision.allowed:
        _refused(by, "propose_policy", decision.clause, now)
        raise Denied("couldn't propose the change: no right to", code=decision.code, clause=decision.clause)
    if not document.strip():
        raise InvalidInput("couldn't propose the change: name the document it rests on", code="document_needed")
    return _propose(notice, title=title, document=document, by=by, decision=decision, now=now, over=over)


@transaction.atomic
def _propose(
    notice: Notice, *, title: str, document: str, by: Account, decision: Decision, now: WallUs, over: int | None
) -> PolicyChange:
    newest = _newest_for_change()
    old = notice_of(newest) if newest is not None else None
    if newest is None or old is None:
        raise Conflict("couldn't propose a change: no policy is in force", code="no_policy")
    if over is not None and over != newest.pk:
        raise Conflict("couldn't propose the change: the policy has changed since", code="stale_change")
    compile_policies(notice.grants, notice.base, notice.schema)
    shown = plan(old, notice)
    if not shown.changes:
        raise Conflict("couldn't propose the change: it changes nothing", code="no_change")
    change = PolicyChange.objects.create(
        base=newest, set_name=notice.slug, title=title.strip()[:_MAX_TEXT], document=document.strip()[:_MAX_TEXT],
        notice=notice_to_json(notice), plan=plan_to_json(shown), widens=shown.widens, proposed_by=by, proposed_at=now,
    )  # fmt: skip
    record(
        now=now, actor=str(account_uid(by.username)), action="propose_policy", resource=SYSTEM_UID, decision="allow",
        clause=decision.clause, policies=decision.policies,
        facts={"change": change.pk, "widens": shown.widens, "changes": len(shown.changes)},
    )  # fmt: skip
    if not shown.needs_two:
        _apply(change, notice, by=by, now=now)
    return change


@transaction.atomic
def end_grant(policy_id: str, *, last_day: date, document: str, now: WallUs, actor: str = "") -> None:
    """End a grant after ``last_day``: one is enough to narrow. A day in the past ends it now, running streams included.

    Raises NotFound (``unknown_grant``) or Conflict (``grant_dates``).
    """
    newest = _newest_for_change()
    old = notice_of(newest) if newest is not None else None
    if old is None:
        raise NotFound(f"couldn't end the grant: none is called {policy_id!r}", code="unknown_grant")
    changed = without_grant(old, policy_id, last_day)
    shown = plan(old, changed)
    if shown.widens:
        raise Conflict(f"couldn't end {policy_id} on {last_day}: it would last longer", code="grant_dates")
    if shown.needs_two:
        raise Conflict(f"couldn't end {policy_id}: its unit watches over others by it", code="two_people")
    _put_in_force(changed, document=document, now=now, actor=actor)
    ended = next(grant for grant in changed.grants if grant.policy_id == policy_id)
    record(
        now=now, actor=actor, action="end_grant", resource=ended.resource, clause=ended.clause, policies=[policy_id],
        facts={"unit": ended.unit, "last_day": last_day.isoformat(), "document": document},
    )  # fmt: skip


def may_approve(change: PolicyChange, by: Account, shown: Plan, *, now: WallUs) -> str:
    """Why ``by`` cannot be the second person, as an error code; "" if nothing stands against it.

    The right itself (``approve_policy``) is the one door's to say.
    """
    proposer = change.proposed_by
    if proposer is not None and proposer.pk == by.pk:
        return "own_proposal"
    if proposer is not None and by.unit.slug in units_since(proposer, change.proposed_at):
        return "same_unit"
    if by.unit.slug in shown.gaining_units or _gains_by_text(change, by.unit.slug, shown, now):
        return "gaining_unit"
    return ""


def _gains_by_text(change: PolicyChange, unit: str, shown: Plan, now: WallUs) -> bool:
    """Where what widens names no unit, the two texts are asked."""
    if all(each.unit for each in shown.changes if each.widens):
        return False
    old, new = notice_of(change.base), notice_from_json(change.notice)
    return old is None or gains(unit, old, new, today=vietnam_day(now))


def approve_change(change: PolicyChange, *, by: Account, second_factor: bool, now: WallUs) -> None:
    """The second person agrees: it is in force. Raises Denied or Conflict (``stale_change``, ``not_waiting``)."""
    _decide(change, "applied", by=by, second_factor=second_factor, reason="", now=now)


def refuse_change(change: PolicyChange, *, by: Account, second_factor: bool, reason: str, now: WallUs) -> None:
    """The second person refuses, with a reason. Raises as ``approve_change``."""
    if not reason.strip():
        raise InvalidInput("couldn't refuse the change: give the reason", code="reason_needed")
    _decide(change, "refused", by=by, second_factor=second_factor, reason=reason, now=now)


def withdraw_change(change: PolicyChange, *, by: Account, now: WallUs) -> None:
    """Who proposed it takes it back."""
    if change.proposed_by_id != by.pk:
        _refused(by, "withdraw_policy", "", now)
        raise Denied("couldn't withdraw the change: somebody else proposed it", code="not_yours")
    with transaction.atomic():
        _close(_held(change), "withdrawn", by=by, reason="", now=now)
    change.refresh_from_db()


def _decide(change: PolicyChange, state: str, *, by: Account, second_factor: bool, reason: str, now: WallUs) -> None:
    """Refusals leave their entry in a transaction of their own: the one that fails keeps nothing."""
    decision = authority().decide(by, "approve_policy", SYSTEM, now=now, second_factor=second_factor)
    code, clause = ("", decision.clause) if decision.allowed else (decision.code, decision.clause)
    if change.proposed_by_id == by.pk:
        code, clause = "own_proposal", "II.1.b"  # more to the point than that the right is missing too
    elif decision.allowed:
        code = may_approve(change, by, plan_of(change), now=now)
        if not code and state == "applied" and not _still_able(change.proposed_by, now):
            code = "proposer_locked"
        clause = "II.1.b" if code else clause
    if code:
        _refused(by, "approve_policy", clause, now, change=change.pk)
        why = _WHY_NOT.get(code, _NO_RIGHT)
        raise Denied(f"couldn't decide change {change.pk}: {why}", code=code, clause=clause)
    stale = False
    with transaction.atomic():
        held = _held(change)
        newest = _newest_for_change()
        stale = state == "applied" and (newest is None or newest.pk != held.base_id)
        if stale:
            _close(held, "stale", by=by, reason="", now=now)
        elif state == "applied":
            _apply(held, notice_from_json(held.notice), by=by, now=now)
        else:
            _close(held, state, by=by, reason=reason, now=now)
    change.refresh_from_db()
    if stale:
        raise Conflict(
            f"couldn't apply change {change.pk}: the policy has changed since; propose it anew", code="stale_change"
        )


def _still_able(proposer: Account | None, now: WallUs) -> bool:
    """What somebody proposed whose account was stolen or who has left is not put in force in their name."""
    return proposer is None or may_sign_in(proposer, vietnam_day(now))


def plan_of(change: PolicyChange) -> Plan:
    """The plan of a change, made anew from the two notices: what was kept beside it decides nothing."""
    old = notice_of(change.base)
    return plan(old, notice_from_json(change.notice))


def _held(change: PolicyChange) -> PolicyChange:
    """The row, held until the transaction ends. Raises Conflict (``not_waiting``)."""
    held = PolicyChange.objects.select_for_update().get(pk=change.pk)
    if held.state != "proposed":
        raise Conflict(f"couldn't decide change {held.pk}: it is {held.state}", code="not_waiting")
    return held


def _apply(change: PolicyChange, notice: Notice, *, by: Account, now: WallUs) -> None:
    proposer = "" if change.proposed_by is None else change.proposed_by.username
    approver = "" if change.proposed_by_id == by.pk else by.username
    _put_in_force(
        notice, document=change.document, now=now, actor=str(account_uid(by.username)), proposed_by=proposer,
        approved_by=approver, change=change.pk,
    )  # fmt: skip
    _close(change, "applied", by=by, reason="", now=now)


def _close(change: PolicyChange, state: str, *, by: Account, reason: str, now: WallUs) -> None:
    change.state, change.decided_by, change.decided_at, change.reason = state, by, now, reason.strip()[:_MAX_TEXT]
    change.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record(
        now=now, actor=str(account_uid(by.username)), action="decide_policy", resource=SYSTEM_UID,
        facts={"change": change.pk, "state": state},
    )  # fmt: skip


def _refused(by: Account, action: str, clause: str, now: WallUs, **facts: int) -> None:
    record(
        now=now, actor=str(account_uid(by.username)), action=action, resource=SYSTEM_UID, decision="deny",
        clause=clause, facts=dict(facts),
    )  # fmt: skip


def _newest_for_change() -> PolicyRevision | None:
    """The revision in force, unchanged until the transaction ends: of two changes at once the later (PostgreSQL)
    must see the earlier, or it would bring back what that ended.

    The host's first revision is what is locked, always the same row; who waited for it then reads which is the newest.
    """
    PolicyRevision.objects.select_for_update().order_by("pk").first()
    return PolicyRevision.objects.order_by("-pk").first()


def _put_in_force(
    notice: Notice,
    *,
    document: str,
    now: WallUs,
    actor: str,
    proposed_by: str = "",
    approved_by: str = "",
    change: int = 0,
) -> None:
    cedar = compile_policies(notice.grants, notice.base, notice.schema)
    sha256 = policy_sha256(cedar, notice.schema)
    put_rows(notice)
    PolicyRevision.objects.create(
        set_name=notice.slug, notice=notice_to_json(notice), cedar=cedar, schema=notice.schema, sha256=sha256,
        document=document, applied_at=now, proposed_by=proposed_by, approved_by=approved_by,
    )  # fmt: skip
    record(
        now=now, actor=actor, action="apply_policy", resource=SYSTEM_UID,
        facts={"set": notice.slug, "sha256": sha256, "grants": len(notice.grants), "change": change},
    )  # fmt: skip


def _kept_ends(notice: Notice) -> Notice:
    """A host from before notices were kept: a grant that was ended there stays ended."""
    named = {grant.policy_id for grant in notice.grants}
    for row in Grant.objects.exclude(valid_to=None):
        if row.policy_id in named and row.valid_to is not None:
            notice = without_grant(notice, row.policy_id, row.valid_to)
    return notice
