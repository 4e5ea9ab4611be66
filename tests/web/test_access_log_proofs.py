"""An entry's page and what is handed over of it: proofs that hold, that do not, and that are not there yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.cast import account_of, logged_in
from haidang.audit.actions import record
from haidang.audit.models import Entry, LogPlace
from haidang.cli.main import main
from haidang.core.host import ACTS_LOG
from haidang.core.settings import LogSettings
from haidang.core.settings import Settings as HostSettings
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.host.signers import log_key, log_signer
from haidang.supervisor.keeper_acts import ActsKeeper
from keeper.a_log import NOW_S, Department, log_of

pytestmark = pytest.mark.usefixtures("port")


def watched() -> Entry:
    return record(
        now=wall_clock(), actor='Account::"ca-phu-cat"', action="view_playback", resource='Camera::"de-gi-1"',
        purpose="an-ninh-trat-tu", decision="allow", clause="II.7.b", policies=["II.7.b:ca-phu-cat:de-gi"],
        facts={"ticket": "t1", "session": "s1", "from": 1_795_575_600_000_000, "to": 1_795_575_660_000_000},
    )  # fmt: skip


@pytest.fixture
def reader(port: Path) -> Client:
    account_of("ca-phu-cat")
    return logged_in(account_of("so-tttt"))


@pytest.fixture
def department(tmp_path_factory: pytest.TempPathFactory, home: Path, settings: Settings) -> Department:
    made = Department(tmp_path_factory.mktemp("department"), home)
    vkeys = tuple(f"{service.key} https://{name}" for name, service in made.services.items())
    settings.HAIDANG_SETTINGS = HostSettings(log=LogSettings(witnesses=vkeys))
    return made


def page(reader: Client, entry: Entry) -> Any:
    answer = reader.get(f"/nhat-ky/muc/{entry.pk}")
    assert answer.status_code == 200
    return answer


def handed_over(reader: Client, entry: Entry, folder: Path) -> Path:
    answer = reader.get(f"/nhat-ky/muc/{entry.pk}/bang-chung.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    path = folder / "bang-chung.json"
    path.write_bytes(answer.content)
    return path


def verdicts(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, bool | None]]:
    capsys.readouterr()
    code = main(["log", "verify-row", *words, "--json"])
    return code, {each["what"]: each["passed"] for each in json.loads(capsys.readouterr().out)["verdicts"]}


def test_the_page_of_an_entry_tells_all_its_facts_in_words(reader: Client) -> None:
    answer = page(reader, watched())
    text = answer.content.decode()
    for words in (
        "Xem lại", "Công an huyện Phù Cát", "Đề Gi · Cầu cảng 1", "An ninh trật tự", "cho phép", "II.7.b",
        "được xem 25/11/2026 10:00:00–10:01:00", "Vé truy cập", "Phiên đăng nhập",
    ):  # fmt: skip
        assert words in text, words
    assert answer.context["proof"].state == "waiting"


def test_what_is_not_logged_yet_has_no_proof_to_hand_over(reader: Client) -> None:
    entry = watched()
    assert reader.get(f"/nhat-ky/muc/{entry.pk}/bang-chung.json").status_code == 404
    assert reader.get(f"/nhat-ky/muc/{entry.pk}/tlog-proof").status_code == 404


def test_a_logged_entry_says_where_it_stands_and_who_has_cosigned_it_when(
    reader: Client, home: Path, department: Department
) -> None:
    entry = watched()
    ActsKeeper(log_of(home, "acts", department.witnesses())).run_once(WallUs(NOW_S * 1_000_000))
    proof = page(reader, entry).context["proof"]
    assert (proof.state, proof.index) == ("holds", LogPlace.objects.get(entry_id=entry.pk).index)
    assert proof.origin == log_signer(home, "acts").key.name
    assert [(name, at.timestamp()) for name, at in proof.cosigned] == [("witness.example", NOW_S)]


def test_reading_the_log_needs_no_secret(reader: Client, home: Path) -> None:
    entry = watched()
    ActsKeeper(log_of(home, "acts")).run_once(wall_clock())
    (home / "secrets/log.key").unlink()
    assert page(reader, entry).context["proof"].state == "holds"
    assert page(reader, entry).context["proof"].cosigned == ()


def test_a_row_that_was_changed_afterwards_is_shown_as_such(reader: Client, home: Path) -> None:
    entry, other = watched(), watched()
    ActsKeeper(log_of(home, "acts")).run_once(wall_clock())
    Entry.objects.filter(pk=entry.pk).update(resource='Camera::"de-gi-2"')
    changed = page(reader, entry)
    assert changed.context["proof"].state == "broken"
    assert "KHÁC với nội dung đã cam kết" in changed.content.decode()
    place = LogPlace.objects.get(entry_id=entry.pk)
    LogPlace.objects.filter(entry_id=other.pk).update(index=place.index)
    assert page(reader, other).context["proof"].state == "broken", "another entry's place is none"


@pytest.mark.parametrize("harm", ["gone", "tiles", "index"])
def test_a_log_that_cannot_tell_is_said_to_be_unreadable(reader: Client, home: Path, harm: str) -> None:
    entry = watched()
    ActsKeeper(log_of(home, "acts")).run_once(wall_clock())
    if harm == "gone":
        (home / ACTS_LOG / "checkpoint").unlink()
    elif harm == "tiles":
        for tile in (home / ACTS_LOG).rglob("tile/entries/**/*"):
            if tile.is_file():
                tile.write_bytes(bytes(tile.stat().st_size))
    else:
        LogPlace.objects.filter(entry_id=entry.pk).update(index=10_000)
    assert page(reader, entry).context["proof"].state == "unreadable"


def test_the_file_convinces_whoever_has_the_key_without_this_host(
    reader: Client, home: Path, department: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = watched()
    ActsKeeper(log_of(home, "acts", department.witnesses())).run_once(WallUs(NOW_S * 1_000_000))
    file, key = str(handed_over(reader, entry, tmp_path)), str(log_key(home, "acts"))
    assert verdicts(capsys, file, "--key", key) == (0, {"row": True, "tree": True, "log": True, "witnesses": None})
    policy, witness = tmp_path / "policy", department.services["witness.example"].key
    policy.write_text(f"log {key}\nwitness w {witness}\nquorum w\n")
    asked = (file, "--key", key, "--policy", str(policy))
    assert verdicts(capsys, *asked) == (0, {"row": True, "tree": True, "log": True, "witnesses": True})
    other = str(log_key(home, "record"))
    assert verdicts(capsys, file, "--key", other) == (1, {"row": True, "tree": True, "log": False, "witnesses": None})
    assert main(["log", "verify-row", file, "--key", other, "--policy", str(policy)]) == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "fails"),
    [
        ("row", "de-gi-1", "de-gi-2", {"row"}),
        ("salt", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", {"row"}),
        ("entry", '"row":', '"row":1', {"row", "tree"}),
        ("proof", "index ", "index 1", {"tree"}),
    ],
)
def test_each_forgery_has_its_verdict(  # noqa: PLR0917 - fixtures beside what is forged
    reader: Client, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str,
    fails: set[str],
) -> None:  # fmt: skip
    entry = watched()
    for _ in range(2):
        watched()
    ActsKeeper(log_of(home, "acts")).run_once(wall_clock())
    file = handed_over(reader, entry, tmp_path)
    said = json.loads(file.read_text())
    said[name] = said[name].replace(old, new) if old else new
    file.write_text(json.dumps(said))
    code, found = verdicts(capsys, str(file), "--key", str(log_key(home, "acts")))
    assert code == 1
    assert {what for what, passed in found.items() if passed is False} == fails


def test_the_tlog_proof_alone_is_what_other_tools_read(reader: Client, home: Path) -> None:
    entry = watched()
    ActsKeeper(log_of(home, "acts")).run_once(wall_clock())
    answer = reader.get(f"/nhat-ky/muc/{entry.pk}/tlog-proof")
    assert answer.content.startswith(b"c2sp.org/tlog-proof@v1\nindex ")
    assert answer["Content-Disposition"] == f'attachment; filename="muc-{entry.pk}.tlog-proof"'
