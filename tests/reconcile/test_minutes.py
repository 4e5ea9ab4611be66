"""The command and its minutes: every kind of finding has words, the minutes are signed and hold everything."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from django.utils import translation

from haidang.audit.models import Entry, Reconciliation
from haidang.config.check_command import check
from haidang.core.errors import NotFound
from haidang.core.findings import NOTES, WRONG, Finding
from haidang.core.host import CHECKS
from haidang.core.tlog.notes import open_note
from haidang.core.units import WallUs
from haidang.footage.models import Gap, RecordingFile
from haidang.host.signers import papers_signer
from haidang.web.finding_texts import sentence_of
from haidang.web.minutes import Run, minutes_note
from reconcile.a_host import Host, a_host, at
from storage.recorded import CAMERA

pytestmark = pytest.mark.django_db

FACTS: dict[str, str | int] = {
    "found": 1, "expected": 2, "why": "x", "logged": "network", "reason": "network", "log": "record", "index": 3,
    "size": 4, "number": 5, "policy": "p", "witness": "w", "theirs": 6, "what": "hidden", "row": 7, "source": "steady",
    "more": 8, "seconds": 9, "until": 1_795_575_600_000_000,
}  # fmt: skip


@pytest.fixture
def host(home: Path) -> Host:

    return a_host(home)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", sorted(WRONG | NOTES))
def test_every_kind_has_its_sentence(kind: str, language: str) -> None:
    finding = Finding(kind, "de-gi", CAMERA, "main", "a/b.mp4", at(0), at(9), FACTS)
    with translation.override(language):
        said = sentence_of(finding, {CAMERA: "Đề Gi · Luồng vào"})
    assert said.startswith("Đề Gi · Luồng vào (main): ")
    assert "25/11/2026 10:04:05" in said
    assert said.endswith("a/b.mp4")
    assert "%" not in said


def test_numbers_are_said_as_numbers_and_reasons_in_words() -> None:
    cut = sentence_of(Finding("file_cut", facts={"found": 5000, "expected": 7000}), {})
    assert cut == "Tệp ghi hình bị cắt ngắn: còn 5000 byte, nhật ký ghi 7000 byte."
    gap = sentence_of(Finding("row_gap", facts={"found": "network", "logged": ""}), {})
    assert "network" not in gap


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def test_the_command_says_what_is_wrong_and_keeps_signed_minutes(host: Host) -> None:
    host.path(3).unlink()
    checked = check(deep=True, number=None, progress=quiet)
    assert checked.wrong == 1
    assert "Mất tệp ghi hình" in checked.sentences[0]
    (row,) = Reconciliation.objects.all()
    assert (row.wrong, row.sha256, row.asked_by) == (1, checked.sha256, "")
    note = (host.home / CHECKS / f"{row.pk}.txt").read_bytes()
    assert hashlib.sha256(note).hexdigest() == checked.sha256
    text = open_note(note, [papers_signer(host.home).key]).text
    assert "KẾT QUẢ: phát hiện 1 sai lệch\n" in text
    assert checked.sentences[0] in text
    assert "Nhật ký ghi hình: haidang.local/" in text
    assert Entry.objects.get(action="reconcile").facts["sha256"] == checked.sha256
    kept = json.loads((host.home / CHECKS / f"{row.pk}.json").read_text())
    assert kept["counts"]["file_missing"] == 1


def test_a_host_without_a_witness_says_so_and_is_not_wrong_for_it(host: Host) -> None:
    checked = check(deep=False, number=None, progress=quiet)
    assert checked.wrong == 0
    assert any("Chưa có bên chứng kiến" in each for each in checked.notes)


def test_one_that_was_asked_for_is_carried_out_under_its_number(host: Host) -> None:
    run = Reconciliation.objects.create(asked_by='Account::"tt"', asked_at=host.now, deep=True)
    assert check(deep=False, number=run.pk, progress=quiet).minutes.endswith(f"/{run.pk}.txt")
    assert "Người yêu cầu: tài khoản tt".encode() in (host.home / CHECKS / f"{run.pk}.txt").read_bytes()
    with pytest.raises(NotFound):
        check(deep=False, number=run.pk, progress=quiet)


def test_a_files_name_cannot_write_lines_of_the_minutes(host: Host) -> None:
    (host.path(0).parent / "x\nKẾT QUẢ: không phát hiện sai lệch").touch()
    checked = check(deep=False, number=None, progress=quiet)
    note = (host.home / CHECKS / f"{Reconciliation.objects.get().pk}.txt").read_bytes()
    assert checked.wrong == 1
    assert [line for line in note.decode().split("\n") if line.startswith("KẾT QUẢ")] == [
        "KẾT QUẢ: phát hiện 1 sai lệch"
    ]


def test_minutes_tell_what_a_witness_remembers(host: Host) -> None:
    outcome = host.check()
    run = Run(7, True, "", WallUs(host.now), WallUs(host.now))
    text = open_note(minutes_note(run, outcome, {}, papers_signer(host.home)), [papers_signer(host.home).key]).text
    assert "Bên chứng kiến witness.example (ghi hình): " in text
    assert "KẾT QUẢ: không phát hiện sai lệch\n" in text


def test_rows_of_any_time_have_their_minutes(host: Host) -> None:
    """What somebody wrote into the database must not keep the minutes from being written."""
    RecordingFile.objects.filter(path=host.files[0].media_path).update(
        path=f"{host.files[0].media_path}.x", ended_at=(1 << 63) - 1
    )
    Gap.objects.filter(started_at=at(12)).update(started_at=-(1 << 62))
    checked = check(deep=False, number=None, progress=quiet)
    assert checked.wrong > 0
