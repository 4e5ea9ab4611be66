"""The sentences that templates and Python ask gettext for, read from the sources without importing them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "src/haidang/web/templates"
#: Function name -> how many of its first arguments are messages.
CALLS = {"_": 1, "lazy": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}
TAG = re.compile(r'{%\s*translate\s+"([^"]*)"')
BLOCK = re.compile(r"{%\s*blocktranslate\b.*?%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
PLURAL = re.compile(r"{%\s*plural\s*%}")
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


@dataclass(frozen=True, order=True)
class Message:
    text: str
    plural: str = ""


def in_use() -> dict[Message, str]:
    """Every message with one place that uses it."""
    found: dict[Message, str] = {}
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in (".html", ".py") or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        messages = in_template(text) if path.suffix == ".html" else in_python(text)
        for message in messages:
            found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def in_template(text: str) -> Iterator[Message]:
    for tag in TAG.finditer(text):
        yield Message(tag[1])
    for block in BLOCK.finditer(text):
        one, *more = (VARIABLE.sub(r"%(\1)s", part) for part in PLURAL.split(block[1]))
        yield Message(one, more[0] if more else "")


def in_python(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [arg.value for arg in node.args[: CALLS.get(name, 0)] if isinstance(arg, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        if texts:
            yield Message(texts[0], texts[1] if len(texts) > 1 else "")
