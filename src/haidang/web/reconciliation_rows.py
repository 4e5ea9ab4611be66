"""Reconciliations as pages show them: how far, how they ended, what they found in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.entities import username_in
from haidang.accounts.models import Account
from haidang.audit.models import Reconciliation
from haidang.cameras.models import Camera
from haidang.core.errors import CorruptData, NotFound
from haidang.core.findings import Finding
from haidang.core.host import CHECKS
from haidang.core.units import WallUs
from haidang.web.finding_texts import instant_text, sentence_of
from haidang.web.log_words import LOG_NAMES

__all__ = ["Report", "RunRow", "camera_names", "minutes_of", "report_of", "run_rows"]

#: A page of findings; the signed minutes have all that were kept.
_MOST_SHOWN = 200
_PHASES: dict[str, str | Promise] = {
    "": lazy("chuẩn bị"),
    "record": lazy("đọc nhật ký ghi hình"),
    "acts": lazy("đọc nhật ký hoạt động"),
    "files": lazy("đối chiếu tệp ghi hình"),
    "rows": lazy("đối chiếu cơ sở dữ liệu"),
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """``state``: waiting, running, done. ``percent`` of the present phase, None while there is nothing to count."""

    number: int
    state: str
    deep: bool
    asked_by: str
    asked_at: str
    started_at: str
    finished_at: str
    phase: str
    percent: int | None
    wrong: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one found; ``more`` are not shown here."""

    facts: dict[str, Any]
    wrong: list[str]
    notes: list[str]
    more: int


def run_rows(runs: list[Reconciliation]) -> list[RunRow]:
    """With the names of who asked."""
    names = {username_in(run.asked_by) for run in runs if run.asked_by}
    people = {row.username: row for row in Account.objects.filter(username__in=names).select_related("unit")}
    return [_row(run, people) for run in runs]


def _row(run: Reconciliation, people: Mapping[str, Account]) -> RunRow:
    username = username_in(run.asked_by)
    person = people.get(username)
    state = "done" if run.finished_at else "running" if run.started_at else "waiting"
    return RunRow(
        number=run.pk, state=state, deep=run.deep,
        asked_by=f"{person.display_name or username}, {person.unit.name}" if person else username,
        asked_at=_instant(run.asked_at), started_at=_instant(run.started_at), finished_at=_instant(run.finished_at),
        phase=str(_PHASES.get(run.phase, run.phase)),
        percent=min(100, 100 * run.done // run.total) if run.total else None,
        wrong=run.wrong, sha256=run.sha256,
    )  # fmt: skip


def _instant(at: int | None) -> str:
    return "" if at is None else instant_text(WallUs(at))


def report_of(run: Reconciliation, home: Path) -> Report:
    """What it found. Raises NotFound (``no_report``) or CorruptData (``finding``)."""
    try:
        said: dict[str, Any] = json.loads((home / CHECKS / f"{run.pk}.json").read_bytes())
        findings = [Finding(**each) for each in said["findings"]]
    except FileNotFoundError as error:
        raise NotFound("couldn't find what the reconciliation found", code="no_report") from error
    except (ValueError, TypeError, KeyError, AssertionError) as error:
        raise CorruptData(f"couldn't read what the reconciliation found: {error!r}", code="finding") from error
    cameras = camera_names()
    wrong = [sentence_of(each, cameras) for each in findings if each.wrong]
    notes = [sentence_of(each, cameras) for each in findings if not each.wrong]
    shown = wrong[:_MOST_SHOWN], notes[:_MOST_SHOWN]
    more = sum(said["counts"].values()) - len(shown[0]) - len(shown[1])
    facts = said["facts"]
    named = {str(LOG_NAMES[log]): each for log, each in facts["checkpoints"].items()}
    return Report({**facts, "checkpoints": named, "remembered": _remembered(facts)}, *shown, more)


def _remembered(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **each,
            "log": str(LOG_NAMES[each["log"]]),
            "cosigned_at": instant_text(WallUs(each["cosigned_s"] * 1_000_000)),
        }
        for each in facts["remembered"] or []
    ]  # fmt: skip


def minutes_of(run: Reconciliation, home: Path) -> bytes:
    """The signed minutes as they were kept. Raises NotFound (``no_report``)."""
    try:
        return (home / CHECKS / f"{run.pk}.txt").read_bytes()
    except FileNotFoundError as error:
        raise NotFound("couldn't find the minutes", code="no_report") from error


def camera_names() -> dict[str, str]:
    """``Đề Gi · Luồng vào`` by slug."""
    return {row.slug: f"{row.site.short} · {row.name}" for row in Camera.objects.select_related("site")}
