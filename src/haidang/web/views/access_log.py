"""The access log (II.2.a): the supervisor reads every unit's, a unit's manager the own people's, everybody the own.

Laws: the one door is asked before anything is read; an entry that the reader may not see is as absent as one that never
was; that the log of others was read is in the log.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from haidang.accounts.authority import SYSTEM, unit_resource
from haidang.accounts.queries import Credential
from haidang.audit.queries import Wanted, counted, cursor_of, entries, entry_seen, page_of, tallied
from haidang.core.errors import InvalidInput, NotFound
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.access_log_asked import (
    DECISIONS,
    Asked,
    Reader,
    asked_of,
    note_entry_read,
    note_read,
    reader_of,
    wanted_of,
)
from haidang.web.access_log_entry import facts_of, proof_of
from haidang.web.access_log_rows import rows_of, unit_counts
from haidang.web.access_log_words import KINDS, VIEWS, decision_text, number_text
from haidang.web.allowed import require_any
from haidang.web.log_tabs import log_tabs
from haidang.web.session import credential_of

__all__ = ["access_log", "log_entry", "logs", "others_log", "own_log"]

PAGE_ROWS = 50
MOST_COUNTED = 10_000
#: Sums over more are left out: a summary must not cost more than the page.
_MOST_SUMMED_US = 31 * 86_400 * 1_000_000


@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """To the widest log that the account reads."""
    reader = reader_of(_person(request), now=wall_clock())
    return redirect("own_log" if reader.reach == "own" else "access_log")


@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    reader = others_log(request)
    asked = asked_of(request.GET, now=reader.now)
    note_read(reader, asked)
    return _page(request, reader, asked, reader)


@require_safe
def own_log(request: HttpRequest) -> HttpResponse:
    """Who the account is said to have been, and what others did to it."""
    credential, now = _person(request), wall_clock()
    reader = reader_of(credential, now=now, own=True)
    return _page(request, reader, asked_of(request.GET, now=now), reader_of(credential, now=now))


@require_safe
def log_entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry with all its facts, and its proof in the transparency log."""
    reader = reader_of(_person(request), now=wall_clock())
    entry = entry_seen(reader.scope, number)
    note_entry_read(reader, entry)
    [row] = rows_of([entry], reader)
    context = {
        "log_tabs": log_tabs(reader, ""),
        "row": row,
        "facts": facts_of(entry),
        "policies": entry.policies,
        "proof": proof_of(entry, settings.HAIDANG_HOME),
        "back_url": reverse("own_log" if reader.reach == "own" else "access_log"),
    }
    return render(request, "web/access_log_entry.html", context)


def others_log(request: HttpRequest) -> Reader:
    """Who asks, if more than the own log is its business; otherwise the refusal is said and leaves an entry."""
    credential, now = _person(request), wall_clock()
    own = unit_resource(credential.account.unit)
    require_any(request, (("read_access_log", SYSTEM), ("manage_unit", own)), now=now)
    return reader_of(credential, now=now)


def _person(request: HttpRequest) -> Credential:
    """Who asks; a duty screen reads no log."""
    credential = credential_of(request)
    if credential.account.kind == "terminal":
        raise NotFound("couldn't find the page: a terminal only watches", code="not_found")
    return credential


def _page(request: HttpRequest, reader: Reader, asked: Asked, whole: Reader) -> HttpResponse:
    wanted = wanted_of(asked, reader)
    found = entries(reader.scope, wanted)
    try:
        after = cursor_of(request.GET.get("sau", ""))
    except InvalidInput:
        after = None  # a mistyped address: the first page
    shown, going_on = page_of(found, after, PAGE_ROWS)
    number = counted(found, MOST_COUNTED)
    own = reader.reach == "own"
    context = {
        "log_tabs": log_tabs(whole, "own_log" if own else "access_log"),
        "own": own,
        "reach": reader.reach,
        "unit": reader.account.unit.name,
        "asked": asked,
        "rows": rows_of(shown, reader),
        "number": min(number, MOST_COUNTED),
        "number_text": number_text(min(number, MOST_COUNTED)),
        "more_than": number > MOST_COUNTED,
        "first_page_url": f"?{asked.query()}" if after is not None else "",
        "next_url": f"?{asked.query(after=str(going_on))}" if going_on is not None else "",
        "query": asked.query(),
        **_choices(reader, asked),
        **_summary(reader, wanted),
    }
    return render(request, "web/access_log.html", context)


def _choices(reader: Reader, asked: Asked) -> dict[str, Any]:
    """What the filters offer: nothing that the reader may not know of."""
    sites = {camera.site.slug: camera.site.short for camera in reader.cameras}
    kinds = [("", "", not asked.kind), *((key, str(name), key == asked.kind) for key, (_kind, name) in KINDS.items())]
    return {
        "units": reader.units,
        "cameras": [(each.slug, f"{each.site.short} · {each.name}") for each in reader.cameras],
        "sites": list(sites.items()),
        "kinds": [(name, f"?{asked.query(kind=key)}", current) for key, name, current in kinds],
        "decisions": [(key, decision_text(value)) for key, value in DECISIONS.items()],
    }


def _summary(reader: Reader, wanted: Wanted) -> dict[str, Any]:
    """Counts for the supervisor: views and refused views of each unit in these days."""
    if reader.reach != "all":
        return {"summary": None, "too_long": False}
    if wanted.to_us - wanted.from_us > _MOST_SUMMED_US:
        return {"summary": None, "too_long": True}
    units = unit_counts(tallied(VIEWS, wanted.from_us, wanted.to_us), WallUs(wanted.to_us - 1))
    views, refused = sum(each[1] for each in units), sum(each[2] for each in units)
    said = [(unit, number_text(seen), number_text(not_let)) for unit, seen, not_let in units]
    summary = {"views": number_text(views), "refused": number_text(refused), "units": said}
    return {"summary": summary, "too_long": False}
