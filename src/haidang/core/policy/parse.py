"""From the texts of a policy set to a ``Notice``.

Law: nothing is guessed. An unknown or missing key, a name that points nowhere, a duplicate, an empty purpose or clause
stops the reading with the file, the line where it can be told, and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast, get_args

from haidang.core.errors import InvalidInput
from haidang.core.layout import check_slug
from haidang.core.policy.notice import (
    SITE_ACTIONS,
    SYSTEM_ACTIONS,
    SYSTEM_UID,
    Grant,
    GrantKind,
    Notice,
    Purpose,
    Site,
    Unit,
    UnitRole,
    site_uid,
)

__all__ = ["FILES", "parse_notice"]

NOTICE, UNITS, SITES, GRANTS = "notice.toml", "agencies/units.toml", "sites.toml", "grants.toml"
FORBID, RIGHTS, SCHEMA = "forbid.cedar", "rights.cedar", "schema.cedarschema"
#: The files of a policy set, by their path inside it.
FILES = (NOTICE, UNITS, SITES, GRANTS, FORBID, RIGHTS, SCHEMA)

_HEADINGS: dict[str, GrantKind] = {"grant": "site", "operation": "operation", "system": "system"}
_CLAUSE = re.compile(r"(?:P|C|[IVX]+(?:\.\d+)?(?:\.[a-z])?(?:-\d+)?)", re.ASCII)


def parse_notice(texts: Mapping[str, str]) -> Notice:
    """Read a policy set from its files' texts. Raises InvalidInput (``policy_set``)."""
    for name in FILES:
        if name not in texts:
            raise InvalidInput(f"couldn't read the policy set: {name} is missing", code="policy_set")
    head = _Table(NOTICE, _toml(NOTICE, texts[NOTICE]), texts[NOTICE])
    notice = head.table("notice")
    purposes = [_purpose(entry) for entry in head.tables("purpose")]
    head.finish()
    units = [_unit(entry) for entry in _only_tables(UNITS, texts, "unit")]
    sites = [_site(entry) for entry in _only_tables(SITES, texts, "site")]
    _no_duplicates(NOTICE, "purpose", (purpose.slug for purpose in purposes))
    _no_duplicates(UNITS, "unit", (unit.slug for unit in units))
    _no_duplicates(SITES, "site", (site.slug for site in sites))
    known = _Known({u.slug for u in units}, {s.slug for s in sites}, {p.slug for p in purposes})
    for unit in units:
        if unit.parent and unit.parent not in known.units:
            raise _wrong(UNITS, texts[UNITS], unit.parent, f"parent of {unit.slug} names no unit: {unit.parent!r}")
    slug, document = notice.slug("slug"), notice.text("document")
    issuer = notice.text("issuer")
    if issuer not in known.units:
        raise notice.wrong("issuer", f"names no unit: {issuer!r}")
    notice.skip("title", "title_en", "number", "day", "year")
    notice.finish()
    grants = _grants(texts[GRANTS], known, document)
    return Notice(
        slug, document, tuple(units), tuple(sites), tuple(purposes), tuple(grants), (), (), (), (),
        texts[FORBID] + "\n" + texts[RIGHTS], texts[SCHEMA],
    )  # fmt: skip


class _Known:
    def __init__(self, units: set[str], sites: set[str], purposes: set[str]) -> None:
        self.units, self.sites, self.purposes = units, sites, purposes


def _grants(text: str, known: _Known, document: str) -> list[Grant]:
    root = _Table(GRANTS, _toml(GRANTS, text), text)
    grants = [_grant(entry, kind, known, document) for key, kind in _HEADINGS.items() for entry in root.tables(key)]
    root.finish()
    _no_duplicates(GRANTS, "grant", (grant.policy_id for grant in grants))
    return grants


def _grant(entry: _Table, kind: GrantKind, known: _Known, document: str) -> Grant:
    unit = entry.one_of("unit", known.units, "unit")
    resource, purposes, allowed = SYSTEM_UID, cast("tuple[str, ...]", ()), set(SYSTEM_ACTIONS)
    if kind != "system":
        resource = site_uid(entry.one_of("site", known.sites, "site"))
        purposes, allowed = entry.some_of("purposes", known.purposes, "purpose"), set(SITE_ACTIONS)
    grant = Grant(
        kind=kind,
        unit=unit,
        resource=resource,
        actions=entry.some_of("actions", allowed, "action of this kind of grant"),
        purposes=purposes,
        clause=entry.clause("clause"),
        document=entry.text("document", default=document),
        valid_from=entry.day("valid_from"),
        valid_to=entry.day_or_none("valid_to"),
    )
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        raise entry.wrong("valid_to", f"{grant.valid_to} is before valid_from {grant.valid_from}")
    entry.finish()
    return grant


def _purpose(entry: _Table) -> Purpose:
    purpose = Purpose(entry.slug("slug"), entry.text("name"), entry.text("name_en"), entry.clause("clause"))
    entry.finish()
    return purpose


def _unit(entry: _Table) -> Unit:
    role: UnitRole = entry.role("role")
    parent = entry.text("parent", default="")
    unit = Unit(
        entry.slug("slug"), entry.text("name"), entry.text("name_en"), parent, role, entry.texts("aliases"),
        entry.clause("clause"),
    )  # fmt: skip
    entry.finish()
    return unit


def _site(entry: _Table) -> Site:
    site = Site(
        entry.slug("slug"), entry.text("name"), entry.text("short"), entry.text("name_en"), entry.texts("aliases")
    )
    entry.finish()
    return site


def _only_tables(file: str, texts: Mapping[str, str], key: str) -> list[_Table]:
    root = _Table(file, _toml(file, texts[file]), texts[file])
    entries = root.tables(key)
    root.finish()
    return entries


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"couldn't read {file}: {error}", code="policy_set") from error


def _no_duplicates(file: str, what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(f"couldn't read {file}: {what} {name!r} stands in it twice", code="policy_set")
        seen.add(name)


def _wrong(file: str, text: str, value: str, what: str) -> InvalidInput:
    """The error, with the line of the first mention of ``value`` when there is one."""
    line = next((number for number, line in enumerate(text.splitlines(), 1) if f'"{value}"' in line), 0)
    place = f"{file}:{line}" if value and line else file
    return InvalidInput(f"couldn't read {place}: {what}", code="policy_set")


class _Table:
    """One TOML table that knows where it is and which of its keys were read."""

    def __init__(self, file: str, data: dict[str, Any], text: str, place: str = "", line: int = 0) -> None:
        self._file, self._data, self._text, self._place, self._line = file, data, text, place, line
        self._read: set[str] = set()

    def wrong(self, key: str, what: str) -> InvalidInput:
        where = f"{self._file}:{self._line}" if self._line else self._file
        name = f"{self._place}.{key}" if self._place else key
        return InvalidInput(f"couldn't read {where}: {name} {what}", code="policy_set")

    def _get(self, key: str, kind: type, takes: str) -> Any:
        self._read.add(key)
        if key not in self._data:
            raise self.wrong(key, "is missing")
        value = self._data[key]
        if type(value) is not kind:
            raise self.wrong(key, f"takes {takes}, not {value!r}")
        return value

    def table(self, key: str) -> _Table:
        return _Table(self._file, self._get(key, dict, "a table"), self._text, key)

    def tables(self, key: str) -> list[_Table]:
        if key not in self._data:
            self._read.add(key)
            return []
        entries = self._get(key, list, f"tables [[{key}]]")
        heads = [number for number, line in enumerate(self._text.splitlines(), 1) if line.strip() == f"[[{key}]]"]
        if not all(isinstance(entry, dict) for entry in entries) or len(heads) != len(entries):
            raise self.wrong(key, f"takes tables, each headed [[{key}]] on its own line")
        return [_Table(self._file, entry, self._text, key, line) for entry, line in zip(entries, heads, strict=True)]

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and key not in self._data:
            self._read.add(key)
            return default
        value: str = self._get(key, str, "a text")
        if not value.strip() and default is None:
            raise self.wrong(key, "is empty")
        if any(character in value for character in '"\\\n\r\t'):
            raise self.wrong(key, "holds a quotation mark, backslash or line break")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._get(key, list, "a list of texts")
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong(key, "takes a list of texts")
        return tuple(values)

    def slug(self, key: str) -> str:
        value = self.text(key)
        try:
            return check_slug(value, key)
        except InvalidInput as error:
            raise self.wrong(key, f"is no slug: {value!r}") from error

    def clause(self, key: str) -> str:
        value = self.text(key)
        if not _CLAUSE.fullmatch(value):
            raise self.wrong(key, f"is no clause like II.3.a-1: {value!r}")
        return value

    def role(self, key: str) -> UnitRole:
        value = self.text(key)
        for role in get_args(UnitRole):
            if value == role:
                known: UnitRole = role
                return known
        raise self.wrong(key, f"takes one of {', '.join(get_args(UnitRole))}, not {value!r}")

    def one_of(self, key: str, known: set[str], what: str) -> str:
        value = self.text(key)
        if value not in known:
            raise self.wrong(key, f"names no {what}: {value!r}")
        return value

    def some_of(self, key: str, known: set[str], what: str) -> tuple[str, ...]:
        values = self.texts(key)
        if not values:
            raise self.wrong(key, "is empty")
        for value in values:
            if value not in known:
                raise self.wrong(key, f"names no {what}: {value!r}")
        if len(set(values)) != len(values):
            raise self.wrong(key, "names one twice")
        return values

    def day(self, key: str) -> date:
        value: date = self._get(key, date, "a day like 2022-01-01")
        return value

    def day_or_none(self, key: str) -> date | None:
        return self.day(key) if key in self._data else None

    def skip(self, *keys: str) -> None:
        """Keys that are for people to read."""
        self._read.update(keys)

    def finish(self) -> None:
        """Refuse what nobody read: a typo must not pass for a setting."""
        for key in self._data:
            if key not in self._read:
                raise self.wrong(key, "is no key that is known here")
