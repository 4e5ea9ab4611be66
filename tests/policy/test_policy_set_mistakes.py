"""A mistake in a policy set stops its reading and is named with file, line and key."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import InvalidInput
from haidang.core.policy import compile_policies, parse_notice
from policy.shipped import notice, texts

GRANT = 'unit = "ca-phu-cat"\nsite = "de-gi"\npurposes = ["an-ninh-trat-tu"]\nclause = "II.7.b"\n'
MISTAKES = [
    ("grants.toml", 'unit = "ca-phu-cat"', 'unit = "ca-phu-cay"', r"grants.toml:\d+: grant.unit names no unit"),
    ("grants.toml", 'site = "de-gi"', 'site = "de-gy"', r"grants.toml:\d+: grant.site names no site"),
    ("grants.toml", 'purposes = ["chua-neu"]', "purposes = []", r"grants.toml:\d+: grant.purposes is empty"),
    ("grants.toml", 'purposes = ["chua-neu"]\n', "", r"grants.toml:\d+: grant.purposes is missing"),
    ("grants.toml", 'purposes = ["chua-neu"]', 'purposes = ["chua"]', r"grant.purposes names no purpose"),
    ("grants.toml", 'clause = "II.6"\n', "", r"grants.toml:\d+: grant.clause is missing"),
    ("grants.toml", 'clause = "II.6"', 'clause = "mục 6"', r"grant.clause is no clause"),
    ("grants.toml", "view_playback", "view_playbak", r"grant.actions names no action"),
    ("grants.toml", "valid_from = 2022-01-01", 'valid_from = "2022"', r"grant.valid_from takes a day"),
    ("grants.toml", "valid_from = 2022-01-01", "valid_form = 2022-01-01", r"valid_from is missing"),
    (
        "grants.toml",
        "valid_from = 2022-01-01",
        "valid_from = 2022-01-01\nvalid_to = 2021-12-31",
        "is before valid_from",
    ),
    ("grants.toml", "[[grant]]", "[[grants]]", r"grants.toml: grants is no key"),
    (
        "grants.toml",
        GRANT,
        GRANT.replace("ca-phu-cat", "tram-bp-de-gi").replace("II.7.b", "II.6"),
        "stands in it twice",
    ),
    ("agencies/units.toml", 'parent = "bch-bdbp"', 'parent = "bch"', r"units.toml:?\d*: parent of .* names no unit"),
    ("agencies/units.toml", 'slug = "tinh-doan"', 'slug = "Tinh Doan"', r"units.toml:\d+: unit.slug is no slug"),
    ("agencies/units.toml", 'slug = "tinh-doan"', 'slug = "hoi-lhpn"', "stands in it twice"),
    ("agencies/units.toml", 'role = "supervisor"', 'role = "superviser"', "unit.role takes one of"),
    ("sites.toml", 'short = "Đề Gi"', 'shrt = "Đề Gi"', r"sites.toml:\d+: site.short is missing"),
    ("notice.toml", 'issuer = "ubnd-tinh"', 'issuer = "ubnd"', "notice.issuer names no unit"),
    ("notice.toml", "[notice]", "[notice", "couldn't read notice.toml"),
]


@pytest.mark.parametrize(("file", "good", "bad", "message"), MISTAKES)
def test_a_mistake_is_named(file: str, good: str, bad: str, message: str) -> None:
    assert good in texts()[file]
    with pytest.raises(InvalidInput, match=message):
        parse_notice({**texts(), file: texts()[file].replace(good, bad, 1)})


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"sites\.toml is missing"):
        parse_notice({name: text for name, text in texts().items() if name != "sites.toml"})


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("forbid (", "couldn't compile"),
        ("forbid (principal, action, resource);", "no @id"),
        ('@id("a") forbid (principal, action == Action::"delete_recordin", resource);', "couldn't compile"),
        ('@id("a") forbid (principal, action, resource) unless { principal.activ };', "couldn't compile"),
        ('@id("II.6:tram-bp-de-gi:de-gi") forbid (principal, action, resource);', "two policies are"),
    ],
)
def test_cedar_that_cannot_decide_is_refused(base: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        compile_policies(notice().grants, base, notice().schema)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for name in ("grants.toml", "sites.toml"):
        with suppress(InvalidInput):
            parse_notice({**texts(), name: text})
