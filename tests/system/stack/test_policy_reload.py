"""A change of policy while pictures run: those that are still allowed go on, the others end within two seconds."""

import base64
import shutil
import time
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection

from haidang.accounts.factors import step_of, totp_code
from haidang.host.clock import wall_clock
from policy.shipped import FOLDER
from system.stack.conftest import Stack
from system.stack.test_streams_end import ENDS_WITHIN_S, next_picture, seconds_until_end, ticket, watching

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]

#: Ends the police's grant, and lets the youth union play back: narrower for one, wider for the other.
CHANGES = {
    'clause = "II.7.b"\n': 'clause = "II.7.b"\nvalid_to = 2022-12-31\n',
    'actions = ["view_live", "report_incident"]': 'actions = ["view_live", "view_playback", "report_incident"]',
}


def changed_set(folder: Path) -> Path:
    shutil.copytree(FOLDER, folder)
    grants = folder / "grants.toml"
    text = grants.read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new, 1)
    grants.write_text(text, encoding="utf-8")
    return folder


def shown(stack: Stack, account: str, folder: Path) -> list[str]:
    """The words by which a person acts on the host: name, password, code."""
    entry = stack.accounts()[account]
    password = folder / f"{account}.password"
    password.write_text(entry["password"], encoding="utf-8")
    secret = entry["totp_secret"]
    code = totp_code(base64.b32decode(secret + "=" * (-len(secret) % 8)), step_of(wall_clock()))
    return ["--by", account, "--password-file", str(password), "--code", code]


def fragments_until(socket: ClientConnection, ends_at: float) -> int:
    count = 0
    while time.monotonic() < ends_at:
        next_picture(socket)
        count += 1
    return count


def test_a_changed_policy_ends_what_it_takes_and_interrupts_nothing_else(own_stack: Stack, tmp_path: Path) -> None:
    policies = changed_set(tmp_path / "set")
    with watching(ticket(own_stack, "ca-phu-cat")) as police, watching(ticket(own_stack, "tram-bp-de-gi")) as station:
        for socket in (police, station):
            next_picture(socket)
        by = shown(own_stack, "vien-thong-binh-dinh", tmp_path)
        proposed = own_stack.haidang("policy", "apply", str(policies), "--document", "Quyết định 12 (thử)", *by)
        assert proposed.returncode == 0, proposed.stderr
        assert "waits for a second person" in proposed.stdout, "it widens: another person must agree"
        fragments_until(police, time.monotonic() + 3)
        agreed = own_stack.haidang("policy", "approve", "1", *shown(own_stack, "vp-ubnd", tmp_path))
        assert agreed.returncode == 0, agreed.stderr
        took_s, reason = seconds_until_end(police)
        assert took_s < ENDS_WITHIN_S
        assert reason == "grant_ended"
        assert fragments_until(station, time.monotonic() + 5) > 3, "the other's pictures go on, on the same connection"
    with own_stack.client("ca-phu-cat") as client:
        assert client.get("/api/v1/cameras").json() == {"cameras": []}
