"""What an account was on a past day: of which unit, and able at some moment of it. Read from ``AccountState`` alone.

Days before the account's first state count with its first unit, as able: the question is then what its unit might do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from haidang.accounts.entities import principal_entities
from haidang.accounts.models import Account, AccountState, Unit
from haidang.core.policy import Entity
from haidang.core.units import VIETNAM, WallUs, from_datetime, to_datetime

__all__ = ["AccountOn", "account_on", "day_bounds", "entities_on", "people_on", "switched_off"]


@dataclass(frozen=True, slots=True)
class AccountOn:
    """An account on a day. ``existed`` False: it was made later."""

    username: str
    unit: str
    able: bool
    manager: bool
    terminal: bool
    existed: bool


def day_bounds(on: date) -> tuple[WallUs, WallUs]:
    """The day in GMT+7: its first instant and the next day's."""
    start = from_datetime(datetime.combine(on, time(), VIETNAM))
    end = from_datetime(datetime.combine(on + timedelta(days=1), time(), VIETNAM))
    return start, end


def account_on(account: Account, on: date) -> AccountOn:
    """The account on that day, from its states."""
    return _on(account, list(account.states.select_related("unit").order_by("at", "pk")), on)


def entities_on(account: Account, on: date) -> tuple[Entity, ...]:
    """The account as Cedar entities of that day."""
    then = account_on(account, on)
    return principal_entities(then.username, then.unit, active=then.able, manager=then.manager, terminal=then.terminal)


def people_on(on: date) -> dict[str, tuple[str, ...]]:
    """By unit: the accounts that belonged to it and were able at some moment of that day. Three queries in all."""
    units = {unit.pk: unit for unit in Unit.objects.all()}
    by_account: dict[int, list[AccountState]] = {}
    for state in AccountState.objects.order_by("at", "pk"):
        state.unit = units[state.unit_id]
        by_account.setdefault(state.account_id, []).append(state)
    found: dict[str, list[str]] = {}
    for account in Account.objects.order_by("username"):
        then = _on(account, by_account.get(account.pk, []), on)
        if then.existed and then.able:
            found.setdefault(then.unit, []).append(then.username)
    return {unit: tuple(names) for unit, names in found.items()}


def _on(account: Account, states: Sequence[AccountState], on: date) -> AccountOn:
    start, end = day_bounds(on)
    before = [state for state in states if state.at < start]
    during = [state for state in states if start <= state.at < end]
    held = ([before[-1]] if before else []) + during
    state = next((each for each in reversed(held) if each.is_active), held[-1] if held else None)
    terminal = account.kind == "terminal"
    if state is None:  # before its first state
        unit = states[0].unit if states else account.unit
        return AccountOn(account.username, unit.slug, _unit_was(unit, on), account.is_manager, terminal, existed=False)
    able = state.is_active and _unit_was(state.unit, on) and (account.expires_on is None or on <= account.expires_on)
    return AccountOn(account.username, state.unit.slug, able, state.is_manager, terminal, existed=True)


def _unit_was(unit: Unit, on: date) -> bool:
    begun = unit.valid_from is None or unit.valid_from <= on
    return begun and (unit.valid_to is None or on <= unit.valid_to) and not switched_off(unit, on)


def switched_off(unit: Unit, on: date) -> bool:
    """Whether somebody had switched the unit off (the emergency switch) before that day."""
    if unit.is_active:
        return False
    off = None if unit.deactivated_at is None else to_datetime(WallUs(unit.deactivated_at)).astimezone(VIETNAM).date()
    return off is None or off < on
