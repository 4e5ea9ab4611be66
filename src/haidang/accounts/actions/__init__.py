"""Every write of accounts. Each function is one transaction and appends its audit entry in it.

``actor`` is the Cedar UID of who acts, "" for a command run on the host; ``now`` is the caller's clock.
"""

from haidang.accounts.actions.account import (
    add_account,
    end_account_sessions,
    lock_account,
    reset_password,
    set_expiry,
    unlock_account,
    unmake_manager,
)
from haidang.accounts.actions.alert import raise_alert, report_unused, take_note
from haidang.accounts.actions.factor import (
    add_passkey,
    add_totp,
    draw_recovery_codes,
    end_factor,
    end_factors,
    record_failed_factor,
    refresh_second_factor,
    show_code,
    show_passkey,
)
from haidang.accounts.actions.focal import name_focal_person
from haidang.accounts.actions.identity import link_identity, record_failed_identity, unlink_identity
from haidang.accounts.actions.own import accept_pledge, change_password
from haidang.accounts.actions.policy import (
    apply_policy,
    approve_change,
    end_grant,
    may_approve,
    propose_change,
    refuse_change,
    withdraw_change,
)
from haidang.accounts.actions.request import (
    ask_account,
    ask_request,
    confirm_request,
    refuse_request,
    reset_as_manager,
    unlock_as_manager,
    withdraw_request,
)
from haidang.accounts.actions.review import open_reviews, set_verdicts, sign_review
from haidang.accounts.actions.session import (
    Arrival,
    NewSession,
    NewToken,
    create_token,
    end_session,
    end_token,
    record_failed_login,
    start_session,
    touch_session,
)
from haidang.accounts.actions.unit import set_single_session, set_unit_active

__all__ = [
    "Arrival",
    "NewSession",
    "NewToken",
    "accept_pledge",
    "add_account",
    "add_passkey",
    "add_totp",
    "apply_policy",
    "approve_change",
    "ask_account",
    "ask_request",
    "change_password",
    "confirm_request",
    "create_token",
    "draw_recovery_codes",
    "end_account_sessions",
    "end_factor",
    "end_factors",
    "end_grant",
    "end_session",
    "end_token",
    "link_identity",
    "lock_account",
    "may_approve",
    "name_focal_person",
    "open_reviews",
    "propose_change",
    "raise_alert",
    "record_failed_factor",
    "record_failed_identity",
    "record_failed_login",
    "refresh_second_factor",
    "refuse_change",
    "refuse_request",
    "report_unused",
    "reset_as_manager",
    "reset_password",
    "set_expiry",
    "set_single_session",
    "set_unit_active",
    "set_verdicts",
    "show_code",
    "show_passkey",
    "sign_review",
    "start_session",
    "take_note",
    "touch_session",
    "unlink_identity",
    "unlock_account",
    "unlock_as_manager",
    "unmake_manager",
    "withdraw_change",
    "withdraw_request",
]
