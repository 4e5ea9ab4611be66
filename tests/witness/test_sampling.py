"""Samples: drawn by the witness, answered in the log, and alarms that name camera, stream and minute."""

from __future__ import annotations

from collections import Counter

import pytest

from haidang.core.log_entries import Checked, Expired
from haidang.core.units import WallUs
from haidang.witness.alarm_words import said
from haidang.witness.sampling import MOST_OPEN
from witness.a_host import START_US, answer, seal, seals, tick
from witness.conftest import Department


@pytest.fixture
def asking(department: Department) -> Department:
    """Ten seals are mirrored, and four of them asked for. Entry i is seal i."""
    department.host.add(*seals(10))
    department.round()
    return department


def asked_of(department: Department) -> list[int]:
    return department.host.asked[-1]


def test_seals_of_the_copy_are_asked_for_every_ten_minutes(asking: Department) -> None:
    assert len(asking.host.asked) == 1
    assert len(asked_of(asking)) == len(set(asked_of(asking))) == 4
    for _ in range(59):
        asking.clock.now_s += 10
        asking.round()
    assert len(asking.host.asked) == 1
    asking.clock.now_s += 10
    asking.round()
    assert len(asking.host.asked) == 2
    asking.restart()
    asking.round()
    assert len(asking.host.asked) == 2, "a restart asks for no more"


def test_only_seals_are_drawn_and_every_one_may_be(department: Department) -> None:
    department.host.add(*[entry for number in range(20) for entry in (tick(START_US), seal(number))])
    drawn: Counter[int] = Counter()
    for _ in range(60):
        department.round()
        waiting = department.watch.notebook.open_questions(department.mirror.origin)
        drawn.update(each.entry for each in waiting)
        department.host.add(*[answer(each.entry, "ok", sha256=(each.entry // 2).to_bytes(32)) for each in waiting])
        department.clock.now_s += 600
    assert set(drawn) == {2 * number + 1 for number in range(20)}


def test_a_log_without_seals_is_asked_for_nothing(department: Department) -> None:
    department.host.add(tick(START_US))
    department.round()
    assert department.host.asked == []


def test_answers_in_order_raise_no_alarm(asking: Department) -> None:
    asking.host.add(*[answer(index, "ok") for index in asked_of(asking)])
    asking.clock.now_s += 601
    asking.round()
    assert asking.kinds() == []
    assert asking.watch.states()[0].answers["ok"] == 4


def test_a_sample_without_an_answer_is_an_alarm_that_names_the_place(asking: Department) -> None:
    asking.clock.now_s += 600
    asking.host.add(tick(asking.clock.us))
    asking.round()
    assert asking.kinds() == []
    asking.clock.now_s += 1
    asking.round()
    alarms = asking.alarms()
    assert [each.kind for each in alarms] == ["sample_unanswered"] * 4
    assert "camera de-gi-1, luồng chính, " in said(alarms[0])
    assert "ngày 25/11/2026" in said(alarms[0])
    asking.host.add(*[answer(int(each.subject), "ok") for each in alarms])
    asking.round()
    assert asking.kinds() == []


def test_a_host_that_takes_no_questions_cannot_escape_them(department: Department) -> None:
    department.host.refuses_samples = True
    department.host.add(*seals(10))
    for _ in range(62):
        department.host.add(tick(department.clock.us))
        department.round()
        department.clock.now_s += 10
    assert Counter(department.kinds()) == {"sample_unanswered": 4}
    department.host.refuses_samples = False
    department.round()
    waiting = department.watch.notebook.open_questions(department.mirror.origin)
    assert asked_of(department) == sorted({each.entry for each in waiting}), "what was never taken is sent again"


@pytest.mark.parametrize(
    ("found", "sha256", "words"),
    [
        ("changed", b"c" * 32, "Hình ảnh đã bị thay đổi: camera de-gi-1, luồng chính"),
        ("missing", bytes(32), "Hình ảnh không còn: camera de-gi-1, luồng chính"),
        ("ok", b"c" * 32, "Trả lời mẫu kiểm tra sai: camera de-gi-1"),
        ("expired", bytes(32), "Trả lời mẫu kiểm tra sai: camera de-gi-1"),
        ("perhaps", bytes(32), "Trả lời mẫu kiểm tra sai: camera de-gi-1"),
    ],
)
def test_a_bad_answer_stands_until_it_is_settled(asking: Department, found: str, sha256: bytes, words: str) -> None:
    first, *others = asked_of(asking)
    asking.host.add(answer(first, found, sha256=sha256), *[answer(each, "ok") for each in others])
    asking.round()
    (alarm,) = asking.alarms()
    assert alarm.kind == "sample_bad"
    assert said(alarm).startswith(words)
    asking.host.add(answer(first, "ok"))
    asking.restart()
    asking.round()
    assert asking.alarms() == [alarm], "what was said cannot be taken back"
    asking.watch.notebook.settle(alarm.origin, first)
    assert asking.kinds() == []


def test_what_has_expired_by_the_log_may_be_gone(asking: Department) -> None:
    gone = seal(0)
    expired = Expired(
        gone.camera, gone.stream, gone.file, 10_000, gone.from_us, gone.to_us, "retention", "II.3.a"
    )  # fmt: skip
    asking.host.add(expired, *[answer(index, "expired", sha256=bytes(32)) for index in asked_of(asking)])
    asking.round()
    assert asking.kinds() == []
    asking.clock.now_s += 601
    asking.round()
    assert len(asking.host.asked) == 1, "what is known to have expired is not asked for"


def test_answers_to_nobodys_question_are_nothing(asking: Department) -> None:
    unasked = next(index for index in range(10) if index not in asked_of(asking))
    asking.host.add(answer(unasked, "missing"), Checked(10**6, bytes(32), "missing", WallUs(1)))
    asking.round()
    assert asking.kinds() == []


def test_questions_do_not_pile_up_at_a_host_that_answers_none(asking: Department) -> None:
    for _ in range(20):
        asking.clock.now_s += 600
        asking.round()
    assert len(asking.watch.notebook.open_questions(asking.mirror.origin)) == MOST_OPEN


def test_a_crash_between_copying_and_reading_loses_no_answer(asking: Department) -> None:
    asking.host.add(*[answer(index, "missing") for index in asked_of(asking)])
    asking.host.cosign(asking.watch.witness)
    store = asking.mirror._opened()
    asking.mirror._copy(store, asking.clock())  # and here the plug is pulled
    asking.restart()
    asking.round()
    assert asking.kinds() == ["sample_bad"] * 4


def test_what_has_expired_by_the_log_is_not_missing_though_the_host_says_so(asking: Department) -> None:
    """Its database was set back to a backup: it does not know any more that the recording expired."""
    file = str(asking.watch.notebook.open_questions(asking.mirror.origin)[0].facts["file"])
    asking.host.add(Expired("de-gi-1", "main", file, 1, START_US, START_US, "retention", "de-gi 30 days"))
    asking.host.add(*[answer(index, "missing", sha256=bytes(32)) for index in asked_of(asking)])
    asking.round()
    assert asking.kinds() == []


@pytest.mark.parametrize("file", ["\ud800", "a" * 1000, "\x1b[2K"])
def test_no_entry_of_a_host_stops_the_reading_of_the_others(department: Department, file: str) -> None:
    department.host.add(Expired("c", "main", file, 1, START_US, WallUs((1 << 63) - 1), "retention", "x"))
    department.host.add(*seals(10))
    department.round()
    assert len(department.host.asked) == 1
    assert department.kinds() == []
