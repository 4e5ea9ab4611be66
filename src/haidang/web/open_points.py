"""Điểm chưa rõ: what the notice leaves open, how it is read here, who is competent to decide, since when decided.

Law: the gaps (a purpose without a unit, a unit without a purpose) are found in the grants of the day, never listed by
hand, so that they go when somebody closes them and not before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.core.policy import Answer, Notice
from haidang.web.rights_matrix import spoken

__all__ = ["OpenPoint", "OpenPoints", "open_points_of"]

#: The purpose by which the set says that the notice states none.
_NOT_STATED = "chua-neu"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    id: str
    question: str
    value: str
    others: list[str]
    reason: str
    decided_by: str
    document: str
    valid_from: date | None
    #: Nobody has decided: our reading stands in.
    open: bool


@dataclass(frozen=True, slots=True)
class OpenPoints:
    gaps: list[str]
    points: list[OpenPoint]
    still_open: int


def open_points_of(notice: Notice, on: date) -> OpenPoints:
    points = [_point(notice, answer, on) for answer in notice.answers]
    return OpenPoints(_gaps(notice, on), points, sum(point.open for point in points))


def _point(notice: Notice, answer: Answer, on: date) -> OpenPoint:
    english = get_language() == "en"
    shown = (answer.choice_names_en if english else answer.choice_names) or answer.choices
    names = dict(zip(answer.choices, shown, strict=False))
    value = answer.value_on(on)
    unit = next((unit for unit in notice.units if unit.slug == answer.decided_by), None)
    return OpenPoint(
        id=answer.id,
        question=(answer.question_en if english else "") or answer.question,
        value=names.get(value, value),
        others=[names.get(choice, choice) for choice in answer.choices if choice != value],
        reason=(answer.reason_en if english else "") or answer.reason,
        decided_by=unit.name_on(on)[0] if unit is not None else answer.decided_by,
        document=answer.document,
        valid_from=answer.valid_from,
        open=answer.open,
    )


def _gaps(notice: Notice, on: date) -> list[str]:
    """What the grants of that day leave unsaid or ungiven."""
    held = [grant for grant in notice.grants if grant.holds_on(on)]
    given = {purpose for grant in held for purpose in grant.purposes}
    gaps = [
        _("Mục đích “%(purpose)s” được Thông báo nêu (mục %(clause)s) nhưng chưa giao cho đơn vị nào.")
        % {"purpose": spoken(purpose), "clause": purpose.clause}
        for purpose in notice.purposes
        if purpose.slug not in given and purpose.slug != _NOT_STATED
    ]
    units = {unit.slug: unit for unit in notice.units}
    without = dict.fromkeys((grant.unit, grant.clause) for grant in held if _NOT_STATED in grant.purposes)
    return gaps + [
        _("%(unit)s được giao quyền truy cập (mục %(clause)s) nhưng Thông báo chưa nêu mục đích.")
        % {"unit": units[unit].name_on(on)[0], "clause": clause}
        for unit, clause in without
    ]
