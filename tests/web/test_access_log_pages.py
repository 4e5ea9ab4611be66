"""The access log's pages: who reads which entries, what filters and pages do, and that reading it is in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.cast import account_of, logged_in
from haidang.accounts.models import Account, AccountState, Unit
from haidang.audit.actions import record
from haidang.audit.models import Entry
from haidang.audit.queries import EVERYTHING, Scope, Stretch, Wanted, entries
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from web.screens import a_screen

pytestmark = pytest.mark.usefixtures("port")

PAGE, OWN = "/nhat-ky/truy-cap", "/nhat-ky/cua-toi"
SUPERVISOR, UNIT, OTHER, OPERATOR = "so-tttt", "ca-phu-cat", "tinh-doan", "vien-thong-binh-dinh"


def manager(unit: str) -> Account:
    account = account_of(unit, username=f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True, display_name=f"Trưởng {unit}")
    return Account.objects.get(pk=account.pk)


def named(unit: str, username: str, name: str) -> Account:
    account = account_of(unit, username=username)
    Account.objects.filter(pk=account.pk).update(display_name=name)
    return Account.objects.get(pk=account.pk)


def watched(username: str, camera: str = "de-gi-1", *, ago_s: int = 0, decision: Any = "allow", **facts: int) -> Entry:
    return record(
        now=WallUs(wall_clock() - ago_s * 1_000_000), actor=f'Account::"{username}"', action="view_live",
        resource=f'Camera::"{camera}"', purpose="an-ninh-trat-tu", decision=decision, clause="II.7.b",
        facts=dict(facts),
    )  # fmt: skip


def numbers(answer: Any) -> set[int]:
    assert answer.status_code == 200, answer.content.decode()[:300]
    return {row.number for row in answer.context["rows"]}


def test_the_supervisor_reads_every_units_entries_with_names_of_now() -> None:
    named(UNIT, "binh", "Trần Thị Bình")
    entry, other = watched("binh"), watched(account_of(OTHER).username)
    browser = logged_in(account_of(SUPERVISOR))
    answer = browser.get(PAGE)
    assert {entry.pk, other.pk} <= numbers(answer)
    row = next(row for row in answer.context["rows"] if row.number == entry.pk)
    assert (row.person, row.username, row.unit) == ("Trần Thị Bình", "binh", "Công an huyện Phù Cát")
    assert (row.what, row.about, row.purpose) == ("Xem trực tiếp", "Đề Gi · Cầu cảng 1", "An ninh trật tự")
    assert (row.decision_text, row.clause) == ("cho phép", "II.7.b")
    assert "Trần Thị Bình" not in str(Entry.objects.values_list()), "the log holds no names"


def test_a_manager_reads_the_own_units_people_and_screens_and_nobody_elses() -> None:
    own, other = watched(named(UNIT, "binh", "").username), watched(account_of(OTHER).username)
    screen = a_screen(UNIT)
    browser = logged_in(manager(UNIT))
    found = numbers(browser.get(PAGE))
    assert own.pk in found
    assert other.pk not in found
    assert screen.get("/man-hinh").status_code == 200
    assert any(row.terminal for row in browser.get(PAGE).context["rows"])


@pytest.mark.parametrize(
    "query", ["nguoi=tinh-doan", "nguoi=Doan", "don-vi=tinh-doan", "camera=tam-quan-1", "khu-vuc=tam-quan", "loai=xem"]
)
def test_no_filter_shows_a_manager_what_is_not_the_units(query: str) -> None:
    others = named(OTHER, OTHER, "Lê Thị Đoan")
    entry = watched(others.username, "tam-quan-1")
    browser = logged_in(manager(UNIT))
    answer = browser.get(f"{PAGE}?{query}")
    assert entry.pk not in numbers(answer)
    text = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert "Lê Thị Đoan" not in text
    assert answer.context["number"] == len(answer.context["rows"])


def test_another_units_entry_is_as_absent_as_one_that_never_was() -> None:
    others = watched(account_of(OTHER).username)
    for reader in (manager(UNIT), account_of(UNIT, username="member")):
        browser = logged_in(reader)
        for ending in ("", "/bang-chung.json", "/tlog-proof"):
            there = browser.get(f"/nhat-ky/muc/{others.pk}{ending}")
            absent = browser.get(f"/nhat-ky/muc/99999999{ending}")
            assert (there.status_code, absent.status_code) == (404, 404)
    assert browser.get(f"/nhat-ky/muc/{10**30}").status_code == 404


def test_a_person_without_the_right_is_refused_with_the_clause_and_that_is_an_entry() -> None:
    member = account_of(UNIT)
    browser = logged_in(member)
    answer = browser.get(PAGE)
    assert answer.status_code == 403
    assert browser.post(f"{PAGE}/ket-xuat").status_code == 403
    refused = Entry.objects.filter(action="read_access_log", decision="deny", actor=f'Account::"{member.username}"')
    assert refused.count() == 2
    assert browser.get("/nhat-ky")["Location"] == OWN


def test_everybody_reads_the_own_log_and_what_others_did_to_the_account() -> None:
    member = account_of(UNIT)
    own, other = watched(member.username), watched(account_of(OTHER).username)
    locked = record(
        now=wall_clock(), actor='Account::"tinh-doan"', action="end_account_sessions",
        resource=f'Account::"{member.username}"', facts={"sessions": 1},
    )  # fmt: skip
    browser = logged_in(member)
    found = numbers(browser.get(OWN))
    assert {own.pk, locked.pk} <= found
    assert other.pk not in found
    assert browser.get(f"/nhat-ky/muc/{locked.pk}").status_code == 200
    everything = logged_in(account_of(SUPERVISOR)).get(OWN)
    assert own.pk not in numbers(everything), "the own log is the own, whoever reads"


def test_a_duty_screen_and_a_stranger_read_nothing() -> None:
    entry = watched(account_of(UNIT).username)
    screen = a_screen(UNIT)
    for page in (PAGE, OWN, "/nhat-ky", f"/nhat-ky/muc/{entry.pk}", f"/nhat-ky/muc/{entry.pk}/bang-chung.json"):
        assert screen.get(page).status_code == 403
        assert Client().get(page)["Location"].startswith("/dang-nhap")


def test_a_guessed_camera_is_read_back_as_it_was_asked_for() -> None:
    member = account_of(UNIT)
    watched(member.username, "tam-quan-2", decision="deny")
    for reader in (member, manager(UNIT)):
        page = PAGE if reader.is_manager else OWN
        about = {row.about for row in logged_in(reader).get(f"{page}?quyet-dinh=tu-choi").context["rows"]}
        assert "tam-quan-2" in about, "no name is told of a camera that the reader may not know of"


def test_who_moves_leaves_the_old_units_entries_with_the_old_unit() -> None:
    account, now = account_of(UNIT, username="moved"), wall_clock()
    before = watched("moved", ago_s=3600)
    unit = Unit.objects.get(slug=OTHER)
    AccountState.objects.filter(account=account).update(at=now - 7200 * 1_000_000)
    AccountState.objects.create(
        account=account, unit=unit, is_active=True, at=now - 1800 * 1_000_000, reason="transfer"
    )
    Account.objects.filter(pk=account.pk).update(unit=unit)
    after = watched("moved")
    old, new = (numbers(logged_in(manager(each)).get(PAGE)) for each in (UNIT, OTHER))
    assert (before.pk in old, after.pk in old) == (True, False)
    assert (before.pk in new, after.pk in new) == (False, True)
    rows = {row.number: row for row in logged_in(account_of(SUPERVISOR)).get(PAGE).context["rows"]}
    assert (rows[before.pk].unit, rows[after.pk].unit) == ("Công an huyện Phù Cát", unit.name)


def test_filters_narrow_and_the_address_keeps_them() -> None:
    first, second = named(UNIT, "binh", "Trần Thị Bình"), account_of(OTHER)
    live, denied = watched(first.username), watched(first.username, "de-gi-2", decision="deny")
    other, older = watched(second.username, "quy-nhon-1"), watched(first.username, ago_s=20 * 86_400)
    browser = logged_in(account_of(SUPERVISOR))

    def shown(query: str) -> set[int]:
        return numbers(browser.get(f"{PAGE}?{query}")) & {live.pk, denied.pk, other.pk, older.pk}

    assert shown("nguoi=tran+binh") == {live.pk, denied.pk}
    assert shown("don-vi=ca-phu-cat&quyet-dinh=tu-choi") == {denied.pk}
    assert shown("camera=quy-nhon-1") == {other.pk}
    assert shown("khu-vuc=de-gi") == {live.pk, denied.pk}
    assert shown("loai=dang-nhap") == set()
    assert shown("don-vi=no-such&nguoi=no-such") == set()
    assert older.pk in shown("tu=2020-01-01&den=2030-01-01")
    answer = browser.get(f"{PAGE}?tu=31/02/2026&nguoi=%00binh")
    assert answer.context["asked"].misread == "31/02/2026"
    assert "nguoi=binh" in answer.context["query"]


def test_pages_go_on_from_the_last_entry_whatever_comes_in_between() -> None:
    account = account_of(UNIT)
    old = [watched(account.username, ago_s=60).pk for _ in range(70)]
    browser = logged_in(account_of(SUPERVISOR))
    first = browser.get(f"{PAGE}?don-vi={UNIT}")
    new = {watched(account.username).pk for _ in range(60)}
    second = browser.get(f"{PAGE}{first.context['next_url']}")
    seen = [row.number for page in (first, second) for row in page.context["rows"]]
    assert len(first.context["rows"]) == 50
    assert len(seen) == len(set(seen))
    assert set(old) <= set(seen)
    assert not new & set(seen)
    assert second.context["next_url"] == ""
    assert numbers(browser.get(f"{PAGE}?sau=nonsense"))


def test_reading_others_entries_is_an_entry_once_a_session_and_range_of_days() -> None:
    browser = logged_in(account_of(SUPERVISOR))
    for query in ("", "?nguoi=binh", "?loai=xem", "?tu=2026-01-01&den=2026-01-31", "?tu=2026-01-01&den=2026-01-31"):
        browser.get(f"{PAGE}{query}")
    read = Entry.objects.filter(action="read_access_log")
    assert [entry.facts["days"] for entry in read.order_by("pk")][1:] == ["2026-01-01/2026-01-31"]
    assert [entry.clause for entry in read] == ["II.2.a", "II.2.a"]
    logged_in(account_of(UNIT)).get(OWN)
    assert read.count() == 2, "one's own is nobody else's business"


def test_the_summary_counts_views_and_refusals_by_unit_for_the_supervisor_alone() -> None:
    account = account_of(UNIT)
    for _ in range(3):
        watched(account.username)
    watched(account.username, decision="deny")
    answer = logged_in(account_of(SUPERVISOR)).get(PAGE)
    assert answer.context["summary"] == {
        "views": "3", "refused": "1", "units": [("Công an huyện Phù Cát", "3", "1")],
    }  # fmt: skip
    assert logged_in(manager(UNIT)).get(PAGE).context["summary"] is None


def test_navigation_leads_there_and_offers_no_more_than_may_be_read() -> None:
    member = logged_in(account_of(UNIT)).get(OWN)
    assert ("logs", "/nhat-ky", True) in [(item.key, item.url, item.current) for item in member.context["nav"]]
    assert member.context["log_tabs"] == []
    assert [tab.key for tab in logged_in(manager(UNIT)).get(OWN).context["log_tabs"]] == ["access_log", "own_log"]


def test_a_page_costs_a_fixed_number_of_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    browser = logged_in(account_of(SUPERVISOR))
    for at in range(40):
        watched(account_of(UNIT, username=f"nguoi-{at}").username, f"de-gi-{1 + at % 4}")
    browser.get(PAGE)
    with django_assert_max_num_queries(45):
        browser.get(PAGE)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(1, 2), Wanted(1, 2, decision="deny"), Wanted(1, 2, actions=("view_live",)),
        Wanted(1, 2, accounts=('Account::"a"',)), Wanted(1, 2, resources=('Camera::"c"',)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "scope", [EVERYTHING, Scope((Stretch('Account::"a"'),)), Scope((Stretch('Account::"a"', 3, 4),))]
)
def test_no_page_reads_the_whole_log(wanted: Wanted, scope: Scope) -> None:
    plan = entries(scope, wanted)[:50].explain()
    assert "SCAN audit_entry" not in plan, plan
    assert "audit_entry" in plan


def test_entries_read_one_by_one_by_their_number_are_read_all_the_same() -> None:
    """Counting up from 1 is reading the log; the own entries are nobody else's business."""
    browser, number = logged_in(account_of(SUPERVISOR)), watched(account_of(UNIT).username).pk
    for _ in range(2):
        assert browser.get(f"/nhat-ky/muc/{number}").status_code == 200
    (read,) = Entry.objects.filter(action="read_access_log")
    assert (read.facts["reach"], read.clause) == ("all", "II.2.a")
    browser.get(f"/nhat-ky/muc/{read.pk}")
    assert Entry.objects.filter(action="read_access_log").count() == 1
