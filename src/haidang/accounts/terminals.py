"""Reads of terminals: the codes and keys by which a screen is known, a unit's screens and how each is doing.

Laws: a code is typed by a person within ten minutes and works once; a key is a browser's and never seen by anybody.
Both are kept as hashes. A code is short, so its hash is keyed: who reads the database alone cannot search for it.

How hopeless guessing is: ``CODE_LENGTH`` letters of ``CODE_ALPHABET`` are 29^8 = 5.0e11 codes. ``web.code_guesses``
lets 5 wrong ones an address and 200 in all pass in ten minutes, which is how long a code lives. So a code that is
waited for is hit with a chance of 200 / 5.0e11 = 4e-10; a unit that enrols a screen every day of a year loses one with
1.5e-7, and fifty codes open at every minute of a year (52,560 windows) with 50 x 52,560 x 4e-10 = 0.1 %.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Max
from django.utils.crypto import salted_hmac

from haidang.accounts.models import Terminal, TerminalHealth, Unit
from haidang.core.units import WallUs

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "CODE_LIFE_US",
    "HEALTH_KEPT_US",
    "HealthReport",
    "TerminalStanding",
    "code_sha256",
    "draw_code",
    "normal_code",
    "terminal_of",
    "terminals_of",
]

#: No letter that is taken for another one on paper or over a telephone, and no vowels: a code is never a word.
CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8
CODE_LIFE_US = 10 * 60 * 1_000_000
HEALTH_KEPT_US = 86_400 * 1_000_000
#: A screen tells every minute; after three that did not come nobody knows how it is.
SILENT_AFTER_US = 200 * 1_000_000


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What a screen measured of itself; None: it could not. ``pictures_per_s`` is the mean of the tiles that play."""

    bandwidth_kbps: int | None = None
    round_trip_ms: int | None = None
    pictures_per_s: float | None = None
    dropped_percent: float | None = None
    clock_offset_ms: int | None = None
    tiles: int = 0
    tiles_playing: int = 0
    browser: str = ""


@dataclass(frozen=True, slots=True)
class TerminalStanding:
    """A screen and the last it told; ``silent`` when that is too long ago to be true of now."""

    terminal: Terminal
    latest: TerminalHealth | None
    silent: bool


def draw_code(draw: Callable[[int], bytes]) -> str:
    """A code as people read it: ``BCDF-2345``. Bytes that would favour some letters are thrown away."""
    fair = 256 - 256 % len(CODE_ALPHABET)
    letters: list[str] = []
    while len(letters) < CODE_LENGTH:
        letters += [CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in draw(16) if byte < fair]
    half = CODE_LENGTH // 2
    return f"{''.join(letters[:half])}-{''.join(letters[half:CODE_LENGTH])}"


def normal_code(typed: str) -> str:
    """What was typed, in capitals and without what is between; "" if it can be no code."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(CODE_ALPHABET) else ""


def code_sha256(code: str) -> str:
    """How a code is stored."""
    return salted_hmac("haidang.accounts.terminal_code", normal_code(code), algorithm="sha256").hexdigest()


def terminal_of(unit: Unit, username: str) -> Terminal | None:
    """One of the unit's screens."""
    return (
        Terminal.objects.select_related("account__unit").filter(account__unit=unit, account__username=username).first()
    )


def terminals_of(unit: Unit | None, *, now: WallUs) -> list[TerminalStanding]:
    """A unit's screens, or those of all units, each with the last it told; two queries."""
    order = ("account__unit__name", F("revoked_at").asc(nulls_first=True), "name", "pk")
    rows = Terminal.objects.select_related("account__unit").order_by(*order)
    if unit is not None:
        rows = rows.filter(account__unit=unit)
    newest = TerminalHealth.objects.filter(terminal__in=rows).values("terminal").annotate(newest=Max("pk"))
    told = {health.terminal_id: health for health in TerminalHealth.objects.filter(pk__in=newest.values("newest"))}
    return [
        TerminalStanding(row, told.get(row.pk), row.pk not in told or now - told[row.pk].at > SILENT_AFTER_US)
        for row in rows
    ]
