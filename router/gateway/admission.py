"""What a skill passes before it is served: the tests of `adapters.admission`, and the engine's own readiness.

One class an engine: the local one reads weights when they are first used, vLLM is told to load them, any other
endpoint can only be told in words what a skill is for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from adapters.immutable import immutable_copy
from router.errors import UsageError, WeightsRefused

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.chat import ChatEngine
    from router.engines.engine import Engine
    from router.engines.vllm import VllmEngine


class InProcess:
    """`base_folder` None: the base is none on this disk, and weights cannot be compared with it."""

    def __init__(self, engine: Engine, base_folder: Path | None) -> None:
        self._engine, self._base_folder = engine, base_folder

    def admit(self, skill: Skill) -> str | None:
        return failed_checks(skill, self._base_folder, self._engine)

    def retire(self, skill: Skill) -> None:
        """Adapters that are not used are forgotten by the engine itself."""


class OnEndpoint:
    """An endpoint that applies no weights of ours."""

    def __init__(self, engine: ChatEngine) -> None:
        self._engine = engine

    def admit(self, skill: Skill) -> str | None:
        self._engine.model(skill)
        return None

    def retire(self, skill: Skill) -> None:
        """Nothing was loaded."""


class OnVllm:
    """Loads skills made for the served base, activated where the server takes that and plain where it does not.

    `store`: a folder the server sees as this process does. `forms`: skill version → the form it is served in."""

    def __init__(self, engine: VllmEngine, base_folder: Path | None, store: Path) -> None:
        self._engine, self._base_folder, self._store = engine, base_folder, store
        self.forms: dict[str, str] = {}

    def admit(self, skill: Skill) -> str | None:
        if skill.weights is None or not self._engine.is_made_for_this(skill):
            return None
        why = failed_checks(skill, self._base_folder, None)
        if why is None:
            self._load(skill)
        return why

    def retire(self, skill: Skill) -> None:
        if self.forms.pop(skill.version, None) is not None:
            self._engine.unload(skill)

    def _load(self, skill: Skill) -> None:
        """Stock vLLM refuses activated adapters when it is asked to load one. The canary's refusal is final."""
        try:
            self._engine.load(skill, immutable_copy(skill, self._store))
            self.forms[skill.version] = "activated"
            self._engine.readers.shared = 1.0  # until the server's counts say otherwise
        except WeightsRefused:
            self._engine.unload(skill)
            raise
        except UsageError:
            self._engine.load(skill, immutable_copy(skill, self._store, plain=True))
            self.forms[skill.version] = "plain"


def failed_checks(skill: Skill, base_folder: Path | None, engine: Engine | None) -> str | None:
    """Why the skill may not serve; None where it may."""
    from adapters.admission import check_skill

    if base_folder is None:
        return None
    report = check_skill(skill.folder, base_folder, engine)
    return "; ".join(f"{each.name}: {each.why}" for each in report.checks if each.verdict == "fail") or None
