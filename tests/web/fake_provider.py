"""An organisation's own sign-in in this process: what it is asked is answered without a socket, also wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

__all__ = ["ISSUER", "FakeProvider", "address", "query"]

ISSUER = "https://sso.cong-an.vn"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _json(status: int, body: Any) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = json.dumps(body).encode()
    answer.headers["content-type"] = "application/json"
    return answer


@dataclass
class FakeProvider:
    """Honest unless told otherwise: ``claims`` go over what a token would say, ``key`` and ``alg`` sign it."""

    client_id: str = "hai-dang"
    secret: str = "bi-mat-cua-don-vi"
    away: bool = False
    words: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    key: Any = _KEY
    alg: str = "RS256"
    kid: str = "k1"
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def signed_in(self, way: str, subject: str) -> dict[str, str]:
        """The person signs in there: with what the browser comes back."""
        parts = urlsplit(way)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUER}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        code = f"code-{len(self._codes)}"
        self._codes[code] = {**asked, "subject": subject}
        return {"code": code, "state": asked["state"]}

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        """In place of ``requests.Session.request``, of every session."""
        self.asked.append(url)
        assert more["timeout"], "asked without an end"
        assert more["allow_redirects"] is False
        if self.away:
            raise requests.ConnectionError("nobody there")
        match url.removeprefix(ISSUER):
            case "/.well-known/openid-configuration":
                return _json(200, self._metadata())
            case "/keys":
                public = jwt.algorithms.RSAAlgorithm.to_jwk(_KEY.public_key(), as_dict=True)
                return _json(200, {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]})
            case "/token":
                return self._token(method, more)
        raise AssertionError(url)

    def _metadata(self) -> dict[str, Any]:
        words = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }
        return {**words, **self.words}

    def _token(self, method: str, more: dict[str, Any]) -> requests.Response:
        """Codes serve once, for who began: the client by its secret, the browser's attempt by PKCE."""
        typed = more["data"]
        begun = self._codes.pop(typed["code"], None)
        basic = more["auth"]
        verifier = hashlib.sha256(typed.get("code_verifier", "").encode()).digest()
        if (
            method != "POST"
            or begun is None
            or (basic.username, basic.password) != (self.client_id, self.secret)
            or begun["redirect_uri"] != typed["redirect_uri"]
            or begun["code_challenge_method"] != "S256"
            or begun["code_challenge"] != base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        ):
            return _json(400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": self.client_id, "sub": begun["subject"], "iat": now, "exp": now + 300,
            "nonce": begun["nonce"], **self.claims,
        }  # fmt: skip
        told = {name: value for name, value in claims.items() if name not in self.left_out}
        token = jwt.encode(told, self.key, algorithm=self.alg, headers={"kid": self.kid})
        return _json(200, {"access_token": "x", "token_type": "Bearer", "id_token": token})


def query(way: str) -> dict[str, str]:
    """What an address carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}


def address(path: str, told: dict[str, str]) -> str:
    return f"{path}?{urlencode(told)}"
