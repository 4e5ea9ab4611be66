"""The page of traceability lists every row and every acceptance test there is, and no result but good ones."""

from __future__ import annotations

import ast
from pathlib import Path

from acceptance.clauses import REASONS, ROWS
from acceptance.traceability import PAGE, Result, page_of


def written() -> list[Result]:
    """The acceptance tests as they stand in the source, in its order; ``later`` ones with their reason."""
    results = []
    for path in sorted(Path(__file__).parent.glob("test_section_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = {
                    each.func.id: ast.literal_eval(each.args[0])
                    for each in node.decorator_list
                    if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
                }
                outcome = f"still to come: {REASONS[marks['later']]}" if "later" in marks else "passed"
                results.append(Result(marks.get("clause", ""), node.name, outcome))
    return results


def test_every_row_has_a_test_and_every_test_a_row() -> None:
    assert {result.clause for result in written()} == {row.clause for row in ROWS}
    assert len(ROWS) == 36


def test_a_test_that_is_still_to_come_is_empty_and_no_other_is() -> None:
    for path in sorted(Path(__file__).parent.glob("test_section_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                empty = len(node.body) == 1 and isinstance(node.body[0], ast.Expr)
                waits = any(ast.unparse(each).startswith("later(") for each in node.decorator_list)
                assert empty == waits, node.name


def test_the_page_is_what_the_tests_say() -> None:
    """``make traceability`` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page_of(written())
