"""Pages and API of holds and retention: who sees what, what a form says, what a program is told."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.cast import account_of, logged_in
from haidang.accounts.actions import create_token
from haidang.accounts.authority import vietnam_day
from haidang.accounts.models import Account
from haidang.audit.models import Entry
from haidang.core.disk_state import DiskState, dump_disk_state
from haidang.core.host import DISK_STATE
from haidang.core.retention import DAY_US
from haidang.core.units import VIETNAM, WallUs, from_datetime, to_datetime
from haidang.footage.actions import HoldFacts, place_automatic_hold, place_hold
from haidang.footage.holds import HOUR_US
from haidang.footage.models import Expiry, Hold, Span
from haidang.host.clock import wall_clock
from haidang.web.api.values import rfc3339
from haidang.web.hold_words import until_text

pytestmark = pytest.mark.usefixtures("port")
CAMERA, UNIT = "de-gi-1", "ca-phu-cat"


def typed(**changes: Any) -> dict[str, Any]:
    """The form, filled for the hour before last."""
    now = to_datetime(wall_clock()).astimezone(VIETNAM)
    return {
        "camera": CAMERA, "from_at": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M:%S}",
        "to_at": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}", "reason": "Mất cắp lưới tại cầu cảng",
        "until": f"{now.date() + timedelta(days=30):%d/%m/%Y}", **changes,
    }  # fmt: skip


def held(unit: str = UNIT) -> Hold:
    now = wall_clock()
    by = Account.objects.filter(username=unit).first() or account_of(unit)
    facts = HoldFacts(
        CAMERA, WallUs(now - 2 * HOUR_US), WallUs(now - HOUR_US), "Mất cắp lưới", WallUs(now + 30 * DAY_US)
    )
    return place_hold(facts, by=by, quota_hours=720, now=now)


def said(answer: Any) -> str:
    return str(answer.content.decode().partition("<main")[2].partition("</main>")[0])


def caller(unit: str = UNIT) -> Client:
    account = Account.objects.filter(username=unit).first() or account_of(unit)
    secret = create_token(account, now=wall_clock()).token
    return Client(headers={"authorization": f"Bearer {secret}"})


def test_a_hold_is_placed_seen_extended_and_released_by_another() -> None:
    client = logged_in(account_of(UNIT))
    answer = client.post("/luu-giu/moi", typed())
    hold = Hold.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/luu-giu/{hold.pk}")
    page = said(client.get(answer["Location"]))
    assert "người lập không tự kết thúc" in page
    assert "Mất cắp lưới tại cầu cảng" in page
    through = f"đến hết ngày {typed()['until']}"
    assert through in page, "the day that was typed"
    assert through in said(client.get("/luu-giu"))
    assert "Cầu cảng 1" in said(client.get("/luu-giu"))
    other = logged_in(account_of("tram-bp-de-gi"))
    longer = vietnam_day(wall_clock()) + timedelta(days=90)
    assert other.post(f"/luu-giu/{hold.pk}/gia-han", {"until": longer.isoformat()}).status_code == 302
    refused = client.post(f"/luu-giu/{hold.pk}/ket-thuc", {"reason": "Không cần"})
    assert (refused.status_code, "phải do người khác kết thúc" in said(refused)) == (403, True)
    assert other.post(f"/luu-giu/{hold.pk}/ket-thuc", {"reason": "Đã bàn giao"}).status_code == 302
    page = said(client.get(f"/luu-giu/{hold.pk}"))
    assert "Đã bàn giao" in page
    assert re.search(r"Đã kết thúc lúc [\d/: ]+ do tram-bp-de-gi, đơn vị Trạm", page)
    assert "đến hết ngày" not in page
    assert "Cầu cảng 1" not in said(client.get("/luu-giu"))
    assert "Cầu cảng 1" in said(client.get("/luu-giu?tinh-trang=da-het&khu-vuc=de-gi"))


def test_a_hold_that_a_program_placed_until_an_hour_says_the_hour() -> None:
    noon = from_datetime(datetime(2027, 1, 24, 12, 0, tzinfo=VIETNAM))
    midnight = from_datetime(datetime(2027, 1, 25, 0, 0, tzinfo=VIETNAM))
    assert until_text(noon) == "đến 24/01/2027 12:00"
    assert until_text(midnight) == "đến hết ngày 24/01/2027"


def test_who_placed_a_hold_and_the_units_managers_read_that_another_released_it() -> None:
    hold = held()
    chief = account_of(UNIT, username="truong-ca-phu-cat")
    Account.objects.filter(pk=chief.pk).update(is_manager=True)
    manager = logged_in(chief)
    placer, stranger = logged_in(Account.objects.get(username=UNIT)), logged_in(account_of("ca-quy-nhon"))
    words = f"Đề nghị lưu giữ số {hold.pk}, do tài khoản này lập, đã được tram-bp-de-gi ("
    assert words not in said(placer.get(reverse("alerts")))
    other = logged_in(account_of("tram-bp-de-gi"))
    assert other.post(f"/luu-giu/{hold.pk}/ket-thuc", {"reason": "Đã bàn giao"}).status_code == 302
    assert words in said(placer.get(reverse("alerts")))
    assert words in said(manager.get(reverse("alerts")))
    assert words not in said(stranger.get(reverse("alerts")))
    assert "Đã bàn giao" not in said(manager.get(reverse("alerts"))), "the reason is in the hold alone"


def test_the_form_opens_with_the_minutes_that_are_looked_at() -> None:
    asked = {"camera": CAMERA, "tu": "2026-11-24T20:00:00Z", "den": "2026-11-24T20:10:00.500Z"}
    page = said(logged_in(account_of(UNIT)).get(f"/luu-giu/moi?{urlencode(asked)}"))
    assert 'value="2026-11-25T03:00:00"' in page
    assert 'value="2026-11-25T03:10:00"' in page
    assert re.search(r'value="de-gi-1" selected', page)
    assert "quy-nhon-1" not in page


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"reason": ""}, 422, "Trường này"), ({"camera": "quy-nhon-1"}, 422, "quy-nhon-1"),
        ({"from_at": "hôm qua"}, 422, "errorlist"), ({"to_at": "2099-01-01T00:00"}, 422, "chưa tới"),
        ({"to_at": "2020-01-01T00:00"}, 422, "phải sau thời điểm bắt đầu"),
        ({"from_at": "2020-01-01T00:00"}, 409, "Vượt giới hạn"), ({"until": "01/01/2020"}, 422, "tối đa 180 ngày"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_said_on_the_form(changes: dict[str, str], status: int, words: str) -> None:
    answer = logged_in(account_of(UNIT)).post("/luu-giu/moi", typed(**changes))
    assert answer.status_code == status
    assert words in said(answer)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("unit", ["vien-thong-binh-dinh", "tinh-doan", "so-tttt"])
def test_who_may_hold_nowhere_is_refused_and_offered_nothing(unit: str) -> None:
    client = logged_in(account_of(unit))
    answer = client.get("/luu-giu")
    assert answer.status_code == 403
    assert "đề nghị lưu giữ" in said(answer)
    assert Entry.objects.filter(action="place_hold", decision="deny").exists()
    assert "/luu-giu" not in client.get("/tai-khoan").content.decode()
    assert "/luu-giu" in logged_in(account_of(UNIT)).get("/tai-khoan").content.decode()


def test_another_sites_hold_is_as_absent_as_none() -> None:
    hold = held()
    client = logged_in(account_of("ca-quy-nhon"))
    for address in (f"/luu-giu/{hold.pk}", "/luu-giu/999999"):
        assert client.get(address).status_code == 404
    assert client.post(f"/luu-giu/{hold.pk}/ket-thuc", {"reason": "x"}).status_code == 404
    assert "Cầu cảng 1" not in said(client.get("/luu-giu?tinh-trang=tat-ca"))


def test_the_camera_page_offers_a_hold_and_says_how_long_is_kept() -> None:
    now = wall_clock()
    Span.objects.create(camera=CAMERA, stream="main", started_at=now - 20 * DAY_US, ended_at=now)
    client = logged_in(account_of(UNIT))
    page = client.get(f"/giam-sat/{CAMERA}").content.decode()
    assert f"/luu-giu/moi?camera={CAMERA}" in page
    assert re.search(r"còn lưu (9|10) ngày", page)


def test_a_program_is_told_what_expired_what_is_held_and_how_long_is_kept() -> None:
    now = wall_clock()
    start = WallUs(now - 3 * HOUR_US)
    Expiry.objects.create(
        path="a", site="de-gi", camera=CAMERA, stream="main", started_at=start, ended_at=start + HOUR_US, size_bytes=1,
        sequence=0, reason="retention", policy="", state="removed", planned_at=now,
    )  # fmt: skip
    hold = held()
    query = {"camera": CAMERA, "from": rfc3339(start), "to": rfc3339(now)}
    told = caller().get("/api/v1/recordings", query).json()
    assert told["retention_days"] == 30
    assert told["expired"] == [{"from": rfc3339(start), "to": rfc3339(WallUs(start + HOUR_US))}]
    assert told["holds"] == [
        {"id": hold.pk, "from": rfc3339(WallUs(hold.started_at)), "to": rfc3339(WallUs(hold.ended_at))}
    ]
    assert caller("tinh-doan").get("/api/v1/recordings", query).json()["holds"] == []


def body(**changes: Any) -> dict[str, Any]:
    now = wall_clock()
    return {
        "camera": CAMERA, "from": rfc3339(WallUs(now - 2 * HOUR_US)), "to": rfc3339(WallUs(now - HOUR_US)),
        "reason": "Mất cắp", "until": rfc3339(WallUs(now + DAY_US)), **changes,
    }  # fmt: skip


def test_a_program_places_holds_by_the_same_door() -> None:
    made = caller().post("/api/v1/holds", body(), content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["site"], made.json()["camera"], made.json()["in_force"]) == ("de-gi", CAMERA, True)
    assert caller().get("/api/v1/holds").json() == {"holds": [made.json()]}
    assert caller().get("/api/v1/holds?in_force=false").json() == {"holds": []}
    assert caller("ca-quy-nhon").get("/api/v1/holds").json() == {"holds": []}


@pytest.mark.parametrize(
    ("unit", "changes", "status", "code"),
    [
        ("tinh-doan", {}, 403, "not_granted"), ("ca-quy-nhon", {}, 404, "unknown_camera"),
        (UNIT, {"camera": "none"}, 404, "unknown_camera"), (UNIT, {"until": "2020-01-01T00:00:00Z"}, 422, "hold_until"),
        (UNIT, {"from": "2020-01-01T00:00:00Z"}, 409, "hold_quota"), (UNIT, {"more": 1}, 422, "invalid_input"),
        (UNIT, {"purpose": "ve-sinh-moi-truong"}, 403, "not_granted"),
    ],
)  # fmt: skip
def test_a_program_is_refused_with_a_code(unit: str, changes: dict[str, Any], status: int, code: str) -> None:
    answer = caller(unit).post("/api/v1/holds", body(**changes), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Hold.objects.exists()


def test_whoever_sees_rights_sees_how_long_each_site_is_kept() -> None:
    page = said(logged_in(account_of("so-tttt")).get("/phan-quyen/thoi-han-luu-tru"))
    assert page.count("30 ngày") == 3
    assert "chờ UBND tỉnh quyết định" in page
    assert logged_in(account_of(UNIT)).get("/phan-quyen/thoi-han-luu-tru").status_code == 403


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": "alarm", "free_bytes": 12}, "còn 12%: đề nghị bổ sung"),
        ({"level": "emergency", "free_bytes": 4}, "còn 4%: đang xóa sớm"),
        ({"nothing_left": True}, "không còn phần nào"),
        ({"clock_doubted": True}, "đồng hồ máy chủ sai"), ({"faults": 2}, "2 tệp hết hạn"),
        ({"at_us": 1}, "không được cập nhật"),
    ],
)  # fmt: skip
def test_operations_say_what_is_wrong_with_the_disk(change: dict[str, Any], words: str, port: Any) -> None:
    values: dict[str, Any] = {
        "at_us": wall_clock(), "total_bytes": 100, "free_bytes": 50, "level": "", "going_bytes": 0,
        "nothing_left": False, "clock_doubted": False, "faults": 0,
    }  # fmt: skip
    client = logged_in(account_of("vien-thong-binh-dinh"))
    (port / DISK_STATE).write_bytes(dump_disk_state(DiskState(**values)))
    assert 'role="alert"' not in said(client.get("/van-hanh"))
    (port / DISK_STATE).write_bytes(dump_disk_state(DiskState(**{**values, **change})))
    assert words in said(client.get("/van-hanh"))


def test_a_hold_of_a_whole_site_is_shown_as_the_systems() -> None:
    now = wall_clock()
    hold = place_automatic_hold(
        "storm", site="de-gi", camera="", from_us=WallUs(now - HOUR_US), to_us=WallUs(now + DAY_US),
        until=WallUs(now + 30 * DAY_US), reason="Bão số 13", now=now,
    )  # fmt: skip
    client = logged_in(account_of(UNIT))
    assert "Tự động trong thời gian bão" in said(client.get("/luu-giu"))
    assert "mọi camera" in said(client.get(f"/luu-giu/{hold.pk}"))
