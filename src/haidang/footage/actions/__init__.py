"""All writes of footage: rows from journals and expiry (the keeper alone), holds (people, and the system
for them), replicas.
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

__all__ = [
    "HoldFacts",
    "NewRecords",
    "begin_removals",
    "cancel_held",
    "extend_hold",
    "fail_replica",
    "finish_gaps_journal",
    "finish_removal",
    "forget_everything",
    "forget_left_journal",
    "journals_left",
    "keep_gaps",
    "keep_recordings",
    "keep_replica",
    "leave_replica",
    "note_logged",
    "place_automatic_hold",
    "place_hold",
    "place_marks",
    "plan_removals",
    "release_hold",
    "see_replica",
]
