"""Whatever is written into the audit trail has words: every action of the code and of the policy, every fact."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from django.utils import translation

from haidang.audit.models import Entry
from haidang.core.messages import EndReason, OverReason
from haidang.core.policy.notice import APPROVAL_ACTIONS, FORBIDDEN_ACTIONS, SITE_ACTIONS, SYSTEM_ACTIONS, UNIT_ACTIONS
from haidang.web.access_log_words import ACTS, FACTS, KINDS, act_text, ended_view_text, fact_label, kind_of
from web_text.messages_in_use import ROOT

POLICY_ACTIONS = (*SITE_ACTIONS, *SYSTEM_ACTIONS, *UNIT_ACTIONS, *FORBIDDEN_ACTIONS, *APPROVAL_ACTIONS)
#: Functions that hand an action on to ``record``: by the name of their parameter, its place among the positional ones.
HANDED_ON = {"record": -1, "_record": 1, "_refused": 1, "_refuse": 1, "require": 1, "note_reading": -1}
#: Where an action is not written down but comes from these; all of them have words.
FROM_THE_POLICY = {
    "haidang/web/tickets.py",  # TicketAction
    "haidang/web/allowed.py",  # what a page requires
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "src/haidang").rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT / "src")), ast.parse(path.read_text(encoding="utf-8"))


def texts_in(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """A constant, both arms of a choice, or what the module gives a variable of that name."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts_in(node.body, tree)
        yield from texts_in(node.orelse, tree)
    elif isinstance(node, ast.Name):
        for given in ast.walk(tree):
            if isinstance(given, ast.Assign) and any(
                isinstance(to, ast.Name) and to.id == node.id for to in given.targets
            ):
                yield from (str(each.value) for each in ast.walk(given.value) if isinstance(each, ast.Constant))


def callee(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def action_in(node: ast.Call) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg == "action":
            return keyword.value
    place = HANDED_ON[callee(node)]
    return node.args[place] if 0 <= place < len(node.args) else None


def recorded() -> dict[str, str]:
    """Every action that is written down somewhere in a call that leads to ``record``, with the place."""
    found: dict[str, str] = {}
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and callee(node) in HANDED_ON:
                given = action_in(node)
                for action in texts_in(given, tree) if given is not None else ():
                    found[action] = f"{path}:{node.lineno}"
    return found


def test_the_walk_finds_the_actions_of_every_way_in() -> None:
    found = recorded()
    assert {"login", "lock_account", "confirm_request", "approve_policy", "end_view", "delete_recording"} <= set(found)
    assert len(found) > 50


def test_every_recorded_action_has_a_kind_and_words_in_both_languages() -> None:
    missing = {action: place for action, place in recorded().items() if action not in ACTS}
    assert missing == {}
    for action in {*recorded(), *ACTS}:
        said = set()
        for language in ("vi", "en"):
            with translation.override(language):
                said.add(act_text(Entry(action=action, facts={"of": "view_live"})))
        assert len(said) == 2, f"{action} has no words of its own"
        assert action not in {each.lower() for each in said}


def test_an_action_that_is_handed_on_from_elsewhere_is_one_of_the_policys() -> None:
    unread = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and callee(node) == "record":
                given = action_in(node)
                if given is not None and not list(texts_in(given, tree)):
                    inside = {func.name for func in ast.walk(tree) if isinstance(func, ast.FunctionDef)}
                    unread |= {path} if not inside & (HANDED_ON.keys() - {"record"}) else set()
    assert unread <= FROM_THE_POLICY
    assert [action for action in POLICY_ACTIONS if action not in ACTS] == []


def test_every_kind_can_be_asked_for() -> None:
    assert {kind for kind, _name in ACTS.values()} <= {kind for kind, _name in KINDS.values()}
    assert kind_of("of-a-later-version") == "other"


def test_every_fact_that_is_recorded_has_a_label() -> None:
    names: dict[str, str] = {}
    for path, tree in modules():
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and callee(node) in ("record", "_record")
            kept = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "dict[str, Fact]"
            if called or kept:
                for each in (each for each in ast.walk(node) if isinstance(each, ast.Dict)):
                    for key in each.keys:
                        if isinstance(key, ast.Constant) and isinstance(key.value, str):
                            names[key.value] = path
    assert {"ticket", "session", "widens", "second_factor", "stream"} <= set(names)
    assert {name: place for name, place in names.items() if name not in FACTS} == {}
    assert fact_label("of_a_later_version") == "of_a_later_version"


@pytest.mark.parametrize("reason", [*get_args(EndReason), *get_args(get_args(OverReason)[1])])
def test_every_way_a_view_ends_has_words(reason: str) -> None:
    assert ended_view_text(reason) != reason


def test_the_actions_module_is_the_only_writer() -> None:
    writers = [path for path, tree in modules() if "Entry.objects.create" in ast.unparse(tree)]
    assert writers == [str(Path("haidang/audit/actions.py"))]
