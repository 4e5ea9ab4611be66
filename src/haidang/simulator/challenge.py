"""Who may open a stream: Digest (RFC 2617, MD5) or Basic, one user."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from hashlib import md5
from typing import Literal

__all__ = ["REALM", "Scheme", "authorised", "challenge"]

Scheme = Literal["digest", "basic"]
REALM = "Hai Dang simulator"
_FIELD = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')


def challenge(scheme: Scheme, nonce: str) -> str:
    """The WWW-Authenticate header's value."""
    if scheme == "basic":
        return f'Basic realm="{REALM}"'
    return f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5'


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def authorised(header: str, scheme: Scheme, *, method: str, nonce: str, username: str, password: str) -> bool:
    """Whether an Authorization header answers the challenge."""
    said, _, rest = header.partition(" ")
    if said.lower() != scheme:
        return False
    if scheme == "basic":
        try:
            given = base64.b64decode(rest.strip(), validate=True)
        except binascii.Error:
            return False
        return hmac.compare_digest(given, f"{username}:{password}".encode())
    fields = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
    if fields.get("nonce") != nonce or fields.get("username") != username:
        return False
    secret = _hash(f"{username}:{REALM}:{password}")
    asked = _hash(f"{method}:{fields.get('uri', '')}")
    middle = nonce
    if fields.get("qop"):
        middle = ":".join((nonce, fields.get("nc", ""), fields.get("cnonce", ""), fields["qop"]))
    return hmac.compare_digest(_hash(f"{secret}:{middle}:{asked}"), fields.get("response", ""))
