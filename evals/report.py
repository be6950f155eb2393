"""A run drawn as one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.runs import Run


def page(run: Run, figures: Mapping[str, Any]) -> str:
    """The whole HTML document."""
    return (
        f"<!doctype html><meta charset=utf-8><title>{escape(run.kind)}</title><pre>{escape(str(dict(figures)))}</pre>"
    )
