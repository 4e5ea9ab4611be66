"""The pages of reconciliations: who reads and asks, what they say, the minutes as paper and as signed text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from accounts.cast import NOW, account_of, enrolled, logged_in
from haidang.audit import reconciliations as runs
from haidang.audit.models import Entry, Reconciliation
from haidang.core.host import CHECKS, LOG_STANDING
from haidang.core.log_standing import LogStanding, WitnessStanding, dump_standing
from haidang.core.units import WallUs

pytestmark = pytest.mark.usefixtures("port")
FACTS = {
    "files": 3, "hashed_bytes": 7_000_000, "entries": 90, "acts_rows": 12, "until_us": NOW,
    "remembered": [{"log": "record", "witness": "w.example", "origin": "o", "size": 88, "root": "ab", "cosigned_s": 1}],
    "checkpoints": {"record": {"origin": "o", "size": 90, "root": "cd"}},
}  # fmt: skip
MISSING = {
    "kind": "file_missing", "site": "de-gi", "camera": "de-gi-1", "stream": "main", "file": "de-gi/x.mp4",
    "from_us": NOW, "to_us": NOW + 300_000_000, "facts": {},
}  # fmt: skip


def supervisor() -> Client:
    return _with_factor("so-tttt")


def _with_factor(unit: str) -> Client:
    account = account_of(unit)
    enrolled(account)
    return logged_in(account)


def finished(home: Path, *, findings: list[dict[str, object]], asked_by: str = "") -> Reconciliation:
    run = runs.ask(deep=True, asked_by=asked_by, now=NOW)
    runs.begin(run, now=NOW)
    (home / CHECKS).mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for each in findings:
        counts[str(each["kind"])] = counts.get(str(each["kind"]), 0) + 1
    said = {"run": {}, "facts": FACTS, "counts": counts, "findings": findings}
    (home / CHECKS / f"{run.pk}.json").write_text(json.dumps(said))
    (home / CHECKS / f"{run.pk}.txt").write_text("BIÊN BẢN\n\n— key sig\n")
    runs.finish(run, wrong=len(findings), sha256="ab" * 32, now=WallUs(NOW + 60_000_000))
    return Reconciliation.objects.get(pk=run.pk)


def test_supervisor_and_operator_read_and_ask_and_others_are_told_why_not() -> None:
    for unit in ("so-tttt", "vien-thong-binh-dinh"):
        client = _with_factor(unit)
        page = client.get("/nhat-ky/doi-soat")
        assert page.status_code == 200
        assert "reconciliations" in [tab.key for tab in page.context["log_tabs"]]
    for unit in ("ca-phu-cat", "tinh-doan", "ubnd-tinh"):
        answer = logged_in(account_of(unit)).get("/nhat-ky/doi-soat")
        assert answer.status_code == 403
        assert "Không thực hiện được" in answer.content.decode()


def test_one_is_asked_for_once_and_the_page_says_that_it_waits() -> None:
    client = supervisor()
    client.post("/nhat-ky/doi-soat", {"deep": "yes"})
    (run,) = Reconciliation.objects.all()
    assert (run.deep, run.asked_by) == (True, 'Account::"so-tttt"')
    assert Entry.objects.get(action="ask_reconciliation").facts == {"run": run.pk, "deep": True}
    page = client.post("/nhat-ky/doi-soat", {"deep": ""}, follow=True)
    assert Reconciliation.objects.count() == 1
    assert "Một lần đối soát đang chờ" in page.content.decode()
    assert page.context["running"].state == "waiting"
    runs.begin(run, now=NOW)
    runs.put_progress(run, "files", 3, 12)
    running = client.get("/nhat-ky/doi-soat").context["running"]
    assert (running.state, running.phase, running.percent) == ("running", "đối chiếu tệp ghi hình", 25)


def test_what_was_found_is_said_in_words_with_camera_and_minutes(port: Path) -> None:
    run = finished(port, findings=[MISSING], asked_by='Account::"so-tttt"')
    client = supervisor()
    listed = client.get("/nhat-ky/doi-soat")
    assert [row.wrong for row in listed.context["done"]] == [1]
    page = client.get(f"/nhat-ky/doi-soat/{run.pk}").content.decode()
    assert "Phát hiện 1 sai lệch" in page
    assert "Đề Gi · Cầu cảng 1 (main): Mất tệp ghi hình" in page
    assert "Từ 25/11/2026 10:00:00 đến 10:05:00." in page
    assert run.sha256 in page
    assert "w.example" in page


def test_what_a_full_one_found_stands_until_another_full_one_finds_nothing(port: Path) -> None:
    run = finished(port, findings=[MISSING])
    client = _with_factor("vien-thong-binh-dinh")
    said = f"Đối soát số {run.pk} (25/11/2026 10:01:00) phát hiện 1 sai lệch."
    quick = runs.ask(deep=False, asked_by="", now=NOW)
    runs.finish(quick, wrong=0, sha256="", now=NOW)
    for path in ("/van-hanh", "/nhat-ky/doi-soat"):
        assert said in client.get(path).content.decode()
    finished(port, findings=[])
    assert said not in client.get("/van-hanh").content.decode()


def test_the_minutes_are_a_paper_and_a_signed_text(port: Path) -> None:
    run = finished(port, findings=[])
    client = supervisor()
    paper = client.get(f"/nhat-ky/doi-soat/{run.pk}/in").content.decode()
    assert "BIÊN BẢN" in paper
    assert "Kết quả: không phát hiện sai lệch." in paper
    text = client.get(f"/nhat-ky/doi-soat/{run.pk}/bien-ban.txt")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in text["Content-Disposition"]
    assert text.content.decode().endswith("— key sig\n")


def test_another_unit_gets_neither_page_nor_minutes_and_one_that_is_not_over_is_nowhere(port: Path) -> None:
    run = finished(port, findings=[])
    client, reader = logged_in(account_of("ca-phu-cat")), supervisor()
    for path in ("", "/in", "/bien-ban.txt"):
        assert client.get(f"/nhat-ky/doi-soat/{run.pk}{path}").status_code == 403
        assert reader.get(f"/nhat-ky/doi-soat/{run.pk + 1}{path}").status_code == 404


def test_the_logs_stand_as_the_keeper_said_and_what_is_wrong_is_an_alarm(port: Path) -> None:
    witness = WitnessStanding("w.example", 88, NOW // 1_000_000, "contradiction", NOW, "422: another root")
    standing = LogStanding("record", "o/record", WallUs(9_000_000_000_000_000), 90, bytes(32), 88, (witness,))
    (port / LOG_STANDING).mkdir(parents=True, exist_ok=True)
    (port / LOG_STANDING / "record.json").write_bytes(dump_standing(standing))
    page = supervisor().get("/nhat-ky/doi-soat")
    (line,) = page.context["logs"]
    assert (line.size, line.cosigned_size, line.cosigned_at) == (90, 88, "25/11/2026 10:00:00")
    (warning,) = page.context["warnings"]
    assert warning.kind == "refused"
    assert "BÁO ĐỘNG: bên chứng kiến w.example đã thấy một nội dung khác" in warning.sentence
    operations = _with_factor("vien-thong-binh-dinh").get("/van-hanh").content.decode()
    assert "đã thấy một nội dung khác" in operations
