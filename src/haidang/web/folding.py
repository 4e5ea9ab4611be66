"""Text as people search it: without marks, in small letters, so that "De Gi" and "Đê Gi" find "Đề Gi"."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["folded", "matches"]

#: Words of fewer letters must fit whole.
_SHORT = 3


def folded(text: str) -> str:
    """The text without diacritics, case and doubled spaces; "đ" is a letter of its own in Unicode and becomes "d"."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def matches(asked: str, texts: Iterable[str]) -> bool:
    """Whether every word that was typed begins a word of the texts (a short one: is one); nothing typed matches all."""
    words = " ".join(folded(text) for text in texts).replace("(", " ").replace(",", " ").split()
    return all(any(_fits(each, word) for word in words) for each in folded(asked).split())


def _fits(asked: str, word: str) -> bool:
    """So "gi" is Đề Gi and not "giám sát"."""
    return word == asked if len(asked) < _SHORT else word.startswith(asked)
