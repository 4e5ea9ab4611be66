"""Policy in force: bringing the database to a notice, and ending a grant."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from haidang.accounts.models import Grant, PolicyRevision, Purpose, Unit
from haidang.audit.actions import record
from haidang.core.errors import Conflict, NotFound
from haidang.core.policy import SYSTEM_UID, Notice, compile_policies, policy_sha256
from haidang.core.policy.notice import GRANT_KINDS
from haidang.core.policy.notice import Grant as GrantValue
from haidang.core.units import WallUs

__all__ = ["apply_policy", "end_grant"]


@transaction.atomic
def apply_policy(notice: Notice, *, now: WallUs, actor: str = "") -> bool:
    """Bring units, purposes, grants and the Cedar text to the notice; False (and nothing written) if they are there.

    Units that the notice does not name stay. Grants that it does not name go from the rows; the revisions keep them.
    """
    cedar = compile_policies(notice.grants, notice.base, notice.schema)
    sha256 = policy_sha256(cedar, notice.schema)
    newest = _newest_for_change()
    if newest is not None and newest.sha256 == sha256 and not _people_texts_differ(notice):
        return False
    for unit in notice.units:
        Unit.objects.update_or_create(
            slug=unit.slug, defaults={"name": unit.name, "name_en": unit.name_en, "aliases": list(unit.aliases)}
        )
    units = {unit.slug: unit for unit in Unit.objects.all()}
    for unit in notice.units:
        row = units[unit.slug]
        row.parent = units.get(unit.parent)
        row.save(update_fields=["parent"])
    for purpose in notice.purposes:
        Purpose.objects.update_or_create(slug=purpose.slug, defaults={"name": purpose.name, "name_en": purpose.name_en})
    Grant.objects.all().delete()
    Grant.objects.bulk_create(_row(grant, units[grant.unit]) for grant in notice.grants)
    _put_in_force(
        set_name=notice.slug, cedar=cedar, schema=notice.schema, base=notice.base, document=notice.document, now=now
    )
    record(
        now=now, actor=actor, action="apply_policy", resource=SYSTEM_UID,
        facts={"set": notice.slug, "sha256": sha256, "grants": len(notice.grants)},
    )  # fmt: skip
    return True


@transaction.atomic
def end_grant(policy_id: str, *, last_day: date, document: str, now: WallUs, actor: str = "") -> None:
    """End a grant after ``last_day`` by a document. A day in the past ends it now, running streams included."""
    revision = _newest_for_change()
    grant = Grant.objects.filter(policy_id=policy_id).select_related("unit").first()
    if grant is None or revision is None:
        raise NotFound(f"couldn't end the grant: none is called {policy_id!r}", code="unknown_grant")
    if last_day < grant.valid_from:
        raise Conflict(f"couldn't end {policy_id} on {last_day}: it began on {grant.valid_from}", code="grant_dates")
    grant.valid_to = last_day
    grant.save(update_fields=["valid_to"])
    grants = [_value(row) for row in Grant.objects.select_related("unit").order_by("pk")]
    cedar = compile_policies(grants, revision.base, revision.schema)
    _put_in_force(
        set_name=revision.set_name, cedar=cedar, schema=revision.schema, base=revision.base, document=document, now=now
    )
    record(
        now=now, actor=actor, action="end_grant", resource=grant.resource, clause=grant.clause, policies=[policy_id],
        facts={"unit": grant.unit.slug, "last_day": last_day.isoformat(), "document": document},
    )  # fmt: skip


def _newest_for_change() -> PolicyRevision | None:
    """The revision in force, held until the transaction ends: a policy is compiled from all grants, so of two changes
    at once (PostgreSQL) the later must see the earlier, or it would bring back what that ended.
    """
    return PolicyRevision.objects.select_for_update().order_by("-pk").first()


def _put_in_force(*, set_name: str, cedar: str, schema: str, base: str, document: str, now: WallUs) -> None:
    PolicyRevision.objects.create(
        set_name=set_name, cedar=cedar, schema=schema, base=base, sha256=policy_sha256(cedar, schema),
        document=document, applied_at=now,
    )  # fmt: skip


def _people_texts_differ(notice: Notice) -> bool:
    """Names are not in the Cedar text, so they are compared by themselves."""
    units = {(u.slug, u.name, u.name_en) for u in Unit.objects.all()}
    purposes = {(p.slug, p.name, p.name_en) for p in Purpose.objects.all()}
    return not (
        {(u.slug, u.name, u.name_en) for u in notice.units} <= units
        and {(p.slug, p.name, p.name_en) for p in notice.purposes} <= purposes
    )


def _row(grant: GrantValue, unit: Unit) -> Grant:
    return Grant(
        policy_id=grant.policy_id, kind=grant.kind, unit=unit, resource=grant.resource, actions=list(grant.actions),
        purposes=list(grant.purposes), clause=grant.clause, document=grant.document, valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )  # fmt: skip


def _value(row: Grant) -> GrantValue:
    kind = next(kind for kind in GRANT_KINDS if kind == row.kind)
    return GrantValue(
        kind, row.unit.slug, row.resource, tuple(row.actions), tuple(row.purposes), row.clause, row.document,
        row.valid_from, row.valid_to,
    )  # fmt: skip
