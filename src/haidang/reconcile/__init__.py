"""Reconciliation ("Đối soát"): store, journals, rows, log and witnesses held against each other.

The log is what was promised; everything else is held against it, and it against the witnesses. One pass a source, in
``run``: ``log_pass`` (the log is whole; into the ``ledger``), ``file_pass`` and ``tree_pass`` (disk), ``row_pass`` and
``act_pass`` (database), ``witness_pass``. All that a pass knows lies in ``scratch``, a file, so that memory stays small
and a run that was cut short goes on.
"""
