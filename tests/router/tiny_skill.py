"""What an engine reads of a skill, without weights on disk and without torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FakeSkill:
    name: str
    weights: Path | None = None
    instructions: str = ""
    card: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return f"{self.name}@0123456789ab"
