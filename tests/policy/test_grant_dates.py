"""Days of validity: both included, decided by the day that is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from haidang.core.policy import Decider, Uid, compile_policies
from policy.shipped import account, camera, notice


def test_a_grant_holds_through_its_last_day_and_not_longer() -> None:
    grant = next(grant for grant in notice().grants if grant.unit == "ca-hoai-nhon")
    ended = replace(grant, valid_to=date(2025, 2, 28))
    under_test = Decider(compile_policies([ended], notice().base, notice().schema), notice().schema)
    entities = account("ca-hoai-nhon") + camera("tam-quan")
    asked = Uid("Account", "ca-hoai-nhon"), "view_live", Uid("Camera", "tam-quan-1"), entities
    days = [date(2021, 12, 31), date(2022, 1, 1), date(2025, 2, 28), date(2025, 3, 1)]
    allowed = [under_test.decide(*asked, on=day, purpose="an-ninh-trat-tu").allowed for day in days]
    assert allowed == [False, True, True, False] == [ended.holds_on(day) for day in days]
