"""Credentials for a camera: Digest (RFC 7616, RFC 2617 for those that know no qop) and Basic (RFC 7617).

Laws: of what a camera offers the strongest is used: SHA-256, then MD5, then Basic, which sends the password itself (use
RTSPS); never a weaker one than before. A wrong password is sent once, since cameras lock accounts: a second 401 in a
row is final, unless its nonce is new and the old one had worked or is called ``stale``. No ``repr`` shows a password.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

__all__ = ["Challenge", "Credentials", "choose_challenge", "parse_challenges"]

_SESSION = "-SESS"
#: Best first; the position is the rank.
_PREFERENCE = ("SHA-256-SESS", "SHA-256", "MD5-SESS", "MD5")
#: 401s in a row: to the bare request, to a nonce gone stale, and one that is final.
_MAX_REFUSALS = 2
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the grammar's name for a word (RFC 9110 §5.6.2)
_PARAMETER = re.compile(rf'({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))', re.DOTALL)
_SCHEME = re.compile(rf"({_TOKEN})(?:\s+|$)(?!\s*=)")
_SEPARATOR = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way that the camera offers."""

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        return (self.parameters.get("algorithm") or "MD5").upper()

    @property
    def nonce(self) -> str:
        return self.parameters.get("nonce", "")

    @property
    def stale(self) -> bool:
        return self.parameters.get("stale", "").lower() == "true"

    @property
    def qop(self) -> str | None:
        """``auth``, "" for RFC 2617's form without, None if only others are offered."""
        offered = self.parameters.get("qop", "")
        words = [word.strip().lower() for word in offered.split(",") if word.strip()]
        if not words:
            return ""
        return "auth" if "auth" in words else None

    @property
    def rank(self) -> int | None:
        """0 is best; None cannot be answered."""
        if self.scheme == "basic":
            return len(_PREFERENCE)
        if self.scheme != "digest" or self.algorithm not in _PREFERENCE or self.qop is None or not self.nonce:
            return None
        return _PREFERENCE.index(self.algorithm)


def parse_challenges(fields: Iterable[str]) -> list[Challenge]:
    """Read ``WWW-Authenticate`` fields, each of which may hold several challenges."""
    found: list[Challenge] = []
    for text in fields:
        at = 0
        while at < len(text):
            if separator := _SEPARATOR.match(text, at):
                at = separator.end()
            elif found and (match := _PARAMETER.match(text, at)):
                value = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
                found[-1].parameters.setdefault(match[1].lower(), value)
                at = match.end()
            elif match := _SCHEME.match(text, at):
                found.append(Challenge(match[1].lower()))
                at = match.end()
            else:
                break
    return found


def choose_challenge(challenges: Iterable[Challenge]) -> Challenge | None:
    """The strongest that can be answered."""
    usable = [(challenge.rank, challenge) for challenge in challenges if challenge.rank is not None]
    return min(usable, key=lambda pair: pair[0])[1] if usable else None


class Credentials:
    """A user's name and password, and the challenge they answer now. One object per connection."""

    def __init__(self, username: str, password: str, cnonce: Callable[[], str]) -> None:
        self._username = username
        self._password = password
        self._fresh_cnonce = cnonce
        self._challenge: Challenge | None = None
        #: One for each challenge: what a ``-sess`` algorithm is keyed with.
        self._cnonce = ""
        self._count = 0
        #: The camera took an answer to this challenge.
        self._proven = False
        self._refusals = 0

    def accept(self, challenge: Challenge | None) -> bool:
        """A 401: whether to ask again, answering this challenge from now on."""
        self._refusals += 1
        if challenge is None or challenge.rank is None or not self._username or self._refusals > _MAX_REFUSALS:
            return False
        if not self._may_replace(challenge, challenge.rank):
            return False
        self._challenge, self._cnonce, self._count, self._proven = challenge, self._fresh_cnonce(), 0, False
        return True

    def _may_replace(self, challenge: Challenge, rank: int) -> bool:
        known = self._challenge
        if known is None or known.rank is None:
            return True
        return challenge.nonce != known.nonce and rank <= known.rank and (challenge.stale or self._proven)

    def succeed(self) -> None:
        """The camera answered with something else than 401."""
        self._proven = self._challenge is not None
        self._refusals = 0

    def header(self, method: str, uri: str) -> str | None:
        """The value of ``Authorization`` for a request; None before a challenge."""
        if self._challenge is None:
            return None
        if self._challenge.scheme == "basic":
            pair = f"{self._username}:{self._password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        return self._digest(self._challenge, method, uri)

    def _digest(self, challenge: Challenge, method: str, uri: str) -> str:
        algorithm, qop, nonce = challenge.algorithm, challenge.qop, challenge.nonce
        realm = challenge.parameters.get("realm", "")
        h = _sha256 if algorithm.startswith("SHA-256") else _md5
        self._count += 1
        session = algorithm.endswith(_SESSION)
        count, cnonce = f"{self._count:08x}", self._cnonce
        a1 = h(f"{self._username}:{realm}:{self._password}")
        if session:
            a1 = h(f"{a1}:{nonce}:{cnonce}")
        a2 = h(f"{method}:{uri}")
        answer = h(f"{a1}:{nonce}:{count}:{cnonce}:{qop}:{a2}") if qop else h(f"{a1}:{nonce}:{a2}")
        quoted = {"username": self._username, "realm": realm, "nonce": nonce, "uri": uri, "response": answer}
        if qop or session:
            quoted["cnonce"] = cnonce
        if "opaque" in challenge.parameters:
            quoted["opaque"] = challenge.parameters["opaque"]
        words = [f'{name}="{_quote(value)}"' for name, value in quoted.items()]
        if "algorithm" in challenge.parameters:
            words.append(f"algorithm={challenge.parameters['algorithm']}")
        if qop:
            words += [f"qop={qop}", f"nc={count}"]
        return "Digest " + ", ".join(words)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _md5(text: str) -> str:
    """The cameras' choice, not ours."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
