"""Đối soát: store, journals, rows, logs and witnesses held against each other; asked for, followed, read, printed.

Who supervises (II.2.a) and who operates (II.1.a) read and ask; what is found is the same for both, and signed.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from haidang.accounts.authority import SYSTEM
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, Unit
from haidang.audit import reconciliations as runs
from haidang.audit.models import Reconciliation
from haidang.core.errors import Conflict, NotFound
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.host.signers import papers_signer
from haidang.web.access_log_asked import reader_of
from haidang.web.allowed import require_any
from haidang.web.log_tabs import RECONCILERS, log_tabs
from haidang.web.log_words import log_lines, log_warnings
from haidang.web.reconciliation_rows import minutes_of, report_of, run_rows
from haidang.web.said import say
from haidang.web.session import credential_of

__all__ = ["reconciliation", "reconciliation_minutes", "reconciliation_print", "reconciliations"]

_READERS = tuple((action, SYSTEM) for action in RECONCILERS)
_PAGE_ROWS = 20


@require_http_methods(["GET", "POST"])
def reconciliations(request: HttpRequest) -> HttpResponse:
    """The last ones, and how the logs stand; a POST asks for another."""
    now = wall_clock()
    account = _reader(request, now)
    if request.method == "POST":
        try:
            runs.ask(deep=request.POST.get("deep") == "yes", asked_by=str(account_uid(account.username)), now=now)
        except Conflict:
            say(request, _("Một lần đối soát đang chờ hoặc đang chạy."))
        else:
            say(request, _("Đã yêu cầu đối soát; bắt đầu trong vòng nửa phút."))
        return redirect("reconciliations")
    home = settings.HAIDANG_HOME
    rows = run_rows(runs.newest(_PAGE_ROWS))
    context = {
        "log_tabs": log_tabs(reader_of(credential_of(request), now=now), "reconciliations"),
        "running": next((row for row in rows if row.state != "done"), None),
        "done": [row for row in rows if row.state == "done"],
        "logs": log_lines(home),
        "warnings": log_warnings(home, now=now),
    }
    return render(request, "web/reconciliations.html", context)


@require_safe
def reconciliation(request: HttpRequest, number: int) -> HttpResponse:
    """One: what it looked at and what it found."""
    now = wall_clock()
    _reader(request, now)
    run = _finished(number)
    context = {
        "log_tabs": log_tabs(reader_of(credential_of(request), now=now), ""),
        "run": run_rows([run])[0],
        "report": report_of(run, settings.HAIDANG_HOME),
        "papers_key": str(papers_signer(settings.HAIDANG_HOME).key),
    }
    return render(request, "web/reconciliation.html", context)


@require_safe
def reconciliation_minutes(request: HttpRequest, number: int) -> HttpResponse:
    """The signed minutes, as a text to keep; no picture is in them."""
    _reader(request, wall_clock())
    note = minutes_of(_finished(number), settings.HAIDANG_HOME)
    answer = HttpResponse(note, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bien-ban-doi-soat-{number}.txt"'
    return answer


@require_safe
def reconciliation_print(request: HttpRequest, number: int) -> HttpResponse:
    """The paper to sign and to file; in Vietnamese, the language of the record."""
    _reader(request, wall_clock())
    run, home = _finished(number), settings.HAIDANG_HOME
    parties = {role: Unit.objects.filter(role=role).order_by("pk").first() for role in ("operator", "supervisor")}
    with translation.override("vi"):
        context = {
            "run": run_rows([run])[0],
            "report": report_of(run, home),
            "sha256": hashlib.sha256(minutes_of(run, home)).hexdigest(),
            **{role: "" if unit is None else unit.name for role, unit in parties.items()},
            "papers_key": str(papers_signer(home).key),
        }
        return render(request, "web/reconciliation_print.html", context)


def _reader(request: HttpRequest, now: WallUs) -> Account:
    return require_any(request, _READERS, now=now)


def _finished(number: int) -> Reconciliation:
    run = Reconciliation.objects.filter(pk=number).exclude(finished_at=None).first()
    if run is None:
        raise NotFound("couldn't find that reconciliation", code="unknown_run")
    return run
