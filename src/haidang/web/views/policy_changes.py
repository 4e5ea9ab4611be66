"""Thay đổi quyền: proposals, their plan in sentences, and the second person's word (docs/design/rights.md section 3).

Laws: what is shown before submitting is what is submitted (the revision is compared); who may decide is asked of the
one door and of ``may_approve``, by page and action alike; a refusal names who can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from haidang.accounts.actions.policy import may_approve, plan_of, refuse_change, withdraw_change
from haidang.accounts.authority import SYSTEM, authority, vietnam_day
from haidang.accounts.models import Account, PolicyChange, PolicyRevision
from haidang.accounts.policies import change_numbered, notice_in_force, notice_of
from haidang.accounts.policies import changes as all_changes
from haidang.accounts.queries import Credential
from haidang.cameras.policy import approve, propose
from haidang.core.errors import Conflict, Denied, InvalidInput
from haidang.core.policy import Notice, Plan, notice_from_json, plan
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.allowed import may, require, require_any
from haidang.web.change_words import change_done, problem_text, refused_text, state_text
from haidang.web.errors import Refused
from haidang.web.explain import refusal_of
from haidang.web.forms.policy_changes import ChangeForm, EndGrantForm, TransferForm
from haidang.web.plan_impact import Impact, duties_left, impact_of, seconds_of
from haidang.web.plan_texts import PlanLine, lines_of
from haidang.web.rights_tabs import tabs_of
from haidang.web.said import say
from haidang.web.session import credential_of

__all__ = ["change", "change_approve", "change_new", "change_refuse", "change_withdraw", "changes"]

_READERS = tuple((action, SYSTEM) for action in ("view_rights", "propose_policy", "approve_policy"))
#: The kinds that a page proposes, by their word in the address; everything else is a change of the policy set.
_FORMS: dict[str, type[ChangeForm]] = {"chuyen-giao": TransferForm, "ket-thuc": EndGrantForm}


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody's part in a change; the host has no unit."""

    name: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRow:
    number: int
    url: str
    title: str
    document: str
    state: str
    state_text: str
    widens: bool
    proposed: Hand
    decided: Hand | None
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan as the two people see it."""

    lines: list[PlanLine]
    impact: Impact
    needs_two: bool
    seconds: list[str]
    #: Unit and sites: rights go, the duty to protect the cameras stays.
    duties_left: list[tuple[str, list[str]]]


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    now = wall_clock()
    require_any(request, _READERS, now=now)
    newest = _newest()
    rows = [_row(each, newest) for each in all_changes()]
    context = {
        "rights_tabs": tabs_of(request, "changes"),
        "waiting": [row for row in rows if row.state == "proposed"],
        "past": [row for row in rows if row.state != "proposed"],
        "may_propose": may(credential_of(request), "propose_policy", now=now),
    }
    return render(request, "web/changes.html", context)


@require_http_methods(["GET", "POST"])
def change_new(request: HttpRequest) -> HttpResponse:
    """Fill in, see what it does, submit: three steps on one address (``step``: "" | preview | edit | submit)."""
    now = wall_clock()
    account = require(request, "propose_policy", now=now)
    newest, today = PolicyRevision.objects.order_by("-pk").first(), vietnam_day(now)
    notice = None if newest is None else notice_of(newest)
    if newest is None or notice is None:
        raise Conflict("couldn't propose a change: no policy is in force", code="no_policy")
    kind = request.POST.get("kind") or request.GET.get("loai", "")
    kind = kind if kind in _FORMS else "chuyen-giao"
    step = request.POST.get("step", "")
    if request.method == "GET" or step == "edit":
        form = _FORMS[kind](notice, request.POST or None, today=today)
        return _form_page(request, form, kind, now)
    form = _FORMS[kind](notice, request.POST, today=today)
    if not form.is_valid() or form.made is None:
        return _form_page(request, form, kind, now, status=422)
    shown = plan(notice, form.made)
    if not shown.changes:
        form.add_error(None, problem_text("no_change"))
        return _form_page(request, form, kind, now, status=422)
    moved = step == "submit" and request.POST.get("revision") != str(newest.pk)
    if step == "submit" and not moved:
        try:
            return _submitted(request, form, account, newest.pk, now)
        except Conflict as error:
            if error.code != "stale_change":
                raise
            return change_new(request)  # another came between this look and that act: shown anew, as moved
    context = {
        "rights_tabs": tabs_of(request, "changes"), "form": form, "kind": kind, "title": form.title,
        "document": form.cleaned_data["document"], "revision": newest.pk, "moved": moved,
        "plan": _shown(shown, notice, form.made, account.unit.slug, now),
        "overtakes": [each.pk for each in all_changes() if each.state == "proposed" and each.base_id == newest.pk],
    }  # fmt: skip
    return render(request, "web/change_preview.html", context, status=409 if moved else 200)


@require_safe
def change(request: HttpRequest, number: int) -> HttpResponse:
    now = wall_clock()
    require_any(request, _READERS, now=now)
    return _change_page(request, change_numbered(number), now)


@require_POST
def change_approve(request: HttpRequest, number: int) -> HttpResponse:
    def act(found: PolicyChange, by: Credential, now: WallUs) -> None:
        approve(found, by=by.account, second_factor=by.second_factor, now=now)

    return _decided(request, number, act)


@require_POST
def change_refuse(request: HttpRequest, number: int) -> HttpResponse:
    def act(found: PolicyChange, by: Credential, now: WallUs) -> None:
        reason = request.POST.get("reason", "")
        refuse_change(found, by=by.account, second_factor=by.second_factor, reason=reason, now=now)

    return _decided(request, number, act)


@require_POST
def change_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    def act(found: PolicyChange, by: Credential, now: WallUs) -> None:
        withdraw_change(found, by=by.account, now=now)

    return _decided(request, number, act)


def _submitted(request: HttpRequest, form: ChangeForm, account: Account, over: int, now: WallUs) -> HttpResponse:
    assert form.made is not None, "only a valid form is submitted"
    new = propose(
        form.made, title=form.title, document=form.cleaned_data["document"], by=account,
        second_factor=credential_of(request).second_factor, now=now, over=over,
    )  # fmt: skip
    say(request, change_done(new.state))
    return redirect("change", number=new.pk)


def _decided(
    request: HttpRequest, number: int, act: Callable[[PolicyChange, Credential, WallUs], None]
) -> HttpResponse:
    """A verb on a proposal. What has moved on is shown as it now stands; a refusal is a sentence."""
    now = wall_clock()
    require_any(request, _READERS, now=now)
    found, credential = change_numbered(number), credential_of(request)
    try:
        act(found, credential, now)
    except InvalidInput as error:
        return _change_page(request, found, now, problem=problem_text(error.code), status=422)
    except Conflict:  # stale, or decided by somebody else meanwhile: the page says which
        return redirect("change", number=number)
    except Denied as error:
        decision = authority().decide(
            credential.account, "approve_policy", SYSTEM, now=now, second_factor=credential.second_factor
        )
        sentence = refused_text(error.code) or refusal_of("approve_policy", "", decision)
        raise Refused(sentence, code=error.code, clause=error.clause) from error
    found.refresh_from_db()
    say(request, change_done("agreed" if found.state == "applied" else found.state))
    return redirect("change", number=number)


def _form_page(request: HttpRequest, form: ChangeForm, kind: str, now: WallUs, *, status: int = 200) -> HttpResponse:
    context = {"rights_tabs": tabs_of(request, "changes"), "form": form, "kind": kind, "today": vietnam_day(now)}
    return render(request, "web/change_new.html", context, status=status)


def _change_page(
    request: HttpRequest, found: PolicyChange, now: WallUs, *, problem: str = "", status: int = 200
) -> HttpResponse:
    credential = credential_of(request)
    shown, old, new = plan_of(found), notice_of(found.base), notice_from_json(found.notice)
    waiting, newest = found.state == "proposed", _newest()
    proposer = "" if found.proposed_by is None else found.proposed_by.unit.slug
    why_not = _why_not(found, credential, shown, now) if waiting else ""
    context = {
        "rights_tabs": tabs_of(request, "changes"),
        "change": _row(found, newest),
        "plan": _shown(shown, old, new, proposer, now),
        "waiting": waiting,
        "overtaken": waiting and newest != found.base_id,
        "may_propose": may(credential, "propose_policy", now=now),
        "may_decide": waiting and not why_not,
        "why_not": why_not,
        "may_withdraw": waiting and found.proposed_by_id == credential.account.pk,
        "problem": problem,
    }
    return render(request, "web/change.html", context, status=status)


def _why_not(found: PolicyChange, credential: Credential, shown: Plan, now: WallUs) -> str:
    """Why this person cannot decide, in a sentence; "" if it can."""
    decision = authority().decide(
        credential.account, "approve_policy", SYSTEM, now=now, second_factor=credential.second_factor
    )
    if not decision.allowed:
        return refusal_of("approve_policy", "", decision)
    code = may_approve(found, credential.account, shown, now=now)
    return refused_text(code) if code else ""


def _shown(value: Plan, old: Notice | None, new: Notice, proposer: str, now: WallUs) -> Shown:
    today, current = vietnam_day(now), notice_in_force()
    seconds = [] if current is None or not value.needs_two else seconds_of(value, current, proposer, today=today)
    return Shown(
        lines_of(value, old, new), impact_of(value, old, new, today=today), value.needs_two, seconds,
        duties_left(value, new),
    )  # fmt: skip


def _row(found: PolicyChange, newest: int | None) -> ChangeRow:
    decided = None
    if found.decided_at is not None:
        decided = _hand(found.decided_by, found.decided_at)
    return ChangeRow(
        number=found.pk,
        url=reverse("change", args=[found.pk]),
        title=found.title or found.set_name,
        document=found.document,
        state=found.state,
        state_text=state_text(_standing(found, newest)),
        widens=found.widens,
        proposed=_hand(found.proposed_by, found.proposed_at),
        decided=decided,
        reason=found.reason,
    )


def _standing(found: PolicyChange, newest: int | None) -> str:
    """Its state in a word of ``change_words``; one that waits over a policy no more in force is overtaken."""
    if found.state == "proposed" and found.base_id != newest:
        return "overtaken"
    return "agreed" if found.state == "applied" and found.decided_by_id != found.proposed_by_id else found.state


def _hand(account: Account | None, at: int) -> Hand:
    when = to_datetime(WallUs(at))
    if account is None:
        return Hand(_("máy chủ"), "", when)
    return Hand(account.display_name or account.username, account.unit.name, when)


def _newest() -> int | None:
    return PolicyRevision.objects.order_by("-pk").values_list("pk", flat=True).first()
