"""A set over another (``extends``): what has changed since, with days and documents; nothing of the base is copied.

Files: ``notice.toml`` (``extends``, slug, title, document), ``agencies/units.toml`` (units added, or whole units that
stand in the place of the base's), ``reorganisation.toml``. Its steps are taken in the order of their days; on one day:
ends, renames, successions, transfers, because a transfer hands over what an end has just closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from haidang.core.errors import HaidangError
from haidang.core.policy.change import Transfer, end_unit, rename_unit, transfer
from haidang.core.policy.notice import Notice, Succession
from haidang.core.policy.parse import NOTICE, UNITS, check_parents, read_unit
from haidang.core.policy.table import Findings, Table, read_entries, read_toml

__all__ = ["OVERLAY_FILES", "extends", "parse_overlay", "read_overlay"]

REORGANISATION = "reorganisation.toml"
#: The files of a set that extends another.
OVERLAY_FILES = (NOTICE, UNITS, REORGANISATION)


@dataclass(frozen=True, slots=True)
class _Step:
    on: date
    rank: int
    entry: Table
    take: Callable[[Notice], Notice]


def extends(texts: Mapping[str, str]) -> str:
    """The slug of the set that this one is laid over; "" for a set of its own."""
    about = read_toml(NOTICE, texts.get(NOTICE, ""), Findings()).table("notice")
    return about.text("extends", default="")


def parse_overlay(texts: Mapping[str, str], base: Notice) -> Notice:
    """Read an overlay over the notice that it extends. Raises InvalidInput (``policy_set``) at the first finding."""
    findings = Findings()
    notice = read_overlay(texts, base, findings)
    findings.stop()
    return notice


def read_overlay(texts: Mapping[str, str], base: Notice, findings: Findings) -> Notice:
    """The notice as far as it can be read; whole only if nothing was found."""
    missing = [name for name in OVERLAY_FILES if name not in texts]
    for name in missing:
        findings.add("policy set", f"{name} is missing", "a set that extends another has " + ", ".join(OVERLAY_FILES))
    if missing:
        return base
    head = read_toml(NOTICE, texts[NOTICE], findings)
    about = head.table("notice")
    slug, document, over = about.slug("slug"), about.text("document"), about.slug("extends")
    if over != base.slug:
        about.wrong("extends", f"is {over!r}, but it was laid over {base.slug!r}")
    about.skip("title", "title_en")
    about.finish()
    head.finish()
    root = read_toml(UNITS, texts[UNITS], findings)
    units = read_entries(root.tables("unit"), read_unit)
    root.finish()
    findings.no_duplicates(UNITS, texts[UNITS], "unit", (unit.slug for unit in units))
    ours = {unit.slug: unit for unit in units}
    there = {unit.slug for unit in base.units}
    notice = replace(
        base,
        slug=slug,
        document=document,
        units=(*(ours.get(u.slug, u) for u in base.units), *(u for u in units if u.slug not in there)),
    )
    check_parents(texts[UNITS], units, {unit.slug for unit in notice.units}, findings)
    for step in _steps(texts[REORGANISATION], notice, findings):
        try:
            notice = step.take(notice)
        except HaidangError as error:
            findings.add(REORGANISATION, str(error), line=step.entry.line)
    return notice


def _steps(text: str, notice: Notice, findings: Findings) -> list[_Step]:
    root = read_toml(REORGANISATION, text, findings)
    units = {unit.slug for unit in notice.units}
    sites = {site.slug for site in notice.sites}
    steps = [
        *read_entries(root.tables("end"), lambda entry: _end(entry, units)),
        *read_entries(root.tables("rename"), lambda entry: _rename(entry, units)),
        *read_entries(root.tables("succession"), lambda entry: _succession(entry, units)),
        *read_entries(root.tables("transfer"), lambda entry: _transfer(entry, units, sites)),
    ]
    root.finish()
    return sorted(steps, key=lambda step: (step.on, step.rank, step.entry.line))


def _end(entry: Table, units: set[str]) -> _Step:
    unit, last_day = entry.one_of("unit", units, "unit"), entry.day("last_day")
    entry.text("document")
    return _Step(last_day, 0, entry, lambda notice: end_unit(notice, unit, last_day))


def _rename(entry: Table, units: set[str]) -> _Step:
    unit, on = entry.one_of("unit", units, "unit"), entry.day("on")
    name, name_en = entry.text("name"), entry.text("name_en")
    entry.text("document")
    return _Step(on, 1, entry, lambda notice: rename_unit(notice, unit, name, name_en, on))


def _succession(entry: Table, units: set[str]) -> _Step:
    step = Succession(
        entry.some_of("old", units, "unit"),
        entry.some_of("new", units, "unit"),
        entry.day("on"),
        entry.text("document"),
    )
    return _Step(step.on, 2, entry, lambda notice: replace(notice, successions=(*notice.successions, step)))


def _transfer(entry: Table, units: set[str], sites: set[str]) -> _Step:
    change = Transfer(
        old=entry.one_of("old", units, "unit"),
        new=entry.one_of("new", units, "unit"),
        on=entry.day("on"),
        document=entry.text("document"),
        sites=entry.some_of("sites", sites, "site", optional=True),
    )
    return _Step(change.on, 3, entry, lambda notice: transfer(notice, change))
