"""Whether a change of Cedar text lets a unit's people do anything that they could not do before.

A plan can name who gains by a grant; of a changed text it cannot, so the two texts are asked. Law: conservative. Asked
is whatever an able person, member or manager, may do with a second factor and an approval, today and on each day to
come that the new text names; anything that it allows and the old one did not counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from haidang.core.policy.compile import compile_policies
from haidang.core.policy.decide import Decider, Entity, Uid
from haidang.core.policy.notice import SITE_ACTIONS, SYSTEM_ACTIONS, UNIT_ACTIONS, Notice

__all__ = ["gains"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_ANYBODY = "anybody"
_SYSTEM = Uid("System", "haidang")


def gains(unit: str, old: Notice, new: Notice, *, today: date) -> bool:
    """Whether ``new`` allows the unit something, today or on a day to come, that ``old`` does not."""
    before, after = _decider(old), _decider(new)
    questions = list(_questions(unit, new))
    return any(
        _ask(after, unit, question, manager=manager, on=on) and not _ask(before, unit, question, manager=manager, on=on)
        for on, manager, question in product(_days(new, today), (False, True), questions)
    )


def _days(notice: Notice, today: date) -> list[date]:
    """Today, and each day to come on which the notice can begin to say something else."""
    written = set[date]()
    for text in _DAY.findall(notice.base):
        try:
            written.add(date.fromisoformat(text))
        except ValueError:
            continue  # the policy's own reader has refused it, or it is in a comment
    begun = {grant.valid_from for grant in notice.grants} | written | {day + timedelta(days=1) for day in written}
    return sorted({today, *(day for day in begun if day > today)})


_Question = tuple[str, Uid, tuple[Entity, ...], str]


def _questions(unit: str, notice: Notice) -> Iterator[_Question]:
    """Action, resource with its entities, purpose."""
    purposes = ["", *(purpose.slug for purpose in notice.purposes)]
    for action in SYSTEM_ACTIONS:
        yield action, _SYSTEM, (Entity(_SYSTEM),), ""
    for action, other in product(UNIT_ACTIONS, notice.units):
        about = Uid("Unit", other.slug)
        yield action, about, () if other.slug == unit else (Entity(about),), ""
    for site, action, purpose in product(notice.sites, SITE_ACTIONS, purposes):
        camera, parent = Uid("Camera", _ANYBODY), Uid("Site", site.slug)
        yield action, camera, (Entity(camera, (parent,)), Entity(parent)), purpose


def _ask(door: Decider, unit: str, question: _Question, *, manager: bool, on: date) -> bool:
    action, resource, about, purpose = question
    principal, parent = Uid("Account", _ANYBODY), Uid("Unit", unit)
    facts = (("active", True), ("manager", manager), ("terminal", False))
    entities = (Entity(principal, (parent,), facts), Entity(parent), *about)
    return door.decide(
        principal, action, resource, entities, on=on, purpose=purpose, second_factor=True, approved=True
    ).allowed


def _decider(notice: Notice) -> Decider:
    return Decider(compile_policies(notice.grants, notice.base, notice.schema), notice.schema)
