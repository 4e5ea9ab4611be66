"""Tickets: who gets one, what is in it, and the entry that each answer leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account, LoginSession
from haidang.audit.models import Entry
from haidang.core.host import TICKET_PUBLIC_KEY
from haidang.core.tickets import Ticket, holder_of, verify_ticket
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock

HOUR = {"from": "2026-11-24T00:00:00Z", "to": "2026-11-24T01:00:00Z"}


def _ask(client: Client, camera: str = "de-gi-1", **body: str) -> Any:
    return client.post(f"/api/v1/cameras/{camera}/tickets", body, content_type="application/json")


def _caller(account: Account, **options: Any) -> Client:
    token = actions.create_token(account, now=wall_clock(), **options).token
    return Client(headers={"authorization": f"Bearer {token}"})


def _ticket(url: str, home: Path) -> Ticket:
    key = Ed25519PublicKey.from_public_bytes((home / TICKET_PUBLIC_KEY).read_bytes())
    text = url.partition("/media/")[2].split("/")[1]
    return verify_ticket(text, key, now=wall_clock())


def test_a_live_ticket_is_bound_to_the_login_and_its_cookie(port: Path) -> None:
    client = logged_in(account_of("ca-phu-cat"))
    answer = _ask(client, action="view_live").json()
    ticket = _ticket(answer["url"], port)
    session = LoginSession.objects.get()
    assert answer["url"].startswith("ws://testserver:8001/media/live/")
    assert (ticket.account, ticket.session, ticket.camera) == ("ca-phu-cat", session.name, "de-gi-1")
    assert ticket.holder == holder_of(client.cookies["hd_viewer"].value)
    assert (ticket.purpose, ticket.policies) == ("an-ninh-trat-tu", ("II.7.b:ca-phu-cat:de-gi",))
    assert ticket.start_by - ticket.issued_at == 60_000_000
    assert ticket.ends_at == session.seen_at + 8 * 3600 * 1_000_000


def test_a_playback_ticket_holds_its_window(port: Path) -> None:
    answer = _ask(_caller(account_of("ca-phu-cat")), action="view_playback", **HOUR).json()
    ticket = _ticket(answer["url"], port)
    assert answer["url"].startswith("http://testserver:8001/media/playback/")
    assert answer["url"].endswith("/index.m3u8")
    assert ticket.window_to - ticket.window_from == 3_600_000_000
    assert ticket.holder == ""


def test_a_window_is_cut_to_now(port: Path) -> None:
    now = wall_clock()
    answer = _ask(_caller(account_of("ca-phu-cat")), action="view_playback", **{"from": HOUR["from"], "to": _far()})
    if answer.status_code == 201:  # the window of HOUR may be more than 31 days ago when this runs
        assert _ticket(answer.json()["url"], port).window_to <= wall_clock()
    assert now


def _far() -> str:
    return "2199-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("unit", "camera", "body", "status", "code", "clause"),
    [
        ("tinh-doan", "de-gi-1", {"action": "view_playback", **HOUR}, 403, "not_granted", "II.5"),
        ("vien-thong-binh-dinh", "de-gi-1", {"action": "view_playback", **HOUR}, 403, "not_granted", "II.1.a-3"),
        ("ca-phu-cat", "de-gi-1", {"action": "view_live", "purpose": "van-hanh"}, 403, "purpose_not_granted", "II.7.b"),
        ("ca-phu-cat", "tam-quan-1", {"action": "view_live"}, 404, "unknown_camera", ""),
        ("so-tttt", "de-gi-1", {"action": "view_live"}, 404, "unknown_camera", ""),
        ("ca-phu-cat", "de-gi-1", {"action": "view_playback"}, 422, "window_needed", ""),
    ],
)
@pytest.mark.usefixtures("port")
def test_a_refusal_says_its_code_and_clause(  # noqa: PLR0917 - the columns of the table above
    unit: str, camera: str, body: dict[str, str], status: int, code: str, clause: str
) -> None:
    answer = _ask(_caller(account_of(unit)), camera, **body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["clause"]) == (status, code, clause)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_ticket_ends_with_its_token_or_its_grant_whichever_is_first(port: Path) -> None:
    account = account_of("ca-phu-cat")
    soon = WallUs(wall_clock() + 600_000_000)
    assert _ticket(_ask(_caller(account, expires_at=soon), action="view_live").json()["url"], port).ends_at == soon
    tomorrow = date.fromordinal(date.today().toordinal() + 1)  # noqa: DTZ011 - any day after today will do
    actions.end_grant("II.7.b:ca-phu-cat:de-gi", last_day=tomorrow, document="Quyết định", now=wall_clock())
    ends_at = _ticket(_ask(_caller(account), action="view_live").json()["url"], port).ends_at
    assert ends_at - wall_clock() < 3 * 86_400_000_000


@pytest.mark.usefixtures("port")
def test_every_answer_leaves_an_entry_without_ticket_or_token() -> None:
    youth = _caller(account_of("tinh-doan"))
    url = _ask(youth, action="view_live").json()["url"]
    _ask(youth, action="view_playback", **HOUR)
    entries = Entry.objects.filter(actor='Account::"tinh-doan"', action__startswith="view_").order_by("pk")
    assert [(e.action, e.decision, e.clause, e.resource, e.purpose) for e in entries] == [
        ("view_live", "allow", "II.5", 'Camera::"de-gi-1"', "ve-sinh-moi-truong"),
        ("view_playback", "deny", "II.5", 'Camera::"de-gi-1"', ""),
    ]
    assert not any(url.split("/")[-1] in str(vars(entry)) for entry in entries)


@pytest.mark.usefixtures("port")
def test_asking_for_a_camera_that_one_may_not_know_leaves_an_entry_too() -> None:
    client = _caller(account_of("ca-phu-cat"))
    for camera in ("tam-quan-1", "no-such-camera"):
        _ask(client, camera, action="view_live")
    entries = Entry.objects.filter(action="view_live").order_by("pk")
    assert [(entry.resource, entry.decision, entry.clause) for entry in entries] == [
        ('Camera::"tam-quan-1"', "deny", ""), ('Camera::"no-such-camera"', "deny", ""),
    ]  # fmt: skip


def test_without_the_signing_key_tickets_are_unavailable_and_the_rest_goes_on(port: Path) -> None:
    (port / "secrets" / "ticket.key").unlink()
    client = _caller(account_of("ca-phu-cat"))
    answer = _ask(client, action="view_live")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_key")
    assert client.get("/api/v1/cameras").status_code == 200
