"""Changes of rights as two people make them: fill in, see, submit; approve, refuse, withdraw; who may not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts import policies
from haidang.accounts.models import Account, Grant, LoginSession, PolicyChange, PolicyRevision
from haidang.audit.models import Entry
from haidang.core.policy import notice_from_json
from policy.shipped import notice

pytestmark = pytest.mark.usefixtures("port")

LIST, NEW = "/phan-quyen/thay-doi", "/phan-quyen/thay-doi/moi"
OPERATOR, SUPERVISOR, AUTHORITY = "vien-thong-binh-dinh", "so-tttt", "ubnd-tinh"
TRANSFER = {
    "kind": "chuyen-giao", "old": "ca-phu-cat", "new": "ca-quy-nhon", "sites": ["de-gi"], "on": "2026-12-15",
    "document": "Văn bản 12/UBND-NC",
}  # fmt: skip
END = {
    "kind": "ket-thuc", "grant": "II.6:tram-bp-de-gi:de-gi", "last_day": "2026-12-31", "document": "Văn bản 13/UBND-NC"
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_notices_of_other_tests() -> None:
    """Revisions are remembered by number, and numbers come again in each test's database."""
    policies._notice.cache_clear()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 29, 3, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def browser(unit: str, username: str = "") -> Client:
    account = Account.objects.filter(username=username or unit).first() or account_of(unit, username=username)
    return logged_in(account)


def newest() -> int:
    return PolicyRevision.objects.latest("pk").pk


def submit(client: Client, typed: dict[str, Any]) -> Any:
    """As a browser does: preview, then submit what was previewed."""
    preview = client.post(NEW, typed | {"step": "preview"})
    assert preview.status_code == 200, preview.content.decode()[:400]
    return client.post(NEW, typed | {"step": "submit", "revision": preview.context["revision"]})


def proposed() -> PolicyChange:
    answer = submit(browser(OPERATOR), TRANSFER)
    change = PolicyChange.objects.latest("pk")
    assert answer["Location"] == f"{LIST}/{change.pk}"
    return change


def test_the_preview_says_what_it_does_to_whom_and_who_may_agree_and_writes_nothing() -> None:
    account_of("ca-quy-nhon")
    entries = Entry.objects.filter(action="propose_policy").count()
    page = browser(OPERATOR).post(NEW, TRANSFER | {"step": "preview"})
    shown = page.context["plan"]
    assert [line.kind for line in shown.lines] == ["grant_ended", "grant_added", "succession_added"]
    assert [(unit.slug, unit.sites, unit.cameras) for unit in shown.impact.gain] == [("ca-quy-nhon", ["Đề Gi"], 4)]
    assert [(unit.slug, unit.cameras) for unit in shown.impact.lose] == [("ca-phu-cat", 4)]
    assert shown.needs_two
    assert shown.seconds == [
        "Sở Thông tin và Truyền thông", "Ủy ban nhân dân tỉnh Bình Định", "Văn phòng Ủy ban nhân dân tỉnh",
    ]  # fmt: skip
    assert PolicyChange.objects.count() == 0
    assert Entry.objects.filter(action="propose_policy").count() == entries


def test_a_duty_that_stays_behind_is_told() -> None:
    board = TRANSFER | {"old": "bql-cang-ca-binh-dinh"}
    page = browser(OPERATOR).post(NEW, board | {"step": "preview"})
    assert page.context["plan"].duties_left == [("Ban Quản lý Cảng cá Bình Định", ["Đề Gi"])]
    assert "vẫn có trách nhiệm bảo vệ camera tại Đề Gi" in page.content.decode()


def test_what_widens_waits_and_is_in_force_when_another_unit_approves() -> None:
    change, revision = proposed(), newest()
    assert (change.state, change.widens) == ("proposed", True)
    page = browser(SUPERVISOR).get(f"{LIST}/{change.pk}")
    assert page.context["may_decide"]
    assert newest() == revision
    answer = browser(SUPERVISOR).post(f"{LIST}/{change.pk}/phe-duyet")
    assert answer["Location"] == f"{LIST}/{change.pk}"
    change.refresh_from_db()
    assert (change.state, change.decided_by.username if change.decided_by else "") == ("applied", SUPERVISOR)
    assert newest() > revision
    assert Grant.objects.get(policy_id="II.7.b:ca-quy-nhon:de-gi").valid_from == date(2026, 12, 15)
    assert Grant.objects.get(policy_id="II.7.b:ca-phu-cat:de-gi").valid_to == date(2026, 12, 14)


def test_what_only_narrows_is_in_force_at_once_and_the_preview_says_so() -> None:
    client, revision = browser(OPERATOR), newest()
    page = client.post(NEW, END | {"step": "preview"})
    assert not page.context["plan"].needs_two
    assert "không cần người thứ hai" in page.content.decode()
    submit(client, END)
    change = PolicyChange.objects.get()
    assert (change.state, newest() > revision) == ("applied", True)
    assert Grant.objects.get(policy_id=END["grant"]).valid_to == date(2026, 12, 31)


def test_who_proposed_it_cannot_approve_and_reads_who_can() -> None:
    change = proposed()
    client = browser(OPERATOR)
    page = client.get(f"{LIST}/{change.pk}")
    assert (page.context["may_decide"], page.context["may_withdraw"]) == (False, True)
    assert "Sở Thông tin và Truyền thông, Ủy ban nhân dân tỉnh" in page.content.decode()
    answer = client.post(f"{LIST}/{change.pk}/phe-duyet")
    assert answer.status_code == 403
    assert "do chính tài khoản này lập" in answer.context["refusal"].sentence
    change.refresh_from_db()
    assert change.state == "proposed"


def test_a_unit_that_gains_cannot_be_the_second() -> None:
    submit(browser(OPERATOR), TRANSFER | {"new": SUPERVISOR})
    change = PolicyChange.objects.get()
    client = browser(SUPERVISOR)
    page = client.get(f"{LIST}/{change.pk}")
    assert not page.context["may_decide"]
    assert page.context["plan"].seconds == ["Ủy ban nhân dân tỉnh Bình Định", "Văn phòng Ủy ban nhân dân tỉnh"]
    answer = client.post(f"{LIST}/{change.pk}/phe-duyet")
    assert (answer.status_code, answer.context["refusal"].code) == (403, "gaining_unit")
    assert "được thêm quyền, phải do đơn vị khác phê duyệt" in answer.context["refusal"].sentence


def test_without_a_second_factor_in_the_session_the_refusal_tells_the_way() -> None:
    change = proposed()
    client = browser(SUPERVISOR)
    LoginSession.objects.filter(account__username=SUPERVISOR).update(second_factor_at=None)
    answer = client.post(f"{LIST}/{change.pk}/phe-duyet")
    assert answer.status_code in {302, 403}  # the gate of the sign-in may come first
    change.refresh_from_db()
    assert change.state == "proposed"


def test_a_refusal_needs_its_reason_and_keeps_it() -> None:
    change = proposed()
    client = browser(AUTHORITY)
    answer = client.post(f"{LIST}/{change.pk}/tu-choi", {"reason": " "})
    assert (answer.status_code, answer.context["problem"]) == (422, "Phải nêu lý do từ chối.")
    client.post(f"{LIST}/{change.pk}/tu-choi", {"reason": "Chưa đủ căn cứ"})
    change.refresh_from_db()
    assert (change.state, change.reason) == ("refused", "Chưa đủ căn cứ")
    assert "Chưa đủ căn cứ" in client.get(f"{LIST}/{change.pk}").content.decode()


def test_only_who_proposed_it_withdraws() -> None:
    change = proposed()
    assert browser(SUPERVISOR).post(f"{LIST}/{change.pk}/rut").status_code == 403
    assert browser(OPERATOR, "dong-nghiep").post(f"{LIST}/{change.pk}/rut").status_code == 403
    browser(OPERATOR).post(f"{LIST}/{change.pk}/rut")
    change.refresh_from_db()
    assert change.state == "withdrawn"


def test_a_proposal_over_an_older_revision_is_shown_as_overtaken_and_closed_when_approved() -> None:
    change = proposed()
    submit(browser(OPERATOR), END)
    client = browser(SUPERVISOR)
    page = client.get(f"{LIST}/{change.pk}")
    assert page.context["overtaken"]
    assert f"{LIST}/{change.pk}/phe-duyet" not in page.content.decode()
    client.post(f"{LIST}/{change.pk}/phe-duyet")
    change.refresh_from_db()
    assert change.state == "stale"
    assert Grant.objects.filter(policy_id="II.7.b:ca-quy-nhon:de-gi").count() == 0


def test_what_moved_between_preview_and_submit_is_previewed_again() -> None:
    client = browser(OPERATOR)
    seen = client.post(NEW, TRANSFER | {"step": "preview"}).context["revision"]
    submit(browser(OPERATOR), END)
    answer = client.post(NEW, TRANSFER | {"step": "submit", "revision": seen})
    assert (answer.status_code, answer.context["moved"]) == (409, True)
    assert PolicyChange.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (TRANSFER | {"new": "ca-phu-cat"}, "Chuyển giao cần hai đơn vị khác nhau"),
        (TRANSFER | {"sites": ["tam-quan"]}, "Đơn vị giao không có quyền nào tại khu vực đã chọn"),
        (TRANSFER | {"document": 'số "1"'}, "dấu nháy thẳng"),
        (END | {"last_day": "2020-01-01"}, "Ngày không phù hợp"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(typed: dict[str, Any], said: str) -> None:
    answer = browser(OPERATOR).post(NEW, typed | {"step": "preview"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert PolicyChange.objects.count() == 0


def test_going_back_to_the_form_keeps_what_was_typed() -> None:
    page = browser(OPERATOR).post(NEW, TRANSFER | {"step": "edit"})
    assert page.status_code == 200
    assert page.context["form"]["document"].value() == TRANSFER["document"]
    assert not page.context["form"].errors


def test_the_list_is_for_who_sees_or_decides_rights() -> None:
    change = proposed()
    for unit in (OPERATOR, SUPERVISOR, AUTHORITY, "vp-ubnd"):
        page = browser(unit).get(LIST)
        assert [row.number for row in page.context["waiting"]] == [change.pk]
        assert page.context["may_propose"] is (unit == OPERATOR)
    for unit in ("ca-phu-cat", "so-nnptnt"):
        client = browser(unit)
        assert [client.get(path).status_code for path in (LIST, NEW, f"{LIST}/{change.pk}")] == [403, 403, 403]
        assert client.post(f"{LIST}/{change.pk}/phe-duyet").status_code == 403
    assert browser(SUPERVISOR).get(NEW).status_code == 403
    assert browser(SUPERVISOR).get(f"{LIST}/999").status_code == 404


def test_what_is_kept_is_the_notice_that_was_shown() -> None:
    change = proposed()
    kept = notice_from_json(change.notice)
    assert len(kept.grants) == len(notice().grants) + 1
    assert change.title == "Chuyển giao quyền: Công an huyện Phù Cát → Công an thành phố Quy Nhơn, từ ngày 15/12/2026"


def test_a_proposal_that_another_overtook_says_so_and_the_preview_warns_of_it() -> None:
    client = browser(OPERATOR)
    client.post(NEW, TRANSFER | {"step": "submit", "revision": str(newest())})
    waiting = PolicyChange.objects.get().pk
    preview = client.post(NEW, END | {"step": "preview"})
    assert preview.context["overtakes"] == [waiting]
    assert f"đề nghị đang chờ số {waiting} hết giá trị" in preview.content.decode()
    done = client.post(NEW, END | {"step": "submit", "revision": str(newest())}, follow=True).content.decode()
    assert "Đã áp dụng thay đổi." in done
    page = client.get(f"/phan-quyen/thay-doi/{waiting}").content.decode()
    assert "Hết giá trị: bộ quyền đã đổi" in page
    assert "cần người thứ hai" not in page
    assert "Hết giá trị: bộ quyền đã đổi" in client.get("/phan-quyen/thay-doi").content.decode()
