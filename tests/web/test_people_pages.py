"""Pages of people: whose accounts one sees, asking and confirming from two browsers, verbs of one, papers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account, AccountRequest, FocalPerson, LoginSession, Unit
from haidang.audit.models import Entry
from haidang.host.clock import wall_clock

pytestmark = pytest.mark.usefixtures("port")

LIST = "/phan-quyen/tai-khoan"
PAPER = "Quyết định 12/QĐ-CAH ngày 03/11/2025"
NEW = {
    "unit": "ca-phu-cat", "display_name": "Trần Đăng Khoa", "position": "Cán bộ trực", "username": "tran-dang-khoa",
    "document": PAPER,
}  # fmt: skip
PASSWORD = re.compile(r'class="password-letters">([^<]+)<')


def manager_of(unit: str, *, username: str = "") -> Account:
    account = account_of(unit, username=username or f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True, display_name=f"Trưởng {unit}")
    return Account.objects.get(pk=account.pk)


def operator() -> Client:
    return logged_in(account_of("vien-thong-binh-dinh"))


def names(answer: Any) -> list[str]:
    return [row.username for row in answer.context["rows"]]


def again(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


# -- who sees whom


def test_the_operator_and_the_supervisor_see_all_units_a_manager_the_own_and_others_nobody() -> None:
    police, other = account_of("ca-phu-cat"), account_of("ca-quy-nhon")
    manager = manager_of("ca-phu-cat")
    seen_by_manager = logged_in(manager).get(LIST)
    assert names(seen_by_manager) == ["ca-phu-cat", manager.username]
    assert "ca-quy-nhon" not in seen_by_manager.content.decode()
    assert logged_in(manager).get(f"{LIST}/{other.username}").status_code == 404
    assert logged_in(manager).get(f"{LIST}/nobody").status_code == 404
    assert logged_in(manager).get(f"{LIST}?don-vi=ca-quy-nhon").context["unit"].slug == "ca-phu-cat"
    for reader in (operator(), logged_in(account_of("so-tttt"))):
        assert {"ca-phu-cat", "ca-quy-nhon"} <= set(names(reader.get(LIST)))
        assert reader.get(f"{LIST}/{other.username}").status_code == 200
    answer = logged_in(police).get(LIST)
    assert answer.status_code == 403
    assert answer.context["refusal"].sentence.startswith("Không thực hiện được: ")
    for address in (f"{LIST}/ca-phu-cat", f"{LIST}/moi", f"{LIST}/ca-phu-cat/bien-ban"):
        assert logged_in(police).get(address).status_code == 403


def test_the_list_filters_by_address_and_its_counts_are_those_of_what_they_show() -> None:
    for number in range(3):
        account_of("ca-phu-cat", username=f"ca-{number}")
    Account.objects.filter(username="ca-1").update(display_name="Lê Đức Thịnh")
    actions.lock_account(Account.objects.get(username="ca-2"), now=wall_clock())
    client = operator()
    assert names(client.get(f"{LIST}?trang-thai=da-khoa")) == ["ca-2"]
    assert names(client.get(f"{LIST}?don-vi=ca-phu-cat&tim=le duc")) == ["ca-1"]
    assert names(client.get(f"{LIST}?tim=phù cát")) == ["ca-0", "ca-1", "ca-2"]
    assert names(client.get(f"{LIST}?tim=khong ai")) == []
    answer = client.get(f"{LIST}?don-vi=ca-phu-cat")
    for choice in answer.context["choices"]:
        assert len(names(client.get(choice.url))) == choice.count, choice.label
    assert [(choice.label, choice.count) for choice in answer.context["choices"]][:3] == [
        ("tất cả", 3), ("đang hoạt động", 2), ("đã khóa", 1),
    ]  # fmt: skip


# -- two people


def test_an_account_is_asked_for_by_one_confirmed_by_another_and_its_password_shown_once_to_that_one() -> None:
    asker, manager = operator(), manager_of("ca-phu-cat")
    answer = asker.post(f"{LIST}/moi", NEW)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}/tran-dang-khoa")
    request = AccountRequest.objects.get()
    page = asker.get(f"{LIST}/tran-dang-khoa")
    assert page.context["waiting"][0].waits_for == "Chờ xác nhận: Trưởng ca-phu-cat (Công an huyện Phù Cát)"
    assert "Xác nhận</button>" not in page.content.decode()
    refused = asker.post(f"{LIST}/yeu-cau/{request.pk}/xac-nhan")
    assert refused.status_code == 403
    closed = Client().post("/dang-nhap", {"username": "tran-dang-khoa", "password": "!"})
    assert closed.status_code == 200, "no password opens it yet"

    confirmer = logged_in(manager)
    assert confirmer.get(LIST).context["waiting"][0].may_confirm
    answer = confirmer.post(f"{LIST}/yeu-cau/{request.pk}/xac-nhan")
    found = PASSWORD.search(answer.content.decode())
    assert found is not None
    assert answer["Cache-Control"] == "no-store"
    account = Account.objects.get(username="tran-dang-khoa")
    assert account.check_password(found[1])
    for reader in (asker, confirmer):
        assert found[1] not in reader.get(f"{LIST}/tran-dang-khoa").content.decode()
    replay = confirmer.post(f"{LIST}/yeu-cau/{request.pk}/xac-nhan")
    assert replay.status_code == 409
    assert PASSWORD.search(replay.content.decode()) is None
    assert again(account).check_password(found[1])


def test_attempts_to_confirm_by_who_may_not_leave_entries_and_change_nothing() -> None:
    asker = operator()
    asker.post(f"{LIST}/moi", NEW)
    number = AccountRequest.objects.get().pk
    manager_of("ca-phu-cat")
    supervisor, leader = logged_in(account_of("so-tttt")), logged_in(account_of("ubnd-tinh"))
    colleague = logged_in(manager_of("vien-thong-binh-dinh"))
    stranger = logged_in(manager_of("ca-quy-nhon"))
    for client, status in ((asker, 403), (supervisor, 403), (leader, 403), (colleague, 403), (stranger, 404)):
        for verb in ("xac-nhan", "tu-choi"):
            assert client.post(f"{LIST}/yeu-cau/{number}/{verb}", {"reason": "x"}).status_code == status
    assert AccountRequest.objects.get().state == "waiting"
    denied = Entry.objects.filter(decision="deny").values_list("action", flat=True)
    assert {"confirm_request", "refuse_request"} <= set(denied)
    sentence = supervisor.post(f"{LIST}/yeu-cau/{number}/xac-nhan").context["refusal"].sentence
    assert sentence.startswith("Không thực hiện được: việc này thuộc người quản lý của đơn vị liên quan")


def test_the_supervisor_confirms_for_a_unit_without_a_manager_and_a_refusal_says_why() -> None:
    operator().post(f"{LIST}/moi", NEW)
    number, supervisor = AccountRequest.objects.get().pk, logged_in(account_of("so-tttt"))
    answer = supervisor.post(f"{LIST}/yeu-cau/{number}/tu-choi", {"reason": " "})
    assert (answer.status_code, answer.context["problem"]) == (422, "Đề nghị nêu lý do.")
    supervisor.post(f"{LIST}/yeu-cau/{number}/tu-choi", {"reason": "Chưa có quyết định"})
    page = supervisor.get(f"{LIST}/tran-dang-khoa")
    assert page.context["events"][0].text == "Từ chối cấp tài khoản"
    assert page.context["events"][0].document == "Chưa có quyết định"
    operator_client = logged_in(Account.objects.get(username="vien-thong-binh-dinh"))
    assert operator_client.post(f"{LIST}/moi", NEW).status_code == 302, "the name may be asked for again"


def test_what_is_typed_wrong_is_said_at_its_field() -> None:
    account_of("ca-quy-nhon")
    client = operator()
    for wrong, field in (
        ({"username": "Trần Khoa"}, "username"),
        ({"username": "ca-quy-nhon"}, "username"),
        ({"username": "moi"}, "username"),
        ({"unit": "khong-co"}, "unit"),
        ({"document": ""}, "document"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
    ):
        answer = client.post(f"{LIST}/moi", {**NEW, **wrong})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
    assert not AccountRequest.objects.exists()


def test_a_manager_confirms_who_comes_from_another_unit_and_sees_them_only_while_they_wait_or_belong() -> None:
    mover, manager, client = account_of("ca-quy-nhon"), logged_in(manager_of("ca-phu-cat")), operator()
    asked = {"kind": "transfer", "to_unit": "ca-phu-cat", "document": PAPER}
    assert client.post(f"{LIST}/{mover.username}/de-nghi", {**asked, "to_unit": ""}).status_code == 422
    client.post(f"{LIST}/{mover.username}/de-nghi", asked)
    assert manager.get(f"{LIST}/{mover.username}").status_code == 200
    assert manager.post(f"{LIST}/{mover.username}/khoa", {"reason": "x"}).status_code == 403, "not yet of the own unit"
    number = AccountRequest.objects.get().pk
    answer = manager.post(f"{LIST}/yeu-cau/{number}/tu-choi", {"reason": "Không có nhu cầu"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert manager.get(f"{LIST}/{mover.username}").status_code == 404
    client.post(f"{LIST}/{mover.username}/de-nghi", asked)
    manager.post(f"{LIST}/yeu-cau/{AccountRequest.objects.get(state='waiting').pk}/xac-nhan")
    assert again(mover).unit.slug == "ca-phu-cat"


# -- one person


def test_the_operator_narrows_alone_but_widens_nothing_alone() -> None:
    account, client = manager_of("ca-phu-cat"), operator()
    person = logged_in(account)
    address = f"{LIST}/{account.username}"
    client.post(f"{address}/ket-thuc-phien")
    assert LoginSession.objects.get(account=account).end_reason == "signed_out"
    assert person.get("/tai-khoan").status_code == 302
    assert client.post(f"{address}/han", {"last_day": "2099-01-31"}).status_code == 302
    assert client.post(f"{address}/han", {"last_day": "2099-02-01"}).status_code == 422
    assert client.get(address).context["last_manager"], "the page warns"
    assert client.post(f"{address}/thoi-quan-ly", {"reason": " "}).status_code == 422
    client.post(f"{address}/thoi-quan-ly", {"reason": "Chuyển công tác"})
    assert not again(account).is_manager
    assert "Tài khoản không còn là người quản lý của đơn vị." in client.get(address).content.decode()
    for verb in ("mat-khau", "mo-khoa"):
        assert client.post(f"{address}/{verb}").status_code == 403
    answer = client.post(f"{address}/khoa", {"reason": ""})
    assert (answer.status_code, answer.context["opened"]) == (422, "khoa")
    client.post(f"{address}/khoa", {"reason": "Chuyển công tác"})
    assert not again(account).is_active
    assert client.post(f"{address}/khong-co").status_code == 404
    assert [event.text for event in client.get(address).context["events"]][:3] == [
        "Khóa tài khoản", "Thôi làm người quản lý của đơn vị", "Đặt ngày hết hạn",
    ]  # fmt: skip


def test_a_manager_serves_members_alone_and_not_the_own_account() -> None:
    member, manager = account_of("ca-phu-cat"), manager_of("ca-phu-cat")
    client = logged_in(manager)
    found = PASSWORD.search(client.post(f"{LIST}/{member.username}/mat-khau").content.decode())
    assert found is not None
    assert again(member).check_password(found[1])
    client.post(f"{LIST}/{member.username}/khoa", {"reason": "Nghỉ phép"})
    client.post(f"{LIST}/{member.username}/mo-khoa")
    assert again(member).is_active
    own = f"{LIST}/{manager.username}"
    for verb in ("mat-khau", "mo-khoa", "khoa"):
        assert client.post(f"{own}/{verb}", {"reason": "x"}).status_code == 403
    assert client.post(f"{own}/de-nghi", {"kind": "reset", "document": PAPER}).status_code == 403
    page = client.get(own)
    assert not any(page.context[verb] for verb in ("may_lock", "may_reset", "may_unlock", "may_expire", "ask_form"))


def test_a_reader_is_told_who_has_the_verbs() -> None:
    account = account_of("ca-phu-cat")
    page = logged_in(account_of("so-tttt")).get(f"{LIST}/{account.username}")
    assert "Viễn thông Bình Định" in page.context["held"]
    assert "Công an huyện Phù Cát" in page.context["held"]
    for verb in ("khoa", "han", "ket-thuc-phien", "mat-khau"):
        client = logged_in(Account.objects.get(username="so-tttt"))
        assert client.post(f"{LIST}/{account.username}/{verb}", {"reason": "x"}).status_code == 403


def test_a_program_token_is_ended_by_its_account_its_manager_or_the_operator_and_by_nobody_else() -> None:
    account, manager = account_of("ca-phu-cat"), logged_in(manager_of("ca-phu-cat"))
    names = [actions.create_token(account, now=wall_clock()).name for _ in range(3)]
    live = account.api_tokens.filter(ended_at=None)
    own, stranger = logged_in(account), logged_in(manager_of("ca-quy-nhon"))
    assert stranger.post(f"/tai-khoan/khoa/{names[0]}/ket-thuc").status_code == 404
    assert stranger.post(f"{LIST}/{account.username}/huy-khoa").status_code == 404
    assert logged_in(account_of("so-tttt")).post(f"{LIST}/{account.username}/huy-khoa").status_code == 403
    assert live.count() == 3
    assert own.post(f"/tai-khoan/khoa/{names[0]}/ket-thuc").status_code == 302
    assert live.count() == 2
    assert "Hủy khóa truy cập" in manager.get(f"{LIST}/{account.username}").content.decode()
    assert manager.post(f"{LIST}/{account.username}/huy-khoa").status_code == 302
    assert live.count() == 0
    assert "Hủy khóa truy cập" not in manager.get(f"{LIST}/{account.username}").content.decode().partition("<dl")[0]
    assert Entry.objects.filter(action="end_token", facts__token__in=names).count() == 3


# -- a unit's own switches


def test_the_units_manager_alone_chooses_one_session_an_account() -> None:
    client, manager = operator(), logged_in(manager_of("ca-phu-cat"))
    address = "/phan-quyen/don-vi/ca-phu-cat/mot-phien"
    assert client.post(address, {"single": "1"}).status_code == 403
    assert logged_in(manager_of("ca-quy-nhon")).post(address, {"single": "1"}).status_code == 404
    assert manager.post(address, {"single": "1"}).status_code == 302
    assert Unit.objects.get(slug="ca-phu-cat").single_session
    manager.post(address, {"single": "0"})
    assert not Unit.objects.get(slug="ca-phu-cat").single_session


def test_the_focal_person_is_named_by_the_unit_or_the_operator_and_a_new_one_needs_a_new_password() -> None:
    Unit.objects.filter(slug="tinh-doan").update(focal_required=True)
    account, client = account_of("tinh-doan"), operator()
    address = "/phan-quyen/don-vi/tinh-doan/dau-moi"
    named = {"name": "Võ Thị Sáu", "position": "Phó Ban", "phone": "", "document": "Công văn 7-CV/TĐTN"}
    answer = client.post(address, {**named, "document": ""})
    assert (answer.status_code, answer.context["unit"].slug) == (422, "tinh-doan")
    assert logged_in(manager_of("ca-phu-cat")).post(address, named).status_code == 404
    assert client.post(address, named).status_code == 302
    assert FocalPerson.objects.get(valid_to=None).name == "Võ Thị Sáu"
    assert not again(account).has_usable_password()
    waiting = client.get(f"{LIST}?don-vi=tinh-doan").context["waiting"]
    assert [(row.kind_text, row.document) for row in waiting] == [("cấp lại mật khẩu", "Công văn 7-CV/TĐTN")]
    assert client.post("/phan-quyen/don-vi/ca-phu-cat/dau-moi", named).status_code == 422


# -- papers


@pytest.mark.parametrize("paper", ["bien-ban", "cam-ket"])
def test_papers_follow_the_decree_in_vietnamese_and_hold_no_password(paper: str) -> None:
    account = account_of("ca-phu-cat")
    Account.objects.filter(pk=account.pk).update(display_name="Trần Đăng Khoa", document=PAPER)
    client = operator()
    client.post("/ngon-ngu", {"language": "en", "next": "/"})
    page = client.get(f"{LIST}/{account.username}/{paper}").content.decode()
    sheet = page[page.index("<article") : page.index("</article>")]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "./.", "Trần Đăng Khoa"):
        assert words in sheet
    assert account.password not in page
    if paper == "bien-ban":
        assert "Đề Gi: xem trực tiếp" in sheet
        assert "II.7.b" in sheet
        assert PAPER in sheet


def test_no_paper_is_printed_before_the_account_is_confirmed() -> None:
    client = operator()
    client.post(f"{LIST}/moi", NEW)
    assert client.get(f"{LIST}/tran-dang-khoa/bien-ban").status_code == 409
