"""Size budgets (CONTRIBUTING.md): what is over its budget is cut in two, not listed here."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES, ELEMENT_LINES = 400, 60, 150, 150
BANNED_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "const", "constants"}
BANNED_SUFFIXES = ("Manager", "Handler", "Processor", "Helper", "Util")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def python_files() -> list[Path]:
    return [path for path in tracked("src/*.py", "tests/*.py", "bench/*.py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_module_keeps_its_budget() -> None:
    over = {str(p.relative_to(ROOT)): n for p in python_files() if (n := line_count(p)) > MODULE_LINES}
    assert over == {}


def test_every_function_keeps_its_budget() -> None:
    over = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for path in python_files()
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert over == []


def test_every_template_keeps_its_budget() -> None:
    over = {str(p.relative_to(ROOT)): n for p in tracked("src/*.html") if (n := line_count(p)) > TEMPLATE_LINES}
    assert over == {}


def test_every_front_end_module_keeps_its_budget() -> None:
    over = {str(p.relative_to(ROOT)): n for p in tracked("web-ui/src/*.ts") if (n := line_count(p)) > ELEMENT_LINES}
    assert over == {}


def test_no_file_is_named_for_nothing() -> None:
    named = [str(p.relative_to(ROOT)) for p in tracked("src/*.py", "web-ui/src/*.ts") if p.stem in BANNED_NAMES]
    assert named == []


def test_no_class_is_named_for_nothing() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in tracked("src/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(BANNED_SUFFIXES)
    ]
    assert named == []


@pytest.mark.parametrize("kind", [ast.Import, ast.ImportFrom])
def test_no_function_hides_an_import(kind: type[ast.stmt]) -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in tracked("src/*.py")
        for node in functions(path)
        if node.name != "ready"  # AppConfig.ready is where Django wants them
        for inner in ast.walk(node)
        if isinstance(inner, kind)
    ]
    assert hidden == []


def test_the_architecture_page_stays_short() -> None:
    assert line_count(ROOT / "ARCHITECTURE.md") <= 200


def test_the_lock_files_carry_hashes_and_no_registry_address() -> None:
    for path in tracked("requirements/*.txt", "web-ui/package-lock.json"):
        text = path.read_text(encoding="utf-8")
        assert "--index-url" not in text
        assert '"resolved"' not in text
        if path.suffix == ".txt":
            assert "://" not in text
            pins = [line for line in text.splitlines() if "==" in line and not line.startswith(("#", " "))]
            assert all(line.endswith("\\") for line in pins), "a pin without a hash"
