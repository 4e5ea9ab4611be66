"""2025 as an example: ends, renames, successors and transfers, each on its day; the days before stay as they were."""

from __future__ import annotations

from datetime import date

import pytest

from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.policy import Transfer, end_grant, end_unit, parse_overlay, rename_unit, transfer
from policy.shipped import SITES, ask_of, compiled, notice, notice_2025, overlay_texts

POLICE = {
    "tam-quan": ("ca-hoai-nhon", "ca-tam-quan-bac", "ca-hoai-nhon-bac"),
    "de-gi": ("ca-phu-cat", "ca-cat-khanh", "ca-xa-de-gi"),
    "quy-nhon": ("ca-quy-nhon", "ca-hai-cang", "ca-phuong-quy-nhon"),
}
LAST, GAP, GAP_END, HANDED, MERGE = (
    date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 9), date(2025, 3, 10), date(2025, 7, 1),
)  # fmt: skip


@pytest.mark.parametrize("site", SITES)
def test_police_rights_end_with_the_district_pause_and_go_on_with_the_successor(site: str) -> None:
    door = compiled(notice_2025())
    who = {}
    for day in (date(2022, 1, 1), LAST, GAP, GAP_END, HANDED, date(2025, 6, 30), MERGE, date(2026, 11, 1)):
        who[day] = [
            unit
            for unit in POLICE[site]
            if ask_of(door, unit, "view_live", site, purpose="an-ninh-trat-tu", on=day).allowed
        ]
    district, ward, new = ([unit] for unit in POLICE[site])
    assert list(who.values()) == [district, district, [], [], ward, ward, new, new]


def test_a_successor_sees_the_site_of_the_one_it_follows_and_no_other() -> None:
    door = compiled(notice_2025())
    for site, (_, ward, new) in POLICE.items():
        for other in SITES:
            for unit, day in ((ward, HANDED), (new, MERGE)):
                decision = ask_of(door, unit, "view_playback", other, purpose="an-ninh-trat-tu", on=day)
                assert decision.allowed == (other == site)


def test_everything_else_is_handed_over_without_a_gap() -> None:
    door = compiled(notice_2025())
    for old, new, action, day in (
        ("so-tttt", "so-khcn", "read_access_log", date(2025, 3, 1)),
        ("ubnd-tinh", "ubnd-tinh-gia-lai", "approve_policy", date(2025, 7, 1)),
        ("vp-ubnd", "vp-ubnd-gia-lai", "approve_extraction", date(2025, 7, 1)),
        ("vien-thong-binh-dinh", "vnpt-gia-lai", "manage_accounts", date(2025, 10, 1)),
    ):
        eve = date.fromordinal(day.toordinal() - 1)
        given = [
            ask_of(door, unit, action, "", second_factor=True, on=on).allowed
            for on in (eve, day)
            for unit in (old, new)
        ]
        assert given == [True, False, False, True], (old, new)


def test_days_before_the_reorganisation_are_decided_as_before() -> None:
    before, after = compiled(notice()), compiled(notice_2025())
    for unit in notice().units:
        for site in SITES:
            for purpose in notice().purposes:
                asked = (unit.slug, "view_live", site)
                for day in (date(2022, 6, 1), LAST):
                    assert ask_of(after, *asked, purpose=purpose.slug, on=day) == ask_of(
                        before, *asked, purpose=purpose.slug, on=day
                    )


def test_21_grants_hold_but_for_the_days_without_police() -> None:
    counts = [
        sum(grant.holds_on(day) for grant in notice_2025().site_grants())
        for day in (LAST, GAP, HANDED, MERGE, date(2026, 11, 1))
    ]
    assert counts == [21, 18, 21, 21, 21]


def test_records_of_a_day_print_the_name_of_that_day() -> None:
    units = {unit.slug: unit for unit in notice_2025().units}
    assert units["tinh-doan"].name_on(date(2022, 5, 1))[0] == "Tỉnh đoàn Bình Định"
    assert units["tinh-doan"].name_on(date(2025, 6, 30))[0] == "Tỉnh đoàn Bình Định"
    assert units["tinh-doan"].name_on(MERGE)[0] == "Tỉnh đoàn Gia Lai"
    assert units["so-tttt"].name_on(MERGE)[0] == "Sở Thông tin và Truyền thông"


def test_who_stands_in_a_units_place_is_found_through_successors() -> None:
    made = notice_2025()
    assert made.successors_on("ca-hoai-nhon", LAST) == ("ca-hoai-nhon",)
    assert made.successors_on("ca-hoai-nhon", GAP) == ()
    assert made.successors_on("ca-hoai-nhon", HANDED) == ("ca-tam-quan-bac",)
    assert made.successors_on("ca-hoai-nhon", MERGE) == ("ca-hoai-nhon-bac",)
    assert made.successors_on("so-tttt", MERGE) == ("so-khcn", "ca-tinh")
    assert made.successors_on("so-tnmt", MERGE) == made.successors_on("so-nnptnt", MERGE) == ("so-nnmt",)
    assert made.successors_on("nobody", MERGE) == ()


def test_a_transfer_cites_its_document_and_keeps_clause_purpose_and_actions() -> None:
    old = next(grant for grant in notice().grants if grant.unit == "ca-hoai-nhon")
    new = next(grant for grant in notice_2025().grants if grant.unit == "ca-tam-quan-bac")
    assert (new.clause, new.purposes, new.actions, new.resource) == (
        old.clause,
        old.purposes,
        old.actions,
        old.resource,
    )
    assert new.document == "Văn bản ví dụ về chuyển giao quyền (minh họa)"


def test_the_example_says_that_it_is_one() -> None:
    assert "AN EXAMPLE, not the truth" in overlay_texts()["notice.toml"]
    for step in notice_2025().successions:
        assert "minh họa" in step.document


def test_a_transfer_of_one_site_leaves_the_others() -> None:
    made = transfer(notice(), Transfer("ca-phu-cat", "ca-hoai-nhon", date(2024, 1, 1), "Văn bản", sites=("de-gi",)))
    held = {
        (g.unit, g.resource) for g in made.site_grants() if g.holds_on(date(2024, 1, 1)) and g.unit.startswith("ca-")
    }
    assert held == {
        ("ca-hoai-nhon", 'Site::"tam-quan"'), ("ca-hoai-nhon", 'Site::"de-gi"'), ("ca-quy-nhon", 'Site::"quy-nhon"'),
    }  # fmt: skip


def test_there_and_back_again_gives_a_grant_of_another_name() -> None:
    there = transfer(notice(), Transfer("ca-phu-cat", "ca-hoai-nhon", date(2024, 1, 1), "Văn bản 1"))
    back = transfer(there, Transfer("ca-hoai-nhon", "ca-phu-cat", date(2025, 1, 1), "Văn bản 2", sites=("de-gi",)))
    names = [grant.policy_id for grant in back.grants if grant.unit == "ca-phu-cat"]
    assert names == ["II.7.b:ca-phu-cat:de-gi", "II.7.b:ca-phu-cat:de-gi@2025-01-01"]
    door = compiled(back)
    given = [
        ask_of(door, "ca-phu-cat", "view_live", "de-gi", purpose="an-ninh-trat-tu", on=date(year, 6, 1)).allowed
        for year in (2023, 2024, 2025)
    ]
    assert given == [True, False, True]


def test_what_cannot_be_transferred_is_refused() -> None:
    day = date(2024, 1, 1)
    for change, error in (
        (Transfer("nobody", "ca-phu-cat", day, "Văn bản"), NotFound),
        (Transfer("ca-phu-cat", "nobody", day, "Văn bản"), NotFound),
        (Transfer("ca-phu-cat", "ca-hoai-nhon", day, "Văn bản", sites=("de-gy",)), NotFound),
        (Transfer("ca-phu-cat", "ca-hoai-nhon", day, "Văn bản", sites=("tam-quan",)), Conflict),
        (Transfer("ca-phu-cat", "ca-phu-cat", day, "Văn bản"), InvalidInput),
        (Transfer("ca-phu-cat", "ca-hoai-nhon", day, " "), InvalidInput),
        (Transfer("so-nnptnt", "ca-hoai-nhon", day, "Văn bản"), Conflict),
        (Transfer("ca-phu-cat", "ca-hoai-nhon", date(2021, 1, 1), "Văn bản"), Conflict),
    ):
        with pytest.raises(error):
            transfer(notice(), change)
    ended = end_unit(notice(), "ca-hoai-nhon", date(2023, 12, 31))
    with pytest.raises(Conflict, match="does not exist on"):
        transfer(ended, Transfer("ca-phu-cat", "ca-hoai-nhon", day, "Văn bản"))


def test_a_grant_ends_once_and_not_before_it_began() -> None:
    name = "II.7.b:ca-phu-cat:de-gi"
    ended = end_grant(notice(), name, date(2023, 1, 1))
    with pytest.raises(Conflict, match="it ends on"):
        end_grant(ended, name, date(2024, 1, 1))
    with pytest.raises(Conflict, match="it began on"):
        end_grant(notice(), name, date(2021, 1, 1))
    with pytest.raises(NotFound):
        end_grant(notice(), "II.7.b:ca-phu-cat:tam-quan", date(2023, 1, 1))


def test_a_unit_ends_with_all_it_has_and_is_renamed_from_a_day() -> None:
    ended = end_unit(notice(), "chi-cuc-thuy-san", date(2023, 1, 1))
    assert {grant.valid_to for grant in ended.grants if grant.unit == "chi-cuc-thuy-san"} == {date(2023, 1, 1)}
    with pytest.raises(Conflict):
        end_unit(ended, "chi-cuc-thuy-san", date(2024, 1, 1))
    with pytest.raises(Conflict):
        rename_unit(notice_2025(), "tinh-doan", "Tên khác", "Another name", date(2025, 7, 1))


@pytest.mark.parametrize(
    ("file", "good", "bad", "message"),
    [
        ("notice.toml", 'extends = "binh-dinh-2022"', 'extends = "other"', "was laid over 'binh-dinh-2022'"),
        ("reorganisation.toml", 'unit = "ca-hoai-nhon"', 'unit = "ca-hoai-nhonn"', "did you mean 'ca-hoai-nhon'"),
        ("reorganisation.toml", 'new = "ca-tam-quan-bac"', 'new = "tam-quan-bac"', "transfer.new names no unit"),
        (
            "reorganisation.toml",
            'document = "Văn bản ví dụ về chuyển giao quyền (minh họa)"\n',
            "",
            "document is missing",
        ),
        ("reorganisation.toml", "on = 2025-03-10", "on = 2025-02-10", "does not exist on 2025-02-10"),
        ("agencies/units.toml", 'parent = "so-nnmt"', 'parent = "so-nnm"', "names no unit"),
        ("reorganisation.toml", "[[end]]", "[[ends]]", "ends is no key"),
    ],
)
def test_a_mistake_in_an_overlay_is_named(file: str, good: str, bad: str, message: str) -> None:
    assert good in overlay_texts()[file]
    with pytest.raises(InvalidInput, match=message):
        parse_overlay({**overlay_texts(), file: overlay_texts()[file].replace(good, bad, 1)}, notice())
