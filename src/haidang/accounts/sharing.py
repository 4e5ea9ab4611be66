"""Signs that an account is used by more than one person (I.1.a forbids it). Pure: rows in, signs out.

Laws: a sign is a reason to ask, never a refusal. One person at two desks of one office gives none; the same account
at work from two networks at once, or from many devices in a month, does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from itertools import combinations
from typing import Final, Literal, Protocol

from haidang.core.units import WallUs

__all__ = ["DEVICES", "SIGN_KINDS", "DeviceSeen", "SessionSeen", "Sign", "network_of", "signs"]

SignKind = Literal["two_places", "many_devices"]
SIGN_KINDS: Final[tuple[SignKind, ...]] = ("two_places", "many_devices")
#: Both sessions were used within this.
TOGETHER_US = 10 * 60 * 1_000_000
#: More devices than these within a month are more than one person has.
DEVICES = 4
MONTH_US = 30 * 86_400 * 1_000_000


class SessionSeen(Protocol):
    """A live login session: where from, with which device, last used when."""

    @property
    def address(self) -> str: ...
    @property
    def device_id(self) -> int | None: ...
    @property
    def seen_at(self) -> int: ...


class DeviceSeen(Protocol):
    """A device that the account came from."""

    @property
    def last_seen_at(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Sign:
    """``facts`` are for the managers to read."""

    kind: SignKind
    facts: dict[str, str]


def signs(sessions: Iterable[SessionSeen], devices: Iterable[DeviceSeen], now: WallUs) -> list[Sign]:
    """The signs that an account's live sessions and its devices give now."""
    found = []
    used = [session for session in sessions if abs(now - session.seen_at) <= TOGETHER_US]
    apart = next((pair for pair in combinations(used, 2) if _two_places(*pair)), None)
    if apart is not None:
        found.append(Sign("two_places", {"networks": ", ".join(sorted(network_of(each.address) for each in apart))}))
    many = sum(1 for device in devices if now - device.last_seen_at <= MONTH_US)
    if many > DEVICES:
        found.append(Sign("many_devices", {"devices": str(many)}))
    return found


def network_of(address: str) -> str:
    """The /24 or /48 around an address, as text; "" for what is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    return str(ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


def _two_places(one: SessionSeen, other: SessionSeen) -> bool:
    """Different devices in different networks; what is not known tells nothing."""
    networks = network_of(one.address), network_of(other.address)
    known = all(networks) and one.device_id is not None and other.device_id is not None
    return known and networks[0] != networks[1] and one.device_id != other.device_id
