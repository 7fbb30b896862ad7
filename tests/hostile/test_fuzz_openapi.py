"""The phone's API against its own OpenAPI document: whatever is sent, no 5xx and nothing that is not documented.

Requests are signed on their way in, so that the fuzzer's bodies reach the views and not only the door.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.rig import Rig, rigged
from webapp.store.schema import Record
from webapp.web.device_auth import path_as_sent

EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/offset+octet-stream")
def upload_bytes(context: Any, value: Any) -> bytes:
    return value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)


class Signing:
    """WSGI in front of the application: signs each request as the phone would, whatever the fuzzer made of it."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._phone = rig.phone()
        self._phone.start_session()
        self.statuses: dict[str, set[int]] = defaultdict(set)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if body and environ.get("CONTENT_TYPE") == "application/offset+octet-stream":
            # What is signed and what is announced are one digest; without it no upload gets past the door.
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            environ["HTTP_UPLOAD_CHECKSUM"] = f"sha256 {digest}"
        with self._rig.app.request_context(dict(environ)):
            path = path_as_sent()
        signed = self._phone.authorization(
            environ["REQUEST_METHOD"], path, hashlib.sha256(body).hexdigest() if body else "-"
        )
        environ["HTTP_AUTHORIZATION"] = signed

        def note(status: str, headers: Any, exc_info: Any = None) -> Any:
            self.statuses[environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"].split("/")[3]].add(
                int(status.split()[0])
            )
            return start_response(status, headers, exc_info)

        return self._rig.app(environ, note)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("fuzz")) as rig:
        yield rig


def test_no_request_breaks_the_api(rig: Rig) -> None:
    door = Signing(rig)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", door)
    walked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        walked += 1

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        holds()
    assert walked >= 12
    stopped_at_the_door = [route for route, seen in door.statuses.items() if seen <= {401}]
    assert stopped_at_the_door == []


def test_the_document_names_every_route_of_the_api(rig: Rig) -> None:
    paths = rig("GET", "/api/v1/openapi.json", {}, b"").json["paths"]
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in rig.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert set(paths) == routes


def test_a_whole_record_still_gets_through(rig: Rig) -> None:
    """The fuzzer is signed in as the phone: an honest request in between must not have been locked out."""
    phone = rig.phone("second phone")
    before = rig.count(Record)
    (receipt,) = phone.send([phone.arrival("honest", rig.clock.at)])
    assert (receipt["state"], rig.count(Record)) == ("accepted", before + 1)
