"""Policy: the notice as data, compiled to Cedar, decided by a wrapper that fails closed. Pure."""

from haidang.core.policy.compile import compile_policies, policy_sha256
from haidang.core.policy.decide import Decider, Decision, Entity, Uid
from haidang.core.policy.notice import FORBIDDEN_ACTIONS, SITE_ACTIONS, SYSTEM_ACTIONS, SYSTEM_UID, Grant, Notice
from haidang.core.policy.parse import FILES, parse_notice

__all__ = [
    "FILES",
    "FORBIDDEN_ACTIONS",
    "SITE_ACTIONS",
    "SYSTEM_ACTIONS",
    "SYSTEM_UID",
    "Decider",
    "Decision",
    "Entity",
    "Grant",
    "Notice",
    "Uid",
    "compile_policies",
    "parse_notice",
    "policy_sha256",
]
