"""Samples that a witness asks for, from question to answer (docs/design/log.md).

Laws: a question is noted once while it is open, however often it is asked; what was found is kept before it is logged,
and stays as it was found. The question is an act with an entry; finding and answer are the keeper's, and the log says
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from haidang.audit.actions import record
from haidang.core.errors import Conflict
from haidang.core.policy import SYSTEM_UID
from haidang.core.units import WallUs
from haidang.footage.models import Sample

__all__ = ["MOST_OPEN", "ask_samples", "keep_finding", "note_answers"]

#: Open questions at a time: hashing shares the disk with recording.
MOST_OPEN = 64


@transaction.atomic
def ask_samples(entries: Sequence[int], *, actor: str, now: WallUs) -> None:
    """Note the questions; those that are open are asked already. Raises Conflict (``samples_waiting``) for too many."""
    waiting = set(Sample.objects.filter(answered_in=None).values_list("entry", flat=True))
    new = sorted(set(entries) - waiting)
    if not new:
        return  # an entry for each time would let a mirror's token fill the log
    if len(waiting) + len(new) > MOST_OPEN:
        raise Conflict(f"couldn't take the questions: {len(waiting)} wait already", code="samples_waiting")
    Sample.objects.bulk_create(
        [Sample(entry=entry, asked_at=now, asked_by=actor) for entry in new], ignore_conflicts=True
    )
    record(
        now=now, actor=actor, action="ask_samples", resource=SYSTEM_UID,
        facts={"entries": ",".join(map(str, new))},
    )  # fmt: skip


def keep_finding(sample: Sample, found: str, sha256: bytes, *, now: WallUs) -> None:
    """What the keeper found; ``no_seal`` ends the question, for there is nothing to say in the log."""
    values: dict[str, int | str | None] = {"found": found, "sha256": sha256.hex(), "checked_at": now}
    if found == "no_seal":
        values["answered_in"] = -1
    Sample.objects.filter(pk=sample.pk, found="").update(**values)


def note_answers(answers: Mapping[int, int]) -> None:
    """By the seal's entry, the entry that answers."""
    with transaction.atomic():
        for entry, answered_in in answers.items():
            Sample.objects.filter(entry=entry, answered_in=None).exclude(found="").update(answered_in=answered_in)
