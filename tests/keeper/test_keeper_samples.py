"""Samples at the host: asked over the API, hashed on the disk, answered in the log, once each."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from accounts.cast import account_of
from haidang.accounts import actions
from haidang.audit.models import Entry as AuditEntry
from haidang.core.errors import Conflict
from haidang.core.host import RECORD_LOG
from haidang.core.journal import CloseReason
from haidang.core.log_entries import Checked, Sealed, entry_of
from haidang.core.units import WallUs
from haidang.footage.actions.sample import MOST_OPEN, ask_samples
from haidang.footage.models import Expiry, Sample
from haidang.host.clock import wall_clock
from haidang.host.signers import log_signer
from haidang.storage import RealFileOps
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.keeper_samples import SampleAnswers, SampleChecker
from keeper.a_log import log_of
from storage.coded_video import clip as coded
from storage.recorded import BEGAN, add, begin

pytestmark = pytest.mark.usefixtures("policy")
NOW = WallUs(BEGAN + 60_000_000)
URL = "/api/v1/logs/record/samples"


class Recorded:
    """A host with one recording, its log, and the seals in it by their entries."""

    def __init__(self, home: Path) -> None:
        self.home, self.root = home, home / "recordings"
        clip = coded(frames=60)
        writer = begin(self.root, clip, RealFileOps())
        for first, last in clip.cuts():
            add(writer, clip, first, last)
        writer.close(CloseReason.STOPPED, NOW)
        self.file = self.root / writer.name.media_path
        self.round()
        self.seals = [(at, each) for at, each in enumerate(self.entries()) if isinstance(each, Sealed)]

    def round(self) -> None:
        if (self.home / RECORD_LOG / "checkpoint").exists():
            SampleChecker(self.home, self.root).run_once(NOW)
        LogKeeper(log_of(self.home), self.root, [SampleAnswers()]).run_once(NOW)

    def entries(self) -> list[object]:
        log = LogReader(self.home / RECORD_LOG, log_signer(self.home).key)
        return [entry_of(log.entry(at)) for at in range(log.checkpoint.size)]

    def answers(self) -> list[Checked]:
        return [each for each in self.entries() if isinstance(each, Checked)]


@pytest.fixture
def host(home: Path) -> Recorded:
    return Recorded(home)


def asked(*entries: int) -> None:
    ask_samples(entries, actor='Account::"so-tttt"', now=NOW)


def test_untouched_bytes_are_ok_with_the_seals_own_hash(host: Recorded) -> None:
    assert len(host.seals) > 1
    asked(*[at for at, _seal in host.seals])
    host.round()
    assert [(each.index, each.found, each.sha256) for each in host.answers()] == [
        (at, "ok", seal.sha256) for at, seal in host.seals
    ]
    entries = host.entries()
    for row in Sample.objects.all():
        answer = entries[row.answered_in or 0]
        assert isinstance(answer, Checked)
        assert answer.index == row.entry
    host.round()
    assert len(host.answers()) == len(host.seals), "once"


def test_a_flipped_byte_is_changed_and_the_log_says_what_is_there_now(host: Recorded) -> None:
    (first, _seal), (second, changed) = host.seals[:2]
    data = bytearray(host.file.read_bytes())
    data[changed.offset_bytes] ^= 1
    host.file.chmod(0o640)
    host.file.write_bytes(data)
    asked(first, second)
    host.round()
    assert {each.index: each.found for each in host.answers()} == {first: "ok", second: "changed"}
    assert host.answers()[1].sha256 != changed.sha256


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("", "missing"),
        ("planned", "missing"),
        ("cancelled", "missing"),
        ("removing", "expired"),
        ("removed", "expired"),
    ],
)
def test_a_file_that_is_gone_is_missing_unless_its_time_is_over(host: Recorded, state: str, found: str) -> None:
    if state:
        Expiry.objects.create(
            path=host.seals[0][1].file, site="de-gi", camera="x", stream="main", started_at=0, ended_at=1, size_bytes=1,
            sequence=0, reason="period", policy="x", state=state, planned_at=NOW,
        )  # fmt: skip
    host.file.unlink()
    asked(host.seals[0][0])
    host.round()
    (answer,) = host.answers()
    assert (answer.found, answer.sha256) == (found, bytes(32))


def test_a_file_that_was_cut_is_missing_its_end(host: Recorded) -> None:
    last, seal = host.seals[-1]
    host.file.chmod(0o640)
    with host.file.open("r+b") as file:
        file.truncate(seal.offset_bytes + seal.size_bytes - 1)
    asked(host.seals[0][0], last)
    host.round()
    assert [each.found for each in host.answers()] == ["ok", "missing"]


def test_what_is_no_seal_is_not_answered_and_does_not_wait(host: Recorded) -> None:
    asked(0, 10**9)
    host.round()
    assert host.answers() == []
    assert not Sample.objects.filter(answered_in=None).exists()


def test_a_disk_that_cannot_be_read_is_no_answer(host: Recorded) -> None:
    host.file.unlink()
    host.file.mkdir()
    asked(host.seals[0][0])
    host.round()
    assert host.answers() == []
    assert Sample.objects.filter(found="").count() == 1


def test_a_crash_after_logging_says_the_same_again_and_no_other(host: Recorded) -> None:
    asked(host.seals[0][0])
    host.round()
    Sample.objects.update(answered_in=None)
    host.file.unlink()
    host.round()
    assert [each.found for each in host.answers()] == ["ok", "ok"], "as it was found, not as it would be now"


def test_a_question_is_open_once_and_questions_are_not_without_end() -> None:
    asked(1, 2, 2)
    asked(2, 3)
    assert list(Sample.objects.order_by("entry").values_list("entry", flat=True)) == [1, 2, 3]
    asked(*range(MOST_OPEN))
    with pytest.raises(Conflict):
        asked(1000)
    assert AuditEntry.objects.filter(action="ask_samples").count() == 3
    for _ in range(5):
        asked(1, 2)
    assert AuditEntry.objects.filter(action="ask_samples").count() == 3  # asked again is nothing new


def _client(unit: str, *, scope: str = "log") -> Client:
    token = actions.create_token(account_of(unit), now=wall_clock(), scope=scope).token
    return Client(headers={"authorization": f"Bearer {token}"})


def test_the_supervisors_mirror_asks_and_nobody_else() -> None:
    body = {"indices": [5, 7, 5]}
    answer = _client("so-tttt").post(URL, body, content_type="application/json")
    assert (answer.status_code, answer.json()) == (202, {"asked": [5, 7]})
    assert set(Sample.objects.values_list("entry", "asked_by")) == {
        (5, 'Account::"so-tttt"'),
        (7, 'Account::"so-tttt"'),
    }
    for unit in ("vien-thong-binh-dinh", "ca-quy-nhon", "tinh-doan"):
        assert _client(unit).post(URL, body, content_type="application/json").status_code == 403
    assert Client().post(URL, body, content_type="application/json").status_code == 401
    assert Sample.objects.count() == 2


@pytest.mark.parametrize(
    "indices", [[], [-1], [2**53], ["x"], [1.5], list(range(17)), None],
)  # fmt: skip
def test_questions_that_cannot_be_are_refused(indices: object) -> None:
    answer = _client("so-tttt").post(URL, {"indices": indices}, content_type="application/json")
    assert answer.status_code == 422
    assert not Sample.objects.exists()
