"""What is done to people's accounts from their pages: asked, confirmed, narrowed; and a unit's own switches.

Laws: each verb asks the one door for itself; who may be the second person, the action decides, and an attempt that it
refuses leaves an entry. A drawn password is in the answer to the confirmation and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from haidang.accounts import actions
from haidang.accounts.authority import SYSTEM, unit_resource
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, AccountRequest, Unit
from haidang.accounts.people import concerned, request_numbered, unit_named, watches_over
from haidang.accounts.queries import tokens_of
from haidang.audit.actions import record
from haidang.core.errors import Conflict, Denied, InvalidInput, NotFound
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.allowed import require, require_any
from haidang.web.errors import Refused, status_of
from haidang.web.forms.people import AskForm, ExpiryForm, FocalForm, ReasonForm
from haidang.web.people_words import DONE, problem_text, refused_text
from haidang.web.said import say
from haidang.web.views.people import Reader, kinds_for, people_page, person_page, reader_of, seen

__all__ = ["person_act", "request_act", "unit_focal", "unit_single_session"]

#: Does it; the password that it drew, or "".
_Act = Callable[[HttpRequest, Account, Account, WallUs], str]


@require_POST
def person_act(request: HttpRequest, username: str, verb: str) -> HttpResponse:
    """One verb on one account."""
    now = wall_clock()
    reader = reader_of(request, now)
    account = seen(reader, username)
    if verb == "de-nghi":
        return _asked(request, reader, account, now)
    if verb not in _VERBS:
        raise NotFound("couldn't find the verb", code="not_found")
    act, alone = _VERBS[verb]
    own_unit = ("manage_unit", unit_resource(account.unit))
    by = require_any(request, (own_unit,) if alone else (("manage_accounts", SYSTEM), own_unit), now=now)

    def done() -> str:
        if watches_over(account.unit) and not reader.alone(account):
            raise Denied("couldn't do it: the unit watches over the operator", code="watching_unit", clause="II.2.a")
        return act(request, account, by, now)

    return _page_after(request, reader, account, now, done, verb=verb)


@require_POST
def request_act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Confirm, refuse or withdraw a request."""
    now = wall_clock()
    reader, found = reader_of(request, now), request_numbered(number)
    account = seen(reader, found.account.username)
    if verb not in ("xac-nhan", "tu-choi", "rut"):
        raise NotFound("couldn't find the verb", code="not_found")
    if verb == "rut":
        require(request, "manage_accounts", now=now)
    else:
        asked = (("manage_unit", unit_resource(concerned(found))), ("approve_policy", SYSTEM))
        require_any(request, asked, now=now)

    def act() -> str:
        if verb == "xac-nhan":
            return actions.confirm_request(found, by=reader.account, now=now)
        if verb == "tu-choi":
            actions.refuse_request(found, by=reader.account, reason=request.POST.get("reason", ""), now=now)
        else:
            actions.withdraw_request(found, by=reader.account, now=now)
        return ""

    return _page_after(request, reader, account, now, act, verb=verb, about=found)


def _page_after(
    request: HttpRequest,
    reader: Reader,
    account: Account,
    now: WallUs,
    act: Callable[[], str],
    *,
    verb: str,
    about: AccountRequest | None = None,
) -> HttpResponse:
    """Do it; then the account's page, with the password or what went wrong."""
    try:
        drawn = act()
    except (Conflict, InvalidInput) as error:
        fresh, wrong = Account.objects.get(pk=account.pk), problem_text(error.code)
        return person_page(request, reader, fresh, now, problem=wrong, opened=verb, status=status_of(error))
    except Denied as error:
        _record_denied(reader, account, error, verb=verb, about=about, now=now)
        raise Refused(refused_text(error.code), code=error.code, clause=error.clause) from error
    if drawn:
        return person_page(request, reader, Account.objects.get(pk=account.pk), now, drawn=drawn)
    if verb in DONE:
        say(request, DONE[verb])
    still = _still_seen(reader, account)
    return redirect("person", username=account.username) if still else redirect("people")


def _record_denied(
    reader: Reader, account: Account, error: Denied, *, verb: str, about: AccountRequest | None, now: WallUs
) -> None:
    actions_of = {"xac-nhan": "confirm_request", "tu-choi": "refuse_request", "rut": "withdraw_request"}
    action = actions_of.get(verb, "change_account")
    record(
        now=now, actor=str(account_uid(reader.account.username)), action=action, decision="deny", clause=error.clause,
        resource=str(account_uid(account.username)),
        facts={"code": error.code, **({} if about is None else {"request": about.pk})},
    )  # fmt: skip


def _still_seen(reader: Reader, account: Account) -> bool:
    """A refused transfer takes the account out of a manager's sight again."""
    try:
        seen(reader, account.username)
    except NotFound:
        return False
    return True


def _asked(request: HttpRequest, reader: Reader, account: Account, now: WallUs) -> HttpResponse:
    """The operator asks; nothing changes before a second person confirms."""
    by = require(request, "manage_accounts", now=now)
    form = AskForm(account, kinds_for(account, now), Unit.objects.order_by("pk"), request.POST)
    if not form.is_valid():
        return person_page(request, reader, account, now, ask=form, opened="de-nghi", status=422)
    data = form.cleaned_data
    to_unit = unit_named(data["to_unit"]) if data["kind"] == "transfer" else None

    def act() -> str:
        actions.ask_request(
            account, data["kind"], by=by, document=data["document"], reason=data["reason"], to_unit=to_unit, now=now
        )
        return ""

    return _page_after(request, reader, account, now, act, verb="de-nghi")


# -- verbs of one person


def _lock(request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    reason = _reason(request)
    if account.pk == by.pk:
        raise Denied("couldn't lock the own account", code="own_account", clause="I.1.a-1")
    actions.lock_account(account, reason=reason, actor=_uid(by), now=now)
    return ""


def _expire(request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    form = ExpiryForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("couldn't read the day", code="invalid_day")
    actions.set_expiry(account, form.cleaned_data["last_day"], actor=_uid(by), now=now)
    return ""


def _sign_out(_request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    actions.end_account_sessions(account, actor=_uid(by), now=now)
    return ""


def _end_tokens(_request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    for token in tokens_of(account, now=now):
        actions.end_token(token, actor=_uid(by), now=now)
    return ""


def _unmake(request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    actions.unmake_manager(account, document=_reason(request), actor=_uid(by), now=now)
    return ""


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("couldn't change the account: say why", code="reason_needed")
    return str(form.cleaned_data["reason"])


def _reset(_request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    return actions.reset_as_manager(account, by=by, now=now)


def _unlock(_request: HttpRequest, account: Account, by: Account, now: WallUs) -> str:
    actions.unlock_as_manager(account, by=by, now=now)
    return ""


#: With whether it is the unit's manager's alone.
_VERBS: dict[str, tuple[_Act, bool]] = {
    "khoa": (_lock, False),
    "han": (_expire, False),
    "ket-thuc-phien": (_sign_out, False),
    "huy-khoa": (_end_tokens, False),
    "thoi-quan-ly": (_unmake, False),
    "mat-khau": (_reset, True),
    "mo-khoa": (_unlock, True),
}


# -- a unit's own switches


@require_POST
def unit_single_session(request: HttpRequest, slug: str) -> HttpResponse:
    """One live session an account: the unit's own choice."""
    now = wall_clock()
    unit = _own_or_any(reader_of(request, now), slug)
    by = require(request, "manage_unit", now=now, resource=unit_resource(unit))
    actions.set_single_session(unit, single=request.POST.get("single") == "1", actor=_uid(by), now=now)
    return redirect(_list_of(unit))


@require_POST
def unit_focal(request: HttpRequest, slug: str) -> HttpResponse:
    """The unit's manager, or the operator by the unit's paper, names the focal person."""
    now = wall_clock()
    reader = reader_of(request, now)
    unit = _own_or_any(reader, slug)
    by = require_any(request, (("manage_accounts", SYSTEM), ("manage_unit", unit_resource(unit))), now=now)
    form = FocalForm(request.POST)
    if not form.is_valid():
        return people_page(request, reader, now, focal=form, unit=unit, status=422)
    try:
        actions.name_focal_person(unit, by=by, now=now, **form.cleaned_data)
    except InvalidInput as error:
        return people_page(request, reader, now, problem=problem_text(error.code), unit=unit, status=422)
    return redirect(_list_of(unit))


def _own_or_any(reader: Reader, slug: str) -> Unit:
    if reader.unit is not None and reader.unit.slug != slug:
        raise NotFound("couldn't find the unit", code="unknown_unit")
    return unit_named(slug)


def _list_of(unit: Unit) -> str:
    return f"{reverse('people')}?don-vi={unit.slug}"


def _uid(account: Account) -> str:
    return str(account_uid(account.username))
