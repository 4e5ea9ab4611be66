"""A notice as JSON and back, for revisions that are kept.

Laws: what is written is read back equal; the form is versioned and one of another version is refused, never guessed;
an unknown, missing or wrongly typed field is refused. Version 1 is from before sites had a retention: it has none.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from haidang.core.errors import CorruptData
from haidang.core.policy.notice import Notice

__all__ = ["NOTICE_VERSION", "decode", "encode", "notice_from_json", "notice_to_json"]

NOTICE_VERSION = 2
_WITHOUT_RETENTION = 1
T = TypeVar("T")


def notice_to_json(notice: Notice) -> dict[str, Any]:
    """The notice as a value that ``json`` can write."""
    return {"version": NOTICE_VERSION, **cast("dict[str, Any]", encode(notice))}


def notice_from_json(data: Mapping[str, Any]) -> Notice:
    """The notice again. Raises CorruptData (``notice_form``)."""
    version = data.get("version")
    if type(version) is not int or version not in {_WITHOUT_RETENTION, NOTICE_VERSION}:
        raise _corrupt("version", f"is {version!r}, and this program knows {NOTICE_VERSION}")
    fields = {key: value for key, value in data.items() if key != "version"}
    if version == _WITHOUT_RETENTION:
        if "retentions" in fields:
            raise _corrupt("retentions", "is unknown")
        fields["retentions"] = []
    return decode(Notice, fields)


def encode(value: object) -> object:
    """Dataclasses, tuples and days as objects, lists and texts."""
    if dataclasses.is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def decode(kind: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass that ``encode`` wrote. Raises CorruptData (``notice_form``)."""
    return cast("T", _decoded(kind, data, ""))


def _decoded(kind: Any, value: object, place: str) -> object:
    if dataclasses.is_dataclass(kind):
        return _object(cast("type", kind), value, place)
    origin = get_origin(kind)
    if origin is tuple:
        return _tuple(get_args(kind), value, place)
    if origin in {Union, types.UnionType}:
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if value is None else _decoded(inner, value, place)
    if origin is Literal:
        if type(value) is not str or value not in get_args(kind):
            raise _corrupt(place, f"is {value!r}, not one of {', '.join(get_args(kind))}")
        return value
    if kind is date:
        return _day(value, place)
    if type(value) is not kind:
        raise _corrupt(place, f"is {value!r}, not a {kind.__name__}")
    return value


def _object(kind: type, value: object, place: str) -> object:
    if not isinstance(value, Mapping):
        raise _corrupt(place, f"is {value!r}, not an object")
    hints = get_type_hints(kind)
    for name in value:
        if name not in hints:
            raise _corrupt(f"{place}.{name}", "is unknown")
    for name in hints:
        if name not in value:
            raise _corrupt(f"{place}.{name}", "is missing")
    return kind(**{name: _decoded(hint, value[name], f"{place}.{name}") for name, hint in hints.items()})


def _tuple(arguments: tuple[Any, ...], value: object, place: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _corrupt(place, f"is {value!r}, not a list")
    if arguments[1:] == (Ellipsis,):
        arguments = arguments[:1] * len(value)
    if len(arguments) != len(value):
        raise _corrupt(place, f"has {len(value)} parts, not {len(arguments)}")
    return tuple(
        _decoded(kind, each, f"{place}[{at}]") for at, (kind, each) in enumerate(zip(arguments, value, strict=True))
    )


def _day(value: object, place: str) -> date:
    try:
        day = date.fromisoformat(cast("str", value))
    except (TypeError, ValueError) as error:
        raise _corrupt(place, f"is {value!r}, not a day") from error
    if day.isoformat() != value:  # 20220101 is a day to Python, but not what was written here
        raise _corrupt(place, f"is {value!r}, not a day like 2022-01-01")
    return day


def _corrupt(place: str, what: str) -> CorruptData:
    return CorruptData(f"couldn't read the kept notice: {place.lstrip('.')} {what}", code="notice_form")
