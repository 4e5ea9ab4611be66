"""How a duty screen is doing, in words for its unit: only what somebody can mend, nothing while it is well.

Bounds: 1.5 Mbit/s carries three light streams; a picture rate below 8 looks like a slide show; a clock that is 5 s off
misdates what a person notes while watching.
"""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.accounts.models import TerminalHealth
from haidang.accounts.terminals import TerminalStanding
from haidang.core.units import VIETNAM, WallUs, to_datetime

__all__ = ["health_words", "number"]

WEAK_LINE_KBPS = 1500
LONG_WAY_MS = 800
FEW_PICTURES, MANY_DROPPED_PERCENT = 8.0, 10.0
CLOCK_OFF_MS = 5000


def health_words(standing: TerminalStanding, *, now: WallUs) -> list[str]:
    """What is poor, the gravest first; [] while all is well or the screen is not in use yet."""
    row, latest = standing.terminal, standing.latest
    if row.revoked_at is not None or row.enrolled_at is None:
        return []
    if standing.silent or latest is None:
        since = WallUs(latest.at if latest is not None else row.enrolled_at)
        return [_("Không có tin từ %(at)s") % {"at": _clock(since, now)}]
    return _poor(latest)


def _poor(latest: TerminalHealth) -> list[str]:
    found = []
    if latest.tiles and not latest.tiles_playing:  # some missing may be the cameras' own: the page shows how many play
        found.append(_("Không có hình của camera nào"))
    if latest.bandwidth_kbps is not None and latest.bandwidth_kbps < WEAK_LINE_KBPS:
        found.append(_("Đường truyền yếu: %(mbit)s Mbit/s") % {"mbit": number(latest.bandwidth_kbps / 1000)})
    if latest.round_trip_ms is not None and latest.round_trip_ms > LONG_WAY_MS:
        found.append(_("Đường truyền chậm: %(ms)s ms") % {"ms": latest.round_trip_ms})
    if latest.dropped_percent is not None and latest.dropped_percent > MANY_DROPPED_PERCENT:
        found.append(_("Thiết bị bỏ %(percent)s%% khung hình") % {"percent": round(latest.dropped_percent)})
    elif latest.pictures_per_s is not None and latest.tiles_playing and latest.pictures_per_s < FEW_PICTURES:
        found.append(_("Hình giật: %(rate)s hình/giây") % {"rate": number(latest.pictures_per_s)})
    if latest.clock_offset_ms is not None and abs(latest.clock_offset_ms) > CLOCK_OFF_MS:
        found.append(_("Đồng hồ lệch %(length)s") % {"length": _length(abs(latest.clock_offset_ms) // 1000)})
    return found


def number(value: float) -> str:
    """One decimal, with the language's own comma or point."""
    text = f"{value:.1f}"
    return text if get_language() == "en" else text.replace(".", ",")


def _length(seconds: int) -> str:
    if seconds < 120:
        return _("%(n)s giây") % {"n": seconds}
    if seconds < 7200:
        return _("%(n)s phút") % {"n": seconds // 60}
    return _("%(n)s giờ") % {"n": seconds // 3600}


def _clock(at: WallUs, now: WallUs) -> str:
    then, today = to_datetime(at).astimezone(VIETNAM), to_datetime(now).astimezone(VIETNAM)
    return then.strftime("%H:%M") if then.date() == today.date() else then.strftime("%H:%M %d/%m")
