"""How ``serve`` runs the control plane's two processes. Importing this module sets Django up."""

from __future__ import annotations

from pathlib import Path

from haidang.core.settings import Settings

__all__ = ["run_keeper", "run_web"]


def run_web(settings: Settings, home: Path) -> None:
    """Pages and API on gunicorn until SIGTERM. Migrations and keys are ``commands.prepare``'s."""
    raise NotImplementedError


def run_keeper(settings: Settings, home: Path) -> None:
    """The keeper until SIGTERM (``supervisor.keeper.run`` with Django set up)."""
    raise NotImplementedError
