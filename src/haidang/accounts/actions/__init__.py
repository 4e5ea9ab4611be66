"""Every write of accounts. Each function is one transaction and appends its audit entry in it.

``actor`` is the Cedar UID of who acts, "" for a command run on the host; ``now`` is the caller's clock.
"""

from haidang.accounts.actions.account import (
    add_account,
    change_password,
    lock_account,
    reset_password,
    set_unit_active,
    unlock_account,
)
from haidang.accounts.actions.policy import apply_policy, end_grant
from haidang.accounts.actions.session import (
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
    "NewSession",
    "NewToken",
    "add_account",
    "apply_policy",
    "change_password",
    "create_token",
    "end_grant",
    "end_session",
    "end_token",
    "lock_account",
    "record_failed_login",
    "reset_password",
    "set_unit_active",
    "start_session",
    "touch_session",
    "unlock_account",
]
