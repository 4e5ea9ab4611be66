"""Reconciliations: who asked for one, how far it is, how it ended. The keeper carries them out, one at a time."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from haidang.audit.actions import record
from haidang.audit.models import Reconciliation
from haidang.core.errors import Conflict
from haidang.core.policy import SYSTEM_UID
from haidang.core.units import WallUs

__all__ = ["ask", "begin", "finish", "finished_since", "newest", "put_progress", "standing", "waiting"]


def ask(*, deep: bool, asked_by: str, now: WallUs) -> Reconciliation:
    """Ask for one. Raises Conflict (``reconciliation_waits``) while another is waiting or under way."""
    with transaction.atomic():
        if waiting() is not None:
            raise Conflict(
                "couldn't ask for a reconciliation: one is waiting or under way", code="reconciliation_waits"
            )
        run = Reconciliation.objects.create(asked_by=asked_by, asked_at=now, deep=deep)
        record(
            now=now, actor=asked_by, action="ask_reconciliation", resource=SYSTEM_UID,
            facts={"run": run.pk, "deep": deep},
        )  # fmt: skip
    return run


def waiting() -> Reconciliation | None:
    """The one that waits or is under way."""
    return Reconciliation.objects.filter(finished_at=None).order_by("pk").first()


def finished_since(since: WallUs, *, deep: bool) -> bool:
    """Whether one ended since then; a deep one counts as a quick one too."""
    runs = Reconciliation.objects.filter(finished_at__gt=since)
    return (runs.filter(deep=True) if deep else runs).exists()


def standing() -> list[Reconciliation]:
    """Those whose deviations stand: the last deep one and the last one, where they found any. A quick one that found
    nothing says nothing of pictures.
    """
    done = Reconciliation.objects.exclude(finished_at=None).order_by("-pk")
    last = {run.pk: run for run in (done.filter(deep=True).first(), done.first()) if run is not None and run.wrong}
    return list(last.values())


def newest(count: int, *, before: int | None = None) -> list[Reconciliation]:
    """The last ones, the newest first."""
    runs = Reconciliation.objects.filter(Q() if before is None else Q(pk__lt=before))
    return list(runs.order_by("-pk")[:count])


def begin(run: Reconciliation, *, now: WallUs) -> None:
    """It starts, or goes on after it was cut short. Says nothing that the asking did not."""
    Reconciliation.objects.filter(pk=run.pk, started_at=None).update(started_at=now)


def put_progress(run: Reconciliation, phase: str, done: int, total: int) -> None:
    Reconciliation.objects.filter(pk=run.pk).update(phase=phase, done=done, total=total)


def finish(run: Reconciliation, *, wrong: int, sha256: str, now: WallUs) -> None:
    """It is over; its entry commits to the signed minutes."""
    with transaction.atomic():
        Reconciliation.objects.filter(pk=run.pk).update(finished_at=now, wrong=wrong, sha256=sha256, phase="")
        record(
            now=now, actor="", action="reconcile", resource=SYSTEM_UID,
            facts={"run": run.pk, "wrong": wrong, "sha256": sha256},
        )  # fmt: skip
