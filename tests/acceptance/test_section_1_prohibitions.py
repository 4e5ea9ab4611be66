"""I.2: what nobody may do, the operator's administrators included."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from acceptance.clauses import clause, later
from accounts.cast import account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account
from haidang.audit.models import Entry
from haidang.config.check_command import Checked, check
from haidang.core.errors import Denied
from haidang.core.host import TICKET_PUBLIC_KEY
from haidang.core.journal import GapReason
from haidang.core.policy import FORBIDDEN_ACTIONS
from haidang.core.units import WallUs
from haidang.footage.models import Gap
from haidang.footage.queries import timeline
from haidang.gateway.redemption import Redemption
from haidang.host.clock import wall_clock
from policy.shipped import DAY, SITES, ask_of, decider, notice
from reconcile.a_host import a_host
from reconcile.test_attacks import flip

pytestmark = pytest.mark.usefixtures("port")
OPERATOR = "vien-thong-binh-dinh"
UNITS = [unit.slug for unit in notice().units]
JSON = "application/json"
SOURCES = Path(__file__).parents[2] / "src" / "haidang"
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def program(unit: str) -> Client:
    """A program with a token of the unit's account."""
    account = Account.objects.filter(username=unit).first() or account_of(unit)
    token = actions.create_token(account, now=wall_clock()).token
    return Client(headers={"authorization": f"Bearer {token}"})


def entries(action: str) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(action=action).values_list("decision", "clause"))


@clause("I.2")
@pytest.mark.parametrize("action", FORBIDDEN_ACTIONS)
def test_no_account_at_no_site_may_do_what_is_forbidden(action: str) -> None:
    for unit, site in product(UNITS, SITES):
        purposes = ["", *(purpose.slug for purpose in notice().purposes)]
        for purpose in purposes:
            asked = ask_of(decider(), unit, action, site, purpose=purpose, on=DAY, second_factor=True, approved=True)
            assert not asked.allowed, (unit, site, purpose)


@clause("I.2.a-1")
def test_an_administrator_who_would_stop_a_camera_is_refused_and_it_is_written_down() -> None:
    answer = program(OPERATOR).delete("/api/v1/cameras/de-gi-1")
    assert (answer.status_code, answer.json()["clause"]) == (403, "I.2.a-1")
    assert entries("stop_recording") == [("deny", "I.2.a-1")]
    assert program(OPERATOR).get("/api/v1/cameras/de-gi-1").status_code == 200, "it is still there"


@clause("I.2.a-1")
def test_a_feed_that_is_cut_is_a_gap_with_its_cause_on_the_timeline() -> None:
    now = wall_clock()
    Gap.objects.create(
        camera="de-gi-1", stream="main", reason="network",
        started_at=now - 60_000_000, ended_at=now - 30_000_000,
    )  # fmt: skip
    day = timeline("de-gi-1", "main", from_us=WallUs(now - 120_000_000), to_us=now, now=now)
    known = [gap for gap in day.gaps if gap.reason is GapReason.NETWORK]
    assert [(gap.started_at, gap.ended_at) for gap in known] == [(now - 60_000_000, now - 30_000_000)]


@clause("I.2.a-1")
@later("watch")
def test_a_feed_that_is_cut_opens_an_incident() -> None: ...


@clause("I.2.a-2")
def test_an_administrator_who_would_weaken_a_camera_is_refused_and_it_is_written_down() -> None:
    answer = program(OPERATOR).patch("/api/v1/cameras/de-gi-1", {"recording": False}, content_type=JSON)
    assert (answer.status_code, answer.json()["clause"]) == (403, "I.2.a-2")
    assert entries("disable_feature") == [("deny", "I.2.a-2")]


@clause("I.2.a-2")
@later("watch")
def test_a_setting_changed_outside_its_ticket_raises_an_alert_with_old_and_new_value() -> None: ...


@clause("I.2.b")
@later("watch")
def test_a_stream_from_a_device_that_was_not_approved_is_refused_and_a_violation_drafted() -> None: ...


@clause("I.2.c-1")
@pytest.mark.parametrize("unit", UNITS)
def test_no_role_deletes_and_every_attempt_is_written_down(unit: str) -> None:
    answer = program(unit).delete("/api/v1/recordings?camera=de-gi-1")
    assert answer.status_code in (403, 404)
    assert [decision for decision, _clause in entries("delete_recording")] == ["deny"]


@clause("I.2.c-1")
def test_nothing_but_the_retention_job_takes_recordings_away() -> None:
    """In the whole program one module unlinks recordings, and one loop, by a dated policy, calls it."""
    callers = [
        str(path.relative_to(SOURCES))
        for path in sorted(SOURCES.rglob("*.py"))
        if "haidang.storage.removal import" in path.read_text(encoding="utf-8")
    ]
    assert callers == ["supervisor/keeper_retention.py"]


@clause("I.2.c-1")
def test_no_account_shortens_the_retention_alone() -> None:
    shorter = tuple(replace(each, days=1) for each in notice().retentions)
    change = actions.propose_change(
        replace(notice(), retentions=shorter), title="Rút ngắn", document="QĐ 9", by=account_of(OPERATOR),
        second_factor=True, now=wall_clock(),
    )  # fmt: skip
    assert change.state == "proposed"


@clause("I.2.c-1")
def test_a_file_removed_on_the_disk_is_named_by_reconciliation(port: Path) -> None:
    host = a_host(port)
    host.path(3).unlink()
    (sentence,) = reconciled().sentences
    assert sentence.startswith("de-gi-luong-vao (main): Mất tệp ghi hình")
    assert "Từ 25/11/2026 10:04:27 đến 10:04:31." in sentence


@clause("I.2.c-2")
@pytest.mark.parametrize("unit", UNITS)
def test_no_role_alters_and_every_attempt_is_written_down(unit: str) -> None:
    answer = program(unit).put("/api/v1/recordings?camera=de-gi-1", b"\0" * 100)
    assert answer.status_code in (403, 404)
    assert [decision for decision, _clause in entries("alter_recording")] == ["deny"]


@clause("I.2.c-2")
def test_a_flipped_byte_is_named_with_site_camera_and_minute(port: Path) -> None:
    host = a_host(port)
    flip(host.path(1), 3000)
    (sentence,) = reconciled().sentences
    assert sentence.startswith("de-gi-luong-vao (main): Dữ liệu hình ảnh bị thay đổi")
    assert "Từ 25/11/2026 10:04:09 đến 10:04:" in sentence
    assert host.files[1].media_path in sentence


def reconciled() -> Checked:
    return check(deep=True, number=None, progress=lambda _phase, _done, _total: None)


@clause("I.2.c-3")
def test_a_captured_address_opens_nothing_again_for_others_or_later(port: Path) -> None:
    with time_machine.travel(START, tick=False) as clock:
        key = Ed25519PublicKey.from_public_bytes((port / TICKET_PUBLIC_KEY).read_bytes())
        gateway = Redemption(key, wall_clock, time.monotonic)
        browser = logged_in(account_of("ca-phu-cat"))
        texts = [ticket_of(browser), ticket_of(browser)]
        own, other = browser.cookies["hd_viewer"].value, logged_in(account_of("ca-quy-nhon")).cookies["hd_viewer"].value
        assert refused(gateway, texts[0], other) == "holder"
        gateway.burn(gateway.check(texts[0], "view_live", [own]))
        assert refused(gateway, texts[0], own) == "ticket_used"
        clock.shift(timedelta(seconds=61))
        assert refused(gateway, texts[1], own) == "ticket_expired"


def ticket_of(browser: Client) -> str:
    answer = browser.post("/api/v1/cameras/de-gi-1/tickets", {"action": "view_live"}, content_type=JSON)
    return str(answer.json()["url"].rpartition("/")[2])


def refused(gateway: Redemption, text: str, cookie: str) -> str:
    with pytest.raises(Denied) as denied:
        gateway.check(text, "view_live", [cookie])
    return denied.value.code


@clause("I.2.c-3")
def test_the_picture_names_who_looks_and_offers_no_copy() -> None:
    page = logged_in(account_of("ca-phu-cat")).get("/giam-sat/de-gi-1").content.decode()
    assert 'data-mark="ca-phu-cat · Công an huyện Phù Cát"' in page, "written over the picture as long as it runs"
    assert " download" not in page


@clause("I.2.c-3")
@pytest.mark.parametrize("path", ["cameras/de-gi-1/snapshot", "cameras/de-gi-1/image", "recordings/download", "export"])
def test_there_is_no_address_for_a_snapshot_or_a_download(path: str) -> None:
    assert program(OPERATOR).get(f"/api/v1/{path}").status_code == 404


@clause("I.2.c-4")
def test_without_approval_nobody_extracts() -> None:
    for unit, site in product(UNITS, SITES):
        for action in ("extract_recording", "execute_extraction"):
            assert not ask_of(decider(), unit, action, site, purpose="van-hanh", on=DAY, second_factor=True).allowed


@clause("I.2.c-4")
@later("extraction")
def test_an_approved_request_gives_a_sealed_package_of_exactly_its_minutes() -> None: ...


@clause("I.2.d")
def test_without_approval_nobody_provides() -> None:
    for unit, site in product(UNITS, SITES):
        asked = ask_of(decider(), unit, "provide_recording", site, purpose="", on=DAY, second_factor=True)
        assert not asked.allowed
        assert asked.clause == "I.2.d"


@clause("I.2.d")
@later("extraction")
def test_a_package_opens_for_its_named_recipient_alone() -> None: ...
