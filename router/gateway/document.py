"""The OpenAPI document, which is also what a request is checked against: the two cannot say different things."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("openapi.yaml")


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def request_schema() -> dict[str, Any]:
    """Of a chat completion's body; refers to nothing outside itself."""
    found: dict[str, Any] = document()["components"]["schemas"]["ChatRequest"]
    return found
