"""A plan as sentences: one for each kind of change, without slugs, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from haidang.core.policy import Change, Notice, Plan, Transfer, end_grant, end_unit, plan, rename_unit, transfer
from haidang.core.policy.plan import CHANGE_KINDS
from haidang.web.plan_texts import lines_of
from policy.shipped import notice, notice_2025

DAY = date(2025, 7, 1)
SLUG = re.compile(r"\b[a-z]{2,}-[a-z0-9-]+\b|\b[a-z]+_[a-z_]+\b|\d{4}-\d\d-\d\d")


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


def said(new: Notice, old: Notice | None = None) -> list[tuple[str, str, bool]]:
    before = old or notice()
    return [(line.kind, line.sentence, line.widens) for line in lines_of(plan(before, new), before, new)]


def test_a_transfer_reads_as_what_ends_and_what_begins() -> None:
    new = transfer(notice(), Transfer("ca-phu-cat", "ca-quy-nhon", DAY, "Văn bản 12/UBND"))
    (_, ends, _), (_, begins, widens), (_, follows, _) = said(new)
    assert ends == "Công an huyện Phù Cát hết quyền tại Đề Gi sau ngày 30/06/2025."
    assert begins.startswith("Công an thành phố Quy Nhơn được xem trực tiếp, xem lại, đề nghị lưu giữ, ")
    assert begins.endswith(" tại Đề Gi từ ngày 01/07/2025, vì mục đích an ninh trật tự (mục II.7.b; Văn bản 12/UBND).")
    assert widens
    assert follows == "Công an thành phố Quy Nhơn kế thừa Công an huyện Phù Cát từ ngày 01/07/2025 (Văn bản 12/UBND)."


def test_an_end_of_a_grant_a_unit_and_a_name() -> None:
    assert said(end_grant(notice(), "II.6:tram-bp-de-gi:de-gi", DAY)) == [
        ("grant_ended", "Trạm Biên phòng Đề Gi hết quyền tại Đề Gi sau ngày 01/07/2025.", False)
    ]
    ended = [sentence for kind, sentence, _ in said(end_unit(notice(), "ca-phu-cat", DAY)) if kind == "unit_ended"]
    assert ended == [
        "Công an huyện Phù Cát tồn tại đến hết ngày 01/07/2025; sau đó mọi tài khoản của đơn vị hết quyền."
    ]
    renamed = rename_unit(notice(), "so-tttt", "Sở Khoa học và Công nghệ", "Department of science", DAY)
    assert [sentence for _, sentence, _ in said(renamed)] == [
        "Sở Thông tin và Truyền thông đổi tên thành Sở Khoa học và Công nghệ."
    ]


def test_an_answer_is_told_by_its_question_and_choice() -> None:
    answers = tuple(
        replace(each, value="all", document="Công văn 7", valid_from=DAY) if each.id == "A3" else each
        for each in notice().answers
    )
    [(kind, sentence, widens)] = said(replace(notice(), answers=answers))
    assert (kind, widens) == ("answer_changed", True)
    assert sentence.startswith("Cách hiểu A3 (Quyền truy cập")
    assert sentence.endswith("Có, đối với cả 12 đơn vị (Công văn 7).")


@pytest.mark.parametrize("kind", CHANGE_KINDS)
@pytest.mark.parametrize("facts", [(), (("removed", "true"),)])
def test_every_kind_has_a_sentence_whatever_its_facts(kind: str, facts: tuple[tuple[str, str], ...]) -> None:
    change = Change(kind, "ca-phu-cat", "de-gi", facts, widens=True)  # type: ignore[arg-type]
    [line] = lines_of(Plan((change,)), notice(), notice())
    assert line.sentence.strip()
    assert "%(" not in line.sentence


def test_the_example_of_2025_and_the_first_set_read_without_a_slug() -> None:
    first = lines_of(plan(None, notice()), None, notice())
    for _kind, sentence, _widens in [*said(notice_2025()), *((each.kind, each.sentence, True) for each in first)]:
        assert not SLUG.search(sentence), sentence
        assert sentence[-1] in ".?", sentence
    assert len(said(notice_2025())) == len(plan(notice(), notice_2025()).changes)


def test_sentences_are_whole_in_english() -> None:
    with translation.override("en"):
        new = transfer(notice(), Transfer("ca-phu-cat", "ca-quy-nhon", DAY, "Document 12"))
        sentences = [sentence for _, sentence, _ in said(new)]
    assert sentences[0] == "Công an huyện Phù Cát has no rights at Đề Gi after 30/06/2025."
