"""What is wrong with a log, as one list of alarms that outlives restarts.

Laws: an alarm is begun and ended by what is found, never by who looks; two looks at once find one alarm. What the host
cannot make good (it contradicted itself, or said that pictures are changed or missing) stands until somebody settles
it by number, with a word that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from haidang.core.errors import NotFound
from haidang.witness.notebook import Alarm, Facts, Notebook, Question
from haidang.witness.store import Evidence, WitnessStore

__all__ = [
    "CLOCK_OFF_S",
    "SETTLED_BY_HAND",
    "Finding",
    "Trouble",
    "find",
    "find_in_samples",
    "find_of_mirror",
    "reconcile",
    "settle",
]

CLOCK_OFF_S = 30
#: A sample is answered in this time.
ANSWER_WITHIN_S = 600
SETTLED_BY_HAND = ("contradiction", "sample_bad")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong now, since then."""

    kind: str
    since_s: int
    subject: str = ""
    facts: Facts = field(default_factory=dict)


@dataclass(slots=True)
class Trouble:
    """What a mirror knows of its last rounds; each is s since 1970 of when it began, 0 for what is well."""

    failing_s: int = 0
    wrong_s: int = 0
    behind_s: int = 0
    damaged_s: int = 0
    clock_s: int = 0
    #: Host's clock minus ours, when the last checkpoint was cosigned.
    clock_off_s: int = 0


def find(spoke_s: int, evidence: Sequence[Evidence], *, now_s: int, silence_s: int) -> list[Finding]:
    """What the witness itself finds; ``spoke_s`` is when the log grew last, or when it began to be watched."""
    found = []
    if now_s - spoke_s > silence_s:
        found.append(Finding("silent", spoke_s))
    if evidence:
        found.append(Finding("contradiction", evidence[0].time_s, facts={"evidence": len(evidence)}))
    return found


def find_of_mirror(trouble: Trouble, *, now_s: int, silence_s: int) -> list[Finding]:
    """What its mirror finds."""
    found = []
    if trouble.failing_s and now_s - trouble.failing_s > silence_s:
        found.append(Finding("unreachable", trouble.failing_s))
    if trouble.behind_s and not trouble.failing_s and now_s - trouble.behind_s > silence_s:
        found.append(Finding("lagging", trouble.behind_s))
    if trouble.wrong_s:
        found.append(Finding("wrong_bytes", trouble.wrong_s))
    if trouble.damaged_s:
        found.append(Finding("mirror_damaged", trouble.damaged_s))
    if trouble.clock_s:
        found.append(Finding("clock", trouble.clock_s, facts={"off_s": trouble.clock_off_s}))
    return found


def find_in_samples(asked: Sequence[Question], bad: Sequence[Question], *, now_s: int) -> list[Finding]:
    """Questions that wait too long, and answers that are none of a host in order."""
    found = [
        Finding("sample_unanswered", each.asked_s, str(each.entry), {**each.facts, "entry": each.entry})
        for each in asked
        if now_s - each.asked_s > ANSWER_WITHIN_S
    ]
    by_entry = {each.entry: each for each in reversed(bad)}
    return found + [
        Finding("sample_bad", each.asked_s, str(entry), {**each.facts, "entry": entry, "found": each.found})
        for entry, each in by_entry.items()
    ]


def reconcile(notebook: Notebook, origin: str, found: Sequence[Finding], now_s: int) -> None:
    """Begin what is new, end what is over, renew what stands."""
    standing = {(each.kind, each.subject): each for each in notebook.alarms() if each.origin == origin}
    for each in found:
        alarm = standing.pop((each.kind, each.subject), None)
        if alarm is None:
            notebook.begin_alarm(origin, each.kind, each.subject, each.since_s, each.facts)
        elif alarm.facts != each.facts:
            notebook.renew_alarm(alarm.id, each.facts)
    for alarm in standing.values():
        notebook.end_alarm(alarm.id, now_s)


def settle(notebook: Notebook, store: WitnessStore, number: int, note: str) -> Alarm:
    """Somebody has looked into an alarm that does not end by itself. Raises NotFound (``no_alarm``)."""
    alarm = notebook.alarm(number)
    if alarm is None or alarm.ended_s is not None or alarm.kind not in SETTLED_BY_HAND:
        raise NotFound(
            f"couldn't settle {number}: the alarms that do not end by themselves are in `haidang witness show`",
            code="no_alarm",
        )
    notebook.note_alarm(number, note)
    if alarm.kind == "contradiction":
        store.settle(alarm.origin)
    else:
        notebook.settle(alarm.origin, int(alarm.subject))
    return alarm
