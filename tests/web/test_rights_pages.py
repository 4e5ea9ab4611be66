"""Matrix, sheet, "who" and open points: they say what the one door says, to whom may know it, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product

import pytest
import time_machine
from django.test import Client

from accounts.cast import NOW, account_of, logged_in
from haidang.accounts import policies
from haidang.accounts.models import Account, AccountState, FocalPerson, Unit
from haidang.accounts.policies import notice_in_force
from haidang.cameras.policy import propose
from haidang.core.policy import SITE_ACTIONS, end_grant
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.folding import folded
from haidang.web.texts import action_name
from policy.shipped import SITES, ask_of, decider, notice

pytestmark = pytest.mark.usefixtures("port")

#: Four days after the set was applied.
LATER = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
DAY = date(2025, 2, 28)
MATRIX, WHO, OPEN = "/phan-quyen/ma-tran", "/phan-quyen/ai-co-quyen", "/phan-quyen/diem-mo"
SUPERVISOR, OPERATOR, STATION = "so-tttt", "vien-thong-binh-dinh", "tram-bp-de-gi"


@pytest.fixture(autouse=True)
def _no_notices_of_other_tests() -> None:
    """Revisions are remembered by number, and numbers come again in each test's database."""
    policies._notice.cache_clear()


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def browser(unit: str) -> Client:
    return logged_in(Account.objects.filter(username=unit).first() or account_of(unit))


def cells(client: Client, query: str = f"?ngay={DAY}") -> dict[tuple[str, str], set[str]]:
    """(unit, site) -> names of the rights marked there."""
    rows = client.get(MATRIX + query).context["matrix"].rows
    return {
        (row.slug, cell.site): {mark.name for mark in cell.marks if mark.held} for row in rows for cell in row.cells
    }


def decided(unit: str, site: str) -> set[str]:
    """What the decider lets the unit's people do on the site for some purpose, as if every act were permitted."""
    purposes = ["", *(purpose.slug for purpose in notice().purposes)]
    return {
        action_name(action)
        for action, purpose in product(SITE_ACTIONS, purposes)
        if ask_of(
            decider(), unit, action, site, purpose=purpose, on=DAY, second_factor=True, approved=True
        ).allowed
    }  # fmt: skip


def end(policy_id: str, last_day: date) -> None:
    """The operator ends a grant: it narrows, so it is in force at once."""
    operator = Account.objects.filter(username=OPERATOR).first() or account_of(OPERATOR)
    current = notice_in_force()
    assert current is not None
    changed = end_grant(current, policy_id, last_day)
    propose(changed, title="Kết thúc", document="Văn bản 12", by=operator, second_factor=True, now=wall_clock())


# the matrix


def test_the_matrix_is_what_the_decider_says_for_every_unit_and_site() -> None:
    shown = cells(browser(SUPERVISOR))
    expected = {(unit.slug, site): decided(unit.slug, site) for unit, site in product(notice().units, SITES)}
    assert len(expected) == 22 * 3
    assert shown == expected


def test_the_matrix_has_the_21_grants_of_the_notice_with_clause_words_and_document() -> None:
    rows = browser(SUPERVISOR).get(f"{MATRIX}?ngay={DAY}").context["matrix"].rows
    rights = [(row.slug, cell.site, right) for row in rows for cell in row.cells for right in cell.rights]
    holders = [each for each in rights if each[0] != OPERATOR]
    assert len(holders) == 21
    assert all(right.clause.text and right.document and right.purposes for _unit, _site, right in rights)


def test_a_holder_sees_its_own_row_and_those_of_its_sites_on_its_sites_only() -> None:
    client = browser(STATION)
    shown = cells(client)
    assert {site for _unit, site in shown} == {"de-gi"}
    assert {unit for unit, _site in shown} == {
        unit.slug for unit in notice().units if decided(unit.slug, "de-gi")
    }  # fmt: skip
    page = client.get(MATRIX)
    assert not page.context["has_system"]
    assert not any(name in page.content.decode() for name in ("Trạm Biên phòng Quy Nhơn", "Công an thị xã Hoài Nhơn"))


def test_a_unit_without_rights_sees_itself_alone() -> None:
    rows = browser("so-tnmt").get(MATRIX).context["matrix"].rows
    assert [row.slug for row in rows] == ["so-tnmt"]


@pytest.mark.parametrize("asked", ["De Gi", "đê gi", "ĐỀ GI", "cat khanh"])
def test_units_are_found_without_marks_and_by_other_names(asked: str) -> None:
    rows = browser(SUPERVISOR).get(MATRIX, {"tim": asked}).context["matrix"].rows
    assert [row.slug for row in rows] == [STATION]


def test_a_grant_that_ended_is_gone_the_day_after_and_stands_the_day_before() -> None:
    end(f"II.6:{STATION}:de-gi", DAY)
    client = browser(SUPERVISOR)
    assert cells(client)[STATION, "de-gi"] != set()
    assert cells(client, "?ngay=2025-03-01")[STATION, "de-gi"] == set()


def test_what_was_known_then_is_another_reading() -> None:
    """Ended today with effect from a past day: as known today that day had no right, as known then it had."""
    end(f"II.6:{STATION}:de-gi", date(2026, 11, 1))
    client = browser(SUPERVISOR)
    day = "?ngay=2026-11-26"
    assert cells(client, day)[STATION, "de-gi"] == set()
    assert cells(client, f"{day}&theo=khi-do")[STATION, "de-gi"] != set()


def test_before_the_first_decision_the_page_says_so() -> None:
    page = browser(SUPERVISOR).get(f"{MATRIX}?ngay=2020-01-01&theo=khi-do")
    assert page.status_code == 200
    assert "chưa ghi nhận quyết định phân quyền nào" in page.content.decode()


@pytest.mark.parametrize("day", ["", "0000-00-00", "31/02/2025", "9999-12-31", "<script>"])
def test_what_is_no_day_is_today(day: str) -> None:
    reading = browser(SUPERVISOR).get(MATRIX, {"ngay": day}).context["reading"]
    assert reading.on == reading.today


def test_the_prohibitions_stand_under_it_with_their_clauses() -> None:
    page = browser(STATION).get(MATRIX)
    always = {ban.clause for ban in page.context["bans_always"]}
    assert always == {"I.2.a-1", "I.2.a-2", "I.2.b", "I.2.c-1", "I.2.c-2", "I.2.c-3"}
    assert [ban.clause for ban in page.context["bans_until_approved"]] == ["I.2.c-4", "I.2.d"]


# a unit's sheet


def test_a_sheet_is_for_the_own_unit_and_for_who_sees_rights() -> None:
    holder = browser(STATION)
    assert holder.get(f"/phan-quyen/don-vi/{STATION}").status_code == 200
    missing = holder.get("/phan-quyen/don-vi/khong-co")
    hidden = holder.get("/phan-quyen/don-vi/ca-phu-cat")
    assert missing.status_code == hidden.status_code == 404
    token = re.compile(r"<input[^>]*csrf[^>]*>|<time.*?</time>|data-now=\"[^\"]*\"|value=\"/[^\"]*\"")
    assert token.sub("", missing.content.decode()) == token.sub("", hidden.content.decode())
    assert browser(SUPERVISOR).get("/phan-quyen/don-vi/ca-phu-cat").status_code == 200


def test_a_sheet_says_plainly_what_the_unit_may_not_do() -> None:
    sheet = browser("tinh-doan").get("/phan-quyen/don-vi/tinh-doan").context["sheet"]
    said = {each.sentence: each.clause for each in sheet.may_not}
    assert said["Không được xem lại tại Quy Nhơn, Đề Gi, Tam Quan: chưa được phân quyền."] == "II.1.b"
    assert said["Không được xóa dữ liệu, hình ảnh."] == "I.2.c-1"
    assert "Không được xem ngoài mục đích: vệ sinh môi trường." in said
    granted = {name for place in sheet.sites for right in place.rights for name in right.actions}
    assert not any(f"Không được {name} tại" in sentence for name in granted for sentence in said)


def test_a_sheet_names_duties_deputies_focal_person_and_managers() -> None:
    board = browser("bql-cang-ca-binh-dinh").get("/phan-quyen/don-vi/bql-cang-ca-binh-dinh").context["sheet"]
    assert [duty.where for duty in board.duties if duty.clause.clause == "II.3.b"] == ["Quy Nhơn, Đề Gi"]
    assert any(sentence.startswith("Được thông báo trước tiên về hư hỏng") for sentence in board.told)
    unit = Unit.objects.get(slug="hoi-lhpn")
    assert browser(SUPERVISOR).get("/phan-quyen/don-vi/hoi-lhpn").context["sheet"].focal is None
    client = browser("hoi-lhpn")
    FocalPerson.objects.create(unit=unit, name="Lê Thị Hoa", document="CV 1", valid_from=DAY, valid_to=date(2025, 5, 1))
    person = account_of("hoi-lhpn", username="hoa")
    AccountState.objects.create(account=person, unit=unit, is_active=True, is_manager=True, at=NOW, reason="issue")
    then = client.get(f"/phan-quyen/don-vi/hoi-lhpn?ngay={DAY}").context["sheet"]
    assert (then.focal.name, then.managers) == ("Lê Thị Hoa", [])
    now = client.get("/phan-quyen/don-vi/hoi-lhpn?ngay=2026-11-26").context["sheet"]
    assert (now.focal.name, now.managers) == ("Người Đầu Mối", ["Người Đầu Mối"])


# who


def test_who_is_for_who_sees_rights_and_refuses_others_with_a_sentence() -> None:
    page = browser(STATION).get(WHO)
    assert page.status_code == 403
    assert "xem phân quyền" in page.context["refusal"].sentence


@pytest.mark.parametrize("place", ["Đề Gi", "de gi", "Đê Gi", "de-gi-2", "Đề Gi · Cầu cảng 2"])
def test_who_answers_with_units_clauses_and_days(place: str) -> None:
    page = browser(SUPERVISOR).get(WHO, {"noi": place, "viec": "view_playback", "ngay": str(DAY)})
    found = {row.slug: row.clause for row in page.context["rows"]}
    assert found == {
        unit.slug: unit_clause
        for unit in notice().units
        if (unit_clause := _clause_of(unit.slug, "view_playback", "de-gi"))
    }
    assert len(found) == 5
    assert "Ngày 28/02/2025, 5 đơn vị có quyền xem lại tại" in page.content.decode()


def test_nobody_is_said_plainly() -> None:
    page = browser(SUPERVISOR).get(WHO, {"noi": "Quy Nhơn", "viec": "view_live", "ngay": "2021-03-01"})
    assert "Ngày 01/03/2021 không đơn vị nào có quyền xem trực tiếp tại Quy Nhơn" in page.content.decode()


def test_extraction_is_answered_with_who_is_to_carry_it_out_and_that_each_needs_permission() -> None:
    page = browser(SUPERVISOR).get(WHO, {"noi": "Tam Quan", "viec": "execute_extraction"})
    assert [row.slug for row in page.context["rows"]] == [OPERATOR]
    assert "Mỗi lần thực hiện phải được cấp có thẩm quyền cho phép" in page.content.decode()


def test_rights_over_the_system_are_asked_of_the_system() -> None:
    client = browser(SUPERVISOR)
    page = client.get(WHO, {"noi": "he thong", "viec": "approve_policy"})
    assert [row.slug for row in page.context["rows"]] == ["so-tttt", "ubnd-tinh", "vp-ubnd"]
    assert client.get(WHO, {"noi": "Đề Gi", "viec": "approve_policy"}).context["misfit"]


def test_a_name_of_several_places_offers_them_and_none_says_so() -> None:
    client = browser(SUPERVISOR)
    assert len(client.get(WHO, {"noi": "cau cang 1"}).context["candidates"]) == 3
    assert "Không có khu vực hoặc camera nào tên" in client.get(WHO, {"noi": "Sa Huỳnh"}).content.decode()


def test_people_are_those_of_that_day() -> None:
    person = account_of("ca-phu-cat", username="nguyen-an")
    unit = Unit.objects.get(slug="ca-phu-cat")
    AccountState.objects.create(account=person, unit=unit, is_active=True, at=NOW, reason="issue")
    AccountState.objects.create(
        account=person, unit=unit, is_active=False, at=WallUs(NOW + 3 * 86_400_000_000), reason="lock"
    )
    client = browser(SUPERVISOR)

    def people(day: str) -> list[str]:
        rows = client.get(WHO, {"noi": "Đề Gi", "viec": "view_live", "ngay": day}).context["rows"]
        return next(list(row.people) for row in rows if row.slug == "ca-phu-cat")

    assert people("2026-11-20") == []
    assert people("2026-11-26") == ["nguyen-an"]
    assert people("2026-11-30") == []


# open points


def test_open_points_show_all_answers_and_the_gaps_that_the_grants_leave() -> None:
    points = browser("vp-ubnd").get(OPEN).context["points"]
    assert [point.id for point in points.points] == [f"A{number}" for number in range(1, 19)]
    assert all(point.value and point.reason and point.decided_by for point in points.points)
    assert any("Phòng chống thiên tai" in gap and "chưa giao cho đơn vị nào" in gap for gap in points.gaps)
    assert any(gap.startswith("Chi cục Thủy sản") and "chưa nêu mục đích" in gap for gap in points.gaps)
    assert browser(STATION).get(OPEN).status_code == 403


# the parts


def test_the_hub_leads_to_the_first_part_and_tabs_hold_what_opens() -> None:
    for unit in (STATION, SUPERVISOR, OPERATOR, "ubnd-tinh"):
        client = browser(unit)
        page = client.get("/phan-quyen", follow=True)
        assert page.status_code == 200
        tabs = page.context["rights_tabs"]
        assert [tab.key for tab in tabs if tab.current]
        assert [client.get(tab.url).status_code for tab in tabs] == [200] * len(tabs), unit
    assert [tab.key for tab in browser(STATION).get(MATRIX).context["rights_tabs"]] == ["matrix"]


def test_pages_are_whole_in_english() -> None:
    client = browser(SUPERVISOR)
    client.post("/ngon-ngu", {"language": "en", "next": "/"})
    row = client.get(MATRIX).context["matrix"].rows[0]
    assert row.gloss.startswith("VNPT")
    sheet = client.get("/phan-quyen/don-vi/tinh-doan").context["sheet"]
    assert any(each.sentence.startswith("May not") for each in sheet.may_not)
    assert client.get(OPEN).context["points"].points[0].question.startswith("Who is")


def test_folding_takes_marks_case_and_spaces_away() -> None:
    assert {folded(text) for text in ("Đề Gi", "Đê Gi", " de  GI")} == {"de gi"}


def _clause_of(unit: str, action: str, site: str) -> str:
    purposes = ["", *(purpose.slug for purpose in notice().purposes)]
    decisions = [ask_of(decider(), unit, action, site, purpose=purpose, on=DAY) for purpose in purposes]
    return next((each.clause for each in decisions if each.allowed), "")


@pytest.mark.parametrize("day", ["31/31/2020", "hôm qua", "2020-02-30", "9" * 500])
def test_a_day_that_is_none_is_said_and_answers_nothing(day: str) -> None:
    client = browser(SUPERVISOR)
    matrix = client.get(MATRIX, {"ngay": day})
    assert "không phải là ngày" in matrix.content.decode()
    who = client.get(WHO, {"noi": "Đề Gi", "viec": "view_live", "ngay": day})
    assert who.context["rows"] is None
    assert "ngày không hợp lệ" in who.content.decode()


def test_an_act_that_is_none_is_said_and_answers_nothing() -> None:
    page = browser(SUPERVISOR).get(WHO, {"noi": "Đề Gi", "viec": "fly"})
    assert page.context["rows"] is None
    assert "Không có việc nào tên “fly”" in page.content.decode()
