"""Accounts and their names at an organisation's own sign-in: linked, ended; proofs that open nothing.

Laws: a link opens an account that exists and gives no right. One account an identity, one identity of a provider an
account. What the organisation calls a person is personal data and is in no entry.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from haidang.accounts.actions.alert import raise_alert
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, ExternalIdentity
from haidang.audit.actions import record
from haidang.core.errors import Conflict, InvalidInput
from haidang.core.units import WallUs

__all__ = ["MAX_SUBJECT", "link_identity", "record_failed_identity", "unlink_identity"]

MAX_SUBJECT = 255


@transaction.atomic
def link_identity(account: Account, provider: str, subject: str, *, now: WallUs, actor: str = "") -> ExternalIdentity:
    """From now on that identity signs in to this account. Linked already is what was wanted.

    Raises Conflict: ``identity_taken`` (another account's), ``identity_exists`` (the account has another one there).
    """
    if not subject or len(subject) > MAX_SUBJECT:
        raise InvalidInput(f"couldn't link it: a subject has 1 to {MAX_SUBJECT} characters", code="identity_subject")
    if account.kind != "person":
        raise InvalidInput(f"couldn't link {account.username}: it is no person's", code="identity_subject")
    live = ExternalIdentity.objects.filter(provider=provider, ended_at=None)
    held = live.filter(account=account).first()
    if held is not None:
        if held.subject == subject:
            return held
        raise Conflict("couldn't link it: the account has another identity of this provider", code="identity_exists")
    try:
        with transaction.atomic():
            made = ExternalIdentity.objects.create(account=account, provider=provider, subject=subject, linked_at=now)
    except IntegrityError as error:  # the constraint says so to who came second, too
        raise Conflict("couldn't link it: the identity opens another account", code="identity_taken") from error
    record(
        now=now, actor=actor, action="link_identity", resource=str(account_uid(account.username)),
        clause="I.1.a-1", facts={"provider": provider},
    )  # fmt: skip
    raise_alert(
        account, "identity_linked", audience="person", now=now, facts={"provider": provider}, once_within_s=0
    )  # fmt: skip
    if not actor:
        facts = {"act": "link_identity"}
        raise_alert(account, "host_account", audience="managers", now=now, facts=facts, once_within_s=0)
    return made


@transaction.atomic
def unlink_identity(identity: ExternalIdentity, *, now: WallUs, actor: str = "") -> None:
    """It opens the account no more; ended already is what was wanted. Running sessions go on."""
    if ExternalIdentity.objects.filter(pk=identity.pk, ended_at=None).update(ended_at=now):
        record(
            now=now, actor=actor, action="unlink_identity", resource=str(account_uid(identity.account.username)),
            facts={"provider": identity.provider},
        )  # fmt: skip


@transaction.atomic
def record_failed_identity(provider: str, account: Account | None, *, now: WallUs) -> None:
    """Somebody proved who they are to the organisation, and that opens no account here, or one that may not sign in."""
    resource = str(account_uid("?" if account is None else account.username))
    record(
        now=now, actor="", action="login", resource=resource, decision="deny", facts={"provider": provider}
    )  # fmt: skip
