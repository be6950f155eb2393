"""One row of training data, whatever its source: what the model reads and what it must say.

A row names its source and licence, so that the model card can be counted from the data. Rows say *what* is right;
how a prompt looks is the chat template's business, which distractor tools stand beside the right one the curriculum's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SkillName = Literal["tool-call", "json-extract", "answer", "retrieval-format", "safety-filter"]


@dataclass(frozen=True)
class Example:
    """`messages`: OpenAI chat messages before the output. `tools`: {"name", "description", "parameters"} dicts that
    must be offered (the right one included). `output`: for tool-call {"name", "arguments"} or None to decline; for
    every other skill the JSON object to emit, keys in schema order. `schema`: json-extract only, the one asked for.
    `skill`: a bundled one's name, or that of a skill somebody is making."""

    skill: str
    messages: tuple[Mapping[str, Any], ...]
    output: Mapping[str, Any] | None
    source: str
    licence: str
    tools: tuple[Mapping[str, Any], ...] = ()
    schema: Mapping[str, Any] | None = None
    alternatives: tuple[Mapping[str, Any], ...] = ()  # hard distractors: tools of the same family

    @property
    def calls(self) -> bool:
        """Whether a call, or none, is what must be said: only such rows offer tools, and only they may decline."""
        return self.output is None or bool(self.tools)
