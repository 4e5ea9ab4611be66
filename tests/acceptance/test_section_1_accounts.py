"""Preamble and I.1: purposes, units and people, accounts and terminals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from acceptance.clauses import clause
from accounts.cast import NOW, PASSWORD, account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.actions import Arrival
from haidang.accounts.models import Account, Terminal, Unit
from haidang.audit.models import Entry
from haidang.core.errors import InvalidInput
from haidang.core.messages import EndReason, OpenStream
from haidang.core.policy import parse_notice
from haidang.core.units import WallUs
from haidang.supervisor.keeper_warden import Warden
from policy.shipped import texts
from web.screens import a_screen, manager

pytestmark = pytest.mark.usefixtures("port")
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


class OneGateway:
    """A gateway with open streams, which ends what it is told to."""

    def __init__(self, *streams: OpenStream) -> None:
        self.streams = list(streams)
        self.ended: dict[str, EndReason] = {}

    def open_streams(self) -> list[OpenStream]:
        return self.streams

    def end(self, streams: dict[str, EndReason]) -> None:
        self.ended.update(streams)


@clause("P")
def test_opening_a_picture_leaves_account_camera_and_purpose() -> None:
    browser = logged_in(account_of("tram-bp-de-gi"))
    opened = browser.post("/api/v1/cameras/de-gi-1/tickets", {"action": "view_live"}, content_type="application/json")
    assert opened.status_code == 201
    entry = Entry.objects.get(action="view_live")
    assert (entry.actor, entry.resource) == ('Account::"tram-bp-de-gi"', 'Camera::"de-gi-1"')
    assert (entry.purpose, entry.decision, entry.clause) == ("quan-ly-neo-dau", "allow", "II.6")


@clause("P")
def test_a_grant_without_a_purpose_is_no_grant() -> None:
    without = texts()["grants.toml"].replace('purposes = ["an-ninh-trat-tu"]', "purposes = []", 1)
    assert without != texts()["grants.toml"]
    with pytest.raises(InvalidInput, match="purpose"):
        parse_notice({**texts(), "grants.toml": without})


@clause("I.1")
def test_a_unit_that_is_switched_off_stops_all_its_people_at_once_live_pictures_included() -> None:
    first, second = account_of("ca-phu-cat"), account_of("ca-phu-cat", username="truc-ban")
    streams = [
        OpenStream(
            f"stream-{account.username}", account.username, actions.start_session(account, now=NOW).name,
            "de-gi", "de-gi-1", "view_live", "an-ninh-trat-tu", NOW,
        )
        for account in (first, second)
    ]  # fmt: skip
    gateway, browser = OneGateway(*streams), logged_in(first)
    Warden(gateway, 3600).run_once(NOW)
    assert gateway.ended == {}
    actions.set_unit_active(Unit.objects.get(slug="ca-phu-cat"), active=False, now=NOW)
    Warden(gateway, 3600).run_once(NOW)
    assert gateway.ended == {stream.stream_id: "account_ended" for stream in streams}
    assert browser.get("/giam-sat").status_code == 302
    assert Client().post("/dang-nhap", {"username": second.username, "password": PASSWORD}).status_code == 200


@clause("I.1.a-1")
def test_five_wrong_passwords_lock_are_logged_and_told() -> None:
    account, client = account_of("ca-phu-cat"), Client()
    head = manager("ca-phu-cat")
    wrong = {"username": account.username, "password": "Sai-mật-khẩu 1"}
    assert [client.post("/dang-nhap", wrong).status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    assert client.post("/dang-nhap", {**wrong, "password": PASSWORD}).status_code == 429
    assert Entry.objects.filter(action="login", facts__locked=True).exists()
    assert account.username in head.get("/phan-quyen/canh-bao").content.decode()


@clause("I.1.a-1")
def test_at_the_first_sign_in_there_is_only_the_change_of_password() -> None:
    account_of("ca-phu-cat", must_change_password=True)
    browser = Client()
    browser.post("/dang-nhap", {"username": "ca-phu-cat", "password": PASSWORD})
    for page in ("/giam-sat", "/giam-sat/de-gi-1", "/tai-khoan", "/phan-quyen"):
        assert browser.get(page)["Location"].startswith("/doi-mat-khau"), page
    assert browser.get("/api/v1/cameras").status_code in (401, 403)


@clause("I.1.a-2")
def test_one_account_in_two_places_is_told_to_both_managers() -> None:
    account = account_of("ca-phu-cat", username="truc-ban")
    for minute, (device, address) in enumerate((("Chrome", "203.0.113.7"), ("Edge", "198.51.100.9"))):
        at = WallUs(NOW + minute * 60_000_000)
        actions.start_session(account, now=at, arrival=Arrival("", device, address))
    for unit in ("ca-phu-cat", "vien-thong-binh-dinh"):
        assert "truc-ban" in manager(unit).get("/phan-quyen/canh-bao").content.decode(), unit
    assert manager("ca-quy-nhon").get("/phan-quyen/canh-bao").content.decode().count("truc-ban") == 0


@clause("I.1.a-2")
def test_where_the_unit_chooses_it_one_session_lives() -> None:
    account = account_of("ca-phu-cat")
    actions.set_single_session(account.unit, single=True, now=NOW)
    older, newer = logged_in(account), logged_in(Account.objects.get(pk=account.pk))
    assert older.get("/giam-sat").status_code == 302
    assert newer.get("/giam-sat").status_code == 200


@clause("I.1.b-1")
def test_a_unit_registers_its_screen_and_the_operator_sees_it_but_cannot_change_it() -> None:
    made = manager("ca-phu-cat").post("/phan-quyen/thiet-bi", {"name": "Phòng trực"})
    assert made.status_code == 200
    name = Terminal.objects.get().account.username
    operator = manager("vien-thong-binh-dinh")
    assert [row.username for row in operator.get("/phan-quyen/thiet-bi").context["in_use"]] == [name]
    assert operator.post(f"/phan-quyen/thiet-bi/{name}/thu-hoi", {"reason": "Thử"}).status_code == 404
    assert operator.post(f"/phan-quyen/thiet-bi/{name}/ma-moi").status_code == 404
    assert Terminal.objects.get().revoked_at is None


@clause("I.1.b-2")
def test_a_screen_on_a_weak_line_is_told_why_its_picture_is_poor_and_has_the_small_stream() -> None:
    screen, health = a_screen(), {"tiles": 4, "tiles_playing": 4, "bandwidth_kbps": 800, "round_trip_ms": 40}
    said = screen.post("/man-hinh/suc-khoe", {**health, "clock_offset_ms": 12}, content_type="application/json")
    assert said.json()["words"] == ["Đường truyền yếu: 0,8 Mbit/s"]
    page = screen.get("/tu-kiem-tra")
    assert page.context["sub_kbps"] is None or page.context["sub_kbps"] < 2000
    assert 'stream="sub"' in page.content.decode(), "the picture of the test is the one of low rate"
