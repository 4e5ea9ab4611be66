"""Changes of policy: what narrows is one person's, what widens takes two of different units; and time."""

from __future__ import annotations

import shutil
from argparse import Namespace
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from accounts.cast import NOW, account_of, camera
from haidang.accounts import actions
from haidang.accounts.authority import authorise, authority, authority_known_at, vietnam_day
from haidang.accounts.models import Account, Grant, PolicyChange, PolicyRevision, Unit
from haidang.accounts.policies import notice_in_force
from haidang.accounts.who import who_has
from haidang.audit.models import Entry
from haidang.cameras import policy as changes
from haidang.cameras.entities import camera_resource
from haidang.cli.commands import policy as command
from haidang.config.policy_files import read_policy_set
from haidang.core.errors import Conflict, Denied, InvalidInput
from haidang.core.policy import Notice, Transfer, transfer
from haidang.core.policy import end_grant as without
from haidang.core.units import WallUs
from policy.shipped import FOLDER, notice

pytestmark = pytest.mark.usefixtures("port")
ANTT = "an-ninh-trat-tu"
OPERATOR, SUPERVISOR, AUTHORITY = "vien-thong-binh-dinh", "so-tttt", "vp-ubnd"
PAPER = "Quyết định số 12 (thử)"


def wider(unit: str = "tinh-doan") -> Notice:
    """Playback for the youth union (or all three sites' operation for another)."""
    grants = tuple(
        replace(grant, actions=(*grant.actions, "view_playback")) if grant.unit == unit else grant
        for grant in notice().grants
    )
    return replace(notice(), grants=grants)


def proposed(by: Account, changed: Notice | None = None) -> PolicyChange:
    return changes.propose(changed or wider(), title="Thử", document=PAPER, by=by, second_factor=True, now=NOW)


def plays(unit: str) -> bool:
    account = Account.objects.filter(username=unit).first() or account_of(unit)
    resource = camera_resource(camera("de-gi-1"))
    return authorise(account, "view_playback", resource, now=NOW, purpose="ve-sinh-moi-truong").allowed


def refused(code: str, change: PolicyChange, by: Account, *, second_factor: bool = True) -> None:
    with pytest.raises(Denied) as denied:
        changes.approve(change, by=by, second_factor=second_factor, now=NOW)
    assert denied.value.code == code
    assert code not in str(denied.value), "a sentence, no code word"
    change.refresh_from_db()
    assert change.state == "proposed"
    assert not plays("tinh-doan")
    assert Entry.objects.filter(action="approve_policy", decision="deny").exists(), "a refusal leaves its entry"


def test_what_widens_waits_until_a_second_person_of_another_unit_agrees() -> None:
    change = proposed(account_of(OPERATOR))
    assert (change.state, change.widens, plays("tinh-doan")) == ("proposed", True, False)
    changes.approve(change, by=account_of(SUPERVISOR), second_factor=True, now=NOW)
    assert (change.state, plays("tinh-doan")) == ("applied", True)
    newest = PolicyRevision.objects.latest("pk")
    assert (newest.proposed_by, newest.approved_by, newest.document) == (OPERATOR, SUPERVISOR, PAPER)


def test_an_administrator_cannot_agree_to_the_own_proposal() -> None:
    operator = account_of(OPERATOR)
    # He holds no right to approve at all, and is told what is to the point.
    refused("own_proposal", proposed(operator), operator)
    refused("not_granted", PolicyChange.objects.get(), account_of("ca-phu-cat"))
    change = PolicyChange.objects.get()
    change.proposed_by = account_of(SUPERVISOR)
    change.save()
    refused("own_proposal", change, change.proposed_by)


def test_a_plan_on_the_host_says_in_words_what_takes_a_second_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    with (folder / "retention.toml").open("a", encoding="utf-8") as periods:
        periods.write(
            '\n[[retention]]\nsite = "de-gi"\ndays = 15\nvalid_from = 2027-01-01\n'
            'document = "Quyết định 9"\nclause = "A6"\n'
        )
    assert command.run(Namespace(verb="plan", folder=folder, json=False)) == 0
    line, empty, needed, why = capsys.readouterr().out.splitlines()
    assert line.startswith("! Thời hạn lưu trữ tại Đề Gi: 30 ngày → 15 ngày")
    assert (empty, needed.partition(",")[0]) == ("", "Cần người thứ hai")
    assert why == f"  {line[2:]} (xóa sớm hơn)"
    assert command.run(Namespace(verb="plan", folder=FOLDER, json=False)) == 0
    assert capsys.readouterr().out == "changes nothing\n"


def test_two_people_of_one_unit_are_one() -> None:
    change = proposed(account_of(OPERATOR))
    change.proposed_by = account_of(SUPERVISOR)
    change.save()
    refused("same_unit", change, account_of(SUPERVISOR, username="so-tttt-2"))
    change.proposed_by = account_of(OPERATOR, username="vnpt-2")
    change.save()
    refused("not_granted", change, Account.objects.get(username=OPERATOR))


def test_a_unit_that_gains_does_not_agree_to_its_own_gain() -> None:
    grant = next(g for g in notice().grants if g.unit == AUTHORITY)
    gains = replace(notice(), grants=tuple(
        replace(g, actions=(*g.actions, "read_access_log")) if g is grant else g for g in notice().grants
    ))  # fmt: skip
    refused("gaining_unit", proposed(account_of(OPERATOR), gains), account_of(AUTHORITY))


@pytest.mark.parametrize("unit", ["ca-phu-cat", "bql-cang-ca-binh-dinh", "so-nnptnt"])
def test_who_has_no_right_neither_proposes_nor_agrees(unit: str) -> None:
    outsider = account_of(unit)
    with pytest.raises(Denied):
        proposed(outsider)
    assert Entry.objects.filter(action="propose_policy", decision="deny").count() == 1
    refused("not_granted", proposed(account_of(OPERATOR)), outsider)


def test_without_a_second_factor_neither_works() -> None:
    with pytest.raises(Denied) as denied:
        changes.propose(wider(), title="", document=PAPER, by=account_of(OPERATOR), second_factor=False, now=NOW)
    assert (denied.value.code, denied.value.clause) == ("forbidden", "I.1.a-1")
    change = proposed(Account.objects.get(username=OPERATOR))
    refused("forbidden", change, account_of(SUPERVISOR), second_factor=False)


def test_a_locked_second_person_or_one_of_an_ended_unit_does_not_count() -> None:
    change, second = proposed(account_of(OPERATOR)), account_of(SUPERVISOR)
    Unit.objects.filter(slug=SUPERVISOR).update(valid_to=date(2026, 11, 24))
    refused("forbidden", change, Account.objects.get(pk=second.pk))


def test_a_proposal_names_its_document_and_changes_something() -> None:
    operator = account_of(OPERATOR)
    with pytest.raises(InvalidInput) as nameless:
        changes.propose(wider(), title="", document="  ", by=operator, second_factor=True, now=NOW)
    with pytest.raises(Conflict) as idle:
        proposed(operator, notice())
    assert (nameless.value.code, idle.value.code) == ("document_needed", "no_change")


def test_agreeing_twice_or_after_a_withdrawal_or_a_refusal_changes_nothing() -> None:
    operator, second = account_of(OPERATOR), account_of(SUPERVISOR)
    withdrawn, refused_one = proposed(operator), proposed(operator)
    actions.withdraw_change(withdrawn, by=operator, now=NOW)
    actions.refuse_change(refused_one, by=second, second_factor=True, reason="Chưa đủ căn cứ", now=NOW)
    for change in (withdrawn, refused_one):
        with pytest.raises(Conflict) as late:
            changes.approve(change, by=second, second_factor=True, now=NOW)
        assert late.value.code == "not_waiting"
    assert not plays("tinh-doan")


def test_a_proposal_over_a_policy_that_has_moved_on_is_stale() -> None:
    operator = account_of(OPERATOR)
    change = proposed(operator)
    actions.end_grant("II.7.b:ca-phu-cat:de-gi", last_day=date(2026, 1, 1), document=PAPER, now=NOW)
    with pytest.raises(Conflict) as stale:
        changes.approve(change, by=account_of(SUPERVISOR), second_factor=True, now=NOW)
    assert (stale.value.code, change.state) == ("stale_change", "stale")
    assert Grant.objects.get(policy_id="II.7.b:ca-phu-cat:de-gi").valid_to == date(2026, 1, 1), "not brought back"


def test_what_a_row_says_of_its_plan_decides_nothing() -> None:
    change = proposed(account_of(OPERATOR))
    PolicyChange.objects.filter(pk=change.pk).update(plan={"changes": []}, widens=False)
    refused("not_granted", change, account_of("ca-phu-cat"))


def test_what_narrows_is_in_force_at_once() -> None:
    change = proposed(account_of(OPERATOR), without(notice(), "II.5:tinh-doan:de-gi", date(2026, 11, 24)))
    assert (change.state, change.widens) == ("applied", False)
    account, resource = account_of("tinh-doan"), camera_resource(camera("de-gi-1"))
    assert not authorise(account, "know_camera", resource, now=NOW).allowed


def test_a_forbid_taken_out_of_the_database_proposal_still_needs_two_people() -> None:
    base = notice().base.replace('@id("I.2.c-3:copy_recording")', '@id("I.2.c-3:other")', 1)
    change = proposed(account_of(OPERATOR), replace(notice(), base=base))
    assert (change.state, change.widens) == ("proposed", True)


def test_the_reorganisation_police_see_then_nobody_then_the_successor() -> None:
    """28-2-2025 Công an thị xã Hoài Nhơn; 1-3-2025 nobody of the police; from the transfer its successor."""
    police, resource = account_of("ca-hoai-nhon"), camera_resource(camera("tam-quan-1"))
    before = who_has(resource, "view_live", on=date(2025, 3, 1), door=authority(), notice=notice())
    assert "ca-hoai-nhon" in {holder.unit for holder in before}, "nobody has reorganised yet"
    change = proposed(account_of(OPERATOR), read_policy_set(FOLDER.parent / "gia-lai-2025"))
    assert change.state == "proposed"
    changes.approve(change, by=account_of(AUTHORITY), second_factor=True, now=WallUs(NOW + 1))
    now_in_force = notice_in_force()
    assert now_in_force is not None

    def of_police(on: date) -> set[str]:
        holders = who_has(resource, "view_live", on=on, door=authority(), notice=now_in_force)
        return {holder.unit for holder in holders if holder.unit.startswith("ca-")}

    assert of_police(date(2025, 2, 28)) == {"ca-hoai-nhon"}
    assert of_police(date(2025, 3, 1)) == set()
    assert of_police(date(2025, 3, 9)) == set()
    assert of_police(date(2025, 3, 10)) == {"ca-tam-quan-bac"}
    assert of_police(date(2025, 7, 1)) == {"ca-hoai-nhon-bac"}
    asked = {
        day: authority()
        .decide_on(
            Account.objects.get(pk=police.pk), "view_live", resource, on=day, today=vietnam_day(NOW), purpose=ANTT
        )
        .allowed
        for day in (date(2025, 2, 28), date(2025, 3, 1))
    }
    assert asked == {date(2025, 2, 28): True, date(2025, 3, 1): False}
    known_before = authority_known_at(NOW)
    assert known_before.decide_on(
        police, "view_live", resource, on=date(2025, 3, 1), today=date(2025, 3, 1), purpose=ANTT
    ).allowed, "as it was known before the change"


def test_a_transfer_gives_the_successor_the_same_and_takes_it_from_the_old_on_the_eve() -> None:
    old, new = "ca-phu-cat", "ca-quy-nhon"
    moved = transfer(notice(), Transfer(old=old, new=new, on=date(2026, 12, 1), document=PAPER, sites=("de-gi",)))
    change = proposed(account_of(OPERATOR), moved)
    changes.approve(change, by=account_of(SUPERVISOR), second_factor=True, now=NOW)
    resource = camera_resource(camera("de-gi-1"))

    def holders(on: date) -> set[str]:
        found = who_has(resource, "view_playback", on=on, door=authority(), notice=moved)
        return {holder.unit for holder in found} & {old, new}

    assert (holders(date(2026, 11, 30)), holders(date(2026, 12, 1))) == ({old}, {new})


def test_the_first_notice_of_a_host_leaves_an_entry(tmp_path: Path) -> None:
    assert Entry.objects.filter(action="apply_policy", actor="").count() == 1
    assert not actions.apply_policy(notice(), now=NOW)


def test_an_account_that_moved_is_asked_with_the_unit_and_purposes_of_the_day() -> None:
    moved, camera_of_board = account_of("tram-bp-de-gi"), camera_resource(camera("de-gi-1"))
    board = Unit.objects.get(slug="bql-cang-ca-binh-dinh")
    Account.objects.filter(pk=moved.pk).update(unit=board)
    now_there = Account.objects.get(pk=moved.pk)
    later = WallUs(NOW + 2 * 86_400_000_000)
    now_there.states.create(unit=board, is_active=True, at=later, reason="transfer")
    today = vietnam_day(WallUs(later + 86_400_000_000))
    clauses = [
        authority().decide_on(now_there, "view_live", camera_of_board, on=day, today=today).clause
        for day in (vietnam_day(NOW), today)
    ]
    assert clauses == ["II.6", "II.3.a-1"]
