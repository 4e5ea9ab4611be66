"""Every public action leaves an entry, or is listed here with the reason why not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from accounts.cast import NOW, SECRET, account_of, camera, enrolled
from accounts.passkey import SoftKey
from haidang.accounts import actions as accounts
from haidang.accounts.actions.alert import raise_alert
from haidang.accounts.factors import Party, new_passkey, step_of, totp_code
from haidang.accounts.models import Account, AccountRequest, Alert, ApiToken, LoginSession, PolicyChange
from haidang.audit.models import Entry
from haidang.cameras import actions as cameras
from haidang.cameras.actions import CameraFacts
from haidang.core.units import WallUs
from policy.shipped import notice

EXEMPT = {
    "apply_policy": "the first notice of a host: test_policy_changes.py",
    "may_approve": "a question, no act",
    "touch_session": "every request that matters has its own entry",
    "show_code": "who asked leaves it: a login's entry, refresh_second_factor or record_failed_factor",
    "show_passkey": "as show_code",
}
KEY = bytes(32)
PAPER = "Quyết định 12"
FACTS = CameraFacts("Luồng vào", "rtsp://10.0.0.9/main")


def _session() -> LoginSession:
    return LoginSession.objects.get(name=accounts.start_session(account_of("ca-phu-cat"), now=NOW).name)


def _token() -> ApiToken:
    return ApiToken.objects.get(name=accounts.create_token(account_of("ca-phu-cat"), now=NOW).name)


def _unpledged() -> Account:
    account = account_of("tinh-doan")
    Account.objects.filter(pk=account.pk).update(pledged_at=None)
    return Account.objects.get(pk=account.pk)


def _alert() -> Alert:
    account = account_of("tinh-doan")
    raise_alert(account, "new_device", audience="person", now=NOW)
    return Alert.objects.get(account=account)


def _shown_passkey() -> None:
    party, key, account = Party("localhost", "http://localhost"), SoftKey(), account_of("tinh-doan")
    made = new_passkey(party, key.make(party, bytes(32)), challenge=bytes(32))
    accounts.add_passkey(account, made, name="", session=None, now=NOW)
    answer = key.sign(party, bytes(32))
    accounts.show_passkey(account, answer, party=party, challenge=bytes(32), now=NOW)
    accounts.refresh_second_factor(_session(), kind="passkey", now=NOW)


def _added_totp() -> None:
    code = totp_code(SECRET, step_of(NOW))
    accounts.add_totp(account_of("tinh-doan"), secret=SECRET, code=code, name="", session=None, now=NOW, key=KEY)


def _drawn_codes() -> list[str]:
    account = account_of("tinh-doan")
    enrolled(account)
    return accounts.draw_recovery_codes(account, now=NOW)


def _manager() -> Account:
    account = account_of("ca-phu-cat", username="truong-ca")
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    return Account.objects.get(pk=account.pk)


def _asked() -> AccountRequest:
    operator, unit = account_of("vien-thong-binh-dinh"), account_of("ca-phu-cat").unit
    return accounts.ask_account("an", unit, by=operator, document=PAPER, display_name="An", now=NOW)


def _withdrawn() -> None:
    request = _asked()
    assert request.asked_by is not None
    accounts.withdraw_request(request, by=request.asked_by, now=NOW)


def _asked_to_manage() -> AccountRequest:
    member, operator = account_of("ca-phu-cat"), account_of("vien-thong-binh-dinh")
    return accounts.ask_request(member, "make_manager", by=operator, document=PAPER, now=NOW)


def _unlocked() -> None:
    member = account_of("ca-phu-cat")
    accounts.lock_account(member, now=NOW)
    accounts.unlock_as_manager(member, by=_manager(), now=NOW)


def _named() -> None:
    unit = account_of("tinh-doan").unit
    unit.focal_required = True
    accounts.name_focal_person(unit, name="An", document=PAPER, by=None, now=NOW)


def _proposed() -> PolicyChange:
    """Something that widens, so that it waits."""
    board = next(g for g in notice().grants if g.policy_id == "II.5:tinh-doan:de-gi")
    wider = replace(board, actions=(*board.actions, "view_playback"))
    changed = replace(notice(), grants=tuple(wider if each is board else each for each in notice().grants))
    operator = account_of("vien-thong-binh-dinh")
    return accounts.propose_change(changed, title="Thử", document=PAPER, by=operator, second_factor=True, now=NOW)


def _proposer(change: PolicyChange) -> Account:
    assert change.proposed_by is not None
    return change.proposed_by


def _reviewed(step: str) -> object:
    member, operator = account_of("ca-phu-cat", username="an"), account_of("vien-thong-binh-dinh")
    review = accounts.open_reviews("Thử", date(2027, 1, 1), by=operator, units=[member.unit], now=NOW)[0]
    manager = _manager()
    if step == "set":
        accounts.set_verdicts(review, {"an": "keep"}, by=manager, now=NOW)
    elif step == "sign":
        accounts.sign_review(review, {"an": "keep"}, by=manager, now=NOW)
    return review


CALLS: dict[str, Callable[[], object]] = {
    "accept_pledge": lambda: accounts.accept_pledge(_unpledged(), now=NOW),
    "add_passkey": _shown_passkey,
    "add_totp": _added_totp,
    "draw_recovery_codes": _drawn_codes,
    "end_factor": lambda: accounts.end_factor(enrolled(account_of("tinh-doan")), now=NOW),
    "end_factors": lambda: accounts.end_factors(enrolled(account_of("tinh-doan")).account, now=NOW),
    "record_failed_factor": lambda: accounts.record_failed_factor(
        account_of("tinh-doan"), kind="code", locked=False, now=NOW
    ),
    "refresh_second_factor": _shown_passkey,
    "link_identity": lambda: accounts.link_identity(account_of("tinh-doan"), "sso", "an", now=NOW),
    "unlink_identity": lambda: accounts.unlink_identity(
        accounts.link_identity(account_of("tinh-doan"), "sso", "an", now=NOW), now=NOW
    ),
    "record_failed_identity": lambda: accounts.record_failed_identity("sso", None, now=NOW),
    "open_reviews": lambda: _reviewed("open"),
    "set_verdicts": lambda: _reviewed("set"),
    "sign_review": lambda: _reviewed("sign"),
    "raise_alert": lambda: accounts.raise_alert(account_of("tinh-doan"), "new_device", audience="person", now=NOW),
    "report_unused": lambda: (account_of("tinh-doan"), accounts.report_unused(now=WallUs(NOW + 91 * 86_400_000_000))),
    "take_note": lambda: accounts.take_note(alert := _alert(), alert.account, now=NOW),
    "add_account": lambda: accounts.add_account("an", "ca-phu-cat", now=NOW),
    "ask_account": _asked,
    "ask_request": _asked_to_manage,
    "confirm_request": lambda: accounts.confirm_request(_asked(), by=_manager(), now=NOW),
    "end_account_sessions": lambda: accounts.end_account_sessions(account_of("tinh-doan"), now=NOW),
    "name_focal_person": _named,
    "refuse_request": lambda: accounts.refuse_request(_asked(), by=_manager(), reason="x", now=NOW),
    "reset_as_manager": lambda: accounts.reset_as_manager(account_of("ca-phu-cat"), by=_manager(), now=NOW),
    "set_expiry": lambda: accounts.set_expiry(account_of("tinh-doan"), date(2027, 1, 1), now=NOW),
    "set_single_session": lambda: accounts.set_single_session(account_of("tinh-doan").unit, single=True, now=NOW),
    "unlock_as_manager": _unlocked,
    "unmake_manager": lambda: accounts.unmake_manager(_manager(), now=NOW),
    "withdraw_request": _withdrawn,
    "propose_change": _proposed,
    "approve_change": lambda: accounts.approve_change(
        _proposed(), by=account_of("so-tttt"), second_factor=True, now=NOW
    ),
    "refuse_change": lambda: accounts.refuse_change(
        _proposed(), by=account_of("so-tttt"), second_factor=True, reason="x", now=NOW
    ),
    "withdraw_change": lambda: accounts.withdraw_change(change := _proposed(), by=_proposer(change), now=NOW),
    "change_password": lambda: accounts.change_password(account_of("tinh-doan"), "x", keep_session="", now=NOW),
    "create_token": _token,
    "end_grant": lambda: accounts.end_grant(
        "II.4:chi-cuc-bvmt:de-gi", last_day=date(2026, 1, 1), document="Quyết định", now=NOW
    ),
    "end_session": lambda: accounts.end_session(_session(), reason="logout", actor="", now=NOW),
    "end_token": lambda: accounts.end_token(_token(), actor="", now=NOW),
    "lock_account": lambda: accounts.lock_account(account_of("tinh-doan"), now=NOW),
    "record_failed_login": lambda: accounts.record_failed_login("tinh-doan", locked=False, now=NOW),
    "reset_password": lambda: accounts.reset_password(account_of("tinh-doan"), now=NOW),
    "set_unit_active": lambda: accounts.set_unit_active(account_of("tinh-doan").unit, active=False, now=NOW),
    "start_session": _session,
    "unlock_account": lambda: accounts.unlock_account(account_of("tinh-doan"), now=NOW),
    "add_camera": lambda: cameras.add_camera("de-gi-9", "de-gi", FACTS, key=KEY, now=NOW),
    "apply_sites": lambda: cameras.apply_sites([replace(notice().sites[0], name_en="Another")], now=NOW),
    "switch_camera": lambda: cameras.switch_camera(camera("de-gi-1"), active=False, now=NOW),
    "update_camera": lambda: cameras.update_camera(camera("de-gi-1"), FACTS, key=KEY, now=NOW),
}


def _public() -> set[str]:
    return {
        name for module in (accounts, cameras) for name in module.__all__ if inspect.isfunction(getattr(module, name))
    }


def test_every_action_is_called_here_or_exempt() -> None:
    assert _public() == CALLS.keys() | EXEMPT.keys()


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_action_appends_its_entry(name: str) -> None:
    CALLS[name]()
    actions = set(Entry.objects.values_list("action", flat=True))
    words = {"start_session": "login", "record_failed_login": "login", "end_session": "logout"}
    words |= {"add_passkey": "add_second_factor", "add_totp": "add_second_factor", "end_factor": "end_second_factor"}
    words |= {"end_factors": "end_second_factors", "record_failed_factor": "show_second_factor"}
    words |= {"refresh_second_factor": "show_second_factor", "ask_account": "ask_request"}
    words |= {"propose_change": "propose_policy", "withdraw_change": "decide_policy", "refuse_change": "decide_policy"}
    words |= {"approve_change": "apply_policy", "open_reviews": "open_review", "set_verdicts": "set_review_verdicts"}
    words |= {"record_failed_identity": "login", "report_unused": "raise_alert"}
    words |= {"reset_as_manager": "reset_password", "unlock_as_manager": "unlock_account"}
    assert words.get(name, name) in actions
