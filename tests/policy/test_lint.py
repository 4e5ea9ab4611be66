"""``lint`` finds everything at once, says where and how to mend it, and lets no set pass in which I.2 has a hole."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from haidang.core.errors import InvalidInput
from haidang.core.policy import FILES, Finding, lint, parse_notice
from policy.shipped import notice, overlay_texts, texts


def _with(file: str, good: str, bad: str) -> dict[str, str]:
    assert good in texts()[file], good
    return {**texts(), file: texts()[file].replace(good, bad, 1)}


def _added(file: str, text: str) -> dict[str, str]:
    return {**texts(), file: texts()[file] + text}


def test_the_shipped_sets_are_sound() -> None:
    assert lint(texts()) == []
    assert lint(overlay_texts(), notice()) == []


def test_all_mistakes_are_found_at_once_with_file_line_and_mend() -> None:
    bad = dict(texts())
    bad["grants.toml"] = (
        bad["grants.toml"]
        .replace('unit = "ca-phu-cat"', 'unit = "ca-phu-cay"', 1)
        .replace('clause = "II.6"\n', "", 1)
        .replace('purposes = ["chua-neu"]', "purposes = []", 1)
        .replace("view_playback", "view_playbak", 1)
    )
    bad["sites.toml"] = bad["sites.toml"].replace('short = "Đề Gi"', 'shrt = "Đề Gi"')
    found = lint(bad)
    assert all(finding.line for finding in found)
    lines = bad["grants.toml"].splitlines()
    typo = next(finding for finding in found if "ca-phu-cay" in finding.what)
    assert 'unit = "ca-phu-cay"' in lines[typo.line - 1]
    assert typo.mend == "did you mean 'ca-phu-cat'?"
    told = "\n".join(map(str, found))
    for part in (
        r"grants.toml:\d+: grant.clause is missing", r"grants.toml:\d+: grant.purposes is empty",
        r"grant.actions names no action of this kind of grant: 'view_playbak'; did you mean 'view_playback'",
        r"sites.toml:\d+: site.short is missing", r"sites.toml:\d+: site.shrt is no key.*did you mean 'short'",
    ):  # fmt: skip
        assert re.search(part, told), part


def test_two_mistakes_in_one_entry_are_both_found() -> None:
    found = lint(_with("grants.toml", 'unit = "ca-phu-cat"\nsite = "de-gi"', 'unit = "nobody"\nsite = "nowhere"'))
    assert [finding.what for finding in found] == [
        "grant.unit names no unit: 'nobody'", "grant.site names no site: 'nowhere'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "good", "bad", "what"),
    [
        ("duties.toml", 'unit = "bql-cang-ca-hoai-nhon"', 'unit = "bql"', "protection.unit names no unit"),
        ("duties.toml", 'clause = "II.3.b"\n', "", "protection.clause is missing"),
        ("routing.toml", 'unit = "so-tttt"', 'unit = "so-ttt"', "route.unit names no unit"),
        ("routing.toml", '["so-nnptnt", "ca-quy-nhon"]', '["so-nnptnt", "ca"]', "route.deputies names no unit: 'ca'"),
        ("routing.toml", '["so-nnptnt", "ca-quy-nhon"]', '["bql-cang-ca-binh-dinh"]', "names the unit itself"),
        ("routing.toml", 'kind = "neo-dau"', 'kind = "neo-do"', "route.kind names no kind"),
        ("routing.toml", 'class = "port"', 'class = "harbour"', "kind.class takes one of camera, port"),
        ("answers.toml", 'decided_by = "ubnd-tinh"', 'decided_by = "ubnd"', "answer.decided_by names no unit"),
        ("answers.toml", 'value = "duty"', 'value = "dutty"', "answer.value names no choice"),
        ("answers.toml", 'id = "A4"', 'id = "A3"', "answer 'A3' stands in it twice"),
        ("grants.toml", 'answer = "A3", value = "all"', 'answer = "A3", value = "al"', "names no choice"),
        ("grants.toml", 'answer = "A12"', 'answer = "A21"', "grant.only.answer names no answer"),
        ("grants.toml", 'actions = ["view_playback", "place_hold"]}', 'actions = ["stop_recording"]}', "no action"),
        ("grants.toml", 'only = {answer = "A12", value = "all"}', 'only = "A12"', "takes inline tables"),
        ("grants.toml", '"A12", value = "all"}', '"A12", value = "all", x = 1}', "grant.only.x is no key"),
        ("agencies/units.toml", "focal_person = true", 'focal_person = "yes"', "takes true or false"),
        ("rights.cedar", "principal.manager", "principal.manger", "attribute"),
        ("rights.cedar", '@id("II.8-2:report_difficulty")\n', "", "no @id"),
        ("forbid.cedar", "forbid (", "forbit (", "lacks a rule"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(file: str, good: str, bad: str, what: str) -> None:
    told = "\n".join(map(str, lint(_with(file, good, bad))))
    assert what in told
    with pytest.raises(InvalidInput):
        set_is_whole(_with(file, good, bad))


def set_is_whole(files: dict[str, str]) -> None:
    """As ``policy apply`` reads it: Cedar text is refused when it is compiled, all else when it is read."""
    parse_notice(files)
    if findings := lint(files):
        raise InvalidInput(str(findings[0]))


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file_is_named(missing: str) -> None:
    assert f"{missing} is missing" in str(lint({name: text for name, text in texts().items() if name != missing})[0])


def test_a_grant_needs_purpose_and_clause_unless_it_is_over_the_system() -> None:
    grant = '\n[[{}]]\nunit = "so-tnmt"\n{}actions = ["{}"]\nvalid_from = 2022-01-01\n'
    site = 'site = "de-gi"\n'
    cases = [
        ("grant", site + 'clause = "II.4"\n', "view_live", ["grant.purposes is missing"]),
        ("operation", site + 'clause = "II.4"\n', "view_live", ["operation.purposes is missing"]),
        ("grant", site + 'purposes = ["van-hanh"]\n', "view_live", ["grant.clause is missing"]),
        ("system", "", "view_rights", ["system.clause is missing"]),
        ("system", 'clause = "II.4"\n', "view_rights", []),
    ]
    for head, facts, action, expected in cases:
        found = lint(_added("grants.toml", grant.format(head, facts, action)))
        assert [finding.what for finding in found] == expected


RULES = [
    "I.2.a-1:stop_recording", "I.2.a-1:block_transmission", "I.2.a-2:disable_feature", "I.2.b:connect_device",
    "I.2.c-1:delete_recording", "I.2.c-2:alter_recording", "I.2.c-3:copy_recording", "I.2.c-4:extract_recording",
    "I.2.c-4:execute_extraction", "I.2.d:provide_recording", "I.1.a-1:inactive", "I.1.a-1:second_factor",
    "I.1.b-1:terminal",
]  # fmt: skip


def _rule(name: str) -> str:
    """The whole statement of forbid.cedar with this id."""
    found = re.search(rf'@id\("{re.escape(name)}"\).*?;\n', texts()["forbid.cedar"], re.DOTALL)
    assert found
    return found.group()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_taken_away_is_missed(name: str) -> None:
    without = _with("forbid.cedar", _rule(name), "")
    assert any("lacks a rule" in finding.what for finding in lint(without))
    with pytest.raises(InvalidInput, match="lacks a rule"):
        parse_notice(without)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(
    "weaker",
    [
        lambda rule: rule.replace("forbid (principal,", 'forbid (principal in Unit::"ca-phu-cat",').replace(
            "  principal,\n", '  principal in Unit::"ca-phu-cat",\n'
        ),
        lambda rule: rule.replace("resource)", 'resource == Camera::"one")').replace(
            "  resource\n", '  resource == Camera::"one"\n'
        ),
        lambda rule: rule.rstrip(";\n") + ' unless { principal in Unit::"vien-thong-binh-dinh" };\n',
        lambda rule: rule.rstrip(";\n") + " when { context.approved };\n",
        lambda rule: rule.replace("forbid (", "permit ("),
        lambda rule: rule.replace('"', '\\"', 1).join(["/* ", "*/"]),
    ],
)
def test_a_rule_made_weaker_is_missed(name: str, weaker: object) -> None:
    assert callable(weaker)
    rule = _rule(name)
    bad = weaker(rule)
    assert bad != rule
    assert any("lacks a rule" in finding.what for finding in lint(_with("forbid.cedar", rule, bad)))


def test_a_rule_moved_to_the_common_rights_is_missed_there() -> None:
    rule = _rule("I.2.c-1:delete_recording")
    moved = _with("forbid.cedar", rule, "")
    moved["rights.cedar"] += rule
    assert any("nobody may delete_recording" in finding.what for finding in lint(moved))


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (
            '@id("mine") @clause("II.6") permit (principal, action, resource);',
            "mine permits what only a grant may: every",
        ),
        (
            '@id("mine") @clause("II.6") permit (principal, action == Action::"view_live", resource);',
            "mine permits what only a grant may: view_live",
        ),
        (
            '@id("mine") @clause("P") permit (principal, action in [Action::"view_live", Action::"none"], resource);',
            "mine permits what only a grant may: none, view_live",
        ),
        ('@id("mine") permit (principal, action == Action::"view_rights", resource);', "mine cites no clause"),
        ('@id("mine") forbid (principal, action == Action::"view_live", resource);', "mine cites no clause"),
    ],
)
def test_pictures_come_from_grants_alone_and_every_rule_cites_its_clause(rule: str, what: str) -> None:
    for file in ("rights.cedar", "forbid.cedar"):
        found = lint(_added(file, rule))
        assert [finding.what for finding in found if what in finding.what], found
        with pytest.raises(InvalidInput, match="mine"):
            parse_notice(_added(file, rule))


def test_a_permit_of_a_forbidden_act_is_named() -> None:
    rule = '@id("mine") @clause("II.6") permit (principal, action == Action::"delete_recording", resource);'
    assert "delete_recording" in str(lint(_added("rights.cedar", rule))[0])


def test_other_words_for_the_same_rule_are_the_same_rule() -> None:
    reordered = _with(
        "forbid.cedar", 'Action::"manage_accounts",\n    Action::"change_configuration"',
        'Action::"change_configuration",\n    Action::"manage_accounts"',
    )  # fmt: skip
    assert lint(reordered) == []


def test_ids_that_stand_twice_are_named() -> None:
    twice = _added(
        "rights.cedar",
        '@id("I.1.a-1:inactive") @clause("II.6") forbid (principal, action == Action::"view_live", resource);',
    )
    assert "two policies are 'I.1.a-1:inactive'" in str(lint(twice)[0])
    own = _added("rights.cedar", '@id("II.7.b:ca-phu-cat:de-gi") @clause("II.6") forbid (principal, action, resource);')
    assert "two policies are 'II.7.b:ca-phu-cat:de-gi'" in str(lint(own)[0])


def test_a_grant_outside_its_units_days_and_a_holder_without_any_are_named() -> None:
    late = _with("agencies/units.toml", 'slug = "ca-phu-cat"\n', 'slug = "ca-phu-cat"\nvalid_to = 2023-01-01\n')
    assert "holds until further notice, its unit until 2023-01-01" in str(lint(late)[0])
    early = _with("agencies/units.toml", 'slug = "ca-phu-cat"\n', 'slug = "ca-phu-cat"\nvalid_from = 2023-01-01\n')
    assert "begins on 2022-01-01, its unit on 2023-01-01" in str(lint(early)[0])
    idle = _with("agencies/units.toml", 'role = "supervisor"', 'role = "holder"')
    idle["grants.toml"] = re.sub(r'\[\[system\]\]\nunit = "so-tttt"(.|\n)*?\n\n', "", idle["grants.toml"])
    idle["grants.toml"] = re.sub(r'\[\[system\]\]\nunit = "so-tttt"(.|\n)*?\n\n', "", idle["grants.toml"])
    assert [finding.what for finding in lint(idle)] == ["so-tttt is a holder without any grant"]


def test_a_kind_without_a_route_is_named() -> None:
    found = lint(_with("routing.toml", 'kind = "neo-dau"\nsite = "de-gi"', 'kind = "hu-hong"\nsite = "de-gi"'))
    assert any("kind 'neo-dau' has no route at de-gi" in finding.what for finding in found)
    assert any("stands in it twice" in finding.what for finding in found)


def test_an_overlay_alone_asks_for_its_base() -> None:
    assert lint(overlay_texts()) == [
        Finding("notice.toml", 0, "extends 'binh-dinh-2022', which is not at hand", "put that set beside this one")
    ]


@bounds(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_whatever_is_done_to_a_file_lint_answers_and_never_misses_what_reading_refuses(
    file: str, data: st.DataObject
) -> None:
    text = texts()[file]
    at = data.draw(st.integers(0, len(text)))
    changed = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 40)) :]
    found = lint({**texts(), file: changed})
    refused = True
    with suppress(InvalidInput):
        parse_notice({**texts(), file: changed})
        refused = False
    assert found or not refused


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days = 30", "days = 0", "retention.days takes 1 to 3650, not 0"),
        ("days = 30", 'days = "30"', "retention.days takes a whole number"),
        ("days = 30", "days = true", "retention.days takes a whole number"),
        ('site = "de-gi"', 'site = "nha-trang"', "retention.site names no site"),
        ('site = "de-gi"', 'site = "quy-nhon"', "stands in it twice"),
        ('clause = "A6"', 'clause = "A99"', "retention.clause is no clause"),
    ],
)
def test_a_wrong_retention_is_named(old: str, new: str, message: str) -> None:
    changed = texts()["retention.toml"].replace(old, new, 1)
    assert any(message in finding.what for finding in lint({**texts(), "retention.toml": changed}))
