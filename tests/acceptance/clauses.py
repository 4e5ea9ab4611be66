"""The clause table: every requirement of the notice, what answers it, and the marks of its acceptance tests."""

from __future__ import annotations

from typing import NamedTuple

import pytest

__all__ = ["REASONS", "ROWS", "Row", "clause", "later"]

_EXTRACTION = "extraction"
_WATCH = "keeping watch (outages, devices, violations, difficulties)"
REASONS = {"extraction": _EXTRACTION, "watch": _WATCH}


class Row(NamedTuple):
    """One requirement: the clause, whom it binds to what, and the feature that answers it."""

    clause: str
    requirement: str
    feature: str


def clause(name: str) -> pytest.MarkDecorator:
    """Marks a test as showing the row of this clause."""
    assert name in {row.clause for row in ROWS}, name
    return pytest.mark.clause(name)


def later(part: str) -> pytest.MarkDecorator:
    """Marks a test whose feature is not there yet; the page of traceability shows the reason."""
    return pytest.mark.skip(reason=REASONS[part])


ROWS = (
    Row("P", "three purposes, for all three sites", "purpose on every grant, ticket and entry"),
    Row("I.1", "units and people who are given access are both bound", "accounts of people in units"),
    Row("I.1.a-1", "accounts and passwords are kept strictly", "first password changed, lockout, password policy"),
    Row("I.1.a-2", "no account is lent or disclosed", "signs of sharing to both managers, one session, pledge"),
    Row("I.1.b-1", "each unit equips its own screens", "register of the unit's terminals"),
    Row("I.1.b-2", "and runs them well", "self-test page; the small stream on a weak line"),
    Row("I.2", "the prohibitions bind everybody, the operator included", "Cedar forbids over every account and site"),
    Row("I.2.a-1", "transmission and recording are not hindered", "no way to stop; gaps with their cause"),
    Row("I.2.a-2", "technical features are not disabled", "Cedar forbid; drift check and tamper events"),
    Row("I.2.b", "no foreign device disturbs the pictures", "Cedar forbid; list of approved devices"),
    Row("I.2.c-1", "nothing recorded is deleted", "no delete anywhere; attempts refused and logged"),
    Row("I.2.c-2", "nothing recorded is altered", "no alteration anywhere; seals and reconciliation"),
    Row("I.2.c-3", "nothing recorded is copied", "streaming by one-time tickets, no snapshot, watermark"),
    Row("I.2.c-4", "extraction only when permitted", "request, approval, sealing, handover"),
    Row("I.2.d", "nothing is provided to others without permission", "named recipient, handover record"),
    Row("II.1.a-1", "the operator manages the assets", "register of assets"),
    Row("II.1.a-2", "and runs, maintains, administers", "operations page; maintenance announced"),
    Row("II.1.a-3", "24/24 without interruption", "recorder apart from all else; outage ledger"),
    Row("II.1.b", "the operator sets up rights as the notice says", "21 grants; matrix of rights"),
    Row("II.1.c", "the camera system is protected with two boards", "duties in the policy; damage reports"),
    Row("II.1.d", "a violation goes at once to the person responsible", "routes by site and kind; escalation"),
    Row(
        "II.2.a",
        "Sở TT&TT supervises and guides",
        "supervisor reads rights, accounts, alerts and the access log, no pictures",
    ),
    Row("II.2.b", "information security of the system", "security incidents, patches, security level"),
    Row("II.3.a-1", "BQL Cảng cá Bình Định receives its account: Quy Nhơn, Đề Gi", "grants"),
    Row("II.3.a-2", "Chi cục Thủy sản receives its account: three sites", "grants; open point on purpose"),
    Row("II.3.b", "BQL Cảng cá Bình Định protects cameras and reports at once", "duty; report from the quay"),
    Row("II.4", "Chi cục BVMT watches the environment: three sites", "grants for the environment only"),
    Row("II.5", "Tỉnh đoàn and Hội LHPN name a focal person", "no account before, new password after"),
    Row("II.6", "border stations watch their sites and moorings", "grants by station (A12)"),
    Row("II.7.a-1", "Công an and BQL of Hoài Nhơn: Tam Quan", "grants"),
    Row("II.7.a-2", "BQL Hoài Nhơn protects cameras and reports at once", "duty; report from the quay"),
    Row("II.7.b-c", "Công an of Phù Cát: Đề Gi; of Quy Nhơn: Quy Nhơn", "grants; nothing leaks of other sites"),
    Row("II.8-1", "units exchange information in time", "threads of a site, text and references"),
    Row("II.8-2", "difficulties are reported to Sở TT&TT", "numbered reports with status"),
    Row("II.8-3", "Sở TT&TT aggregates and advises", "roll-up, draft report, direction back"),
    Row("C", "the notice is the source of every right", "document and clause on each grant"),
)
