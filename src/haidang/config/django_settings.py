"""Django's settings, read from haidang.toml."""

SECRET_KEY = "replaced-soon"
INSTALLED_APPS: list[str] = []
USE_TZ = True
