"""Docs have readers: no dead link, nothing that exists goes unlisted."""

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from architecture.test_budgets import ROOT, tracked
from haidang.cli.main import COMMANDS
from haidang.core.settings import OidcSettings, Settings

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", tracked("*.md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_is_dead(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs/ref/settings.md").read_text(encoding="utf-8")
    missing = []
    for section in fields(Settings):
        value = getattr(Settings(), section.name)
        if section.name == "oidc":  # tables with names of their own: each key has its row
            tables = [f"oidc.<slug>.{field.name}" for field in fields(OidcSettings) if field.name != "slug"]
            missing += [key for key in tables if f"| `{key}` |" not in text]
            continue
        keys: list[Any] = [(section.name, value)] if isinstance(value, str) else [
            (f"{section.name}.{field.name}", getattr(value, field.name)) for field in fields(value)
        ]  # fmt: skip
        for key, default in keys:
            shown = f'"{default}"' if isinstance(default, str) else str(list(default) if default == () else default)
            if f"| `{key}` | `{shown}` |" not in text:
                missing.append(f"{key} = {shown}")
    assert missing == []


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/ref/commands.md").read_text(encoding="utf-8")
    named = {name for name in COMMANDS if re.search(rf"`(haidang )?{name}\b", text)}
    assert sorted(set(COMMANDS) - named) == []


def test_every_package_is_on_the_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = {
        path.parent.name for path in tracked("src/haidang/*/__init__.py") if path.parent.parent.name == "haidang"
    }
    assert [name for name in sorted(packages) if f"  {name}/" not in text] == []


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    assert [path.name for path in tracked("docs/adr/0*.md") if path.name not in listed] == []


def codes_raised() -> dict[str, str]:
    """Every literal ``code="…"`` given to one of our errors, with a place where it is."""
    found = {}
    for path in tracked("src/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and keyword.value.value:
                        found[str(keyword.value.value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_error_code_is_documented() -> None:
    text = (ROOT / "docs/ref/errors.md").read_text(encoding="utf-8")
    assert {code: place for code, place in codes_raised().items() if f"| `{code}` |" not in text} == {}
