"""Who reads which part of the access log (II.2.a, I.1.a): the supervisor every unit's, a unit's manager that of the
own people, everybody the own.

Laws: the one door says how far somebody reaches; an entry belongs to the unit that its account was of at that instant,
by ``AccountState``, so a person who moves takes nothing along and leaves nothing open; terminals are of their unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from haidang.accounts.authority import SYSTEM, Authority, unit_resource
from haidang.accounts.entities import account_uid, unit_uid
from haidang.accounts.models import Account, AccountState, Unit
from haidang.accounts.queries import Credential
from haidang.audit.queries import EVERYTHING, Scope, Stretch
from haidang.core.units import WallUs

__all__ = ["ActorNames", "Reach", "actor_names", "reach_of", "scope_of", "unit_scope", "units_then"]

Reach = Literal["all", "unit", "own"]


def reach_of(credential: Credential, *, now: WallUs, door: Authority) -> Reach:
    """How much of the log the account reads."""
    account = credential.account
    second_factor = credential.second_factor
    if door.decide(account, "read_access_log", SYSTEM, now=now, second_factor=second_factor).allowed:
        return "all"
    own = unit_resource(account.unit)
    return "unit" if door.decide(account, "manage_unit", own, now=now, second_factor=second_factor).allowed else "own"


def scope_of(account: Account, reach: Reach) -> Scope:
    """The entries within reach."""
    if reach == "all":
        return EVERYTHING
    if reach == "unit":
        return unit_scope(account.unit)
    return Scope((Stretch(str(account_uid(account.username))),))


def unit_scope(unit: Unit) -> Scope:
    """By or about whoever was the unit's then, or about the unit itself."""
    states = AccountState.objects.filter(account__in=AccountState.objects.filter(unit=unit).values("account"))
    by_account: dict[str, list[tuple[int, int]]] = {}
    for username, at, unit_id in states.order_by("at", "pk").values_list("account__username", "at", "unit_id"):
        by_account.setdefault(username, []).append((at, unit_id))
    for username in Account.objects.filter(unit=unit, states=None).values_list("username", flat=True):
        by_account[username] = [(0, unit.pk)]
    stretches = [
        each for username, held in by_account.items() for each in _stretches(str(account_uid(username)), held, unit.pk)
    ]
    return Scope(tuple(stretches), (str(unit_uid(unit.slug)),))


def _stretches(account: str, held: Sequence[tuple[int, int]], unit_id: int) -> list[Stretch]:
    """While it was the unit's; before its first state it was what that says."""
    found: list[Stretch] = []
    for at, (since, unit) in enumerate(held):
        if unit != unit_id:
            continue
        begun = 0 if at == 0 else since
        whole = Stretch(account, begun) if at + 1 == len(held) else Stretch(account, begun, held[at + 1][0])
        if found and found[-1].to_us == begun:
            whole = Stretch(account, found.pop().from_us, whole.to_us)
        found.append(whole)
    return found


@dataclass(frozen=True, slots=True)
class ActorNames:
    """An account as it is called now; the log holds its UID alone. ``terminal``: a duty screen's."""

    username: str
    name: str
    unit: str
    terminal: bool


def actor_names(usernames: Iterable[str]) -> dict[str, ActorNames]:
    """Those that exist, by username."""
    rows = Account.objects.filter(username__in=set(usernames))
    return {
        row.username: ActorNames(row.username, row.display_name, row.unit.name, row.kind == "terminal") for row in rows
    }


def units_then(asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Unit]:
    """The unit of each account at each instant (two queries)."""
    wanted = set(asked)
    names = {username for username, _at in wanted}
    states: dict[str, list[AccountState]] = {}
    rows = AccountState.objects.filter(account__username__in=names).select_related("unit", "account")
    for state in rows.order_by("at", "pk"):
        states.setdefault(state.account.username, []).append(state)
    now = {account.username: account.unit for account in Account.objects.filter(username__in=names - states.keys())}
    found: dict[tuple[str, int], Unit] = {}
    for username, at in wanted:
        held = states.get(username)
        if held:
            found[username, at] = next((each.unit for each in reversed(held) if each.at <= at), held[0].unit)
        elif username in now:
            found[username, at] = now[username]
    return found
