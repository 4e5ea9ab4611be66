"""All writes of footage: rows from journals and expiry (the keeper alone), holds (people, and the system
for them), replicas, samples (asked by a witness, answered by the keeper).
"""

from haidang.footage.actions.expiry import (
    begin_removals,
    cancel_held,
    finish_removal,
    forget_left_journal,
    journals_left,
    note_logged,
    plan_removals,
)
from haidang.footage.actions.hold import HoldFacts, extend_hold, place_automatic_hold, place_hold, release_hold
from haidang.footage.actions.journal_rows import (
    NewRecords,
    finish_gaps_journal,
    forget_everything,
    keep_gaps,
    keep_recordings,
    place_marks,
)
from haidang.footage.actions.replica import fail_replica, keep_replica, leave_replica, see_replica
from haidang.footage.actions.sample import ask_samples, keep_finding, note_answers

__all__ = [
    "HoldFacts",
    "NewRecords",
    "ask_samples",
    "begin_removals",
    "cancel_held",
    "extend_hold",
    "fail_replica",
    "finish_gaps_journal",
    "finish_removal",
    "forget_everything",
    "forget_left_journal",
    "journals_left",
    "keep_finding",
    "keep_gaps",
    "keep_recordings",
    "keep_replica",
    "leave_replica",
    "note_answers",
    "note_logged",
    "place_automatic_hold",
    "place_hold",
    "place_marks",
    "plan_removals",
    "release_hold",
    "see_replica",
]
