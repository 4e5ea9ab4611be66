"""The page of alerts and the strip over other pages: each unit sees and notes its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.cast import NOW, account_of, logged_in
from haidang.accounts.actions import raise_alert
from haidang.accounts.models import Account, Alert, AlertSeen
from haidang.host.clock import wall_clock
from haidang.web.alert_texts import words_of
from haidang.web.alerts_banner import banner_of

pytestmark = pytest.mark.usefixtures("port")

PAGE, UNIT, OTHER, OPERATOR = "/phan-quyen/canh-bao", "ca-phu-cat", "tinh-doan", "vien-thong-binh-dinh"


def manager(unit: str) -> Account:
    account = account_of(unit, username=f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    return Account.objects.get(pk=account.pk)


def raised(unit: str = UNIT, kind: str = "two_places", audience: str = "managers", **facts: str) -> Alert:
    account = Account.objects.filter(username=unit).first() or account_of(unit)
    raise_alert(account, kind, audience=audience, now=wall_clock(), facts=facts, once_within_s=0)
    return Alert.objects.filter(account=account).latest("pk")


def said(answer: Any) -> str:
    """The page's own words: what is around them carries tokens and the clock."""
    text: str = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return text


def note(client: Client, alert: Alert) -> int:
    return client.post(f"{PAGE}/{alert.pk}/ghi-nhan").status_code


def test_both_managers_see_it_and_each_notes_for_its_unit() -> None:
    alert, own, operator = raised(networks="10.1.0.0/24, 10.2.0.0/24"), manager(UNIT), manager(OPERATOR)
    unit_browser, operator_browser = logged_in(own), logged_in(operator)
    text = "Đang được dùng cùng lúc từ hai mạng khác nhau: 10.1.0.0/24, 10.2.0.0/24."
    for browser in (unit_browser, operator_browser):
        assert text in browser.get(PAGE).content.decode()
    assert note(unit_browser, alert) == 302
    assert unit_browser.get(PAGE).context["standing"] == []
    assert [row.number for row in operator_browser.get(PAGE).context["standing"] if row.account == UNIT] == [alert.pk]
    assert note(operator_browser, alert) == 302
    assert {seen.by.username for seen in alert.seen.all()} == {own.username, operator.username}


def test_another_units_manager_neither_sees_nor_notes_it() -> None:
    alert, browser = raised(), logged_in(manager(OTHER))
    assert UNIT not in browser.get(PAGE).content.decode()
    absent = browser.post(f"{PAGE}/999999/ghi-nhan")
    there = browser.post(f"{PAGE}/{alert.pk}/ghi-nhan")
    assert (there.status_code, said(there)) == (404, said(absent)), "the same answer as of one that never was"
    assert not AlertSeen.objects.exists()


def test_a_member_sees_the_own_account_alone() -> None:
    raised()
    own = raised(OTHER, "password_reset", "person")
    browser = logged_in(own.account)
    page = browser.get(PAGE)
    assert [row.number for row in page.context["standing"] if row.own] == [own.pk]
    assert UNIT not in page.content.decode()
    assert note(browser, own) == 302


def test_a_browser_that_nobody_signed_in_reads_nothing() -> None:
    alert = raised()
    assert Client().get(PAGE)["Location"].startswith("/dang-nhap")
    Client().post(f"{PAGE}/{alert.pk}/ghi-nhan")
    assert not AlertSeen.objects.exists()


def test_noting_takes_a_token_against_forged_forms() -> None:
    alert = raised()
    browser = logged_in(manager(UNIT))
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = browser.cookies
    assert note(forged, alert) == 403
    assert not AlertSeen.objects.exists()


def test_the_strip_tells_managers_what_waits_and_others_nothing(django_assert_num_queries: object) -> None:
    alert, own = raised(kind="locked_out"), manager(UNIT)
    told = banner_of(own, wall_clock())
    assert told is not None
    assert (told.newest.account, told.count) == (alert.account.username, 1)
    assert banner_of(manager(OTHER), wall_clock()) is None
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert banner_of(alert.account, wall_clock()) is None


def test_all_that_the_page_shows_is_noted_at_once_and_nothing_that_came_later() -> None:
    first, second, own = raised(kind="locked_out"), raised(kind="many_devices"), manager(UNIT)
    browser = logged_in(own)
    page = browser.get(PAGE)
    assert (page.context["open"], page.context["newest"]) == (2, second.pk)
    later = raised(kind="two_places")
    assert browser.post(f"{PAGE}/ghi-nhan", {"newest": "x"}).status_code == 422
    assert browser.post(f"{PAGE}/ghi-nhan", {"newest": str(second.pk)}).status_code == 302
    assert set(AlertSeen.objects.values_list("alert", flat=True)) == {first.pk, second.pk}
    assert "Đã ghi nhận các cảnh báo." in browser.get(PAGE).content.decode()
    assert "Đã ghi nhận các cảnh báo." not in browser.get(PAGE).content.decode(), "said once"
    assert later.pk in {row.number for row in browser.get(PAGE).context["standing"] if row.open}


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("new_device", {"device": "Firefox · Linux", "address": "203.0.113.7"}),
        ("two_places", {"networks": "10.1.0.0/24"}),
        ("many_devices", {"devices": "7"}),
        ("terminal_copied", {"terminal": "Phòng trực"}),
        ("unused", {"days": "120"}),
    ],
)
def test_what_was_seen_is_in_the_sentence_and_without_it_the_sentence_stands(kind: str, facts: dict[str, str]) -> None:
    told = Alert(kind=kind, facts=facts, at=NOW)
    assert all(value in words_of(told).sentence for value in facts.values())
    assert "chưa rõ" in words_of(Alert(kind=kind, facts={}, at=NOW)).sentence


def test_what_was_typed_into_a_fact_is_text_and_no_format() -> None:
    alert = Alert(kind="terminal_copied", facts={"terminal": "100%(x)s <b>"}, at=NOW)
    assert "100%(x)s <b>" in words_of(alert).sentence
    told = raised(kind="terminal_copied", terminal="<script>x</script>")
    page = logged_in(manager(UNIT)).get(PAGE).content.decode()
    assert "<script>x" not in page
    assert told.pk


def test_each_act_of_the_host_has_its_words() -> None:
    with translation.override("vi"):
        told = {
            words_of(Alert(kind="host_account", facts={"act": act}, at=NOW)).sentence
            for act in (
                "add_account",
                "reset_password",
                "unlock_account",
                "set_expiry",
                "link_identity",
                "something_else",
            )
        }
    assert len(told) == 6


def test_a_manager_is_told_on_every_page_until_the_unit_has_noted_it() -> None:
    alert, browser = raised(kind="locked_out"), logged_in(manager(UNIT))
    text = "Xem 1 cảnh báo chưa ghi nhận"
    for page in ("/giam-sat", "/phan-quyen/ma-tran", "/tai-khoan"):
        assert text in browser.get(page).content.decode(), page
    note(browser, alert)
    assert text not in browser.get("/giam-sat").content.decode()
