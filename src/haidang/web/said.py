"""What an act has done, said once on the page that follows it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

__all__ = ["say"]

#: Only these are shown: libraries say things of their own.
_OURS = "said"


def say(request: HttpRequest, text: str | Promise) -> None:
    """One sentence for the next page of this session."""
    messages.success(request, str(text), extra_tags=_OURS)
