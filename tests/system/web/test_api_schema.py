"""schemathesis against the running API: no 5xx, no status or body that the schema does not declare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = pytest.mark.system
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SETUP = """
from haidang.config import commands
commands.demo_setup(home, [
    commands.DemoCamera(f"{site}-1", site, "Cầu cảng", "rtsp://127.0.0.1:9/main", "rtsp://127.0.0.1:9/sub")
    for site in ("quy-nhon", "de-gi", "tam-quan")
])
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHost]:
    own = OwnHost(tmp_path_factory.mktemp("api") / "home", port=21811)
    own.python(SETUP)
    own.start("web")
    eventually(own.answers, "web")
    yield own
    own.stop()
    assert "Traceback" not in own.output("web")


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("real", [False, True], ids=["any camera", "a real camera"])
def test_no_input_breaks_the_api(host: OwnHost, mode: schemathesis.GenerationMode, *, real: bool) -> None:
    token = host.demo_accounts()["bql-cang-ca-binh-dinh"]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_url(f"{host.url}/api/v1/openapi.json")
    found: Any = list(schema.get_all_operations())
    operations = [each.ok() for each in found]
    assert len(operations) == sum(len(path) for path in schema.raw_schema["paths"].values())
    for operation in operations:
        if mode is schemathesis.GenerationMode.NEGATIVE and not takes_anything(operation):
            continue

        @hypothesis_settings(
            max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            if real:
                _name_a_real_camera(case)
            for each in (headers, {}):
                response = case.call(base_url=host.url, headers=each)
                case.validate_response(response, checks=CHECKS)

        ask()


def takes_anything(operation: Any) -> bool:
    """Whether there is an input that could be wrong."""
    return bool(list(operation.iter_parameters()) or len(operation.body))


def _name_a_real_camera(case: Any) -> None:
    if "camera_id" in (case.path_parameters or {}):
        case.path_parameters["camera_id"] = "de-gi-1"
    if "camera" in (case.query or {}):
        case.query["camera"] = "de-gi-1"


def test_secrets_reach_no_log(host: OwnHost) -> None:
    log = host.output("web")
    for entry in host.demo_accounts().values():
        assert entry["password"] not in log
        assert entry["token"] not in log


def test_the_database_and_keys_are_the_owners_alone(host: OwnHost) -> None:
    for name in ("haidang.sqlite3", "secrets/django.key", "secrets/ticket.key", "secrets/credentials.key"):
        assert (host.home / name).stat().st_mode & 0o077 == 0, name
    assert (host.home / "secrets").stat().st_mode & 0o077 == 0
    assert Path(host.home / "demo-accounts.json").stat().st_mode & 0o077 == 0
