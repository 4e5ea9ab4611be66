"""Root who knows how reconciliation looks: the log's state set back, words added instead of edited, rows made to fit.

Each is something that the log itself takes down without a murmur; reconciliation must still name it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from haidang.audit.models import Entry, LogPlace
from haidang.core.host import ACTS_LOG, RECORD_LOG
from haidang.core.journal import GapClose, GapReason, Seal, encode, read_records
from haidang.core.layout import gaps_journal
from haidang.core.log_entries import Expired, entry_bytes
from haidang.core.log_entries import Gap as LoggedGap
from haidang.core.units import Pts90k, WallUs
from haidang.footage.models import Gap, Span
from haidang.storage import RealFileOps, RecordingWriter
from reconcile.a_host import CLIP, FILE_US, Host, S, a_host, at
from reconcile.test_attacks import flip, only, resealed, rewrite
from storage.coded_video import FRAME_90K
from storage.recorded import CAMERA, SITE

pytestmark = pytest.mark.django_db

_DAY_US = 86_400 * S


@pytest.fixture
def host(home: Path) -> Host:
    return a_host(home)


# -- recordings


def test_a_recording_that_the_keeper_was_made_to_log_again_is_named(host: Host) -> None:
    """The state beside the log says how far it has come; set back, the keeper seals changed bytes anew."""
    flip(host.path(4), 3000)
    data = host.path(4).read_bytes()
    rewrite(host.journal(4), lambda each: resealed(each, data))
    state = host.home / RECORD_LOG / "state"
    (stream,) = [each for each in json.loads(state.read_bytes()) if each["stream"] == "main"]
    stream |= {"file": host.files[3].media_path, "sequence": 3, "mark": "", "ended": True}
    state.write_bytes(json.dumps([stream]).encode())
    host.restart()
    host.keep(until=220)
    found = host.found()
    assert {each.kind for each in found} == {"sealed_again"}
    assert host.files[4].media_path in {each.file for each in found}


def test_the_recording_of_this_hour_changed_under_a_stopped_recorder_is_named(home: Path) -> None:
    """After a power cut a journal may be written anew; what was sealed long before that must be what it was."""
    host = Host(home)
    name = slow_recording(host)
    host.keep(until=130)
    path, journal = host.root / name[0], host.root / name[1]
    flip(path, 5000)
    flip(path, last_sealed(journal))
    data = path.read_bytes()
    rewrite(journal, lambda each: resealed(each, data))
    host.keep(until=150)
    found = host.check()
    assert "journal_rewritten" in found.counts
    assert [each.file for each in found.findings if each.kind == "sealed_again"] == [name[0]]


def test_a_journal_written_anew_after_a_power_cut_is_no_lie(home: Path) -> None:
    """Its newest seals may not have been on disk."""
    host = Host(home)
    name = slow_recording(host)
    host.keep(until=130)
    path = host.root / name[0]
    flip(path, last_sealed(host.root / name[1]))
    data = path.read_bytes()
    rewrite(host.root / name[1], lambda each: resealed(each, data))
    host.keep(until=150)
    found = host.check()
    assert "journal_rewritten" in found.counts
    assert "sealed_again" not in found.counts


@pytest.mark.parametrize(
    ("age_days", "policy"), [(400, f"{SITE} 30 days (c: d)"), (0, f"{SITE} 30 days (c: d)"), (0, "because I say so")]
)
def test_footage_that_went_before_its_time_is_named(host: Host, age_days: int, policy: str) -> None:
    """An expiry in the log, as a row of the database that was made old brings it about, or a rule that is none."""
    began = WallUs(at(4) - age_days * _DAY_US)
    log(host, Expired(CAMERA, "main", host.files[1].media_path, 1, began, WallUs(began + FILE_US), "retention", policy))
    host.path(1).unlink()
    host.journal(1).unlink()
    found = [each for each in host.found(deep=False) if each.kind == "expired_early"]
    assert [(each.file, each.camera) for each in found] == [(host.files[1].media_path, CAMERA)]


# -- minutes


def test_a_gap_of_which_only_the_end_is_told_is_told_late_all_the_same(home: Path) -> None:
    host = Host(home)
    host.record(at(0))
    host.keep(until=250)
    add_gap(host, GapClose(GapReason.CAMERA_UNREACHABLE, at(4), at(240)))
    host.record(at(240))
    host.gaps.open(GapReason.NETWORK, at(244))
    host.keep(until=400)
    assert only(host.found(), "gap_told_late").from_us == at(4)


def test_a_minute_without_the_keeper_makes_nothing_told_in_time(home: Path) -> None:
    host = Host(home)
    host.record(at(0))
    host.keep(until=250)
    host.now = at(320)
    add_gap(host, GapClose(GapReason.CAMERA_UNREACHABLE, at(4), at(320)))
    host.record(at(320))
    host.gaps.open(GapReason.NETWORK, at(324))
    host.keep(until=400)
    assert only(host.found(), "gap_told_late").from_us == at(4)


@pytest.mark.parametrize(("reason", "to"), [(GapReason.CAMERA_UNREACHABLE, 26), (GapReason.MAINTENANCE, 22)])
def test_a_gap_told_anew_long_after_it_had_ended_is_named(host: Host, reason: GapReason, to: float) -> None:
    """Longer, or for another reason: added to the journal as recorders add, so the log has it, and so have pages."""
    add_gap(host, GapClose(reason, at(12), at(to)))
    host.keep(until=220)
    found = only(host.found(), "gap_told_late")
    assert (found.from_us, found.to_us) == (at(12), at(to))


def test_a_gap_whose_end_was_never_told_again_says_what_it_said(host: Host) -> None:
    """A gaps journal that is read anew (its last record changed on disk) repeats what is known."""
    log(host, LoggedGap(CAMERA, "main", *link(host, 0), at(12), WallUs(0), "camera_unreachable"))
    log(host, LoggedGap(CAMERA, "main", *link(host, 1), at(12), at(22), "camera_unreachable"))
    assert "gap_told_late" not in host.kinds(deep=False)


# -- rows


def test_a_gap_that_only_the_database_knows_is_named(host: Host) -> None:
    Gap.objects.create(camera=CAMERA, stream="main", started_at=at(1), ended_at=at(3), reason="maintenance")
    found = only(host.found(deep=False), "row_gap")
    assert (found.from_us, found.to_us, found.facts["found"]) == (at(1), at(3), "maintenance")


@pytest.mark.parametrize("camera", [CAMERA, "de-gi-cau-tau"])
def test_minutes_invented_before_the_first_picture_or_of_no_camera_are_named(host: Host, camera: str) -> None:
    Span.objects.create(camera=camera, stream="main", started_at=at(-500), ended_at=at(-400))
    found = only(host.found(deep=False), "row_minutes")
    assert (found.camera, found.facts["what"], found.from_us) == (camera, "invented", at(-500))


# -- what people did


def test_an_act_of_yesterday_put_in_today_is_told_late(host: Host) -> None:
    """It is logged as any act is; only the time that it says of itself is a lie."""
    newest = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    host.keep(until=1200)
    Entry.objects.create(id=newest + 1, at=at(200), actor="x", action="login", resource="x", salt=bytes(32))
    host.keep(until=1210)
    assert only(host.found(deep=False), "act_told_late").facts["row"] == newest + 1


def test_a_row_that_nobody_could_have_written_is_a_changed_one_and_no_end(host: Host) -> None:
    first, second = Entry.objects.order_by("pk")[:2]
    Entry.objects.filter(pk=first.pk).update(salt=b"short")
    Entry.objects.filter(pk=second.pk).update(facts=["a", "list"])
    found = host.found(deep=False)
    assert [(each.kind, each.facts["row"]) for each in found] == [("act_changed", first.pk), ("act_changed", second.pk)]


def test_such_a_row_does_not_stop_the_log_of_acts(host: Host) -> None:
    Entry.objects.create(id=900, at=host.now, actor="", action="x", resource="x", salt=b"short", facts=[1])
    Entry.objects.create(id=901, at=host.now, actor="", action="x", resource="x", salt=bytes(32))
    host.keep(until=220)
    assert set(LogPlace.objects.filter(entry_id__in=(900, 901)).values_list("entry_id", flat=True)) == {900, 901}
    assert host.found(deep=False) == []


def test_an_act_that_waited_for_a_keeper_that_was_away_is_no_late_one(home: Path) -> None:
    host = a_host(home)
    host.keep(until=1200)
    host.now = at(1210)
    host.act()
    host.now = at(1210 + 3600)
    host.keep(until=1210 + 3700)
    assert host.found(deep=False) == []


def test_a_log_of_acts_that_is_gone_is_named(host: Host) -> None:
    shutil.rmtree(host.home / ACTS_LOG)
    assert [(each.kind, each.facts["log"]) for each in host.found(deep=False)] == [("log_missing", "acts")]


# -- what an attacker does


def log(host: Host, entry: Expired | LoggedGap) -> None:
    """As whoever holds the log's key can."""
    assert host.records._open is not None
    store, _records = host.records._open
    store.append([entry_bytes(entry)], store.state)
    host.log_once()


def link(host: Host, more: int) -> tuple[int, bytes]:
    (stream,) = [
        each for each in json.loads((host.home / RECORD_LOG / "state").read_bytes()) if each["stream"] == "main"
    ]
    return stream["number"] + more, bytes.fromhex(stream["previous"])


def add_gap(host: Host, record: GapClose) -> None:
    path = host.root / gaps_journal(SITE, CAMERA, record.started_at, "main")
    path.write_bytes((path.read_bytes() if path.exists() else b"") + encode(record))


def last_sealed(journal: Path) -> int:
    """A byte of the newest seal: the log's mark stands behind it, so that the journal is read anew."""
    seals = [each for each in read_records(journal.read_bytes()) if isinstance(each, Seal)]
    return seals[-1].offset_bytes


def slow_recording(host: Host) -> tuple[str, str]:
    """One that goes on for a hundred seconds and is not over."""
    writer = RecordingWriter.create(
        host.root, SITE, CAMERA, "main", CLIP.video, position_90k=Pts90k(0), sequence=0, now=at(0), ops=RealFileOps(),
        seal_s=0.4,
    )  # fmt: skip
    for number, (first, last) in enumerate(CLIP.cuts()):
        samples = CLIP.samples(first, last)
        writer.append(
            samples, Pts90k(first * FRAME_90K), received_at=at(number * 5), captured_at=None,
            keyframe=samples[0].keyframe, lost_packets=0,
        )  # fmt: skip
    writer.sync()
    return writer.name.media_path, writer.name.journal_path
