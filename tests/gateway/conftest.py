"""Gateways over a home of their own, and clients of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from starlette.testclient import TestClient

from router.gateway.app import create_app
from tests.gateway.scripted_gateway import EchoEngine, make_gateway


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture
def client(tmp_path: Path, engine: EchoEngine) -> Iterator[TestClient]:
    with TestClient(create_app(make_gateway(tmp_path, engine))) as client:
        yield client
