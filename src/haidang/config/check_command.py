"""``haidang check``: a reconciliation carried out, its minutes signed and kept, its row told how far it is."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import Error as DatabaseError

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from django.conf import settings

from haidang.audit import reconciliations
from haidang.audit.models import Reconciliation
from haidang.core.errors import NotFound
from haidang.core.host import CHECKS, RECORDINGS
from haidang.core.units import WallUs
from haidang.core.witnesses import witnesses_of
from haidang.host.clock import wall_clock
from haidang.host.files import replace_file
from haidang.host.signers import LOGS, log_key, papers_signer
from haidang.host.witness_http import WitnessHttp
from haidang.reconcile.run import Outcome, Sources
from haidang.reconcile.run import Reconciliation as Work
from haidang.reconcile.scratch import Scratch
from haidang.storage.store_opening import open_store
from haidang.web.finding_texts import sentence_of
from haidang.web.minutes import Run, minutes_note
from haidang.web.reconciliation_rows import camera_names

__all__ = ["Checked", "check"]

_PROGRESS_S = 1.0
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a command says: the sentences of what is wrong and of what is noted, and where the minutes lie."""

    wrong: int
    sentences: list[str]
    notes: list[str]
    minutes: str
    sha256: str


def check(*, deep: bool, number: int | None, progress: Progress) -> Checked:
    """Carry out the reconciliation of this number, or a new one. Raises Conflict, NotFound (``unknown_run``)."""
    home: Path = settings.HAIDANG_HOME
    folder = home / CHECKS
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    row = _row(number, deep=deep)
    name = "command" if row is None else str(row.pk)
    scratch = folder / f"{name}.scratch"
    if row is None:
        scratch.unlink(missing_ok=True)
    began = wall_clock()
    if row is not None:
        reconciliations.begin(row, now=began)
    kept = Scratch(scratch)
    outcome = Work(_sources(home), kept, row.deep if row else deep, _told(row, progress)).run()
    kept.close()
    cameras = _camera_names()
    asked_by, started = ("", began) if row is None else (row.asked_by, WallUs(row.started_at or began))
    run = Run(row.pk if row else 0, row.deep if row else deep, asked_by, started, wall_clock())
    note = minutes_note(run, outcome, cameras, papers_signer(home))
    sha256 = hashlib.sha256(note).hexdigest()
    _keep(folder, name, run, outcome, note)
    if row is not None:
        reconciliations.finish(row, wrong=outcome.wrong, sha256=sha256, now=wall_clock())
    scratch.unlink()
    said = [(each.wrong, sentence_of(each, cameras)) for each in outcome.findings]
    return Checked(
        outcome.wrong, [text for wrong, text in said if wrong], [text for wrong, text in said if not wrong],
        str(folder / f"{name}.txt"), sha256,
    )  # fmt: skip


def _row(number: int | None, *, deep: bool) -> Reconciliation | None:
    """Its row; a new one without a number, and None where the database is away: what needs none is checked anyway."""
    if number is not None:
        row = Reconciliation.objects.filter(pk=number, finished_at=None).first()
        if row is None:
            raise NotFound(f"couldn't find an unfinished reconciliation {number}", code="unknown_run")
        return row
    try:
        return reconciliations.ask(deep=deep, asked_by="", now=wall_clock())
    except DatabaseError:
        return None


def _sources(home: Path) -> Sources:
    own = settings.HAIDANG_SETTINGS
    root = Path(own.recorder.root) if own.recorder.root else home / RECORDINGS
    keys = {name: log_key(home, name) for name in LOGS}
    store = open_store(own.store, home) if own.store.endpoint else None
    return Sources(home, root, keys, witnesses_of(own.log), WitnessHttp(own.log.ca_file).get, store=store)


def _told(row: Reconciliation | None, progress: Progress) -> Progress:
    """Progress for whoever watches the command, and now and then for the row."""
    told_at = 0.0

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal told_at
        progress(phase, done, total)
        if row is not None and time.monotonic() - told_at > _PROGRESS_S:
            told_at = time.monotonic()
            reconciliations.put_progress(row, phase, done, total)

    return tell


def _camera_names() -> dict[str, str]:
    try:
        return camera_names()
    except DatabaseError:
        return {}


def _keep(folder: Path, name: str, run: Run, outcome: Outcome, note: bytes) -> None:
    """What the page reads, then the minutes: who sees the minutes finds the page's part too."""
    said = {
        "run": asdict(run), "facts": outcome.facts, "counts": outcome.counts,
        "findings": [asdict(each) for each in outcome.findings],
    }  # fmt: skip
    replace_file(folder / f"{name}.json", json.dumps(said, ensure_ascii=False).encode(), mode=0o640, durable=True)
    replace_file(folder / f"{name}.txt", note, mode=0o640, durable=True)
