"""Policy: the notice as data, compiled to Cedar, decided by a wrapper that fails closed. Pure."""

from haidang.core.policy.change import Transfer, end_grant, end_unit, rename_unit, set_answer, transfer
from haidang.core.policy.compile import base_policy_ids, compile_policies, policy_sha256
from haidang.core.policy.decide import Decider, Decision, Entity, Uid
from haidang.core.policy.gains import gains
from haidang.core.policy.lint import lint
from haidang.core.policy.notice import (
    APPROVAL_ACTIONS,
    FORBIDDEN_ACTIONS,
    SECOND_FACTOR_ACTIONS,
    SECOND_FACTOR_ROLES,
    SITE_ACTIONS,
    SYSTEM_ACTIONS,
    SYSTEM_UID,
    TERMINAL_ACTIONS,
    UNIT_ACTIONS,
    Answer,
    Grant,
    IncidentKind,
    Notice,
    Protection,
    Retention,
    Route,
    Succession,
    Unit,
    UnitName,
    site_uid,
    unit_uid,
)
from haidang.core.policy.overlay import OVERLAY_FILES, extends, parse_overlay
from haidang.core.policy.parse import FILES, parse_notice
from haidang.core.policy.plan import Change, Plan, plan, plan_from_json, plan_to_json
from haidang.core.policy.serial import notice_from_json, notice_to_json
from haidang.core.policy.table import Finding

__all__ = [
    "APPROVAL_ACTIONS",
    "FILES",
    "FORBIDDEN_ACTIONS",
    "OVERLAY_FILES",
    "SECOND_FACTOR_ACTIONS",
    "SECOND_FACTOR_ROLES",
    "SITE_ACTIONS",
    "SYSTEM_ACTIONS",
    "SYSTEM_UID",
    "TERMINAL_ACTIONS",
    "UNIT_ACTIONS",
    "Answer",
    "Change",
    "Decider",
    "Decision",
    "Entity",
    "Finding",
    "Grant",
    "IncidentKind",
    "Notice",
    "Plan",
    "Protection",
    "Retention",
    "Route",
    "Succession",
    "Transfer",
    "Uid",
    "Unit",
    "UnitName",
    "base_policy_ids",
    "compile_policies",
    "end_grant",
    "end_unit",
    "extends",
    "gains",
    "lint",
    "notice_from_json",
    "notice_to_json",
    "parse_notice",
    "parse_overlay",
    "plan",
    "plan_from_json",
    "plan_to_json",
    "policy_sha256",
    "rename_unit",
    "set_answer",
    "site_uid",
    "transfer",
    "unit_uid",
]
