"""Where a login comes from: the browser's ``hd_device`` cookie, what it calls itself in few words, its address.

Law: behind ``web.public_url`` the address is what the proxy in front wrote last; what browsers wrote before it is not
believed. All of it is for the person and the managers to read, and is in no entry and no log.
"""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from haidang.accounts.actions import Arrival
from haidang.web.session import host_settings

__all__ = ["DEVICE_COOKIE", "arrival_of", "counted_address", "device_label", "peer_address", "set_device_cookie"]

DEVICE_COOKIE = "hd_device"
_DEVICE_COOKIE_S = 400 * 86_400  # the longest that browsers keep one
_MOST_COOKIE, _MOST_AGENT = 100, 500
#: In this order: a browser names those it descends from as well.
_BROWSERS: Final = (
    ("coc_coc_browser", "Cốc Cốc"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"), ("Firefox/", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def arrival_of(request: HttpRequest) -> Arrival:
    return Arrival(
        device=request.COOKIES.get(DEVICE_COOKIE, "")[:_MOST_COOKIE],
        label=device_label(request.headers.get("User-Agent", "")),
        address=peer_address(request),
    )


def device_label(agent: str) -> str:
    """``Chrome · Windows``; "" for what names neither."""
    agent = agent[:_MOST_AGENT]
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def counted_address(request: HttpRequest) -> str:
    """What guesses are counted under: the browser's address, of IPv6 the /64 that one line gets."""
    text = peer_address(request)
    return str(IPv6Network((text, 64), strict=False).network_address) if ":" in text else text


def peer_address(request: HttpRequest) -> str:
    """The browser's address; "" if what should be one is none."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if host_settings().web.public_url:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2]
    try:
        return str(ip_address(address.strip()))
    except ValueError:
        return ""


def set_device_cookie(response: HttpResponse, device: str) -> None:
    response.set_cookie(
        DEVICE_COOKIE, device, max_age=_DEVICE_COOKIE_S, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path="/",
    )  # fmt: skip
