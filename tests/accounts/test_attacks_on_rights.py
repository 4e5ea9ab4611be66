"""Ways round two people, past ends and past clocks that were tried against accounts and policy, and do not work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.cast import NOW, account_of, enrolled, logged_in
from haidang.accounts import actions
from haidang.accounts.actions.terminal import enrol_terminal
from haidang.accounts.alerts import alerts_for
from haidang.accounts.authority import SYSTEM, authority, vietnam_day
from haidang.accounts.models import Account, ExternalIdentity, PolicyChange, PolicyRevision, Unit
from haidang.accounts.policies import notice_in_force
from haidang.cameras import policy as changes
from haidang.core.errors import Conflict, Denied
from haidang.core.policy import Notice, end_grant, gains
from haidang.core.units import WallUs
from policy.shipped import DAY, notice
from web.screens import a_code

pytestmark = pytest.mark.usefixtures("port")
OPERATOR, SUPERVISOR, OFFICE, AUTHORITY = "vien-thong-binh-dinh", "so-tttt", "vp-ubnd", "ubnd-tinh"
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
MORE = (
    '\n@id("II.2.a:more")\n@clause("II.2.a")\npermit (principal in Unit::"so-tttt", action in '
    '[Action::"manage_accounts", Action::"propose_policy"], resource == System::"haidang") '
    'when {{ context.on >= datetime("{first}") }};\n'
)


def somebody(unit: str, name: str = "") -> Account:
    return Account.objects.filter(username=name or unit).first() or account_of(unit, username=name)


def manager_of(unit: str) -> Account:
    account = somebody(unit, f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    return Account.objects.get(pk=account.pk)


def proposed(changed: Notice, by: str = OPERATOR, **options: int) -> PolicyChange:
    return changes.propose(
        changed, title="Thử", document="Văn bản", by=somebody(by), second_factor=True, now=NOW, **options
    )  # fmt: skip


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises((Denied, Conflict)) as raised:
        act()
    assert raised.value.code == code


def wider(unit: str = "tinh-doan", action: str = "view_playback", over: Notice | None = None) -> Notice:
    base = over or notice()
    return replace(
        base,
        grants=tuple(
            replace(grant, actions=(*grant.actions, action)) if grant.unit == unit else grant for grant in base.grants
        ),
    )


# -- one person alone


@pytest.mark.parametrize("unit", [SUPERVISOR, OFFICE, AUTHORITY])
def test_the_operator_does_not_blind_who_watches_over_it(unit: str) -> None:
    current = notice_in_force()
    assert current is not None
    for grant in current.grants:
        if grant.unit == unit and grant.resource.startswith("System") and grant.valid_to is None:
            change = proposed(end_grant(current, grant.policy_id, vietnam_day(NOW) - timedelta(days=1)))
            assert (change.state, change.widens) == ("proposed", False)
            with pytest.raises(Conflict):
                actions.end_grant(grant.policy_id, last_day=DAY, document="x", now=NOW)
    ended = tuple(replace(each, valid_to=DAY) if each.slug == unit else each for each in current.units)
    assert proposed(replace(current, units=ended)).state == "proposed"
    assert authority().decide(somebody(unit), "view_rights", SYSTEM, now=NOW).allowed


def test_the_operator_locks_nobody_out_who_watches_over_it() -> None:
    client = logged_in(somebody(OPERATOR))
    for unit, expected in ((SUPERVISOR, 403), (OFFICE, 403), ("ca-phu-cat", 302)):
        account = somebody(unit)
        assert client.post(f"/phan-quyen/tai-khoan/{unit}/khoa", {"reason": "Thử"}).status_code == expected
        assert Account.objects.get(pk=account.pk).is_active == (expected == 403)
    page = client.get(f"/phan-quyen/tai-khoan/{SUPERVISOR}")
    assert not any(page.context[verb] for verb in ("may_lock", "may_expire", "may_sign_out", "may_unmake"))


def test_a_proposal_made_from_another_policy_than_the_one_in_force_is_stale() -> None:
    made_over = PolicyRevision.objects.latest("pk").pk
    agreed = proposed(wider())
    changes.approve(agreed, by=somebody(SUPERVISOR), second_factor=True, now=NOW)
    narrower = end_grant(notice(), "II.7.b:ca-phu-cat:de-gi", vietnam_day(NOW))
    refused("stale_change", lambda: proposed(narrower, over=made_over))
    current = notice_in_force()
    assert current is not None
    assert all("view_playback" in grant.actions for grant in current.grants if grant.unit == "tinh-doan")


def test_a_manager_alone_does_not_make_a_dated_account_endless() -> None:
    manager, account = manager_of("ca-phu-cat"), somebody("ca-phu-cat", "hop-dong")
    yesterday = vietnam_day(NOW) - timedelta(days=1)
    Account.objects.filter(pk=account.pk).update(expires_on=yesterday)
    fresh = Account.objects.get(pk=account.pk)
    refused("expiry_widens", lambda: actions.unlock_as_manager(fresh, by=manager, now=NOW))
    assert Account.objects.get(pk=account.pk).expires_on == yesterday


# -- two who are one


@pytest.mark.parametrize("first", ["2022-01-01", "2031-05-05"])
def test_a_unit_does_not_agree_to_its_own_gain_by_common_text(first: str) -> None:
    changed = replace(notice(), base=notice().base + MORE.format(first=first))
    change = proposed(changed)
    refused("gaining_unit", lambda: changes.approve(change, by=somebody(SUPERVISOR), second_factor=True, now=NOW))
    assert not gains(OFFICE, notice(), changed, today=vietnam_day(NOW))
    changes.approve(change, by=somebody(OFFICE), second_factor=True, now=NOW)


def test_who_moved_after_proposing_is_still_of_the_unit_that_proposed() -> None:
    changes.approve(
        proposed(wider(SUPERVISOR, "propose_policy")), by=somebody(OFFICE), second_factor=True, now=NOW
    )  # fmt: skip
    current = notice_in_force()
    mover, colleague = somebody(SUPERVISOR, "so-a"), somebody(SUPERVISOR, "so-b")
    change = changes.propose(
        wider(over=current), title="t", document="d", by=mover, second_factor=True, now=NOW
    )  # fmt: skip
    unit = Unit.objects.get(slug="ca-phu-cat")
    asked = actions.ask_request(mover, "transfer", by=somebody(OPERATOR), document="d", to_unit=unit, now=NOW)
    actions.confirm_request(asked, by=manager_of("ca-phu-cat"), now=WallUs(NOW + 1))
    change = PolicyChange.objects.get(pk=change.pk)
    refused("same_unit", lambda: changes.approve(change, by=colleague, second_factor=True, now=WallUs(NOW + 2)))


def test_what_a_locked_account_proposed_or_asked_is_not_done_in_its_name() -> None:
    change, target = proposed(wider()), somebody("ca-phu-cat", "nguoi-truc")
    manager, operator = manager_of("ca-phu-cat"), somebody(OPERATOR)
    asked = actions.ask_request(target, "reset", by=operator, document="x", now=NOW)
    actions.lock_account(operator, now=NOW, actor="x", reason="mất điện thoại")
    change = PolicyChange.objects.get(pk=change.pk)
    by = somebody(SUPERVISOR)
    refused("proposer_locked", lambda: changes.approve(change, by=by, second_factor=True, now=NOW))
    asked.refresh_from_db()
    refused("asker_locked", lambda: actions.confirm_request(asked, by=manager, now=NOW))
    actions.refuse_change(change, by=by, second_factor=True, reason="Người lập đã bị khóa", now=NOW)
    assert PolicyChange.objects.get(pk=change.pk).state == "refused"


# -- clocks, links, races


def test_a_session_of_a_future_that_the_clock_has_left_is_over() -> None:
    with time_machine.travel(START + timedelta(days=400), tick=False) as clock:
        client = logged_in(account_of("ca-phu-cat"))
        for days in (0, 1, 200, 399):
            clock.move_to(START + timedelta(days=days))
            assert client.get("/giam-sat").status_code == 302
            assert client.get("/api/v1/cameras").status_code == 401


def test_an_enrolment_code_of_a_future_that_the_clock_has_left_is_over() -> None:
    with time_machine.travel(START + timedelta(days=400), tick=False):
        code = a_code()
    assert enrol_terminal(code, now=NOW) is None


def test_a_link_to_an_organisation_ends_with_the_password_that_it_was_made_by() -> None:
    account = account_of("ca-phu-cat")
    manager, operator = manager_of("ca-phu-cat"), somebody(OPERATOR)

    def factors_end() -> None:
        asked = actions.ask_request(account, "factors", by=operator, document="d", now=NOW)
        actions.confirm_request(asked, by=manager, now=NOW)

    for end in (lambda: actions.reset_password(account, now=NOW), factors_end):
        ExternalIdentity.objects.create(account=account, provider="so", subject="1", linked_at=NOW)
        end()
        assert not ExternalIdentity.objects.filter(ended_at=None).exists()


def test_a_sign_in_that_a_new_password_or_a_first_factor_overtook_is_none() -> None:
    began = account_of("ca-phu-cat")
    actions.change_password(Account.objects.get(pk=began.pk), "Đèn biển 2027 sáng mãi!", keep_session="", now=NOW)
    refused("login_overtaken", lambda: actions.start_session(began, now=NOW))
    fresh = Account.objects.get(pk=began.pk)
    enrolled(fresh)
    refused("login_overtaken", lambda: actions.start_session(fresh, now=NOW))
    assert actions.start_session(fresh, now=NOW, second_factor="totp").name


def test_sixty_addresses_of_one_line_are_one_guesser() -> None:
    account_of("ca-phu-cat")
    wrong = {"username": "ca-phu-cat", "password": "Sai 1"}
    statuses = [
        Client(REMOTE_ADDR=f"2001:db8:0:1::{n:x}").post("/dang-nhap", wrong).status_code for n in range(6)
    ]  # fmt: skip
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert Client(REMOTE_ADDR="2001:db8:0:2::1").post("/dang-nhap", wrong).status_code == 200


def test_alerts_stay_with_the_unit_that_the_account_was_in() -> None:
    account, new = somebody("ca-phu-cat", "nguoi-chuyen"), Unit.objects.get(slug="ca-quy-nhon")
    before, after = manager_of("ca-phu-cat"), manager_of("ca-quy-nhon")
    actions.raise_alert(account, "locked_out", audience="managers", now=NOW)
    asked = actions.ask_request(account, "transfer", by=somebody(OPERATOR), document="d", to_unit=new, now=NOW)
    actions.confirm_request(asked, by=after, now=NOW)
    seen = {
        who.unit.slug: [row.alert.kind for row in alerts_for(who, now=NOW, door=authority())] for who in (before, after)
    }
    assert seen == {"ca-phu-cat": ["locked_out"], "ca-quy-nhon": []}
