"""Pages of the access review: a unit's manager signs its own, nobody another's; who supervises sees how far all are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts.actions import open_reviews, set_verdicts
from haidang.accounts.authority import vietnam_day
from haidang.accounts.models import AccessReview, Account, Unit
from haidang.audit.models import Entry
from haidang.host.clock import wall_clock

pytestmark = pytest.mark.usefixtures("port")

PAGE, UNIT, OTHER = "/phan-quyen/ra-soat", "ca-phu-cat", "tinh-doan"
OPERATOR, SUPERVISOR, AUTHORITY = "vien-thong-binh-dinh", "so-tttt", "ubnd-tinh"


def manager(unit: str = UNIT, username: str = "") -> Account:
    account = account_of(unit, username=username or f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True, display_name="Lê Văn Trưởng")
    return Account.objects.get(pk=account.pk)


def opened(unit: str = UNIT) -> AccessReview:
    now = wall_clock()
    by = Account.objects.filter(username=OPERATOR).first() or account_of(OPERATOR)
    due = vietnam_day(now) + timedelta(days=14)
    return open_reviews("Rà soát quý IV", due, by=by, units=[Unit.objects.get(slug=unit)], now=now)[0]


@pytest.fixture
def review() -> AccessReview:
    """Of a unit with one manager and a member "an"; the supervisor has said "keep" of the manager."""
    own = manager()
    account_of(UNIT, username="an")
    found = opened()
    set_verdicts(found, {own.username: "keep"}, by=account_of(SUPERVISOR), supervises=True, now=wall_clock())
    return found


def send(client: Client, review: AccessReview, step: str = "sign", **verdicts: str) -> Any:
    typed = {f"verdict-{name.replace('_', '-')}": verdict for name, verdict in verdicts.items()}
    return client.post(f"{PAGE}/{review.pk}", {**typed, "step": step})


def browser(username: str) -> Client:
    account = Account.objects.filter(username=username).first() or account_of(username)
    return logged_in(account)


def is_signed(review: AccessReview) -> bool:
    return AccessReview.objects.get(pk=review.pk).signed_at is not None


def said(answer: Any) -> str:
    page = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_manager_goes_through_the_unit_and_signs(review: AccessReview) -> None:
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    page = client.get(f"{PAGE}/{review.pk}")
    assert 'name="verdict-an"' in said(page)
    assert f'name="verdict-truong-{UNIT}"' not in said(page), "of oneself nobody chooses"
    answer = send(client, review, an="lock")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}/{review.pk}")
    assert not Account.objects.get(username="an").is_active
    assert "đã ký lúc" in said(client.get(f"{PAGE}/{review.pk}"))
    assert [row.locked for row in client.get(PAGE).context["signed"]] == [1]


def test_a_line_left_out_is_told_and_nothing_is_signed(review: AccessReview) -> None:
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    answer = send(client, review)
    assert answer.status_code == 422
    assert "mỗi tài khoản phải được chọn giữ hoặc khóa" in said(answer)
    assert not is_signed(review)


def test_verdicts_are_kept_and_the_signature_comes_later(review: AccessReview) -> None:
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    assert send(client, review, "save", an="lock").status_code == 302
    assert Account.objects.get(username="an").is_active
    assert re.search(r'value="lock" checked', said(client.get(f"{PAGE}/{review.pk}")))
    assert send(client, review, "sign").status_code == 302
    assert not Account.objects.get(username="an").is_active


def test_signing_twice_changes_nothing(review: AccessReview) -> None:
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    send(client, review, an="keep")
    again = send(client, review, an="lock")
    assert again.status_code == 409
    assert "đã được ký" in said(again)
    assert Account.objects.get(username="an").is_active


def test_the_own_line_smuggled_into_the_form_is_refused(review: AccessReview) -> None:
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    answer = send(client, review, an="keep", truong_ca_phu_cat="keep")
    assert answer.status_code == 403
    assert "không ai tự quyết định về tài khoản của chính mình" in said(answer)
    assert not is_signed(review)


def test_an_account_of_another_unit_smuggled_into_the_form_is_refused(review: AccessReview) -> None:
    account_of(OTHER)
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    answer = send(client, review, an="keep", tinh_doan="lock")
    assert answer.status_code == 422
    assert Account.objects.get(username=OTHER).is_active
    assert not is_signed(review)


def test_another_units_review_is_as_absent_as_one_that_never_was(review: AccessReview) -> None:
    client = logged_in(manager(OTHER))
    absent = client.get(f"{PAGE}/999999")
    for answer in (client.get(f"{PAGE}/{review.pk}"), client.get(f"{PAGE}/{review.pk}/in"), send(client, review)):
        assert (answer.status_code, said(answer)) == (404, said(absent))
    assert client.get(PAGE).context["under_way"] == []
    assert not is_signed(review)


@pytest.mark.parametrize("username", ["an", OTHER])
def test_who_manages_nobody_is_refused_and_the_refusal_is_kept(review: AccessReview, username: str) -> None:
    client = browser(username)
    for answer in (client.get(PAGE), client.get(f"{PAGE}/{review.pk}"), send(client, review, an="keep")):
        assert answer.status_code == 403
    assert Entry.objects.filter(action="manage_unit", decision="deny").exists()
    assert not is_signed(review)


@pytest.mark.parametrize("username", [OPERATOR, SUPERVISOR, AUTHORITY])
def test_who_reads_all_cannot_sign_for_a_unit(review: AccessReview, username: str) -> None:
    client = browser(username)
    assert [row.unit for row in client.get(PAGE).context["under_way"]] == ["Công an huyện Phù Cát"]
    assert "Ký bản rà soát" not in said(client.get(f"{PAGE}/{review.pk}"))
    assert send(client, review, an="keep").status_code == 403
    assert not is_signed(review)


def test_who_supervises_says_it_of_managers_alone(review: AccessReview) -> None:
    client = browser(SUPERVISOR)
    page = said(client.get(f"{PAGE}/{review.pk}"))
    assert f'name="verdict-truong-{UNIT}"' in page
    assert 'name="verdict-an"' not in page
    assert send(client, review, "save", an="lock").status_code == 403
    assert review.lines.get(account__username="an").verdict == ""


def test_the_operator_says_nothing_of_a_units_accounts(review: AccessReview) -> None:
    client = browser(OPERATOR)
    assert "<fieldset" not in said(client.get(f"{PAGE}/{review.pk}"))
    assert send(client, review, "save", an="lock").status_code == 403


def test_opening_is_the_operators_and_the_supervisors(review: AccessReview) -> None:
    due = (vietnam_day(wall_clock()) + timedelta(days=3)).isoformat()
    typed = {"title": "Đợt mới", "due_on": due, "unit": ""}
    assert logged_in(Account.objects.get(username=f"truong-{UNIT}")).post(PAGE, typed).status_code == 403
    assert browser(SUPERVISOR).post(PAGE, typed).status_code == 302
    made = set(AccessReview.objects.filter(title="Đợt mới").values_list("unit__slug", flat=True))
    assert made == {OPERATOR, SUPERVISOR}, f"{UNIT} has one under way"
    again = browser(OPERATOR).post(PAGE, typed)
    assert (again.status_code, "Không mở được" in said(again)) == (409, True)


@pytest.mark.parametrize("due", ["2020-01-01", "hôm nay", ""])
def test_a_day_that_is_over_or_none_opens_nothing(review: AccessReview, due: str) -> None:
    answer = browser(OPERATOR).post(PAGE, {"title": "Đợt", "due_on": due, "unit": ""})
    assert answer.status_code == 422
    assert AccessReview.objects.count() == 1


def test_an_overdue_review_is_shown_as_such(review: AccessReview) -> None:
    AccessReview.objects.update(due_on=vietnam_day(wall_clock()) - timedelta(days=1))
    page = browser(SUPERVISOR).get(PAGE)
    assert page.context["stats"] == {"under_way": 1, "overdue": 1}
    assert "quá hạn" in said(page)


def test_the_paper_is_vietnamese_and_says_whether_it_is_signed(review: AccessReview) -> None:
    client = logged_in(Account.objects.get(username=f"truong-{UNIT}"))
    client.post("/ngon-ngu", {"language": "en"})
    assert "BẢN DỰ THẢO: chưa ký trên hệ thống." in said(client.get(f"{PAGE}/{review.pk}/in"))
    send(client, review, an="lock")
    paper = said(client.get(f"{PAGE}/{review.pk}/in"))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in paper
    assert "được Lê Văn Trưởng ký trên hệ thống lúc" in paper
    assert re.search(r"<td>an</td>.*?<td>khóa</td>", paper, re.DOTALL)


def test_nobody_signed_in_reads_nothing(review: AccessReview) -> None:
    for path in (PAGE, f"{PAGE}/{review.pk}", f"{PAGE}/{review.pk}/in"):
        assert Client().get(path)["Location"].startswith("/dang-nhap")
