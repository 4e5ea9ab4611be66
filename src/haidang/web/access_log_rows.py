"""Entries of the access log as people read them.

Laws: the log holds UIDs, names are looked up when it is read; a reader is told the name of a camera or of somebody
else's account only if it may know of it, otherwise it reads back what was asked for, in the words of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.accounts.access_log import ActorNames, actor_names, units_then
from haidang.accounts.models import Purpose, Unit
from haidang.accounts.queries import purposes_by_slug
from haidang.audit.models import Entry
from haidang.cameras.models import Camera
from haidang.cameras.queries import sites
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.web.access_log_asked import Reader
from haidang.web.access_log_words import act_text, decision_text

__all__ = ["LogRow", "Names", "about_text", "names_of", "row_of", "rows_of", "span_text", "unit_counts"]

_UID = re.compile(r'(Account|Camera|Site|Unit|System)::"(.*)"', re.DOTALL)
_FIRST_US = 10**12  # a fact that is an instant; smaller numbers are not


@dataclass(frozen=True, slots=True)
class LogRow:
    """``person``: who did it ("" for the host or for whom nobody knows); ``about``: what it was about, in words."""

    number: int
    url: str
    at: datetime
    person: str
    username: str
    unit: str
    terminal: bool
    by_reader: bool
    what: str
    about: str
    purpose: str
    decision: str
    decision_text: str
    clause: str
    minutes: str


@dataclass(frozen=True, slots=True)
class Names:
    """What UIDs are called, read once for a page of entries."""

    accounts: dict[str, ActorNames]
    then: dict[tuple[str, int], Unit]
    cameras: dict[str, Camera]
    sites: dict[str, str]
    units: dict[str, str]
    purposes: dict[str, Purpose]
    #: Who reads.
    reader: str
    #: Whose names the reader is told besides those who acted; None: everybody's.
    told: frozenset[str] | None


def names_of(entries: Sequence[Entry], reader: Reader) -> Names:
    """A fixed number of queries, whatever the page holds."""
    parts = [part for entry in entries for part in (_uid(entry.actor), _uid(entry.resource))]
    usernames = {name for kind, name in parts if kind == "Account"}
    actors = [(name, entry.at) for entry in entries for kind, name in [_uid(entry.actor)] if kind == "Account"]
    told = None
    if reader.reach != "all":
        told = frozenset(_uid(each.account)[1] for each in reader.scope.stretches)
    english = get_language() == "en"
    return Names(
        actor_names(usernames),
        units_then(actors),
        {camera.slug: camera for camera in reader.cameras},
        {site.slug: site.name_en if english else site.name for site in sites()},
        {unit.slug: unit.name for unit in Unit.objects.all()},
        purposes_by_slug(),
        reader.account.username,
        told,
    )


def rows_of(entries: Sequence[Entry], reader: Reader) -> list[LogRow]:
    names = names_of(entries, reader)
    return [row_of(entry, names) for entry in entries]


def row_of(entry: Entry, names: Names) -> LogRow:
    _kind, actor = _uid(entry.actor)
    known = names.accounts.get(actor)
    unit = names.then.get((actor, entry.at))
    return LogRow(
        number=entry.pk,
        url=reverse("log_entry", args=[entry.pk]),
        at=to_datetime(WallUs(entry.at)),
        person=(known.name or known.username) if known else actor,
        username=actor if known and known.name else "",
        unit="" if unit is None else unit.name,
        terminal=known is not None and known.terminal,
        by_reader=actor == names.reader,
        what=act_text(entry),
        about=about_text(entry, names),
        purpose=_purpose(entry.purpose, names),
        decision=entry.decision,
        decision_text=decision_text(entry.decision),
        clause=entry.clause,
        minutes=_minutes(entry),
    )


def about_text(entry: Entry, names: Names) -> str:
    """What it was about; "" for the system, and where it is the account that acted."""
    kind, name = _uid(entry.resource)
    if kind == "Camera":
        camera = names.cameras.get(name)
        return name if camera is None else f"{camera.site.short} · {camera.name}"
    if kind == "Account" and entry.resource != entry.actor:
        known = names.accounts.get(name)
        told = names.told is None or name in names.told
        return f"{known.name} ({name})" if known is not None and known.name and told else name
    if kind == "Site":
        return names.sites.get(name, name)
    if kind == "Unit":
        return names.units.get(name, name)
    return "" if kind in ("System", "Account") else entry.resource


def _purpose(slug: str, names: Names) -> str:
    purpose = names.purposes.get(slug)
    if purpose is None:
        return slug
    return purpose.name_en if get_language() == "en" else purpose.name


def _minutes(entry: Entry) -> str:
    """Of playback: which minutes were asked for or fetched; of live: from when to when."""
    facts = entry.facts
    if entry.action == "end_view":
        live = facts.get("of") == "view_live"
        start, end = facts.get("started" if live else "from"), facts.get("ended" if live else "to")
        if not _is_instant(start) or not _is_instant(end):
            return _("không tải hình ảnh nào")
        text = span_text(int(start), int(end))
        seconds = facts.get("seconds")
        return text if live or not isinstance(seconds, int) else f"{text} ({_length(seconds)})"
    if entry.action == "view_playback" and _is_instant(facts.get("from")) and _is_instant(facts.get("to")):
        return _("được xem %(span)s") % {"span": span_text(int(facts["from"]), int(facts["to"]))}
    return ""


def span_text(start_us: int, end_us: int) -> str:
    """In GMT+7: the day once where both are of one."""
    start, end = (to_datetime(WallUs(at)).astimezone(VIETNAM) for at in (start_us, end_us))
    whole = "%d/%m/%Y %H:%M:%S"
    if start.date() == end.date():
        return f"{start:{whole}}–{end:%H:%M:%S}"
    return f"{start:{whole}} – {end:{whole}}"


def _length(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    if not minutes:
        return _("%(seconds)s giây") % {"seconds": rest}
    return _("%(minutes)s phút %(seconds)s giây") % {"minutes": minutes, "seconds": rest}


def _is_instant(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= _FIRST_US


def _uid(text: str) -> tuple[str, str]:
    found = _UID.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


def unit_counts(tallies: Iterable[tuple[str, str, str, int]], at: WallUs) -> list[tuple[str, int, int]]:
    """By unit (as its accounts are now): how many views were let through and how many refused, the most first."""
    rows = [(_uid(actor)[1], decision, number) for actor, _action, decision, number in tallies if actor]
    units = units_then((name, at) for name, _decision, _number in rows)
    counts: dict[str, list[int]] = {}
    for name, decision, number in rows:
        unit = units.get((name, at))
        of_unit = counts.setdefault(name if unit is None else unit.name, [0, 0])
        of_unit[decision == "deny"] += number
    return sorted(((unit, views, refused) for unit, (views, refused) in counts.items()), key=lambda each: -each[1])
