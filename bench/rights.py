"""Rights at scale: 1,000 cameras, 2,000 accounts, 200 units: the list of visible cameras, and who has a right.

The rival is the same policy asked one camera (one account) at a time, without memory: what the one door would cost if
it knew nothing of groups.

usage: python bench/rights.py [--asks 20]
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from asking import times_ms

SETUP = tempfile.TemporaryDirectory()
os.environ["HAIDANG_DIR"] = SETUP.name

from django.core.management import call_command  # noqa: E402 - HAIDANG_DIR is read when it is imported

import haidang.config.ready  # noqa: E402, F401 - sets Django up before models are imported

# isort: split
from haidang.accounts import actions  # noqa: E402
from haidang.accounts.authority import authority, vietnam_day  # noqa: E402
from haidang.accounts.entities import account_entities, account_uid  # noqa: E402
from haidang.accounts.models import Account, AccountState, Unit  # noqa: E402
from haidang.accounts.policies import notice_in_force  # noqa: E402
from haidang.accounts.who import who_has  # noqa: E402
from haidang.cameras.actions import apply_sites  # noqa: E402
from haidang.cameras.entities import camera_resource  # noqa: E402
from haidang.cameras.models import Camera, Site  # noqa: E402
from haidang.cameras.queries import all_cameras, visible_cameras  # noqa: E402
from haidang.config.policy_files import read_policy_set  # noqa: E402
from haidang.core.policy import Decider, Grant, Notice, compile_policies, site_uid  # noqa: E402
from haidang.core.policy.notice import Site as SiteValue  # noqa: E402
from haidang.core.units import WallUs  # noqa: E402

NOW = WallUs(1_795_575_600_000_000)
UNITS, SITES, CAMERAS, ACCOUNTS = 200, 67, 1000, 2000


def large() -> Notice:
    """The shipped notice with as many units and sites as a country's worth of provinces; three sites a unit."""
    small = read_policy_set()
    sites = tuple(SiteValue(f"site-{n}", f"Khu vực {n}", f"KV {n}", f"Site {n}", ()) for n in range(SITES))
    model = next(unit for unit in small.units if unit.slug == "ca-phu-cat")
    more = tuple(replace(model, slug=f"unit-{n}", name=f"Đơn vị {n}") for n in range(UNITS - len(small.units)))
    grants = tuple(
        Grant(
            "site",
            unit.slug,
            site_uid(f"site-{(3 * n + each) % SITES}"),
            ("view_live", "view_playback"),
            ("an-ninh-trat-tu",),
            "II.7.b",
            "Quyết định thử",
            date(2022, 1, 1),
        )
        for n, unit in enumerate(more)
        for each in range(3)
    )
    return replace(small, units=small.units + more, sites=small.sites + sites, grants=small.grants + grants)


def fill(notice: Notice) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    apply_sites(notice.sites, now=NOW)
    actions.apply_policy(notice, now=NOW)
    sites, units = list(Site.objects.filter(slug__startswith="site-")), list(Unit.objects.order_by("pk"))
    Camera.objects.bulk_create(
        Camera(slug=f"camera-{n}", site=sites[n % SITES], name=f"Camera {n}", main_url="rtsp://10.0.0.1/", added_at=NOW)
        for n in range(CAMERAS)
    )
    Account.objects.bulk_create(
        Account(username=f"account-{n}", unit=units[n % UNITS], must_change_password=False, created_at=NOW - 1)
        for n in range(ACCOUNTS)
    )
    AccountState.objects.bulk_create(
        AccountState(account=each, unit=each.unit, is_active=True, at=NOW - 1, reason="issue")
        for each in Account.objects.all()
    )


def timed(ask: Callable[[], object], asks: int) -> tuple[float, float]:
    """Median and largest of several, in milliseconds."""
    times = times_ms(ask, asks)
    return statistics.median(times), max(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--asks", type=int, default=20)
    asks = parser.parse_args().asks
    notice = large()
    fill(notice)
    account, on = Account.objects.get(username="account-150"), vietnam_day(NOW)
    cameras = all_cameras()
    cedar = compile_policies(notice.grants, notice.base, notice.schema)
    entities = account_entities(account, on)

    def one_by_one() -> int:
        decider = Decider(cedar, notice.schema)
        resources = [camera_resource(camera) for camera in cameras]
        return sum(
            decider.decide(
                account_uid(account.username), "know_camera", each.uid, entities + each.entities, on=on
            ).allowed
            for each in resources
        )

    def who() -> int:
        kept = notice_in_force()
        assert kept is not None
        return len(who_has(camera_resource(cameras[0]), "view_live", on=on, door=authority(), notice=kept))

    seen = len(visible_cameras(account, now=NOW))
    assert seen == one_by_one(), "both must say the same before either is timed"
    assert who() > 0
    ours, ours_max = timed(lambda: visible_cameras(account, now=NOW), asks)
    rival, rival_max = timed(one_by_one, 3)
    asked, asked_max = timed(who, asks)
    scale = f"{CAMERAS} cameras, {ACCOUNTS} accounts, {UNITS} units"
    result = {
        "title": f"rights at scale: {scale}",
        "machine": f"{os.cpu_count()} cores",
        "rows": [
            {
                "what": f"visible cameras of an account ({seen}), database included",
                "median ms": f"{ours:.1f}",
                "max ms": f"{ours_max:.1f}",
            },
            {
                "what": "the same, one decision a camera without memory (rival)",
                "median ms": f"{rival:.1f}",
                "max ms": f"{rival_max:.1f}",
            },
            {
                "what": "who has a right on a camera, with people",
                "median ms": f"{asked:.1f}",
                "max ms": f"{asked_max:.1f}",
            },
        ],
        "goal": "both lists fast enough for a page; visible cameras warm ≤ 5 ms of decisions",
        "verdict": f"{ours / rival:.3f} × the rival for visible cameras; who in {asked:.0f} ms",
    }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
