"""From the texts of a policy set to a ``Notice``.

Law: nothing is guessed. An unknown or missing key, a name that points nowhere, a duplicate, an empty purpose or clause,
a prohibition of section I.2 that is not there: each is a finding with file, line, key and a way to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from haidang.core.policy.notice import (
    GRANT_KINDS,
    ROUTE_CLASSES,
    SITE_ACTIONS,
    SYSTEM_ACTIONS,
    SYSTEM_UID,
    UNIT_ROLES,
    Answer,
    Grant,
    GrantKind,
    IncidentKind,
    Notice,
    Protection,
    Purpose,
    Retention,
    Route,
    Site,
    Unit,
    UnitName,
    site_uid,
)
from haidang.core.policy.required import loose_rules, missing_rules
from haidang.core.policy.table import Findings, Table, read_entries, read_toml

__all__ = ["FILES", "parse_notice", "read_base_set", "read_unit"]

NOTICE, UNITS, SITES, GRANTS = "notice.toml", "agencies/units.toml", "sites.toml", "grants.toml"
DUTIES, ROUTING, ANSWERS, RETENTION = "duties.toml", "routing.toml", "answers.toml", "retention.toml"
FORBID, RIGHTS, SCHEMA = "forbid.cedar", "rights.cedar", "schema.cedarschema"
#: The files of a policy set, by their path inside it.
FILES = (NOTICE, UNITS, SITES, GRANTS, DUTIES, ROUTING, ANSWERS, RETENTION, FORBID, RIGHTS, SCHEMA)

#: Ten years: more is a slip of the pen, and "for good" is a site without an entry.
MAX_RETENTION_DAYS = 3650

T = TypeVar("T")
_HEADINGS: dict[str, GrantKind] = {"grant": "site", "operation": "operation", "system": "system"}
assert set(_HEADINGS.values()) == set(GRANT_KINDS)


def parse_notice(texts: Mapping[str, str]) -> Notice:
    """Read a policy set from its files' texts. Raises InvalidInput (``policy_set``) at the first finding."""
    findings = Findings()
    notice = read_base_set(texts, findings)
    findings.stop()
    return notice


def read_base_set(texts: Mapping[str, str], findings: Findings) -> Notice:
    """The notice as far as it can be read; whole only if nothing was found."""
    missing = [name for name in FILES if name not in texts]
    for name in missing:
        findings.add("policy set", f"{name} is missing", "each set has " + ", ".join(FILES))
    if missing:
        return _nothing()
    head = read_toml(NOTICE, texts[NOTICE], findings)
    about = head.table("notice")
    purposes = read_entries(head.tables("purpose"), _purpose)
    head.finish()
    units = _entries(UNITS, texts, "unit", findings, read_unit)
    sites = _entries(SITES, texts, "site", findings, _site)
    unit_slugs = {u.slug for u in units}
    answers = _entries(ANSWERS, texts, "answer", findings, lambda entry: _answer(entry, unit_slugs))
    for file, what, names in (
        (NOTICE, "purpose", [p.slug for p in purposes]), (UNITS, "unit", [u.slug for u in units]),
        (SITES, "site", [s.slug for s in sites]), (ANSWERS, "answer", [a.id for a in answers]),
    ):  # fmt: skip
        findings.no_duplicates(file, texts[file], what, names)
    check_parents(texts[UNITS], units, unit_slugs, findings)
    known = _Known(unit_slugs, {s.slug for s in sites}, {p.slug for p in purposes}, {a.id: a for a in answers})
    slug, document = about.slug("slug"), about.text("document")
    about.one_of("issuer", known.units, "unit")
    about.skip("title", "title_en", "number", "day", "year")
    about.finish()
    grants = _grants(texts[GRANTS], known, document, findings)
    protections = _entries(DUTIES, texts, "protection", findings, lambda entry: _protection(entry, known))
    kinds, routes = _routing(texts[ROUTING], known, findings)
    retentions = _entries(RETENTION, texts, "retention", findings, lambda entry: _retention(entry, known))
    findings.no_duplicates(
        RETENTION,
        texts[RETENTION],
        "retention",
        (f"{r.site} from {r.valid_from or 'the beginning'}" for r in retentions),
    )
    for rule in missing_rules(texts[FORBID]):
        findings.add(
            FORBID, f"lacks a rule that no set may be without: {rule}", "put it back, without conditions of its own"
        )
    for file in (FORBID, RIGHTS):
        for what in loose_rules(texts[file]):
            findings.add(file, what, "a rule cites its clause, and pictures come from grants alone")
    return Notice(
        slug, document, tuple(units), tuple(sites), tuple(purposes), tuple(grants), (), tuple(protections),
        tuple(routes), tuple(answers), texts[FORBID] + "\n" + texts[RIGHTS], texts[SCHEMA], tuple(kinds),
        tuple(retentions),
    )  # fmt: skip


def check_parents(text: str, units: Iterable[Unit], known: Collection[str], findings: Findings) -> None:
    for unit in units:
        if unit.parent and unit.parent not in known:
            lines = (at for at, line in enumerate(text.splitlines(), 1) if f'"{unit.parent}"' in line)
            findings.add(UNITS, f"parent of {unit.slug} names no unit: {unit.parent!r}", line=next(lines, 0))


@dataclass(frozen=True, slots=True)
class _Known:
    units: Collection[str]
    sites: Collection[str]
    purposes: Collection[str]
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class _Bound:
    """What hangs on an answer: the whole grant (no actions named), or these actions of it."""

    answer: Answer
    value: str
    actions: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        return self.answer.value_on(day) == self.value


def _grants(text: str, known: _Known, document: str, findings: Findings) -> list[Grant]:
    root = read_toml(GRANTS, text, findings)
    grants = [
        grant
        for key, kind in _HEADINGS.items()
        for pieces in read_entries(root.tables(key), partial(_grant, kind=kind, known=known, document=document))
        for grant in pieces
    ]
    root.finish()
    findings.no_duplicates(GRANTS, text, "grant", (grant.policy_id for grant in grants))
    return grants


def _grant(entry: Table, *, kind: GrantKind, known: _Known, document: str) -> list[Grant]:
    """The grant as far as the answers let it exist: none, one, or one after another."""
    unit = entry.one_of("unit", known.units, "unit")
    resource, allowed = SYSTEM_UID, set(SYSTEM_ACTIONS)
    purposes: tuple[str, ...] = ()
    if kind != "system":
        resource = site_uid(entry.one_of("site", known.sites, "site"))
        purposes, allowed = entry.some_of("purposes", known.purposes, "purpose"), set(SITE_ACTIONS)
    what = "action of this kind of grant"
    grant = Grant(
        kind=kind,
        unit=unit,
        resource=resource,
        actions=entry.some_of("actions", allowed, what),
        purposes=purposes,
        clause=entry.clause("clause"),
        document=entry.text("document", default=document),
        valid_from=entry.day("valid_from"),
        valid_to=entry.day_or_none("valid_to"),
    )
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        entry.wrong("valid_to", f"{grant.valid_to} is before valid_from {grant.valid_from}")
    only = [_bound(each, known, ()) for each in entry.inlines("only", many=False)]
    also = [_bound(each, known, each.some_of("actions", allowed, what)) for each in entry.inlines("also", many=True)]
    return _pieces(grant, [b for b in only if b is not None], [b for b in also if b is not None])


def _bound(entry: Table, known: _Known, actions: tuple[str, ...]) -> _Bound | None:
    answer = known.answers.get(entry.one_of("answer", known.answers, "answer"))
    value = entry.one_of("value", answer.choices if answer else (), "choice of that answer") if answer else ""
    entry.skip("value")
    entry.finish()
    return None if answer is None else _Bound(answer, value, actions)


def _pieces(grant: Grant, only: list[_Bound], also: list[_Bound]) -> list[Grant]:
    """A decision counts from its day on: what it changes begins (or ends) then; the days before stay as they were."""
    turns = {bound.answer.valid_from for bound in (*only, *also)} - {None}
    starts = sorted({grant.valid_from, *(day for day in turns if day and grant.holds_on(day))})
    pieces: list[Grant] = []
    for first, after in zip(starts, [*starts[1:], None], strict=True):
        if not all(bound.holds_on(first) for bound in only):
            continue
        more = [action for bound in also if bound.holds_on(first) for action in bound.actions]
        actions = tuple(dict.fromkeys((*grant.actions, *more)))
        last = grant.valid_to if after is None else after - timedelta(days=1)
        if pieces and pieces[-1].valid_to == first - timedelta(days=1) and pieces[-1].actions == actions:
            pieces[-1] = replace(pieces[-1], valid_to=last)
        else:
            pieces.append(replace(grant, actions=actions, valid_from=first, valid_to=last, again=bool(pieces)))
    return pieces


def _routing(text: str, known: _Known, findings: Findings) -> tuple[list[IncidentKind], list[Route]]:
    root = read_toml(ROUTING, text, findings)
    kinds = read_entries(root.tables("kind"), _kind)
    classes = {kind.slug: kind for kind in kinds}
    routes = read_entries(root.tables("route"), lambda entry: _route(entry, classes, known))
    root.finish()
    findings.no_duplicates(ROUTING, text, "kind", (kind.slug for kind in kinds))
    findings.no_duplicates(
        ROUTING, text, "route", (f"{route.kind} at {route.site or 'every site'}" for route in routes)
    )
    for kind in kinds:
        served = {route.site for route in routes if route.kind == kind.slug}
        if "" not in served and not served >= set(known.sites):
            sites = ", ".join(sorted(set(known.sites) - served))
            findings.add(ROUTING, f"kind {kind.slug!r} has no route at {sites}", "add one, or one without site")
    return kinds, routes


def _kind(entry: Table) -> IncidentKind:
    return IncidentKind(
        entry.slug("slug"), entry.choice("class", ROUTE_CLASSES), entry.text("name"), entry.text("name_en")
    )


def _route(entry: Table, kinds: Mapping[str, IncidentKind], known: _Known) -> Route:
    kind = entry.one_of("kind", kinds, "kind")
    unit = entry.one_of("unit", known.units, "unit")
    deputies = entry.some_of("deputies", known.units, "unit", optional=True)
    if unit in deputies:
        entry.wrong("deputies", f"names the unit itself: {unit!r}")
    return Route(
        kind_class=kinds[kind].kind_class if kind in kinds else "port",
        kind=kind,
        site=entry.one_of("site", known.sites, "site", optional=True),
        unit=unit,
        deputies=deputies,
        clause=entry.clause("clause"),
    )


def _protection(entry: Table, known: _Known) -> Protection:
    return Protection(
        entry.one_of("unit", known.units, "unit"), entry.one_of("site", known.sites, "site"), entry.clause("clause")
    )


def _retention(entry: Table, known: _Known) -> Retention:
    clause = entry.text("clause")
    return Retention(
        site=entry.one_of("site", known.sites, "site"),
        days=entry.number("days", 1, MAX_RETENTION_DAYS),
        document=entry.text("document"),
        clause=clause if clause in known.answers else entry.clause("clause"),
        valid_from=entry.day_or_none("valid_from"),
    )


def _answer(entry: Table, units: Collection[str]) -> Answer:
    choices = entry.texts("choices")
    names, names_en = entry.texts("choice_names"), entry.texts("choice_names_en")
    if not len(choices) == len(names) == len(names_en):
        entry.wrong("choice_names", "takes one name for each of the choices, in both languages")
    value, default = entry.one_of("value", choices, "choice"), entry.one_of("default", choices, "choice")
    document, valid_from = entry.text("document", default=""), entry.day_or_none("valid_from")
    if value != default and not (document and valid_from):
        entry.wrong("value", "is not the default", "cite who decided it (document) and from when (valid_from)")
    return Answer(
        id=entry.text("id"),
        question=entry.text("question"),
        setting=entry.text("setting"),
        value=value,
        default=default,
        choices=choices,
        reason=entry.text("reason"),
        decided_by=entry.one_of("decided_by", units, "unit"),
        document=document,
        valid_from=valid_from,
        question_en=entry.text("question_en"),
        reason_en=entry.text("reason_en"),
        choice_names=names,
        choice_names_en=names_en,
    )


def _purpose(entry: Table) -> Purpose:
    return Purpose(entry.slug("slug"), entry.text("name"), entry.text("name_en"), entry.clause("clause"))


def read_unit(entry: Table) -> Unit:
    """One ``[[unit]]``."""
    unit = Unit(
        slug=entry.slug("slug"),
        name=entry.text("name"),
        name_en=entry.text("name_en"),
        parent=entry.text("parent", default=""),
        role=entry.choice("role", UNIT_ROLES),
        aliases=entry.texts("aliases"),
        clause=entry.clause("clause"),
        valid_from=entry.day_or_none("valid_from"),
        valid_to=entry.day_or_none("valid_to"),
        focal_person=entry.yes("focal_person"),
        names=tuple(_former(each) for each in entry.inlines("names", many=True)),
    )
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        entry.wrong("valid_to", f"{unit.valid_to} is before valid_from {unit.valid_from}")
    return unit


def _former(entry: Table) -> UnitName:
    name = UnitName(entry.text("name"), entry.text("name_en"), entry.day("valid_from"), entry.day("valid_to"))
    entry.finish()
    return name


def _site(entry: Table) -> Site:
    return Site(
        entry.slug("slug"), entry.text("name"), entry.text("short"), entry.text("name_en"), entry.texts("aliases")
    )


def _entries(file: str, texts: Mapping[str, str], key: str, findings: Findings, read: Callable[[Table], T]) -> list[T]:
    """The values of a file that holds entries of one kind and nothing else."""
    root = read_toml(file, texts[file], findings)
    values = read_entries(root.tables(key), read)
    root.finish()
    return values


def _nothing() -> Notice:
    return Notice("", "", (), (), (), (), (), (), (), (), "", "")
