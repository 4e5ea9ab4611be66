"""A notice as rows: units, their names, successions, purposes, grants. Nothing that people hang on is deleted."""

from __future__ import annotations

from haidang.accounts.models import Grant, Purpose, Succession, Unit, UnitName
from haidang.core.policy import Grant as GrantValue
from haidang.core.policy import Notice

__all__ = ["put_rows"]


def put_rows(notice: Notice) -> None:
    """Bring the rows to the notice; within the caller's transaction. Units that it does not name stay."""
    units = _units(notice)
    _names(notice, units)
    Succession.objects.all().delete()
    Succession.objects.bulk_create(
        Succession(old=units[old], new=units[new], on=each.on, document=each.document)
        for each in notice.successions
        for old in each.old
        for new in each.new
    )
    for purpose in notice.purposes:
        Purpose.objects.update_or_create(slug=purpose.slug, defaults={"name": purpose.name, "name_en": purpose.name_en})
    Grant.objects.all().delete()
    Grant.objects.bulk_create(_grant(grant, units[grant.unit]) for grant in notice.grants)


def _units(notice: Notice) -> dict[str, Unit]:
    for unit in notice.units:
        values = {
            "name": unit.name, "name_en": unit.name_en, "aliases": list(unit.aliases), "role": unit.role,
            "clause": unit.clause, "valid_from": unit.valid_from, "valid_to": unit.valid_to,
            "focal_required": unit.focal_person,
        }  # fmt: skip
        Unit.objects.update_or_create(slug=unit.slug, defaults=values)
    units = {unit.slug: unit for unit in Unit.objects.all()}
    for value in notice.units:
        row = units[value.slug]
        parent = units.get(value.parent)
        if row.parent_id != (None if parent is None else parent.pk):
            row.parent = parent
            row.save(update_fields=["parent"])
    return units


def _names(notice: Notice, units: dict[str, Unit]) -> None:
    UnitName.objects.filter(unit__slug__in=[unit.slug for unit in notice.units]).delete()
    UnitName.objects.bulk_create(
        UnitName(
            unit=units[unit.slug],
            name=name.name,
            name_en=name.name_en,
            valid_from=name.valid_from,
            valid_to=name.valid_to,
        )
        for unit in notice.units
        for name in unit.names
    )


def _grant(grant: GrantValue, unit: Unit) -> Grant:
    return Grant(
        policy_id=grant.policy_id, kind=grant.kind, unit=unit, resource=grant.resource, actions=list(grant.actions),
        purposes=list(grant.purposes), clause=grant.clause, document=grant.document, valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )  # fmt: skip
