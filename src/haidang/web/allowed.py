"""The one door for pages and operations that are not about a picture: ask, leave an entry of a refusal, say why not.

Law: a page's verb calls ``require`` before it reads or writes anything that the answer depends on.
"""

from __future__ import annotations

from django.http import HttpRequest

from haidang.accounts.authority import SYSTEM, Authority, Resource, authority, unit_resource
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, Unit
from haidang.accounts.queries import Credential
from haidang.audit.actions import record
from haidang.core.errors import Denied
from haidang.core.policy import Decision
from haidang.core.units import WallUs
from haidang.web.errors import Refused
from haidang.web.explain import refusal_of
from haidang.web.session import credential_of

__all__ = ["may", "may_manage", "require", "require_any"]


def may(
    credential: Credential, action: str, *, now: WallUs, resource: Resource = SYSTEM, door: Authority | None = None
) -> bool:
    """Whether the one door would let it pass; leaves no entry (for what a page offers)."""
    door = door or authority()
    decision = door.decide(credential.account, action, resource, now=now, second_factor=credential.second_factor)
    return decision.allowed


def may_manage(credential: Credential, unit: Unit, *, now: WallUs, door: Authority | None = None) -> bool:
    """Whether the account manages this unit's people."""
    return may(credential, "manage_unit", now=now, resource=unit_resource(unit), door=door)


def require(request: HttpRequest, action: str, *, now: WallUs, resource: Resource = SYSTEM) -> Account:
    """The account that asks, if it may. Raises Refused with the sentence, or Denied (``unauthenticated``)."""
    return require_any(request, ((action, resource),), now=now)


def require_any(request: HttpRequest, asked: tuple[tuple[str, Resource], ...], *, now: WallUs) -> Account:
    """The account that asks, if it may do one of these; the refusal is worded from the first."""
    credential = credential_of(request)
    if not asked:
        raise Denied("couldn't do it: nothing was asked", code="denied")
    door = authority()
    decisions = [
        door.decide(credential.account, action, resource, now=now, second_factor=credential.second_factor)
        for action, resource in asked
    ]
    if any(decision.allowed for decision in decisions):
        return credential.account
    (action, resource), decision = asked[0], _worded(door, credential, asked[0], decisions[0], now)
    record(
        now=now, actor=str(account_uid(credential.account.username)), action=action, resource=str(resource.uid),
        decision="deny", clause=decision.clause, policies=decision.policies, facts={"session": credential.name},
    )  # fmt: skip
    raise Refused(refusal_of(action, "", decision), code=decision.code, clause=decision.clause)


def _worded(
    door: Authority, credential: Credential, asked: tuple[str, Resource], decision: Decision, now: WallUs
) -> Decision:
    """Who would not be let in with a second factor either is not sent to set one up."""
    if decision.code != "forbidden" or credential.second_factor:
        return decision
    shown = door.decide(credential.account, asked[0], asked[1], now=now, second_factor=True)
    return decision if shown.allowed else shown
