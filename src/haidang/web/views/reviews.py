"""Rà soát quyền: each unit's manager goes through its accounts and signs; who supervises sees how far each unit is.

Laws: another unit's review is as absent as one that never was, for who does not read all. Lines of managers are judged
by another person: another manager of the unit, or who agrees to changes of rights.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from haidang.accounts.actions import open_reviews, set_verdicts, sign_review
from haidang.accounts.authority import SYSTEM, unit_resource, vietnam_day
from haidang.accounts.models import AccessReview, Unit
from haidang.accounts.reviews import (
    later_accounts,
    lines_of,
    review_numbered,
    reviews_of,
    standing_of_review,
    without_manager,
)
from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput, NotFound
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.allowed import may, may_manage, require, require_any
from haidang.web.errors import Refused, status_of
from haidang.web.forms.reviews import OpenReviewForm, verdicts_of
from haidang.web.people_words import name_of
from haidang.web.review_rows import line_row, problem_of, review_row
from haidang.web.rights_tabs import tabs_of
from haidang.web.said import say
from haidang.web.session import credential_of

__all__ = ["review", "review_print", "reviews"]

#: Who reads every unit's reviews, and who opens them.
_READERS = (("manage_accounts", SYSTEM), ("view_rights", SYSTEM))
_OPENERS = (("manage_accounts", SYSTEM), ("approve_policy", SYSTEM))


@require_http_methods(["GET", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """The reviews that the account reads; a POST opens new ones."""
    now = wall_clock()
    own = credential_of(request).account.unit
    if request.method == "GET":
        require_any(request, (("manage_unit", unit_resource(own)), *_READERS), now=now)
        return _list(request, now)
    account = require_any(request, _OPENERS, now=now)
    form = OpenReviewForm(request.POST, today=vietnam_day(now), now=now)
    if not form.is_valid():
        return _list(request, now, form=form, status=422)
    unit: Unit | None = form.cleaned_data["unit"]
    units = None if unit is None else [unit]
    try:
        open_reviews(form.cleaned_data["title"], form.cleaned_data["due_on"], by=account, units=units, now=now)
    except (Conflict, InvalidInput) as error:
        return _list(request, now, form=form, problem=problem_of(error.code), status=status_of(error))
    say(request, _("Đã mở đợt rà soát."))
    return redirect("reviews")


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, number: int) -> HttpResponse:
    """One unit's review; a POST keeps the verdicts, with ``step`` "sign" it signs."""
    now = wall_clock()
    row = _readable(request, number, now)
    if request.method == "GET":
        return _page(request, row, now)
    credential = credential_of(request)
    verdicts, signs = verdicts_of(request), request.POST.get("step") == "sign"
    supervises = may(credential, "approve_policy", now=now)
    if signs or not supervises:
        require(request, "manage_unit", now=now, resource=unit_resource(row.unit))
    try:
        if signs:
            sign_review(row, verdicts, by=credential.account, note=request.POST.get("note", ""), now=now)
        else:
            set_verdicts(row, verdicts, by=credential.account, supervises=supervises, now=now)
    except (Conflict, Denied, InvalidInput) as error:
        return _refused(request, row, now, error, verdicts)
    say(request, _("Đã ký bản rà soát.") if signs else _("Đã lưu kết luận; bản rà soát chưa ký."))
    return redirect("review", number=row.pk)


@require_safe
def review_print(request: HttpRequest, number: int) -> HttpResponse:
    """The paper to sign and to file; in Vietnamese, the language of the record."""
    now = wall_clock()
    row = _readable(request, number, now)
    reader = credential_of(request).account
    operator = Unit.objects.filter(role="operator").order_by("pk").first()
    with translation.override("vi"):
        context = {
            "review": review_row(standing_of_review(row, now=now)),
            "lines": [line_row(line, reader, manages=False, supervises=False) for line in lines_of(row)],
            "operator": "" if operator is None else operator.name,
        }
        return render(request, "web/review_print.html", context)


def _readable(request: HttpRequest, number: int, now: WallUs) -> AccessReview:
    credential = credential_of(request)
    own = credential.account.unit
    require_any(request, (("manage_unit", unit_resource(own)), *_READERS), now=now)
    row = review_numbered(number)
    if row.unit_id != own.pk and not any(may(credential, action, now=now) for action, _system in _READERS):
        raise NotFound("couldn't find the review", code="unknown_review")
    return row


def _list(
    request: HttpRequest, now: WallUs, *, form: OpenReviewForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    credential = credential_of(request)
    own = credential.account.unit
    reads_all = any(may(credential, action, now=now) for action, _system in _READERS)
    opens = any(may(credential, action, now=now) for action, _system in _OPENERS)
    standings = reviews_of(None if reads_all else own, now=now)
    unmanaged = without_manager([each.review.unit for each in standings])
    rows = [review_row(each, unmanaged=each.review.unit_id in unmanaged) for each in standings]
    under_way = [row for row in rows if row.state != "signed"]
    context = {
        "rights_tabs": tabs_of(request, "reviews"),
        "unit": own.name,
        "reads_all": reads_all,
        "under_way": under_way,
        "signed": [row for row in rows if row.state == "signed"],
        "stats": {
            "under_way": len(under_way),
            "overdue": sum(1 for row in under_way if row.state == "overdue"),
        },
        "form": (form or OpenReviewForm(today=vietnam_day(now), now=now)) if opens else None,
        "problem": problem,
    }
    return render(request, "web/reviews.html", context, status=status)


def _refused(
    request: HttpRequest, row: AccessReview, now: WallUs, error: HaidangError, typed: dict[str, str]
) -> HttpResponse:
    """The page again with why not, and with what was chosen."""
    problem = problem_of(error.code)
    if isinstance(error, Refused) or not problem:
        raise error
    return _page(request, review_numbered(row.pk), now, problem=problem, typed=typed, status=status_of(error))


def _page(
    request: HttpRequest,
    row: AccessReview,
    now: WallUs,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    credential = credential_of(request)
    open_ = row.signed_at is None
    manages = open_ and may_manage(credential, row.unit, now=now)
    supervises = open_ and may(credential, "approve_policy", now=now)
    standing = standing_of_review(row, now=now)
    lines = [
        line_row(line, credential.account, manages=manages, supervises=supervises) for line in lines_of(row)
    ]  # fmt: skip
    context = {
        "rights_tabs": tabs_of(request, "reviews"),
        "review": review_row(standing, unmanaged=bool(without_manager([row.unit]))),
        "lines": [(line, (typed or {}).get(line.username, line.verdict)) for line in lines],
        "later": [name_of(account) for account in later_accounts(row)],
        "may_choose": any(line.choosable for line in lines),
        "may_sign": manages,
        "own_waits": manages and any(line.own and not line.verdict for line in lines),
        "problem": problem,
    }
    return render(request, "web/review.html", context, status=status)
