"""Who may act: units, their people's accounts and terminals, grants, sessions, second factors, reviews.

Laws: rows are written only by ``accounts.actions``. Units and accounts are switched off, sessions, tokens and factors
end, none is deleted; grants mirror the policy in force, and every policy that ever was stays a ``PolicyRevision``. Our
own instants are microseconds (``core.units.WallUs``); days of validity are dates in GMT+7. Secrets (passwords, tokens,
cookies, codes, keys) are stored as hashes only, TOTP secrets sealed.
"""

from haidang.accounts.models.account import Account, AccountRequest, AccountState, PasswordBefore
from haidang.accounts.models.alert import Alert, AlertSeen
from haidang.accounts.models.factor import SecondFactor
from haidang.accounts.models.policy import Grant, PolicyChange, PolicyRevision, Purpose
from haidang.accounts.models.review import AccessReview, ReviewLine
from haidang.accounts.models.session import ApiToken, Device, ExternalIdentity, LoginSession
from haidang.accounts.models.terminal import Terminal, TerminalHealth
from haidang.accounts.models.unit import FocalPerson, Succession, Unit, UnitName

__all__ = [
    "AccessReview",
    "Account",
    "AccountRequest",
    "AccountState",
    "Alert",
    "AlertSeen",
    "ApiToken",
    "Device",
    "ExternalIdentity",
    "FocalPerson",
    "Grant",
    "LoginSession",
    "PasswordBefore",
    "PolicyChange",
    "PolicyRevision",
    "Purpose",
    "ReviewLine",
    "SecondFactor",
    "Succession",
    "Terminal",
    "TerminalHealth",
    "Unit",
    "UnitName",
]
