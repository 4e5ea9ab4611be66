"""Imports a module when a verb needs it: `camera simulate` must not load Django, `camera add` must not load Pillow."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["load"]


def load(module: str) -> Any:
    """The module, typed loosely: each verb calls one documented function of it."""
    return importlib.import_module(module)
