"""A notice as data: units, sites, purposes and grants, each with the clause that gives it.

Values only; ``parse`` makes them from text, ``compile`` turns them into Cedar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = [
    "FORBIDDEN_ACTIONS",
    "GRANT_KINDS",
    "SITE_ACTIONS",
    "SYSTEM_ACTIONS",
    "SYSTEM_UID",
    "UNIT_ROLES",
    "Grant",
    "GrantKind",
    "Notice",
    "Purpose",
    "Site",
    "Unit",
    "UnitRole",
    "site_uid",
]

#: site: one of the notice's unit–site grants; operation: the operator's on a site; system: over the system itself.
GrantKind = Literal["site", "operation", "system"]
GRANT_KINDS: tuple[GrantKind, ...] = ("site", "operation", "system")
UnitRole = Literal["holder", "operator", "supervisor", "assigner", "authority", "office"]
UNIT_ROLES: tuple[UnitRole, ...] = ("holder", "operator", "supervisor", "assigner", "authority", "office")

#: What a grant on a site may give; ``know_camera`` comes with any of them.
SITE_ACTIONS = ("view_live", "view_playback")
SYSTEM_ACTIONS = ("view_operations", "change_configuration", "manage_accounts", "read_access_log")
#: What section I.2 forbids to everybody.
FORBIDDEN_ACTIONS = (
    "stop_recording",
    "block_transmission",
    "disable_feature",
    "connect_device",
    "delete_recording",
    "alter_recording",
    "copy_recording",
    "provide_recording",
)
SYSTEM_UID = 'System::"haidang"'


def site_uid(slug: str) -> str:
    """The Cedar UID of a site."""
    return f'Site::"{slug}"'


@dataclass(frozen=True, slots=True)
class Purpose:
    slug: str
    name: str
    name_en: str
    clause: str


@dataclass(frozen=True, slots=True)
class Unit:
    """``name`` is the official one, as it is printed; ``parent`` a slug or ""."""

    slug: str
    name: str
    name_en: str
    parent: str
    role: UnitRole
    aliases: tuple[str, ...]
    clause: str


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

    @property
    def policy_id(self) -> str:
        """Names the grant in decisions and logs: clause, unit and what it is about."""
        return f"{self.clause}:{self.unit}:{self.resource.partition('::')[2].strip(chr(34))}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Notice:
    slug: str
    document: str
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    purposes: tuple[Purpose, ...]
    grants: tuple[Grant, ...]
    #: Cedar text that no grant changes: section I.2 and the base rules.
    base: str
    schema: str

    def site_grants(self) -> Iterator[Grant]:
        """The unit–site grants that the notice itself gives, in its order."""
        return (grant for grant in self.grants if grant.kind == "site")
