"""``docs/ref/traceability.md``: clause → requirement → feature → test → result, from a run of the acceptance tests.

``python -m acceptance.traceability`` (in ``tests/``) runs them and writes the page; ``test_traceability`` fails when
the page does not list the tests that there are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from acceptance.clauses import ROWS

__all__ = ["PAGE", "Result", "found", "page_of"]

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "ref" / "traceability.md"
_HEAD = """# Traceability

Every requirement of the notice, the feature that answers it, the tests in `tests/acceptance` that show it, and what
they said when `make traceability` wrote this page. Where a test waits for a feature, the result says for which.
Clauses are the notice's; `a-1` is the first requirement under letter a.

| clause | requirement | feature | test | result |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A test and what it said: ``passed``, ``failed``, or why it is still to come."""

    clause: str
    test: str
    outcome: str


@dataclass(slots=True)
class Listener:
    """Follows a pytest run: each test once, with the worst that one of its parameters met."""

    clauses: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            mark = item.get_closest_marker("clause")
            if mark is not None:
                self.clauses[_name(item.nodeid)] = mark.args[0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = _name(report.nodeid)
        if report.failed:
            self.outcomes[name] = "failed"
        elif report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.outcomes.setdefault(name, "still to come: " + reason.removeprefix("Skipped: "))
        elif report.when == "call":
            self.outcomes.setdefault(name, "passed")

    def results(self) -> list[Result]:
        return [Result(named, test, self.outcomes.get(test, "not run")) for test, named in self.clauses.items()]


def _name(nodeid: str) -> str:
    return nodeid.partition("[")[0].rpartition("::")[2]


def found() -> list[Result]:
    """What a run of the acceptance tests says."""
    listener = Listener()
    pytest.main(["-q", "--no-header", *map(str, sorted(HERE.glob("test_section_*.py")))], plugins=[listener])
    return listener.results()


def page_of(results: Iterable[Result]) -> str:
    """The page's text."""
    by_clause: dict[str, list[Result]] = {}
    for result in results:
        by_clause.setdefault(result.clause, []).append(result)
    lines = []
    for row in ROWS:
        for number, result in enumerate(by_clause.get(row.clause, [Result(row.clause, "", "no test")])):
            first = (row.clause, row.requirement, row.feature) if number == 0 else ("", "", "")
            lines.append(f"| {' | '.join((*first, f'`{result.test}`', result.outcome))} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    results = found()
    PAGE.write_text(page_of(results), encoding="utf-8")
    sys.exit(any(result.outcome in ("failed", "not run") for result in results))
