"""Two changes of the policy at once, on PostgreSQL: neither brings back what the other ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from system.web.own_host import POSTGRES, OwnHost, own_postgres_database

pytestmark = pytest.mark.system
#: The first holds its transaction open once its policy is compiled, while the second begins and ends.
RACE = """
import threading
from datetime import date
from haidang.config import ready
from django.db import connection, transaction
from haidang.accounts import actions
from haidang.accounts.models import Grant, PolicyRevision
first, second = Grant.objects.filter(kind="site").order_by("pk").values_list("policy_id", flat=True)[:2]
compiled = threading.Event()
def end(policy_id, hold_s):
    with transaction.atomic():
        actions.end_grant(policy_id, last_day=date(2026, 1, 1), document="x", now=2_000_000_000_000_000)
        compiled.set()
        threading.Event().wait(hold_s)
    connection.close()
threads = [threading.Thread(target=end, args=(first, 1.0)), threading.Thread(target=end, args=(second, 0.0))]
threads[0].start(); compiled.wait(20); threads[1].start()
for thread in threads: thread.join(30)
text = PolicyRevision.objects.order_by("-pk").first().cedar
print(json.dumps(text.count('context.on < datetime("2026-01-02")')))
"""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[OwnHost]:
    if POSTGRES == "skip":
        pytest.skip(reason="HAIDANG_TEST_POSTGRES=skip: this machine has no PostgreSQL")
    with own_postgres_database("haidang_policy_test", tmp_path) as url:
        own = OwnHost(tmp_path / "home", url)
        yield own
        own.stop()


def test_two_grants_ended_at_once_are_both_ended_in_the_policy_in_force(host: OwnHost) -> None:
    assert json.loads(host.python(RACE)) == 2
