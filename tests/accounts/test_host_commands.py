"""What the command line calls: preparing a host, asking the door, a demonstration's accounts."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.cast import NOW
from haidang.accounts import actions
from haidang.accounts.models import Account, Grant, PolicyRevision, Unit
from haidang.cameras.models import Camera
from haidang.cli.main import main
from haidang.config import account_commands, commands
from haidang.config.commands import DemoCamera
from haidang.config.home import read_settings
from haidang.config.key_files import make_database_private
from haidang.config.serve import run_web
from haidang.core.errors import Conflict, Fatal, HaidangError, InvalidInput, Unavailable
from haidang.core.settings import Settings as HostSettings
from haidang.host import token_key
from haidang.host.signers import log_key, log_signer
from host.drawer import Drawer, on_token

CAMERAS = [
    DemoCamera(
        f"{site}-{number}", site, f"Cầu cảng {number}", f"rtsp://127.0.0.1:1/{number}", f"rtsp://127.0.0.1:2/{number}"
    )
    for site in ("quy-nhon", "de-gi", "tam-quan")
    for number in (1, 2)
]


@pytest.fixture
def prepared(tmp_path: Path, settings: Settings, db: None) -> Path:
    settings.HAIDANG_HOME = tmp_path / "home"
    commands.prepare(tmp_path / "home")
    return tmp_path / "home"


def test_a_prepared_host_has_its_keys_for_its_owner_alone(prepared: Path) -> None:
    assert (prepared / "secrets").stat().st_mode & 0o777 == 0o700
    keys = sorted((prepared / "secrets").iterdir())
    assert [key.name for key in keys] == ["credentials.key", "django.key", "log.key", "papers.key", "ticket.key"]
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


def test_a_host_with_a_token_gets_no_key_file_that_nobody_uses(
    tmp_path: Path, settings: Settings, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, drawer = tmp_path / "home", Drawer(there=False)
    monkeypatch.setattr(token_key, "_connect", drawer.connect)
    home.mkdir()
    on_token(home)
    (home / "secrets" / "token.pin").unlink()
    settings.HAIDANG_HOME, settings.HAIDANG_SETTINGS = home, read_settings(home)
    with pytest.raises(Unavailable) as caught:
        commands.prepare(home)
    assert caught.value.code == "token_away"
    keys = sorted(key.name for key in (home / "secrets").iterdir())
    assert keys == ["credentials.key", "django.key", "papers.key", "ticket.key"], "all the rest is ready"
    drawer.there = True
    commands.prepare(home)
    assert log_key(home, "acts") == log_signer(home, "acts").key
    assert not (home / "secrets" / "log.key").exists()


def test_the_database_and_its_journal_are_their_owners_alone(tmp_path: Path) -> None:
    for name in ("new.sqlite3", "old.sqlite3"):
        if name.startswith("old"):  # as an earlier version left it
            for suffix in ("", "-wal", "-shm"):
                (tmp_path / f"{name}{suffix}").touch(0o644)
        make_database_private(tmp_path / name)
        with closing(sqlite3.connect(tmp_path / name)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE t (x)")
            files = sorted(tmp_path.glob(f"{name}*"))
            assert len(files) == 3
            assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_preparing_again_changes_no_key_and_heals_a_lost_public_half(prepared: Path) -> None:
    before = {key.name: key.read_bytes() for key in (prepared / "secrets").iterdir()}
    public = (prepared / "state" / "ticket.pub").read_bytes()
    (prepared / "state" / "ticket.pub").unlink()
    commands.prepare(prepared)
    assert {key.name: key.read_bytes() for key in (prepared / "secrets").iterdir()} == before
    assert (prepared / "state" / "ticket.pub").read_bytes() == public
    (prepared / "state" / "log.pub").write_bytes(b"half")
    with pytest.raises(Unavailable, match="haidang init"):
        log_key(prepared)
    commands.prepare(prepared)
    assert log_key(prepared) == log_signer(prepared).key


def test_preparing_again_brings_back_no_grant_that_somebody_ended(prepared: Path) -> None:
    actions.end_grant("II.7.b:ca-phu-cat:de-gi", last_day=date(2026, 1, 1), document="Quyết định", now=NOW)
    commands.prepare(prepared)
    assert Grant.objects.get(policy_id="II.7.b:ca-phu-cat:de-gi").valid_to == date(2026, 1, 1)
    assert PolicyRevision.objects.count() == 2


def test_a_demonstration_has_an_account_for_each_unit_and_a_second_start_keeps_them(prepared: Path) -> None:
    first = commands.demo_setup(prepared, CAMERAS, username="u", password="p")
    path = prepared / "demo-accounts.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text(encoding="utf-8")) == first
    assert len(first) == 22
    assert {entry["account"] for entry in first} == {account.username for account in Account.objects.all()}
    assert all(set(entry) == {"account", "unit", "password", "token", "totp_secret"} for entry in first)
    moved = [camera._replace(main_url="rtsp://127.0.0.1:9/moved") for camera in CAMERAS]
    sealed = Camera.objects.values_list("sealed_password", flat=True)[0]
    assert commands.demo_setup(prepared, moved, username="u", password="p") == first
    assert set(Camera.objects.values_list("main_url", flat=True)) == {"rtsp://127.0.0.1:9/moved"}
    assert Camera.objects.values_list("sealed_password", flat=True)[0] == sealed


def test_a_demonstration_that_a_crash_cut_short_is_completed(prepared: Path) -> None:
    first = commands.demo_setup(prepared, CAMERAS)
    (prepared / "demo-accounts.json").write_text(json.dumps(first[:5]), encoding="utf-8")
    second = commands.demo_setup(prepared, CAMERAS)
    assert second[:5] == first[:5]
    assert len(second) == 22
    assert Account.objects.get(username=str(second[7]["account"])).check_password(str(second[7]["password"]))


def test_a_demonstrations_passwords_work_at_once_and_others_must_be_changed(prepared: Path) -> None:
    commands.demo_setup(prepared, CAMERAS)
    commands.add_account("nguyen-an", "ca-phu-cat")
    lines = {line.account: line.must_change_password for line in commands.list_accounts()}
    assert lines["ca-phu-cat"] is False
    assert lines["nguyen-an"] is True


@pytest.mark.parametrize(
    ("account", "action", "resource", "allowed", "clause"),
    [
        ("ca-phu-cat", "view_live", "de-gi-1", True, "II.7.b"),
        ("ca-phu-cat", "view_live", 'Camera::"tam-quan-1"', False, ""),
        ("tinh-doan", "view_playback", "de-gi-1", False, "II.5"),
        ("vien-thong-binh-dinh", "delete_recording", "de-gi-1", False, "I.2.c-1"),
        ("vien-thong-binh-dinh", "view_operations", 'System::"haidang"', True, "II.1.a-2"),
    ],
)
def test_can_answers_with_the_clause(  # noqa: PLR0917 - the columns of the table above
    prepared: Path,
    account: str,
    action: str,
    resource: str,
    allowed: bool,  # noqa: FBT001 - a column of the table
    clause: str,
) -> None:
    commands.demo_setup(prepared, CAMERAS)
    verdict = commands.can(account, action, resource)
    assert (verdict.allowed, verdict.clause) == (allowed, clause)


def test_can_answers_for_a_past_day(prepared: Path) -> None:
    commands.demo_setup(prepared, CAMERAS)
    assert not commands.can("ca-phu-cat", "view_live", "de-gi-1", on="2021-12-31").allowed
    with pytest.raises(InvalidInput):
        commands.can("ca-phu-cat", "view_live", "de-gi-1", on="yesterday")


def test_what_does_not_exist_is_said(prepared: Path) -> None:
    for call, code in (
        (lambda: commands.can("nobody", "view_live", "de-gi-1"), "unknown_account"),
        (lambda: commands.add_account("x", "no-such-unit"), "unknown_unit"),
        (lambda: commands.add_camera("x", "no-such-site", "X", "rtsp://10.0.0.1/"), "unknown_site"),
        (lambda: commands.create_token("nobody"), "unknown_account"),
        (lambda: commands.plan_policy(prepared), "policy_set"),
    ):
        with pytest.raises(HaidangError) as refused:
            call()
        assert refused.value.code == code


def test_a_locked_account_stays_listed(prepared: Path) -> None:
    commands.add_account("nguyen-an", "ca-phu-cat")
    commands.lock_account("nguyen-an")
    assert [line.active for line in commands.list_accounts()] == [False]


def test_accounts_are_listed_with_state_last_use_and_tokens(prepared: Path) -> None:
    for name in ("nguyen-an", "le-binh"):
        commands.add_account(name, "ca-phu-cat", display_name="Lê Bình", manager=name == "le-binh")
    account_commands.lock_account("nguyen-an", reason="Nghỉ việc")
    name, token = account_commands.new_token("le-binh", days=3)
    binh, an = account_commands.list_accounts(unit="ca-phu-cat")
    assert (binh.account, binh.state, binh.manager, binh.used_at, binh.tokens) == (
        "le-binh",
        "active",
        True,
        "",
        (name,),
    )
    assert (an.state, an.active) == ("locked", False)
    assert account_commands.list_accounts(unit="ca-quy-nhon") == []
    assert account_commands.list_accounts(unused_days=1) == []
    account_commands.end_token(name)
    account_commands.unlock_account("nguyen-an")
    account_commands.set_expiry("nguyen-an", "2020-01-01")
    binh, an = account_commands.list_accounts()
    assert (binh.tokens, an.state, an.expires_on) == ((), "expired", "2020-01-01")
    account_commands.set_expiry("nguyen-an", "never")
    assert account_commands.list_accounts()[1].state == "active"
    assert token not in str(account_commands.list_accounts())


def test_a_units_account_is_made_and_reset_only_for_its_focal_person(prepared: Path) -> None:
    Unit.objects.filter(slug="tinh-doan").update(focal_required=True)
    with pytest.raises(Conflict) as refused:
        commands.add_account("doan-1", "tinh-doan")
    assert refused.value.code == "focal_person_needed"
    account_commands.name_focal_person("tinh-doan", name="Võ Thị Sáu", document="Công văn 7")
    made = commands.add_account("doan-1", "tinh-doan")
    again = account_commands.reset_password("doan-1")
    assert made.password != again.password
    assert Account.objects.get().check_password(again.password)


def test_every_verb_answers_in_words_and_as_json(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Unit.objects.filter(slug="tinh-doan").update(focal_required=True)
    token = json.loads(_said(capsys, "add nguyen-an --unit ca-phu-cat --name An --manager --json")) and json.loads(
        _said(capsys, "token nguyen-an --days 3 --json")
    )
    for line, told in (
        ("list", "nguyen-an"),
        ("list --unused 90 --json", "[]"),
        ("lock nguyen-an --reason x", "locked: nguyen-an"),
        ("unlock nguyen-an --json", '{"unlocked": "nguyen-an"}'),
        ("expire nguyen-an 2027-01-31", "expires_on: 2027-01-31"),
        ("reset nguyen-an", "password: "),
        (f"end-token {token['name']}", f"ended: {token['name']}"),
        ("focal tinh-doan --name Sáu --document CV7 --json", "Sáu"),
    ):
        assert told in _said(capsys, line)
    assert _run("end-token no-such") == 1
    assert _run("expire nguyen-an someday") == 2


def _run(line: str) -> int:
    return main(["account", *line.split()])


def _said(capsys: pytest.CaptureFixture[str], line: str) -> str:
    assert _run(line) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_pages_are_not_served_with_a_key_of_the_moment(tmp_path: Path) -> None:
    with pytest.raises(Fatal):
        run_web(HostSettings(), tmp_path)
