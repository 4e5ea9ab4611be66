"""Open points that somebody decided: what hangs on them begins on the day of the decision, and cites it."""

from __future__ import annotations

from datetime import date

import pytest

from haidang.core.errors import InvalidInput, NotFound
from haidang.core.policy import Notice, parse_notice, plan, set_answer
from policy.shipped import SITES, ask_of, compiled, notice, texts

DECIDED, EVE, LATER = date(2024, 5, 2), date(2024, 5, 1), date(2025, 1, 1)
DOCUMENT = "Công văn số 1 về quyền xem lại (ví dụ)"
STATIONS = {"tram-bp-quy-nhon": "quy-nhon", "tram-bp-de-gi": "de-gi", "tram-bp-tam-quan-bac": "tam-quan"}


def _decided(answer: str, value: str) -> Notice:
    return parse_notice(set_answer(texts(), answer, value, document=DOCUMENT, on=DECIDED))


def test_a1_to_a18_are_there_each_open_with_the_default() -> None:
    assert [answer.id for answer in notice().answers] == [f"A{number}" for number in range(1, 19)]
    for answer in notice().answers:
        assert answer.open
        assert answer.value == answer.default
        for text in (answer.question, answer.question_en, answer.reason, answer.reason_en, answer.setting):
            assert text
        assert len(answer.choices) == len(answer.choice_names) == len(answer.choice_names_en)


@pytest.mark.parametrize("unit", ["tinh-doan", "hoi-lhpn"])
def test_a3_all_lets_the_unions_play_back_from_its_day_on(unit: str) -> None:
    door = compiled(_decided("A3", "all"))
    for site in SITES:
        for action in ("view_playback", "place_hold"):
            given = [
                ask_of(door, unit, action, site, purpose="ve-sinh-moi-truong", on=day).allowed
                for day in (EVE, DECIDED, LATER)
            ]
            assert given == [False, True, True], (site, action)
        for day in (EVE, DECIDED):
            assert ask_of(door, unit, "view_live", site, purpose="ve-sinh-moi-truong", on=day).allowed
            assert not ask_of(door, unit, "request_extraction", site, purpose="ve-sinh-moi-truong", on=day).allowed


def test_a3_all_keeps_21_grants_on_every_day() -> None:
    decided = _decided("A3", "all")
    for day in (EVE, DECIDED, LATER):
        assert sum(grant.holds_on(day) for grant in decided.site_grants()) == 21


def test_a12_all_gives_27_grants_each_station_every_site() -> None:
    decided = _decided("A12", "all")
    door = compiled(decided)
    assert [sum(grant.holds_on(day) for grant in decided.site_grants()) for day in (EVE, DECIDED)] == [21, 27]
    for unit, own in STATIONS.items():
        for site in SITES:
            for action in ("view_live", "view_playback", "place_hold", "request_extraction", "report_incident"):
                given = [
                    ask_of(door, unit, action, site, purpose="quan-ly-neo-dau", on=day).allowed
                    for day in (EVE, DECIDED)
                ]
                assert given == [site == own, True]


def test_a15_leaders_gives_the_leaders_live_view_for_disaster_prevention_alone() -> None:
    door = compiled(_decided("A15", "leaders"))
    for site in SITES:
        given = ask_of(door, "ubnd-tinh", "view_live", site, purpose="phong-chong-thien-tai", on=DECIDED)
        assert (given.allowed, given.clause) == (True, "P")
        assert not ask_of(door, "ubnd-tinh", "view_live", site, purpose="an-ninh-trat-tu", on=DECIDED).allowed
        assert not ask_of(door, "ubnd-tinh", "view_playback", site, purpose="phong-chong-thien-tai", on=LATER).allowed
        assert not ask_of(door, "ubnd-tinh", "view_live", site, purpose="phong-chong-thien-tai", on=EVE).allowed
        assert not ask_of(door, "vp-ubnd", "view_live", site, purpose="phong-chong-thien-tai", on=LATER).allowed


@pytest.mark.parametrize(("answer", "value"), [("A3", "all"), ("A12", "all"), ("A15", "leaders")])
def test_deciding_wider_widens_and_names_who_gains(answer: str, value: str) -> None:
    change = plan(notice(), _decided(answer, value))
    assert change.widens
    gaining = {"A3": {"tinh-doan", "hoi-lhpn"}, "A12": set(STATIONS), "A15": {"ubnd-tinh"}}
    assert set(change.gaining_units) == gaining[answer]
    assert any(each.kind == "answer_changed" and ("id", answer) in each.facts for each in change.changes)


def test_other_answers_change_no_grant() -> None:
    assert _decided("A1", "delegated-supervisor").grants == notice().grants


def test_a_default_that_is_confirmed_is_no_longer_open_and_changes_no_right() -> None:
    confirmed = _decided("A3", "duty")
    assert not next(answer for answer in confirmed.answers if answer.id == "A3").open
    assert confirmed.grants == notice().grants
    assert not plan(notice(), confirmed).widens


def test_an_answer_can_be_decided_again() -> None:
    again = parse_notice(set_answer(set_answer(texts(), "A3", "all", document=DOCUMENT, on=DECIDED), "A3", "duty",
                                    document="Công văn số 2 (ví dụ)", on=LATER))  # fmt: skip
    assert again.grants == notice().grants
    assert next(answer for answer in again.answers if answer.id == "A3").document == "Công văn số 2 (ví dụ)"


def test_what_cannot_be_decided_so_is_refused() -> None:
    with pytest.raises(NotFound):
        set_answer(texts(), "A99", "all", document=DOCUMENT, on=DECIDED)
    with pytest.raises(InvalidInput, match="duty, all"):
        set_answer(texts(), "A3", "everybody", document=DOCUMENT, on=DECIDED)
    for document in ("", " ", 'a "quoted" one', "two\nlines"):
        with pytest.raises(InvalidInput, match="document"):
            set_answer(texts(), "A3", "all", document=document, on=DECIDED)


def test_a_wider_answer_without_a_document_or_day_is_not_read() -> None:
    bare = texts()["answers.toml"].replace('value = "duty"', 'value = "all"')
    with pytest.raises(InvalidInput, match=r"answers.toml:\d+: answer.value is not the default; cite who decided it"):
        parse_notice({**texts(), "answers.toml": bare})


def test_only_the_file_of_answers_is_changed_and_only_there() -> None:
    changed = set_answer(texts(), "A12", "all", document=DOCUMENT, on=DECIDED)
    assert {name for name in texts() if changed[name] != texts()[name]} == {"answers.toml"}
    before, after = texts()["answers.toml"].splitlines(), changed["answers.toml"].splitlines()
    assert set(after) - set(before) == {f'document = "{DOCUMENT}"', "valid_from = 2024-05-02"} | (
        {'value = "all"'} - set(before)
    )
    assert len(after) == len(before) + 2
