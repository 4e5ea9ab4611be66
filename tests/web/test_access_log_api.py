"""The access log for programs: the same reach as the pages, ids and no names, cursors."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account
from haidang.audit.actions import record
from haidang.audit.models import Entry
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from web.screens import a_screen

pytestmark = pytest.mark.usefixtures("port")
API = "/api/v1/audit"


def watched(username: str, camera: str = "de-gi-1", *, ago_s: int = 0) -> Entry:
    return record(
        now=WallUs(wall_clock() - ago_s * 1_000_000), actor=f'Account::"{username}"', action="view_live",
        resource=f'Camera::"{camera}"', purpose="an-ninh-trat-tu", decision="allow", clause="II.7.b",
    )  # fmt: skip


def asked(client: Client, query: str = "") -> Any:
    answer = client.get(f"{API}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_supervisor_reads_all_a_manager_the_units_and_everybody_the_own() -> None:
    member, other = account_of("ca-phu-cat"), account_of("tinh-doan")
    own, others = watched(member.username), watched(other.username)
    manager = account_of("ca-phu-cat", username="truong")
    Account.objects.filter(pk=manager.pk).update(is_manager=True)
    seen = {}
    for reader in (account_of("so-tttt"), manager, other):
        said = asked(logged_in(reader), "kind=views")
        seen[said["reach"]] = {entry["id"] for entry in said["entries"]}
    assert seen == {"all": {own.pk, others.pk}, "unit": {own.pk}, "own": {others.pk}}
    readers = Entry.objects.filter(action="read_access_log").values_list("actor", flat=True)
    assert sorted(readers) == ['Account::"so-tttt"', 'Account::"truong"']


def test_an_entry_is_as_recorded_with_the_unit_of_then() -> None:
    entry = watched(account_of("ca-phu-cat").username)
    [said] = asked(logged_in(account_of("so-tttt")), "kind=views")["entries"]
    assert (said["id"], said["actor"], said["unit"]) == (entry.pk, 'Account::"ca-phu-cat"', "ca-phu-cat")
    assert (said["kind"], said["resource"], said["clause"]) == ("views", 'Camera::"de-gi-1"', "II.7.b")


def test_filters_and_cursors_narrow_and_go_on() -> None:
    for name in ("ca-phu-cat", "tinh-doan"):
        account_of(name)
    mine = [watched("ca-phu-cat", ago_s=at).pk for at in range(5)]
    watched("tinh-doan", "quy-nhon-1")
    browser = logged_in(account_of("so-tttt"))
    for query in ("unit=ca-phu-cat", "account=ca-phu-cat", "camera=de-gi-1", "site=de-gi"):
        said = asked(browser, f"{query}&kind=views")
        assert [entry["id"] for entry in said["entries"]] == mine, query
    first = asked(browser, "account=ca-phu-cat&kind=views&limit=3")
    second = asked(browser, f"account=ca-phu-cat&kind=views&limit=3&cursor={first['next']}")
    assert [entry["id"] for entry in (*first["entries"], *second["entries"])] == mine
    assert second["next"] is None
    assert asked(browser, "first=2020-01-01&last=2020-01-02")["entries"] == []


@pytest.mark.parametrize(
    "query", ["cursor=1", "cursor=x", "limit=0", "limit=9999", "kind=all", "first=1/1/2026", "account=A"]
)
def test_what_cannot_be_read_is_a_422(query: str) -> None:
    assert logged_in(account_of("so-tttt")).get(f"{API}?{query}").status_code == 422


def test_a_token_without_a_second_factor_reads_the_own_alone_and_a_screen_nothing() -> None:
    supervisor = account_of("so-tttt")
    own, other = watched("so-tttt"), watched(account_of("ca-phu-cat").username)
    token = actions.create_token(supervisor, now=wall_clock())
    answer = Client().get(f"{API}?kind=views", headers={"Authorization": f"Bearer {token.token}"})
    assert answer.json()["reach"] == "own"
    assert [entry["id"] for entry in answer.json()["entries"]] == [own.pk]
    assert other.pk not in {entry["id"] for entry in answer.json()["entries"]}
    assert a_screen().get(API).status_code == 403
    assert Client().get(API).status_code == 401
