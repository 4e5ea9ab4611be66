"""What expires by the rules is nothing to answer for; what is said to have expired is still held to its seals."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.settings import RetentionSettings
from haidang.core.units import WallUs
from haidang.footage.actions import place_automatic_hold
from haidang.footage.models import Expiry, RecordingFile
from haidang.supervisor.keeper_retention import ExpiryOutbox, RetentionKeeper, Room
from reconcile.a_host import Host, S, a_host, at
from storage.recorded import SITE

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(home: Path) -> Host:
    """A host whose disk becomes full an hour later."""
    made = a_host(home)
    made.keep(until=20 * 60)
    made.records.outboxes = (ExpiryOutbox(home),)
    return made


def rounds(host: Host, count: int = 3, *, free: int = 0) -> None:
    room = Room(1_000_000_000, free)
    for _ in range(count):
        RetentionKeeper(
            host.home, host.root, RetentionSettings(), lambda: host.records.cosigned_size, lambda _: room
        ).run_once(host.now)
        host.keep(until=(host.now - at(0)) // S + 10)


def hold(host: Host, number: int) -> None:
    row = RecordingFile.objects.get(path=host.files[number].media_path)
    place_automatic_hold(
        "incident", site=SITE, camera=row.camera, from_us=WallUs(row.started_at + S), to_us=WallUs(row.ended_at - S),
        until=WallUs(host.now + 3600 * S), reason="Vụ việc 7", now=host.now,
    )  # fmt: skip


def test_what_expired_is_not_missing(host: Host) -> None:
    rounds(host)
    assert list(host.root.rglob("*.mp4")) == []
    assert host.kinds() == []
    assert {each.kind for each in host.check().findings} >= {"emergency_expiry"}


def test_what_was_logged_and_then_held_is_still_held_to_its_seals(host: Host) -> None:
    rounds(host, 1)
    assert set(Expiry.objects.values_list("state", flat=True)) == {"logged"}
    hold(host, 1)
    rounds(host)
    assert [path.name for path in host.root.rglob("*.mp4")] == [host.path(1).name]
    assert host.kinds() == []
    with host.path(1).open("r+b") as file:
        file.seek(2000)
        file.write(b"other")
    assert host.kinds() == ["bytes_changed"]


def test_what_was_taken_away_without_an_entry_is_missing(host: Host) -> None:
    hold(host, 1)
    rounds(host)
    host.path(1).unlink()
    assert "file_missing" in host.kinds()
