"""A notice as data: units, sites, purposes, grants, duties and answers, each with the clause that gives it.

Values only; ``parse`` makes them from text, ``compile`` turns grants into Cedar, ``change`` makes one notice from
another. Days are days in GMT+7; first and last day of a validity are both included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = [
    "APPROVAL_ACTIONS",
    "FORBIDDEN_ACTIONS",
    "GRANT_KINDS",
    "ROUTE_CLASSES",
    "SECOND_FACTOR_ACTIONS",
    "SECOND_FACTOR_ROLES",
    "SITE_ACTIONS",
    "SYSTEM_ACTIONS",
    "SYSTEM_UID",
    "TERMINAL_ACTIONS",
    "UNIT_ACTIONS",
    "UNIT_ROLES",
    "Answer",
    "Grant",
    "GrantKind",
    "IncidentKind",
    "Notice",
    "Protection",
    "Purpose",
    "Retention",
    "Route",
    "RouteClass",
    "Site",
    "Succession",
    "Unit",
    "UnitName",
    "UnitRole",
    "site_uid",
    "unit_uid",
]

#: site: one of the notice's unit–site grants; operation: the operator's on a site; system: over the system itself.
GrantKind = Literal["site", "operation", "system"]
GRANT_KINDS: tuple[GrantKind, ...] = ("site", "operation", "system")
UnitRole = Literal["holder", "operator", "supervisor", "assigner", "authority", "office"]
UNIT_ROLES: tuple[UnitRole, ...] = ("holder", "operator", "supervisor", "assigner", "authority", "office")
#: camera: a violation against the camera system; port: something that happened at the port (A9).
RouteClass = Literal["camera", "port"]
ROUTE_CLASSES: tuple[RouteClass, ...] = ("camera", "port")

#: What a grant on a site may give; ``know_camera`` comes with any of them.
SITE_ACTIONS = (
    "view_live",
    "view_playback",
    "control_ptz",
    "place_hold",
    "request_extraction",
    "report_incident",
    "handle_violation",
    "execute_extraction",
    "receive_bundle",
)
SYSTEM_ACTIONS = (
    "view_operations",
    "change_configuration",
    "manage_accounts",
    "view_rights",
    "propose_policy",
    "approve_policy",
    "read_access_log",
    "approve_extraction",
    "report_difficulty",
    "aggregate_difficulties",
)
#: About a unit; given by ``rights.cedar`` to its own managers, never by a grant.
UNIT_ACTIONS = ("manage_unit",)
#: What section I.2 forbids to everybody, always.
FORBIDDEN_ACTIONS = (
    "stop_recording",
    "block_transmission",
    "disable_feature",
    "connect_device",
    "delete_recording",
    "alter_recording",
    "copy_recording",
)
#: What section I.2 forbids as long as the competent authority has not approved it (I.2.c-4, I.2.d).
#: ``extract_recording`` and ``provide_recording`` are the acts themselves, which nobody is granted;
#: ``execute_extraction`` is the operator's.
APPROVAL_ACTIONS = ("extract_recording", "provide_recording", "execute_extraction")
#: What an account may do only while it is signed in with a second factor (I.1.a-1).
SECOND_FACTOR_ACTIONS = (
    "manage_accounts",
    "change_configuration",
    "propose_policy",
    "approve_policy",
    "approve_extraction",
    "execute_extraction",
    "read_access_log",
)
#: The roles whose people cannot pass the sign-in without a second factor.
SECOND_FACTOR_ROLES: tuple[UnitRole, ...] = ("operator", "supervisor", "authority", "office")
#: All that a duty screen may do (I.1.b-1).
TERMINAL_ACTIONS = ("know_camera", "view_live")
SYSTEM_UID = 'System::"haidang"'


def site_uid(slug: str) -> str:
    """The Cedar UID of a site."""
    return f'Site::"{slug}"'


def unit_uid(slug: str) -> str:
    """The Cedar UID of a unit."""
    return f'Unit::"{slug}"'


@dataclass(frozen=True, slots=True)
class Purpose:
    slug: str
    name: str
    name_en: str
    clause: str


@dataclass(frozen=True, slots=True)
class UnitName:
    """A former name and the days on which it was the official one."""

    name: str
    name_en: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Unit:
    """``name`` is the official one, as printed; ``parent`` a slug or "". Outside its days its people can do nothing."""

    slug: str
    name: str
    name_en: str
    parent: str
    role: UnitRole
    aliases: tuple[str, ...]
    clause: str
    valid_from: date | None = None
    valid_to: date | None = None
    #: II.5: each account has a named person whom the unit has sent, or it is not activated.
    focal_person: bool = False
    #: Former names, oldest first.
    names: tuple[UnitName, ...] = ()

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def name_on(self, day: date) -> tuple[str, str]:
        """The official name of that day, Vietnamese and English: what a record of that day prints."""
        for former in self.names:
            if day <= former.valid_to:
                return former.name, former.name_en
        return self.name, self.name_en


@dataclass(frozen=True, slots=True)
class Site:
    slug: str
    name: str
    short: str
    name_en: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """``resource`` is a Cedar UID; both days are included, ``valid_to`` None means until further notice."""

    kind: GrantKind
    unit: str
    resource: str
    actions: tuple[str, ...]
    purposes: tuple[str, ...]
    clause: str
    document: str
    valid_from: date
    valid_to: date | None = None
    #: The unit had the same clause and resource before, by another grant; the first day then belongs to the name.
    again: bool = False

    @property
    def policy_id(self) -> str:
        """Names the grant in decisions and logs: clause, unit, what it is about; one again also by its first day."""
        name = f"{self.clause}:{self.unit}:{self.resource.partition('::')[2].strip(chr(34))}"
        return f"{name}@{self.valid_from}" if self.again else name

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """Kế thừa: from ``on`` the new units stand in the place of the old ones (n → m)."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class Protection:
    """The duty to protect the cameras of a site (II.1.c)."""

    unit: str
    site: str
    clause: str


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """A kind of violation or incident that can be reported, as people choose it."""

    slug: str
    kind_class: RouteClass
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who is the "người có thẩm quyền quản lý" for a kind of violation or incident at a site ("" = every site) (A8)."""

    kind_class: RouteClass
    kind: str
    site: str
    unit: str
    deputies: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A point that the notice leaves open, and how it is read. Not the default: who decided, and when."""

    id: str
    question: str
    setting: str
    value: str
    default: str
    choices: tuple[str, ...]
    reason: str
    #: The unit that is competent to decide it.
    decided_by: str
    document: str = ""
    #: From when ``value`` counts; before, ``default`` did. None: always.
    valid_from: date | None = None
    question_en: str = ""
    reason_en: str = ""
    #: The choices as people read them, in the order of ``choices``.
    choice_names: tuple[str, ...] = ()
    choice_names_en: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nobody has decided it yet: our reading stands in."""
        return not self.document

    def value_on(self, day: date) -> str:
        return self.value if self.valid_from is None or self.valid_from <= day else self.default


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days recordings of a site are kept, from a day on (None: always); the one that began last counts."""

    site: str
    days: int
    document: str
    #: A clause of the notice, or the answer (A6) by which it is read.
    clause: str
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    slug: str
    document: str
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    purposes: tuple[Purpose, ...]
    grants: tuple[Grant, ...]
    successions: tuple[Succession, ...]
    protections: tuple[Protection, ...]
    routes: tuple[Route, ...]
    answers: tuple[Answer, ...]
    #: Cedar text that no grant changes: section I.2 and the rules of section I.1 (forbid.cedar), then rights.cedar.
    base: str
    schema: str
    #: What routes are about.
    kinds: tuple[IncidentKind, ...] = ()
    #: A site without one keeps everything.
    retentions: tuple[Retention, ...] = ()

    def retention_on(self, site: str, day: date) -> Retention | None:
        """How long the site's recordings are kept, as decided for that day; None: nothing expires there."""
        begun = [each for each in self.retentions if each.site == site and (each.valid_from or date.min) <= day]
        return max(begun, key=lambda each: each.valid_from or date.min, default=None)

    def site_grants(self) -> Iterator[Grant]:
        """The unit–site grants that the notice itself gives, in its order."""
        return (grant for grant in self.grants if grant.kind == "site")

    def successors_on(self, slug: str, day: date) -> tuple[str, ...]:
        """Who stands in a unit's place on that day: itself while it exists, else its successors that do, or theirs."""
        units = {unit.slug: unit for unit in self.units}
        found: dict[str, None] = {}
        seen: set[str] = set()
        waiting = [slug]
        while waiting:
            asked = waiting.pop(0)
            if asked in seen or asked not in units:
                continue
            seen.add(asked)
            if units[asked].exists_on(day):
                found[asked] = None
                continue
            waiting += [new for step in self.successions if asked in step.old and step.on <= day for new in step.new]
        return tuple(found)
