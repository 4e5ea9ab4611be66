"""Every write of accounts. Each function is one transaction and appends its audit entry in it.

``actor`` is the Cedar UID of who acts, "" for a command run on the host; ``now`` is the caller's clock.
"""

from haidang.accounts.actions.account import (
    add_account,
    lock_account,
    reset_password,
    set_unit_active,
    unlock_account,
)
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
from haidang.accounts.actions.own import accept_pledge, change_password, take_note
from haidang.accounts.actions.policy import apply_policy, end_grant
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

__all__ = [
    "Arrival",
    "NewSession",
    "NewToken",
    "accept_pledge",
    "add_account",
    "add_passkey",
    "add_totp",
    "apply_policy",
    "change_password",
    "create_token",
    "draw_recovery_codes",
    "end_factor",
    "end_factors",
    "end_grant",
    "end_session",
    "end_token",
    "lock_account",
    "record_failed_factor",
    "record_failed_login",
    "refresh_second_factor",
    "reset_password",
    "set_unit_active",
    "show_code",
    "show_passkey",
    "start_session",
    "take_note",
    "touch_session",
    "unlock_account",
]
