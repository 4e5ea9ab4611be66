"""The exported list: what the page shows, signed, bounded, and itself in the log."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from accounts.cast import account_of, logged_in
from haidang.accounts.models import Account
from haidang.audit.actions import record
from haidang.audit.models import Entry
from haidang.cli.main import main
from haidang.host.clock import wall_clock
from haidang.host.signers import papers_signer
from haidang.web import access_log_list

pytestmark = pytest.mark.usefixtures("port")

PAGE, FILE = "/nhat-ky/truy-cap/ket-xuat", "nhat-ky-truy-cap.csv"


def watched(username: str, camera: str = "de-gi-1") -> Entry:
    return record(
        now=wall_clock(), actor=f'Account::"{username}"', action="view_live", resource=f'Camera::"{camera}"',
        purpose="an-ninh-trat-tu", decision="allow", clause="II.7.b",
    )  # fmt: skip


def table_of(answer: Any) -> list[dict[str, str]]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(FILE).decode("utf-8-sig"))))


def test_the_list_is_what_the_page_shows_and_its_hash_is_an_entry() -> None:
    account_of("ca-phu-cat")
    shown = {watched("ca-phu-cat").pk for _ in range(3)}
    watched(account_of("tinh-doan").username)
    browser = logged_in(account_of("so-tttt"))
    answer = browser.post(f"{PAGE}?don-vi=ca-phu-cat&loai=xem")
    rows = table_of(answer)
    assert {int(row["Số mục"]) for row in rows} == shown
    assert rows[0]["Đối tượng"] == "Đề Gi · Cầu cảng 1"
    entry = Entry.objects.get(action="export_access_log")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert entry.facts["sha256"] == hashlib.sha256(archive.read(FILE)).hexdigest()
    assert (entry.facts["rows"], entry.facts["filters"]) == (3, "don-vi=ca-phu-cat&loai=xem")


def test_a_manager_exports_the_own_units_entries_alone() -> None:
    account = account_of("ca-phu-cat")
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    own, other = watched("ca-phu-cat"), watched(account_of("tinh-doan").username)
    found = {int(row["Số mục"]) for row in table_of(logged_in(account).post(f"{PAGE}?don-vi=tinh-doan"))}
    assert found == set()
    found = {int(row["Số mục"]) for row in table_of(logged_in(account).post(PAGE))}
    assert own.pk in found
    assert other.pk not in found


def test_names_that_spreadsheets_would_calculate_are_made_harmless() -> None:
    account = account_of("ca-phu-cat")
    Account.objects.filter(pk=account.pk).update(display_name='=HYPERLINK("http://x","y")')
    watched("ca-phu-cat")
    row = next(row for row in table_of(logged_in(account_of("so-tttt")).post(f"{PAGE}?loai=xem")))
    assert row["Người"] == '\'=HYPERLINK("http://x","y")'


def test_a_list_that_is_too_long_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log_list, "MOST_ROWS", 2)
    monkeypatch.setattr(access_log_list, "_CHUNK", 2)
    account_of("ca-phu-cat")
    browser = logged_in(account_of("so-tttt"))
    for _ in range(2):
        watched("ca-phu-cat")
    assert len(table_of(browser.post(f"{PAGE}?loai=xem"))) == 2
    watched("ca-phu-cat")
    answer = browser.post(f"{PAGE}?loai=xem")
    assert answer.status_code == 422
    assert "Chọn khoảng ngày ngắn hơn" in answer.content.decode()
    assert Entry.objects.filter(action="export_access_log").count() == 1


def test_what_a_person_typed_to_find_somebody_is_not_kept() -> None:
    logged_in(account_of("so-tttt")).post(f"{PAGE}?nguoi=Nguyễn+Văn+An")
    assert Entry.objects.get(action="export_access_log").facts["filters"] == "nguoi=1"


def test_anybody_with_the_key_checks_the_list(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account_of("ca-phu-cat")
    watched("ca-phu-cat")
    answer = logged_in(account_of("so-tttt")).post(PAGE)
    archive, key = tmp_path / "list.zip", str(papers_signer(home).key)
    archive.write_bytes(answer.content)

    def checked(*words: str) -> tuple[int, dict[str, bool | None]]:
        capsys.readouterr()
        code = main(["log", "verify-list", *words, "--key", key, "--json"])
        return code, {each["what"]: each["passed"] for each in json.loads(capsys.readouterr().out)["verdicts"]}

    assert checked(str(archive)) == (0, {"signature": True, "list": True})
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    assert checked(str(tmp_path / FILE)) == (0, {"signature": True, "list": True})
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes().replace(b"de-gi", b"de-go").replace(b"\xba", b"\xbb"))
    assert checked(str(tmp_path / FILE)) == (1, {"signature": True, "list": False})
    note = tmp_path / f"{FILE}.sig"
    note.write_bytes(note.read_bytes().replace(b"rows ", b"rows 9"))
    assert checked(str(tmp_path / FILE)) == (1, {"signature": False, "list": None})


def test_a_list_is_asked_for_by_a_form_and_never_by_a_link() -> None:
    assert logged_in(account_of("so-tttt")).get(PAGE).status_code == 405
