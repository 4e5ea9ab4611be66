"""What must hold in every source file, found by walking the syntax trees."""

import ast
import re
from pathlib import Path

from architecture.test_budgets import ROOT, tracked


def parsed(*patterns: str) -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in tracked(*patterns)]


def test_every_broad_except_lets_nothing_pass_in_silence() -> None:
    silent = []
    for path, tree in parsed("src/*.py"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            if broad and all(isinstance(line, ast.Pass | ast.Continue) for line in node.body):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def test_every_core_module_opens_with_its_contract() -> None:
    missing = [str(path.relative_to(ROOT)) for path, tree in parsed("src/*.py") if not ast.get_docstring(tree)
               and "migrations" not in path.parts and path.stat().st_size]  # fmt: skip
    assert missing == []


def test_only_storage_and_state_files_are_opened_for_writing_in_the_media_plane() -> None:
    """Recording bytes have one writer; everything else there reads."""
    modes = ("w", "wb", "ab", "r+b", "x", "xb")
    opened = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in parsed("src/haidang/gateway/*.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in modes
    ]
    assert opened == []


def test_no_todo_reaches_main() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{path.relative_to(ROOT)}"
        for path in tracked("src/*.py", "web-ui/src/*.ts", "src/*.html")
        if marks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
