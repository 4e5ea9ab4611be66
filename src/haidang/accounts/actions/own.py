"""What a person does to the own account: change the password, accept the pledge."""

from __future__ import annotations

from django.db import transaction

from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, LoginSession, PasswordBefore
from haidang.accounts.passwords import HISTORY
from haidang.audit.actions import record
from haidang.core.units import WallUs

__all__ = ["accept_pledge", "change_password", "keep_password_before"]


@transaction.atomic
def change_password(account: Account, password: str, *, keep_session: str, now: WallUs) -> None:
    """Set the person's own new password (already validated); every other session of the account ends."""
    keep_password_before(account, now=now)
    account.set_password(password)
    account.must_change_password = False
    account.password_changed_at = now
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    others = LoginSession.objects.filter(account=account, ended_at=None).exclude(name=keep_session)
    others.update(ended_at=now, end_reason="password_changed")
    uid = str(account_uid(account.username))
    record(now=now, actor=uid, action="change_password", resource=uid)


def keep_password_before(account: Account, *, now: WallUs) -> None:
    """Before another password is set: this one may not come back. Older ones than the last five are not kept."""
    PasswordBefore.objects.create(account=account, password=account.password, at=now)
    kept = PasswordBefore.objects.filter(account=account).order_by("-at", "-pk").values_list("pk", flat=True)[:HISTORY]
    PasswordBefore.objects.filter(account=account).exclude(pk__in=list(kept)).delete()


@transaction.atomic
def accept_pledge(account: Account, *, now: WallUs) -> None:
    """The person accepts the pledge; once is enough."""
    if Account.objects.filter(pk=account.pk, pledged_at=None).update(pledged_at=now):
        uid = str(account_uid(account.username))
        record(now=now, actor=uid, action="accept_pledge", resource=uid, clause="I.1.a")
    account.pledged_at = account.pledged_at or now
