"""RTSP addresses: what a person configures, and what a camera's SDP makes of it (RFC 2326 §C.1.1).

Law: user and password never stand in what is sent as an address, nor in an error's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from haidang.core.errors import InvalidInput
from haidang.core.rtsp.errors import RtspProtocolError

__all__ = ["Address", "choose_base", "parse_address", "resolve"]

#: What may stand in a request line; anything else could break out of it.
_PRINTABLE = re.compile(r"[!-~]{1,2048}")
_ABSOLUTE = re.compile(r"rtsps?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    #: Without user information: what requests name.
    url: str
    username: str
    password: str = field(repr=False)


def parse_address(url: str) -> Address:
    """Split a configured address; raises InvalidInput (``rtsp_address``) without repeating it."""
    try:
        parts = urlsplit(url)
        hostname, _ = parts.hostname, parts.port
    except ValueError:
        hostname = None
    if hostname is None or not _ABSOLUTE.match(url) or not _PRINTABLE.fullmatch(url):
        raise InvalidInput("couldn't use the camera's address: rtsp://host[:port]/path expected", code="rtsp_address")
    userinfo, _, host = parts.netloc.rpartition("@")
    username, _, password = userinfo.partition(":")
    bare = parts._replace(netloc=host, fragment="").geturl()
    return Address(bare, unquote(username), unquote(password))


def choose_base(*candidates: str) -> str:
    """The first absolute one: Content-Base, Content-Location, what was asked for (RFC 2326 §C.1.1)."""
    return next(url for url in candidates if _ABSOLUTE.match(url))


def resolve(base: str, control: str) -> str:
    """The address of a track (or of the whole, with the session's control) under ``base``.

    Relative ones are appended, not resolved by RFC 3986: that is what cameras mean that carry a query in ``base``
    (``…/realmonitor?channel=1/trackID=0``), and for the rest it comes to the same.
    """
    if not control or control == "*":
        url = base
    elif _ABSOLUTE.match(control):
        parts = urlsplit(control)
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    elif control.startswith("?"):
        url = base + control
    else:
        url = base.removesuffix("/") + "/" + control.removeprefix("/")
    if not _PRINTABLE.fullmatch(url):
        raise RtspProtocolError("couldn't use an address in the camera's SDP: not printable ASCII", code="rtsp_control")
    return url
