"""What is written about the gateway agrees with it: the OpenAPI document, and the dashboard's metrics."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from router.gateway.app import create_app
from router.gateway.document import document, request_schema
from router.gateway.measures import Measures
from tests.gateway.scripted_gateway import EchoEngine, make_gateway
from tests.gateway.test_client_faults import BODIES

DASHBOARD = Path(__file__).parents[2] / "router" / "gateway" / "dashboard.json"
CHAT = "/v1/chat/completions"
EXAMPLES = int(os.environ.get("QUIVER_SCHEMATHESIS_EXAMPLES", "15"))


def queries() -> str:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return "\n".join(target["expr"] for panel in panels for target in panel["targets"])


def test_the_dashboard_shows_every_metric_but_no_other(tmp_path: Path) -> None:
    gateway = make_gateway(tmp_path)
    gateway.measures.watch_traces(lambda: 0.0)
    shown = set(re.findall(r"quiver_\w+", queries()))
    made = set(gateway.measures.all.names())
    assert {name.removesuffix("_bucket") for name in shown} == made
    assert len(made) >= 14


def test_panels_do_not_overlap() -> None:
    cells = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in json.loads(DASHBOARD.read_text())["panels"]
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_no_metric_is_made_twice() -> None:
    measures = Measures()
    with pytest.raises(ValueError, match="already"):
        measures.all.make(measures.requests)


def test_the_request_schema_refers_to_nothing_outside_itself() -> None:
    Draft202012Validator.check_schema(request_schema())
    assert "$ref" not in json.dumps(request_schema())


def test_the_document_names_what_is_served(client: TestClient) -> None:
    served = client.get("/openapi.json").json()
    assert served == document()
    for path, verbs in served["paths"].items():
        for verb in verbs:
            response = client.request(verb.upper(), path.replace("{model}", "quiver"), json={})
            assert response.status_code not in (404, 405)
            assert str(response.status_code) in verbs[verb]["responses"]


def test_responses_are_as_documented(client: TestClient) -> None:
    schemas = document()["components"]["schemas"]

    def check(name: str, value: Any) -> None:
        Draft202012Validator({**schemas[name], "components": {"schemas": schemas}}).validate(value)

    user = {"role": "user", "content": "answer"}
    check("Completion", client.post(CHAT, json={"model": "quiver", "messages": [user]}).json())
    check("Models", client.get("/v1/models").json())
    check("Health", client.get("/health").json())
    for body, *_ in BODIES.values():
        check("Error", client.post(CHAT, json=body).json())


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Requests made from the document, right and wrong ones: no 5xx, nothing undocumented, wrong ones refused."""
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    from hypothesis import HealthCheck, Phase, given, settings

    gateway = make_gateway(tmp_path, EchoEngine())
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(gateway))
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        takes_something = operation.method == "post" or "{" in operation.path
        for mode in schemathesis.GenerationMode if takes_something else [schemathesis.GenerationMode.POSITIVE]:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def finds_nothing(case: Any) -> None:
                tried.append(case.method)
                response = case.call()
                assert response.status_code < 500, response.text
                case.validate_response(response, excluded_checks=_not_ours(schemathesis))

            finds_nothing()
    assert len(tried) >= 4 * EXAMPLES


def _not_ours(schemathesis: Any) -> list[Any]:
    """A body right by its schema may still be wrong by what it means: a call nobody answers, no such skill."""
    return [schemathesis.checks.positive_data_acceptance]
