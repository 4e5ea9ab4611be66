"""An organisation's own sign-in (OpenID Connect): who somebody is there, proven, and nothing more (docs/adr/0014).

Laws: django-allauth is the client: its PKCE, its state, its exchange of the code. Its views, its tables and its session
are not used, so nothing of it signs anybody in, makes an account or stores a person. A proof is the ID token alone:
signed by a key of the issuer with an asymmetric algorithm, for this client, now, with the nonce of this very attempt.
The state belongs to the browser session that began, and serves once. Providers are the settings' and no others.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from haidang.accounts.actions.identity import MAX_SUBJECT
from haidang.core.errors import Denied, NotFound, Unavailable
from haidang.core.settings import OidcSettings
from haidang.core.units import WallUs
from haidang.web.session import host_settings

__all__ = ["Proof", "begin_attempt", "forget_providers", "organisation_named", "proof_of"]

TIMEOUT_S: Final = 5
#: Conversations with providers at once: one that hangs takes these threads and no more.
SEATS: Final = 3
_KNOWN_US, _AWAY_US = 600 * 1_000_000, 10 * 1_000_000
#: What signs ID tokens; with HMAC or none, whoever knows the client's secret, or nobody, would.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_S: Final = 60
_NEEDED: Final = ["iss", "aud", "exp", "iat", "sub", "nonce"]

_seats = threading.BoundedSemaphore(SEATS)
#: By issuer: what its provider says of itself, and when it was asked; or when it last gave no answer.
_known: dict[str, tuple[WallUs, dict[str, Any]]] = {}
_away: dict[str, WallUs] = {}


@dataclass(frozen=True, slots=True)
class Proof:
    """``subject``: as whom the organisation knows the person. ``about``: what the attempt was begun with."""

    subject: str
    about: dict[str, str]


class OrganisationAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it ships no types
    """What allauth asks us: short waits; no providers of a table, and nobody signs up."""

    def list_apps(self, *_asked: object, **_more: object) -> list[SocialApp]:
        return []

    def is_open_for_signup(self, *_asked: object) -> bool:
        return False

    def get_requests_session(self) -> requests.Session:
        return _Session()


class _Session(requests.Session):
    """Waits a while and follows nobody: what carries the client's secret goes where the provider's own words say."""

    def request(self, *args: Any, **more: Any) -> requests.Response:
        more.setdefault("timeout", TIMEOUT_S)
        more["allow_redirects"] = False
        return super().request(*args, **more)


class _Client(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth's client, with the provider's words as we checked them and the way back by our address."""

    words: dict[str, Any]

    @property
    def openid_config(self) -> dict[str, Any]:
        return self.words

    @property
    def basic_auth(self) -> bool:
        """OpenID Connect Core 1.0 section 9: it is Basic unless the provider says otherwise."""
        return "client_secret_basic" in self.words.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 - allauth's signature
        path = reverse("organisation_back", args=[self.provider_id])
        public = host_settings().web.public_url
        return f"{public.rstrip('/')}{path}" if public else request.build_absolute_uri(path)


class _Provider(OpenIDConnectProvider):  # type: ignore[misc]
    words: dict[str, Any]

    def get_oauth2_adapter(self, request: HttpRequest) -> _Client:
        return _client(request, self.app.provider_id, self.words)


def organisation_named(slug: str) -> OidcSettings:
    """Raises NotFound: there are those of the settings."""
    found = next((each for each in host_settings().oidc if each.slug == slug), None)
    if found is None:
        raise NotFound(f"couldn't find the organisation's sign-in {slug!r}", code="not_found")
    return found


def begin_attempt(request: HttpRequest, slug: str, *, about: dict[str, str], now: WallUs) -> str:
    """Where the browser goes to prove who its person is. ``about`` comes back with the proof."""
    organisation, nonce = organisation_named(slug), secrets.token_urlsafe(32)
    provider = _Provider(request, app=_app(organisation))
    with _conversation(slug, now):
        provider.words = _words_of(organisation, now)
        answer = provider.redirect(
            request, "login", data=about, scope=["openid"], auth_params={"nonce": nonce}, nonce=nonce
        )
    return str(answer["Location"])


def proof_of(request: HttpRequest, slug: str, *, now: WallUs) -> Proof:
    """Who came back. Raises Denied (``organisation_state``, ``organisation_cancelled``, ``organisation_proof``) or
    Unavailable (``organisation_away``, ``busy``).
    """
    organisation = organisation_named(slug)
    state = statekit.unstash_state(request, provider_id=slug, state_id=request.GET.get("state", ""))
    if state is None:
        raise Denied("couldn't sign in: the attempt is not of this browser, used up or old", code="organisation_state")
    if "error" in request.GET or "code" not in request.GET:
        cancelled = request.GET.get("error") == "access_denied"
        code = "organisation_cancelled" if cancelled else "organisation_proof"
        raise Denied("couldn't sign in: the organisation proves nobody", code=code)
    app = _app(organisation)
    with _conversation(slug, now):
        client = _client(request, slug, _words_of(organisation, now))
        token = client.get_access_token_data(
            request, app, client.get_client(request, app), pkce_code_verifier=state["pkce_code_verifier"]
        )
        claims = _claims(str(token["id_token"]), organisation, client.words)
    if not constant_time_compare(str(claims["nonce"]), state["nonce"]):
        raise Denied("couldn't sign in: the proof is of another attempt", code="organisation_proof")
    subject = claims.get(organisation.claim)
    if not isinstance(subject, str) or not 1 <= len(subject) <= MAX_SUBJECT:
        raise Denied(f"couldn't sign in: the proof has no {organisation.claim}", code="organisation_proof")
    return Proof(subject, state["data"])


def forget_providers() -> None:
    """Ask every provider anew what it says of itself."""
    _known.clear()
    _away.clear()


def _client(request: HttpRequest, slug: str, words: dict[str, Any]) -> _Client:
    client = _Client(request, slug)
    client.words = words
    return client


def _app(organisation: OidcSettings) -> SocialApp:
    """Allauth's form of it, never saved."""
    path = settings.HAIDANG_HOME / organisation.client_secret_file
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(
            f"couldn't sign in with {organisation.slug}: no secret in client_secret_file", code="organisation_secret"
        ) from error
    return SocialApp(
        provider="openid_connect", provider_id=organisation.slug, name=organisation.name,
        client_id=organisation.client_id, secret=secret,
        settings={"server_url": organisation.issuer, "oauth_pkce_enabled": True},
    )  # fmt: skip


@contextmanager
def _conversation(slug: str, now: WallUs) -> Iterator[None]:
    """Around what asks a provider: few at a time; what it does not answer, or answers wrongly, as errors of ours."""
    if not _seats.acquire(blocking=False):
        raise Unavailable("couldn't sign in: too many ask their organisations", code="busy")
    try:
        yield
    except requests.RequestException as error:
        _away[organisation_named(slug).issuer] = now
        raise Unavailable(f"couldn't sign in: {slug} does not answer", code="organisation_away") from error
    except (OAuth2Error, jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Denied(f"couldn't sign in: {slug} gave no proof that holds", code="organisation_proof") from error
    finally:
        _seats.release()


def _words_of(organisation: OidcSettings, now: WallUs) -> dict[str, Any]:
    """The provider's metadata (OpenID Connect Discovery 1.0 section 4), of the issuer that the settings name."""
    issuer = organisation.issuer
    asked, words = _known.get(issuer, (WallUs(0), {}))
    if words and 0 <= now - asked < _KNOWN_US:
        return words
    if 0 <= now - _away.get(issuer, WallUs(-_AWAY_US)) < _AWAY_US:
        raise Unavailable(f"couldn't sign in: {organisation.slug} does not answer", code="organisation_away")
    words = dict(_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
    if words["issuer"] != issuer:
        raise ValueError("another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        # As safe as the issuer itself: HTTPS, unless that is on this machine.
        if urlsplit(words[name]).scheme not in {"https", urlsplit(issuer).scheme}:
            raise ValueError("an endpoint without TLS")
    _known[issuer] = (now, words)
    return words


def _json(url: str) -> Any:
    with _Session() as session:
        answer = session.get(url)
        if answer.status_code != 200:
            raise requests.HTTPError("an answer that is none")
        return answer.json()


def _claims(token: str, organisation: OidcSettings, words: dict[str, Any]) -> dict[str, Any]:
    """What the ID token says, if it holds (OpenID Connect Core 1.0 section 3.1.3.7)."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in _ALGORITHMS:
        raise jwt.InvalidAlgorithmError("another algorithm")
    keys = jwt.PyJWKSet.from_dict(_json(words["jwks_uri"])).keys
    named = [key for key in keys if key.key_id == header["kid"]] if "kid" in header else keys
    if len(named) != 1:
        raise jwt.InvalidKeyError("no key, or more than one")
    claims: dict[str, Any] = jwt.decode(
        token, key=named[0].key, algorithms=[header["alg"]], audience=organisation.client_id,
        issuer=organisation.issuer, leeway=_LEEWAY_S, options={"require": _NEEDED},
    )  # fmt: skip
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != organisation.client_id:
        raise jwt.InvalidAudienceError("given to another party")
    return claims
