"""The shipped policy sets, and small ways to ask them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from haidang.core.policy import (
    FILES,
    OVERLAY_FILES,
    Decider,
    Decision,
    Entity,
    Notice,
    Uid,
    compile_policies,
    parse_notice,
    parse_overlay,
)

FOLDER = Path(__file__).parents[2] / "policies" / "binh-dinh-2022"
OVERLAY_FOLDER = FOLDER.parent / "gia-lai-2025"
DAY = date(2022, 6, 1)
SITES = ("quy-nhon", "de-gi", "tam-quan")


@cache
def texts() -> Mapping[str, str]:
    return {name: (FOLDER / name).read_text(encoding="utf-8") for name in FILES}


@cache
def overlay_texts() -> Mapping[str, str]:
    return {name: (OVERLAY_FOLDER / name).read_text(encoding="utf-8") for name in OVERLAY_FILES}


@cache
def notice() -> Notice:
    return parse_notice(texts())


@cache
def notice_2025() -> Notice:
    return parse_overlay(overlay_texts(), notice())


def compiled(about: Notice) -> Decider:
    return Decider(compile_policies(about.grants, about.base, about.schema), about.schema)


@cache
def decider() -> Decider:
    return compiled(notice())


def account(unit: str, *, active: bool = True, manager: bool = False, terminal: bool = False) -> tuple[Entity, ...]:
    parent = Uid("Unit", unit)
    facts = (("active", active), ("manager", manager), ("terminal", terminal))
    return Entity(Uid("Account", unit), (parent,), facts), Entity(parent)


def camera(site: str) -> tuple[Entity, ...]:
    parent = Uid("Site", site)
    return (Entity(Uid("Camera", f"{site}-1"), (parent,)), Entity(parent))


def ask(unit: str, action: str, site: str, *, purpose: str = "", on: date = DAY, active: bool = True) -> Decision:
    return ask_of(decider(), unit, action, site, purpose=purpose, on=on, active=active)


def ask_of(
    door: Decider, unit: str, action: str, site: str, *, purpose: str = "", on: date = DAY, active: bool = True,
    manager: bool = False, terminal: bool = False, second_factor: bool = False, approved: bool = False,
) -> Decision:  # fmt: skip
    """About a camera of a site; of the whole system where ``site`` is ""."""
    resource = Uid("Camera", f"{site}-1") if site else Uid("System", "haidang")
    about = camera(site) if site else (Entity(resource),)
    entities = account(unit, active=active, manager=manager, terminal=terminal) + about
    return door.decide(
        Uid("Account", unit), action, resource, entities, on=on, purpose=purpose, second_factor=second_factor,
        approved=approved,
    )  # fmt: skip
