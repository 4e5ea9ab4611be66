"""Changes of policy with what hangs on them here: the sites. Pages and commands change policy through these.

The sites follow in a transaction of their own; what a crash leaves undone, the next start does (``follow_notice``).
"""

from __future__ import annotations

from haidang.accounts import actions
from haidang.accounts.models import Account, PolicyChange
from haidang.accounts.policies import notice_in_force
from haidang.cameras.actions import apply_sites
from haidang.core.policy import Notice
from haidang.core.units import WallUs

__all__ = ["approve", "follow_notice", "propose"]


def propose(
    notice: Notice, *, title: str, document: str, by: Account, second_factor: bool, now: WallUs, over: int | None = None
) -> PolicyChange:
    """``accounts.actions.propose_change``; sites follow what is in force at once."""
    change = actions.propose_change(
        notice, title=title, document=document, by=by, second_factor=second_factor, now=now, over=over
    )  # fmt: skip
    follow_notice(now=now)
    return change


def approve(change: PolicyChange, *, by: Account, second_factor: bool, now: WallUs) -> None:
    """``accounts.actions.approve_change``; sites follow."""
    actions.approve_change(change, by=by, second_factor=second_factor, now=now)
    follow_notice(now=now)


def follow_notice(*, now: WallUs) -> bool:
    """Bring the sites to the notice in force; False if they are there."""
    notice = notice_in_force()
    return notice is not None and apply_sites(notice.sites, now=now)
