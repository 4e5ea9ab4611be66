"""What a change of a notice does, before anybody agrees to it.

Law: conservative. A change that is not surely narrower widens; a change of Cedar text or schema always does. So
whenever some decision turns from no to yes on some day, the plan widens, and two people are asked. They are asked as
well where it takes from a unit what it watches over the others by (``unwatches``), and where recordings would be erased
earlier than before on some day: a shorter retention widens, though it opens nothing to anybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar, get_args

from haidang.core.policy.notice import (
    Answer,
    Grant,
    IncidentKind,
    Notice,
    Purpose,
    Retention,
    Route,
    Site,
    Succession,
    Unit,
)
from haidang.core.policy.serial import decode, encode

__all__ = ["CHANGE_KINDS", "Change", "ChangeKind", "Plan", "plan", "plan_from_json", "plan_to_json"]

ChangeKind = Literal[
    "unit_added", "unit_changed", "unit_ended", "name_changed", "site_added", "site_changed", "purpose_added",
    "purpose_changed", "grant_added", "grant_ended", "grant_removed", "grant_widened", "grant_narrowed",
    "answer_changed", "duty_changed", "route_changed", "succession_added", "succession_removed", "base_changed",
    "schema_changed", "retention_changed",
]  # fmt: skip
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

_LESS: tuple[ChangeKind, ...] = ("unit_ended", "grant_ended", "grant_removed", "grant_narrowed")
#: By which a unit watches over the operator and the others (II.2.a, P): one person does not put that out.
WATCHING_ACTIONS = frozenset(
    {"view_rights", "approve_policy", "read_access_log", "approve_extraction", "aggregate_difficulties"}
)

K = TypeVar("K")
V = TypeVar("V")
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``unit`` and ``site`` are slugs or "". A fact is a field and its value, or ``was → is``."""

    kind: ChangeKind
    unit: str
    site: str
    facts: Facts
    widens: bool
    #: It takes from a unit a right by which it watches over the others.
    unwatches: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    changes: tuple[Change, ...]

    @property
    def needs_two(self) -> bool:
        """Whether one person is not enough."""
        return any(change.widens or change.unwatches for change in self.changes)

    @property
    def widens(self) -> bool:
        return any(change.widens for change in self.changes)

    @property
    def gaining_units(self) -> tuple[str, ...]:
        """Whose people must not be the second of the two that agree."""
        return tuple(sorted({change.unit for change in self.changes if change.widens and change.unit}))


def plan(old: Notice | None, new: Notice) -> Plan:
    """The differences from ``old`` (None: nothing is in force) to ``new``, in the order in which people read them."""
    was = old or Notice("", "", (), (), (), (), (), (), (), (), "", "")
    watching = {grant.unit for grant in was.grants if WATCHING_ACTIONS & set(grant.actions)}
    return Plan(
        tuple(dataclasses.replace(change, unwatches=_unwatches(change, watching)) for change in _changes(was, new))
    )


def _unwatches(change: Change, watching: set[str]) -> bool:
    """A right over the system (no site) that a unit watches by is not narrowed by one person, nor is the unit ended."""
    return change.kind in _LESS and not change.widens and not change.site and change.unit in watching


def _changes(was: Notice, new: Notice) -> tuple[Change, ...]:
    return (
        *_pairs(_by(was.units, _slug), _by(new.units, _slug), _unit),
        *_pairs(_by(was.sites, _slug), _by(new.sites, _slug), _site),
        *_pairs(_by(was.purposes, _slug), _by(new.purposes, _slug), _purpose),
        *_pairs(_by(was.grants, lambda g: g.policy_id), _by(new.grants, lambda g: g.policy_id), _grant),
        *_pairs(_by(was.answers, lambda a: a.id), _by(new.answers, lambda a: a.id), _answer),
        *_duties(was, new),
        *_pairs(_by(was.kinds, _slug), _by(new.kinds, _slug), _kinds),
        *_pairs(_routes(was), _routes(new), _route),
        *_successions(was, new),
        *_retentions(was, new),
        *_texts(was, new),
    )


def plan_to_json(value: Plan) -> dict[str, Any]:
    """The plan as data, for keeping with a proposal."""
    return {"changes": encode(value.changes)}


def plan_from_json(data: Mapping[str, Any]) -> Plan:
    """The plan again. Raises CorruptData."""
    return decode(Plan, data)


def _by(values: tuple[V, ...], name: Callable[[V], K]) -> dict[K, V]:
    return {name(value): value for value in values}


def _slug(value: Unit | Site | Purpose | IncidentKind) -> str:
    return value.slug


def _pairs(
    was: Mapping[K, V], now: Mapping[K, V], tell: Callable[[V | None, V | None], Iterator[Change]]
) -> Iterator[Change]:
    """What ``tell`` says of each pair that differs: in the new order, then what is gone."""
    for name in [*now, *(name for name in was if name not in now)]:
        if was.get(name) != now.get(name):
            yield from tell(was.get(name), now.get(name))


def _unit(old: Unit | None, new: Unit | None) -> Iterator[Change]:
    if new is None:
        if old is not None:  # its rows stay, so a last day that is forgotten opens it again
            yield Change(
                "unit_ended", old.slug, "", (("name", old.name), ("removed", "true")), old.valid_to is not None
            )
        return
    if old is None:
        # Whoever is in a unit may do what rights.cedar gives to every unit.
        yield Change(
            "unit_added", new.slug, "", _facts(None, new, ("name", "role", "parent", "valid_from", "valid_to")), True
        )
        return
    names = _facts(old, new, ("name", "name_en", "aliases", "names"))
    if names:
        yield Change("name_changed", new.slug, "", names, False)
    facts = _facts(old, new, ("parent", "role", "clause", "valid_from", "valid_to", "focal_person"))
    shorter = dataclasses.replace(old, valid_to=new.valid_to) == dataclasses.replace(
        new, name=old.name, name_en=old.name_en, aliases=old.aliases, names=old.names
    )
    if facts and shorter and _not_later(new.valid_to, old.valid_to):
        yield Change("unit_ended", new.slug, "", facts, False)
    elif facts:
        yield Change("unit_changed", new.slug, "", facts, True)


def _site(old: Site | None, new: Site | None) -> Iterator[Change]:
    """A site without a grant opens nothing: no grant says "all"."""
    if old is None and new is not None:
        yield Change("site_added", "", new.slug, (("name", new.name),), False)
    elif old is not None and new is None:
        yield Change("site_changed", "", old.slug, (("name", old.name), ("removed", "true")), False)
    elif old is not None and new is not None:
        yield Change("site_changed", "", new.slug, _facts(old, new, ("name", "short", "name_en", "aliases")), False)


def _purpose(old: Purpose | None, new: Purpose | None) -> Iterator[Change]:
    """Another name for a purpose is another meaning of every grant that has it."""
    if old is None and new is not None:
        yield Change("purpose_added", "", "", (("slug", new.slug), ("name", new.name)), False)
    elif old is not None and new is None:
        yield Change("purpose_changed", "", "", (("slug", old.slug), ("removed", "true")), False)
    elif old is not None and new is not None:
        facts = (("slug", new.slug), *_facts(old, new, ("name", "name_en", "clause")))
        yield Change("purpose_changed", "", "", facts, True)


_GRANT_FACTS = ("actions", "purposes", "clause", "document", "valid_from", "valid_to")


def _grant(old: Grant | None, new: Grant | None) -> Iterator[Change]:
    grant = new or old
    if grant is None:
        return
    unit, site = grant.unit, _site_of(grant)
    if old is None:
        yield Change("grant_added", unit, site, _facts(None, grant, _GRANT_FACTS), True)
    elif new is None:
        yield Change("grant_removed", unit, site, _facts(None, grant, _GRANT_FACTS), False)
    else:
        facts = _facts(old, new, ("kind", *_GRANT_FACTS))
        if dataclasses.replace(new, valid_to=old.valid_to) == old and _not_later(new.valid_to, old.valid_to):
            yield Change("grant_ended", unit, site, facts, False)
        elif _is_narrower(old, new):
            yield Change("grant_narrowed", unit, site, facts, False)
        else:
            yield Change("grant_widened", unit, site, facts, True)


def _is_narrower(old: Grant, new: Grant) -> bool:
    """Fewer actions, purposes or days, and nothing else. No purposes at all means any purpose, so that is no subset."""
    purposes = new.purposes == old.purposes or (new.purposes != () and set(new.purposes) <= set(old.purposes))
    rest = dataclasses.replace(
        new, actions=old.actions, purposes=old.purposes, valid_from=old.valid_from, valid_to=old.valid_to
    )
    return (
        rest == old
        and set(new.actions) <= set(old.actions)
        and purposes
        and new.valid_from >= old.valid_from
        and _not_later(new.valid_to, old.valid_to)
    )


def _not_later(new: date | None, old: date | None) -> bool:
    """Whether a last day is no later than another; None is the end of time."""
    return old is None or (new is not None and new <= old)


def _answer(old: Answer | None, new: Answer | None) -> Iterator[Change]:
    answer = new or old
    if answer is None:
        return
    if old is None or new is None:
        gone = () if new else (("removed", "true"),)
        yield Change("answer_changed", "", "", (("id", answer.id), ("value", answer.value), *gone), True)
        return
    facts = _facts(
        old, new, ("value", "default", "choices", "document", "valid_from", "decided_by", "question", "reason")
    )
    same = (old.value, old.default, old.valid_from) == (new.value, new.default, new.valid_from)
    yield Change("answer_changed", "", "", (("id", new.id), *facts), not same)


def _duties(old: Notice, new: Notice) -> Iterator[Change]:
    """Who has the duty is told of damage, so a new duty is one that gains."""
    for duty in new.protections:
        if duty not in old.protections:
            yield Change("duty_changed", duty.unit, duty.site, (("clause", duty.clause), ("added", "true")), True)
    for duty in old.protections:
        if duty not in new.protections:
            yield Change("duty_changed", duty.unit, duty.site, (("clause", duty.clause), ("removed", "true")), False)


def _kinds(old: IncidentKind | None, new: IncidentKind | None) -> Iterator[Change]:
    """What can be reported; who is told is the routes' business."""
    kind = new or old
    if kind is not None:
        facts = (("kind", kind.slug), *_facts(old if new else None, kind, ("name", "name_en", "kind_class")))
        yield Change("route_changed", "", "", facts, False)


def _routes(notice: Notice) -> dict[tuple[str, str], Route]:
    return {(route.kind, route.site): route for route in notice.routes}


def _route(old: Route | None, new: Route | None) -> Iterator[Change]:
    route = new or old
    if route is None:
        return
    told_before = () if old is None else (old.unit, *old.deputies)
    told_now = () if new is None else (new.unit, *new.deputies)
    gained = [unit for unit in told_now if unit not in told_before]
    if new is None:
        facts: Facts = (("kind", route.kind), ("removed", "true"))
    else:
        facts = (("kind", route.kind), *_facts(old, new, ("unit", "deputies", "clause", "kind_class")))
    for unit in gained:
        yield Change("route_changed", unit, route.site, facts, True)
    if not gained:
        # Fewer or reordered: nobody is told who was not. Without its own route a site falls back to the general one.
        yield Change("route_changed", route.unit, route.site, facts, new is None)


def _successions(old: Notice, new: Notice) -> Iterator[Change]:
    for step in new.successions:
        if step not in old.successions:
            yield from (Change("succession_added", unit, "", _step(step), True) for unit in step.new)
    for step in old.successions:
        if step not in new.successions:
            yield from (Change("succession_removed", unit, "", _step(step), False) for unit in step.new)


def _step(step: Succession) -> Facts:
    return (
        ("old", ", ".join(step.old)),
        ("new", ", ".join(step.new)),
        ("on", step.on.isoformat()),
        ("document", step.document),
    )


def _retentions(old: Notice, new: Notice) -> Iterator[Change]:
    """One change for each day from which a site's recordings are kept otherwise than they would have been."""
    both = (*old.retentions, *new.retentions)
    for site in dict.fromkeys(each.site for each in both):
        told: Facts = ()
        for day in sorted({date.min, *(each.valid_from for each in both if each.site == site and each.valid_from)}):
            was, now = old.retention_on(site, day), new.retention_on(site, day)
            before, after = (None if each is None else each.days for each in (was, now))
            facts: Facts = (("days", f"{before or '–'} → {after or '–'}"), *_documented(was, now))
            said, told = told, facts if _differ(was, now) else ()
            if told and told != said:
                since = (("valid_from", day.isoformat()),) if day != date.min else ()
                # A site without a period keeps everything, so any period erases earlier.
                shorter = after is not None and (before is None or after < before)
                yield Change("retention_changed", "", site, (*facts, *since), shorter)


def _documented(was: Retention | None, now: Retention | None) -> Facts:
    cited = now or was
    return () if cited is None else (("clause", cited.clause), ("document", cited.document))


def _differ(was: Retention | None, now: Retention | None) -> bool:
    """Whether it is another period, or the same by another document."""
    if was is None or now is None:
        return was is not now
    return (was.days, was.clause, was.document) != (now.days, now.clause, now.document)


def _texts(old: Notice, new: Notice) -> Iterator[Change]:
    if old.base != new.base:
        yield Change("base_changed", "", "", (), True)
    if old.schema != new.schema:
        yield Change("schema_changed", "", "", (), True)


def _facts(old: object | None, new: object, fields: tuple[str, ...]) -> Facts:
    """The fields that differ as ``was → is``; of something new, each that says anything."""
    facts = []
    for name in fields:
        now = _word(getattr(new, name))
        if old is None:
            if now:
                facts.append((name, now))
        elif (before := _word(getattr(old, name))) != now:
            facts.append((name, f"{before or '–'} → {now or '–'}"))
    return tuple(facts)


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(each if isinstance(each, str) else getattr(each, "name", str(each)) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _site_of(grant: Grant) -> str:
    kind, _, name = grant.resource.partition("::")
    return name.strip('"') if kind == "Site" else ""
