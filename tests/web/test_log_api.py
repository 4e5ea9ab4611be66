"""The logs over HTTP: the supervisor's mirror reads every file as it lies, nobody else reads one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from accounts.cast import account_of, logged_in
from core.tlog.trees import records
from haidang.accounts import actions
from haidang.accounts.models import Account, Unit
from haidang.audit.models import Entry
from haidang.cli.main import main
from haidang.core.host import ACTS_LOG, RECORD_LOG
from haidang.core.tlog.tiles import entries_of
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.host.signers import log_signer
from haidang.storage.log_store import LogStore

pytestmark = pytest.mark.usefixtures("port")
BASE = "/api/v1/logs/record"


def mirror_of(account: Account, *, scope: str = "log") -> Client:
    token = actions.create_token(account, now=wall_clock(), scope=scope).token
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def log(home: Path) -> LogStore:
    store = LogStore(home / RECORD_LOG, log_signer(home))
    store.append(records(250), b"")
    return store


@pytest.fixture
def mirror() -> Client:
    return mirror_of(account_of("so-tttt"))


def test_each_file_is_served_as_it_lies_with_the_type_and_caching_of_its_kind(log: LogStore, mirror: Client) -> None:
    note = mirror.get(f"{BASE}/checkpoint")
    assert (note.status_code, note.content) == (200, log.note)
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    assert note["Cache-Control"] == "private, max-age=1"
    bundle = mirror.get(f"{BASE}/tile/entries/000.p/250")
    assert entries_of(bundle.content, 250) == records(250)
    assert bundle["Content-Type"] == "application/octet-stream"
    assert "immutable" in bundle["Cache-Control"]
    assert mirror.get(f"{BASE}/tile/0/000.p/250").content == (log.folder / "tile/0/000.p/250").read_bytes()


def test_a_partial_tile_that_has_gone_is_served_from_the_full_one(log: LogStore, mirror: Client) -> None:
    partial = mirror.get(f"{BASE}/tile/0/000.p/250").content
    log.append(records(300)[250:], b"")
    assert not (log.folder / "tile/0/000.p").exists()
    assert mirror.get(f"{BASE}/tile/0/000.p/250").content == partial
    assert entries_of(mirror.get(f"{BASE}/tile/entries/000.p/250").content, 250) == records(250)
    assert mirror.get(f"{BASE}/tile/0/000").content[: len(partial)] == partial


def test_the_log_of_acts_is_another_one(log: LogStore, home: Path, mirror: Client) -> None:
    assert mirror.get("/api/v1/logs/acts/checkpoint").status_code == 404
    acts = LogStore(home / ACTS_LOG, log_signer(home, "acts"))
    acts.append([b"act"], b"")
    assert mirror.get("/api/v1/logs/acts/checkpoint").content == acts.note != log.note


@pytest.mark.parametrize(
    "path",
    [
        "record/", "record/state", "record/pending", "record/cosigned", "record/tile/0/999", "record/tile/0/00",
        "record/tile/0/000.p/256", "record/tile/0/000.p/0", "record/tile/00/000", "record/tile/64/000",
        "record/../../haidang.toml", "record/..%2f..%2fhaidang.toml", "record/tile/0/../../../../secrets/log.key",
        "record/%2e%2e/%2e%2e/secrets/log.key", "record//etc/passwd", "record/checkpoint%00", "record/checkpoint/",
        "record/tile/entries/x000/000", "record/tile/0/٠٠٠", "secrets/log.key", "../log/checkpoint", "other/checkpoint",
    ],
)  # fmt: skip
def test_whatever_is_no_file_of_a_log_is_not_there(log: LogStore, mirror: Client, path: str) -> None:
    assert log.size
    answer = mirror.get(f"/api/v1/logs/{path}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_of_all_units_the_supervisor_alone_reads_a_log_and_every_refusal_is_an_entry(log: LogStore) -> None:
    assert log.size
    statuses = {}
    for slug in Unit.objects.values_list("slug", flat=True):
        statuses[slug] = mirror_of(account_of(slug)).get(f"{BASE}/checkpoint").status_code
    assert {slug for slug, status in statuses.items() if status == 200} == {"so-tttt"}
    assert set(statuses.values()) == {200, 403}
    denied = Entry.objects.filter(action="read_access_log", decision="deny")
    assert denied.count() == len(statuses) - 1
    assert not Entry.objects.filter(action="read_access_log", decision="allow").exists()


def test_no_other_way_in_reads_a_log_the_supervisors_own_included(log: LogStore) -> None:
    assert log.size
    supervisor = account_of("so-tttt")
    assert mirror_of(supervisor, scope="").get(f"{BASE}/checkpoint").status_code == 401
    assert logged_in(supervisor).get(f"{BASE}/checkpoint").status_code == 401
    assert Client().get(f"{BASE}/checkpoint").status_code == 401
    assert Client(headers={"authorization": "Bearer hdt_wrong"}).get(f"{BASE}/checkpoint").status_code == 401


@pytest.mark.parametrize("path", ["me", "cameras", "who?action=view_live&resource=de-gi-1", "openapi.json"])
def test_a_token_for_the_log_opens_nothing_else(mirror: Client, path: str) -> None:
    answer = mirror.get(f"/api/v1/{path}")
    assert answer.status_code == (200 if path == "openapi.json" else 401)  # which anybody reads
    ticket = mirror.post("/api/v1/cameras/de-gi-1/tickets", {"action": "view_live"}, content_type="application/json")
    assert ticket.status_code == 401
    assert mirror.get("/giam-sat").status_code == 302


def test_a_token_for_the_log_ends_like_any_other(log: LogStore) -> None:
    assert log.size
    account = account_of("so-tttt")
    ends = actions.create_token(account, now=wall_clock(), expires_at=WallUs(wall_clock() - 1), scope="log").token
    client = Client(headers={"authorization": f"Bearer {ends}"})
    assert client.get(f"{BASE}/checkpoint").status_code == 401
    live = mirror_of(account)
    assert live.get(f"{BASE}/checkpoint").status_code == 200
    actions.lock_account(account, now=wall_clock())
    assert live.get(f"{BASE}/checkpoint").status_code == 401


def test_the_host_makes_one_for_who_may_read_the_log_only(capsys: pytest.CaptureFixture[str]) -> None:
    for unit in ("so-tttt", "vien-thong-binh-dinh"):
        account_of(unit)
    assert main(["account", "token", "vien-thong-binh-dinh", "--for", "log"]) != 0
    assert "II.2.a" in capsys.readouterr().err
    assert main(["account", "token", "so-tttt", "--for", "log", "--json"]) == 0
    entry = Entry.objects.filter(action="create_token").latest("pk")
    assert entry.facts["scope"] == "log"
