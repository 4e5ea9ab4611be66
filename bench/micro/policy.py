"""Milliseconds to decide one action for 1,000 cameras of 67 sites, in groups, against one question a camera.

``python bench/micro/policy.py``: the shipped notice with 67 sites granted to one unit. ``cold``: the text is parsed,
nothing is remembered; ``warm``: asked before. The list is what a wall, a camera list or an API call asks for. Prints
JSON; ``ratio`` is one-by-one over grouped.
"""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from haidang.core.policy import FILES, Decider, Decision, Entity, Uid, compile_policies, parse_notice, site_uid

FOLDER = Path(__file__).parents[2] / "policies" / "binh-dinh-2022"
SITES, CAMERAS, ROUNDS = 67, 1000, 7
DAY, PURPOSE = date(2022, 6, 1), "an-ninh-trat-tu"


def made() -> tuple[str, str]:
    """The shipped rules, with a grant of the port board at each of the sites."""
    notice = parse_notice({name: (FOLDER / name).read_text(encoding="utf-8") for name in FILES})
    pattern = next(grant for grant in notice.grants if grant.unit == "bql-cang-ca-binh-dinh")
    grants = [replace(pattern, resource=site_uid(f"site-{number}")) for number in range(SITES)]
    return compile_policies([*notice.grants, *grants], notice.base, notice.schema), notice.schema


def cameras() -> list[tuple[Uid, tuple[Entity, ...]]]:
    """As the database gives them: each with entities of its own."""
    found: list[tuple[Uid, tuple[Entity, ...]]] = []
    for number in range(CAMERAS):
        camera, site = Uid("Camera", f"camera-{number}"), Uid("Site", f"site-{number % SITES}")
        found.append((camera, (Entity(camera, (site,)), Entity(site))))
    return found


def measure() -> dict[str, dict[str, float]]:
    cedar, schema = made()
    unit, account = Uid("Unit", "bql-cang-ca-binh-dinh"), Uid("Account", "a")
    who = (Entity(account, (unit,), (("active", True), ("manager", False), ("terminal", False))), Entity(unit))

    def grouped(decider: Decider) -> list[Decision]:
        return decider.decide_many(account, "view_live", cameras_, who, on=DAY, purpose=PURPOSE)

    def single(decider: Decider) -> list[Decision]:
        return [decider.decide(account, "view_live", uid, who + own, on=DAY, purpose=PURPOSE) for uid, own in cameras_]

    def took(ask: Callable[[Decider], list[Decision]], decider: Decider) -> float:
        started = time.perf_counter()
        answers = ask(decider)
        spent = (time.perf_counter() - started) * 1000
        assert len(answers) == CAMERAS
        assert all(answer.allowed for answer in answers)
        return spent

    result: dict[str, dict[str, float]] = {}
    for name, ask in (("grouped", grouped), ("single", single)):
        cold, warm = [], []
        for _ in range(ROUNDS):
            cameras_ = cameras()
            decider = Decider(cedar, schema)
            cold.append(took(ask, decider))
            cameras_ = cameras()
            warm.append(took(ask, decider))
        result[name] = {"cold_ms": round(statistics.median(cold), 2), "warm_ms": round(statistics.median(warm), 2)}
    result["ratio"] = {
        state: round(result["single"][state] / result["grouped"][state], 1) for state in ("cold_ms", "warm_ms")
    }
    return result


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
