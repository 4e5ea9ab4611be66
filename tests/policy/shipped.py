"""The shipped policy set, and small ways to ask it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from haidang.core.policy import FILES, Decider, Decision, Entity, Notice, Uid, compile_policies, parse_notice

FOLDER = Path(__file__).parents[2] / "policies" / "binh-dinh-2022"
DAY = date(2022, 6, 1)
SITES = ("quy-nhon", "de-gi", "tam-quan")


@cache
def texts() -> Mapping[str, str]:
    return {name: (FOLDER / name).read_text(encoding="utf-8") for name in FILES}


@cache
def notice() -> Notice:
    return parse_notice(texts())


@cache
def decider() -> Decider:
    return Decider(compile_policies(notice().grants, notice().base, notice().schema), notice().schema)


def account(unit: str, *, active: bool = True, manager: bool = False, terminal: bool = False) -> tuple[Entity, ...]:
    parent = Uid("Unit", unit)
    facts = (("active", active), ("manager", manager), ("terminal", terminal))
    return Entity(Uid("Account", unit), (parent,), facts), Entity(parent)


def camera(site: str) -> tuple[Entity, ...]:
    parent = Uid("Site", site)
    return (Entity(Uid("Camera", f"{site}-1"), (parent,)), Entity(parent))


def ask(unit: str, action: str, site: str, *, purpose: str = "", on: date = DAY, active: bool = True) -> Decision:
    entities = account(unit, active=active) + camera(site)
    return decider().decide(Uid("Account", unit), action, Uid("Camera", f"{site}-1"), entities, on=on, purpose=purpose)
