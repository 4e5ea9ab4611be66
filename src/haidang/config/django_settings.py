"""Django's settings, read from haidang.toml and the environment.

Law: nothing here has a default that opens a door. Without ``secrets/django.key`` (made by ``haidang init``) the key is
random for this process, so that no session outlives it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from haidang.config.database import database_of
from haidang.config.home import home_directory, read_settings
from haidang.core.host import DJANGO_KEY

#: Ours: the host's directory and settings, for everything that runs under Django.
HAIDANG_HOME = home_directory()
HAIDANG_SETTINGS = read_settings(HAIDANG_HOME)

_key = HAIDANG_HOME / DJANGO_KEY
SECRET_KEY = _key.read_text(encoding="ascii").strip() if _key.is_file() else secrets.token_urlsafe(50)
DEBUG = False
_public = urlsplit(HAIDANG_SETTINGS.web.public_url)
_https = _public.scheme == "https"
# A proxy's name comes from web.public_url. Open to the network without one, any name will do: no link is built from it
# but the gateway's, for the same browser.
_loopback = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = (
    [_public.hostname, *_loopback]
    if _public.hostname
    else _loopback
    if HAIDANG_SETTINGS.web.host in _loopback
    else ["*"]
)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "axes",
    "csp",
    "haidang.audit",
    "haidang.accounts",
    "haidang.cameras",
    "haidang.footage",
    "haidang.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "haidang.web.middleware.gateway_sources",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "haidang.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "haidang.web.middleware.session_guard",
    "haidang.web.middleware.Refusals",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "haidang.config.urls"
WSGI_APPLICATION = "haidang.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "haidang.web.context.page",
            ],
        },
    },
]

DATABASES = {"default": database_of(HAIDANG_SETTINGS.database_url, HAIDANG_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- who comes in
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "haidang.accounts.passwords.StrengthValidator"},
    {"NAME": "haidang.accounts.passwords.OwnNameValidator"},
    {"NAME": "haidang.accounts.passwords.WellKnownValidator"},
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "/dang-nhap"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=5)
# Both together: a whole office behind one address is not shut out by one forgetful person.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "haidang.web.lockout.counted_name"
# Behind a proxy every request comes from its address: by that, five guesses of a stranger would shut everybody out.
AXES_CLIENT_IP_CALLABLE = "haidang.web.arrival.counted_address"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # haidang.audit is the record of logins
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware would answer for us; views/login.py shows the lock in our words

# Organisations' own sign-ins: allauth is the OpenID Connect client and no more (docs/adr/0014). None of its addresses,
# and none of its tables: what it would store is nowhere.
MIGRATION_MODULES = {"account": None, "socialaccount": None}
SOCIALACCOUNT_ADAPTER = "haidang.web.organisations.OrganisationAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_EMAIL_VERIFICATION = "none"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "hd_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = HAIDANG_SETTINGS.web.session_idle_s
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "hd_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = False  # the pages' script sends it back as a header
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if _public.netloc else []
CSRF_FAILURE_VIEW = "haidang.web.views.errors.csrf_failure"
if _https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- what browsers are told
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {  # middleware.gateway_sources adds the gateway's origin to media-src and connect-src
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# -- words and hours
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "hd_language"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# -- files that pages load
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Built files carry a hash in their name and may be kept for a year.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_-]{8,}\..+$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "axes": {"level": "ERROR"},  # its lines name people and addresses; haidang.audit is the record
        "django.request": {"level": "ERROR"},  # refusals are answers; what matters of them is in haidang.audit
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # a stranger's request is not worth a traceback
    },
}
#: The repository's or the installed package's policy sets.
HAIDANG_POLICIES = next(
    (
        folder
        for folder in (Path(__file__).parents[1] / "policies", Path(__file__).parents[3] / "policies")
        if folder.is_dir()
    ),
    Path(__file__).parents[3] / "policies",
)
