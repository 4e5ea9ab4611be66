"""Duty screens as browsers and attackers meet them: enrolment, the wall and nothing else, keys, health, own page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts.actions.terminal import revoke_terminal
from haidang.accounts.models import Account, Alert, LoginSession, Terminal, TerminalHealth
from haidang.audit.models import Entry
from haidang.host.clock import wall_clock
from haidang.web.code_guesses import IN_ALL, CodeGuesses, guesses
from web.screens import START, a_code, a_screen, manager

pytestmark = pytest.mark.usefixtures("port")
GOOD = {"tiles": 4, "tiles_playing": 4, "bandwidth_kbps": 9000, "round_trip_ms": 40, "clock_offset_ms": 12}
WRONG = "Mã không đúng, đã dùng hoặc đã hết hạn."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands, and nobody who has guessed yet."""
    with time_machine.travel(START, tick=False) as traveller:
        guesses._wrong.clear()
        yield traveller


def tell(client: Client, **changes: Any) -> Any:
    return client.post("/man-hinh/suc-khoe", json.dumps({**GOOD, **changes}), content_type="application/json")


def key_of(client: Client) -> str:
    return client.cookies["hd_terminal"].value


# -- enrolment


def test_a_code_makes_a_browser_the_unit_s_wall() -> None:
    client = a_screen()
    cookie = client.cookies["hd_terminal"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/man-hinh")
    assert cookie["max-age"] == 400 * 86_400
    page = client.get("/man-hinh")
    assert [wall.site.slug for wall in page.context["walls"]] == ["de-gi"]
    text = page.content.decode()
    assert text.count("<hd-tile") == 4
    assert "Phòng trực (man-hinh-" in text, "the watermark names the screen"
    assert "Công an huyện Phù Cát" in text
    assert "<a " not in text.partition("<hd-terminal")[2].partition("</hd-terminal>")[0], "nothing leads anywhere"


def test_without_a_code_or_key_there_is_only_the_field_for_one() -> None:
    page = Client().get("/man-hinh")
    assert page.status_code == 200
    assert "hd-tile" not in page.content.decode()
    assert 'name="code"' in page.content.decode()


def test_wrong_used_and_expired_codes_get_the_same_answer(clock: time_machine.Traveller) -> None:
    used, expired = a_code(name="Một"), a_code(name="Hai")
    Client().post("/man-hinh", {"code": used})
    clock.shift(timedelta(minutes=10))
    pages = {
        re.sub(
            rb'name="csrfmiddlewaretoken" value="\w+"|data-now="[^"]+"', b"", Client().post("/man-hinh", body).content
        )
        for body in ({"code": used}, {"code": expired}, {"code": "BBBB-BBBB"}, {})
    }
    assert len(pages) == 1
    assert WRONG in pages.pop().decode()


def test_five_wrong_codes_lock_an_address_for_the_life_of_a_code_the_right_one_included(
    clock: time_machine.Traveller,
) -> None:
    code = a_code()
    answers = [Client().post("/man-hinh", {"code": f"BBBB-BBB{n}"}).status_code for n in range(2, 8)]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert Client().post("/man-hinh", {"code": code}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.9.9.9").post("/man-hinh", {"code": code})
    assert elsewhere.status_code == 302
    clock.shift(timedelta(minutes=10, seconds=1))
    assert Client().post("/man-hinh", {"code": code}).status_code == 200
    denied = Entry.objects.filter(action="enrol_terminal", decision="deny").order_by("pk")
    assert [entry.facts["limited"] for entry in denied] == [False] * 4 + [True, False]


def test_guesses_from_everywhere_are_limited_in_all() -> None:
    counted, now = CodeGuesses(), wall_clock()
    for n in range(IN_ALL):
        assert counted.wait_us("10.0.0.1", now=now) == 0
        counted.wrong(f"10.1.{n}.1", now=now)
    assert counted.wait_us("10.0.0.1", now=now) > 0


def test_one_ipv6_line_is_one_address() -> None:
    for n in range(5):
        Client(REMOTE_ADDR=f"2001:db8::{n}").post("/man-hinh", {"code": "BBBB-BBBB"})
    assert Client(REMOTE_ADDR="2001:db8::ffff").post("/man-hinh", {"code": "BBBB-BBBB"}).status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:0:1::1").post("/man-hinh", {"code": "BBBB-BBBB"}).status_code == 200


def test_a_person_s_session_ends_where_a_code_is_typed() -> None:
    client = manager()
    person = LoginSession.objects.get(account__username="ca-phu-cat", ended_at=None)
    client.post("/man-hinh", {"code": a_code()})
    person.refresh_from_db()
    assert person.ended_at is not None
    assert client.get("/tai-khoan").status_code == 403


# -- what a screen may reach


@pytest.mark.parametrize(
    "path",
    [
        "/tai-khoan", "/phan-quyen/thiet-bi", "/giam-sat", "/giam-sat/de-gi-1", "/van-hanh", "/doi-mat-khau",
        "/dang-nhap",
        "/api/v1/me", "/api/v1/recordings?camera=de-gi-1&from=2026-11-24T00:00:00Z&to=2026-11-24T01:00:00Z",
        "/man-hinh-khac",
    ],
)  # fmt: skip
def test_a_screen_opens_its_wall_and_nothing_else(path: str) -> None:
    client = a_screen()
    answer = client.get(path)
    assert answer.status_code == 403
    assert "I.1.b" in answer.content.decode()
    assert client.get("/man-hinh").status_code == 200


def test_the_start_page_leads_a_screen_to_its_wall() -> None:
    assert a_screen().get("/")["Location"] == "/man-hinh"


def test_a_screen_gets_live_tickets_of_its_own_unit_s_cameras_alone() -> None:
    client = a_screen()

    def ask(camera: str, **body: str) -> int:
        path = f"/api/v1/cameras/{camera}/tickets"
        return int(client.post(path, body, content_type="application/json").status_code)

    hour = {"from": "2026-11-24T00:00:00Z", "to": "2026-11-24T01:00:00Z"}
    assert ask("de-gi-1", action="view_live") == 201
    assert ask("de-gi-1", action="view_playback", **hour) == 403
    assert ask("tam-quan-1", action="view_live") == 404
    assert ask("tam-quan-1", action="view_playback", **hour) == 404
    listed = client.get("/api/v1/cameras").json()["cameras"]
    assert {camera["id"] for camera in listed} == {f"de-gi-{n}" for n in range(1, 5)}
    assert all(camera["actions"] == ["view_live"] for camera in listed)


def test_a_screen_that_tells_never_idles_out(clock: time_machine.Traveller) -> None:
    client = a_screen()
    name = LoginSession.objects.get(ended_at=None).name
    for _hour in range(30):
        clock.shift(timedelta(hours=1))
        assert tell(client).status_code == 200
    assert LoginSession.objects.get(ended_at=None).name == name


def test_a_screen_that_was_switched_off_over_the_weekend_comes_back_by_itself(clock: time_machine.Traveller) -> None:
    client = a_screen()
    first = key_of(client)
    clock.shift(timedelta(days=3))
    assert tell(client).status_code == 401, "not a page of people's sign-in"
    page = client.get("/man-hinh", follow=True)
    assert page.content.decode().count("<hd-tile") == 4
    assert key_of(client) != first, "a copy that comes later is found out"
    assert LoginSession.objects.filter(ended_at=None, account__kind="terminal").count() <= 2
    assert tell(client).status_code == 200


# -- keys


def test_the_key_renews_itself_and_the_session_goes_on(clock: time_machine.Traveller) -> None:
    client = a_screen()
    keys = [key_of(client)]
    for _hour in range(3):
        clock.shift(timedelta(hours=1))
        assert client.post("/man-hinh/khoa").json() == {"ok": True}
        keys.append(key_of(client))
        assert tell(client).status_code == 200
    assert len(set(keys)) == 4


def test_a_stolen_key_that_both_use_ends_both_and_tells_the_managers(clock: time_machine.Traveller) -> None:
    client, thief = a_screen(), Client()
    thief.cookies["hd_terminal"] = key_of(client)
    assert thief.get("/man-hinh", follow=True).content.decode().count("<hd-tile") == 4, "until the true one speaks"
    assert tell(thief).status_code == 200
    clock.shift(timedelta(minutes=3))
    assert tell(client).status_code == 401
    row = Terminal.objects.get()
    assert row.revoke_reason == "copied"
    assert Alert.objects.get().kind == "terminal_copied"
    for browser in (client, thief):
        assert tell(browser).status_code == 401
        assert browser.get("/api/v1/cameras").status_code == 401
        page = browser.get("/man-hinh", follow=True).content.decode()
        assert "hd-tile" not in page
        assert "đã bị thu hồi" in page
    shown = manager().get("/phan-quyen/thiet-bi").content.decode()
    assert "Khóa của màn hình bị sao chép" in shown


def test_a_session_without_the_key_and_a_key_without_the_session_tell_nothing() -> None:
    client, other = a_screen(), a_screen("ca-quy-nhon")
    bare = Client()
    bare.cookies["hd_terminal"] = key_of(client)
    assert tell(bare).status_code == 401
    client.cookies["hd_terminal"] = key_of(other)
    assert tell(client).status_code == 401, "another screen's key"
    del client.cookies["hd_terminal"]
    assert tell(client).status_code == 401
    assert "hd-tile" not in client.get("/man-hinh").content.decode()
    assert client.get("/api/v1/cameras").status_code == 401, "its session went with its key"
    assert TerminalHealth.objects.count() == 0


def test_a_revoked_screen_is_a_stranger(clock: time_machine.Traveller) -> None:
    client = a_screen()
    client.get("/man-hinh")
    revoke_terminal(Terminal.objects.get(), actor="", now=wall_clock())
    clock.shift(timedelta(minutes=5))
    assert client.get("/api/v1/cameras").status_code == 401
    assert tell(client).status_code == 401
    assert client.post("/man-hinh/khoa").status_code == 401
    assert "hd-tile" not in client.get("/man-hinh", follow=True).content.decode()
    assert LoginSession.objects.filter(account__kind="terminal", ended_at=None).count() == 0


# -- health


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"1e999", b'{"tiles": 4}', b'{"tiles": -1, "tiles_playing": 0}',
        b'{"tiles": 4, "tiles_playing": 5}', b'{"tiles": 4, "tiles_playing": 4, "bandwidth_kbps": 1e300}',
        b'{"tiles": 4, "tiles_playing": 4, "dropped_percent": NaN}', b'{"tiles": "x", "tiles_playing": {}}',
        b'{"tiles": 4, "tiles_playing": 4, "round_trip_ms": 1.5}', b"\xff\xfe", b"[" * 4000,
        b'{"tiles": 4, "tiles_playing": 4, "x": "' + b"a" * 5000 + b'"}',
    ],
)  # fmt: skip
def test_junk_is_no_health(body: bytes) -> None:
    client = a_screen()
    assert client.post("/man-hinh/suc-khoe", body, content_type="application/json").status_code == 422
    assert TerminalHealth.objects.count() == 0


def test_health_is_answered_with_what_is_poor_in_words() -> None:
    answer = tell(
        a_screen(),
        bandwidth_kbps=800,
        clock_offset_ms=-40_000,
        dropped_percent=12.4,
        tiles_playing=3,
        browser="<script>",
    ).json()
    assert answer["words"] == ["Đường truyền yếu: 0,8 Mbit/s", "Thiết bị bỏ 12% khung hình", "Đồng hồ lệch 40 giây"]
    assert answer["cameras"] == "de-gi-1 de-gi-2 de-gi-3 de-gi-4"
    assert TerminalHealth.objects.get().browser == ""


def test_a_clock_that_is_decades_wrong_is_still_a_clock() -> None:
    assert tell(a_screen(), clock_offset_ms=-900_000_000_000).status_code == 200
    assert TerminalHealth.objects.get().clock_offset_ms == -(2**31) + 1


# -- the unit's page


def test_a_manager_registers_a_screen_and_sees_its_code_once() -> None:
    client = manager()
    page = client.post("/phan-quyen/thiet-bi", {"name": "Phòng trực", "place": "Tầng 1"})
    code = page.context["code"].code
    assert re.fullmatch(r"[B-Z2-9]{4}-[B-Z2-9]{4}", code)
    assert page["Cache-Control"] == "no-store"
    later = client.get("/phan-quyen/thiet-bi")
    assert code not in later.content.decode()
    assert [(row.name, row.state) for row in later.context["in_use"]] == [("Phòng trực", "waiting")]
    again = client.post("/phan-quyen/thiet-bi", {"name": "Phòng trực"})
    assert again.status_code == 409, "a page loaded again registers nothing"
    assert Terminal.objects.count() == 1


def test_health_is_read_in_words(clock: time_machine.Traveller) -> None:
    screen, client = a_screen(), manager()
    tell(screen, bandwidth_kbps=800)
    row = client.get("/phan-quyen/thiet-bi").context["in_use"][0]
    assert (row.state, row.words, row.tiles) == ("poor", ["Đường truyền yếu: 0,8 Mbit/s"], "4/4")
    clock.shift(timedelta(minutes=4))
    row = client.get("/phan-quyen/thiet-bi").context["in_use"][0]
    assert (row.state, row.words) == ("silent", ["Không có tin từ 10:00"])


def test_a_manager_gives_a_new_code_and_revokes() -> None:
    screen, client = a_screen(), manager()
    name = Terminal.objects.get().account.username
    page = client.post(f"/phan-quyen/thiet-bi/{name}/ma-moi")
    assert page.context["code"].name == "Phòng trực"
    assert client.post(f"/phan-quyen/thiet-bi/{name}/thu-hoi", {"reason": "Thay màn hình"}).status_code == 302
    assert tell(screen).status_code == 401
    context = client.get("/phan-quyen/thiet-bi").context
    assert ([row.name for row in context["in_use"]], [row.reason for row in context["revoked"]]) == (
        [],
        ["Thay màn hình"],
    )


def test_another_unit_s_screen_is_as_absent_as_none() -> None:
    a_screen("ca-quy-nhon")
    client, name = manager(), Terminal.objects.get().account.username
    for verb in ("ma-moi", "thu-hoi"):
        answers = [client.post(f"/phan-quyen/thiet-bi/{each}/{verb}") for each in (name, "man-hinh-none")]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert Terminal.objects.get().revoked_at is None
    assert name not in client.get("/phan-quyen/thiet-bi").content.decode()


def test_who_is_no_manager_gets_no_page_and_no_screen() -> None:
    account = account_of("ca-phu-cat")
    Account.objects.filter(pk=account.pk).update(pledged_at=1)
    client = logged_in(account)
    assert client.get("/phan-quyen/thiet-bi").status_code == 403
    assert client.post("/phan-quyen/thiet-bi", {"name": "Lén"}).status_code == 403
    assert Terminal.objects.count() == 0


def test_the_operator_reads_every_unit_s_screens_and_changes_none() -> None:
    a_screen("ca-quy-nhon")
    account = account_of("vien-thong-binh-dinh")
    Account.objects.filter(pk=account.pk).update(pledged_at=1)
    client, name = logged_in(account), Terminal.objects.get().account.username
    LoginSession.objects.filter(account=account).update(second_factor_at=1)
    page = client.get("/phan-quyen/thiet-bi")
    assert [(row.username, row.may_change) for row in page.context["in_use"]] == [(name, False)]
    assert "Đăng ký và lấy mã" not in page.content.decode()
    assert client.post(f"/phan-quyen/thiet-bi/{name}/thu-hoi").status_code == 403
    assert client.post("/phan-quyen/thiet-bi", {"name": "Màn hình"}).status_code == 403
