"""A skill's weights where a server may read them: under a name that says what they are, and never changed once there.

Servers keep what they computed by an adapter's name and path; weights that change under both are answered from what lay
there before. Loads nothing into a server.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from adapters.skill import Skill
from router.errors import WeightsRefused

INVOCATION = "alora_invocation_tokens"


def immutable_copy(skill: Skill, store: Path, *, plain: bool = False) -> Path:
    """The skill's weights in `store`/`skill@digest`, complete or not at all, and never changed once there.

    `plain`: without its invocation and in `store`/plain, for a server that takes plain LoRA only; the skill then acts
    on every token. Raises WeightsRefused for a skill without weights.
    """
    if skill.weights is None:
        raise WeightsRefused(f"{skill.name} has no weights to serve", hint=f"quiver skill train {skill.name}")
    store = store / "plain" if plain else store
    weights = skill.weights

    def fill(made: Path) -> None:
        shutil.copyfile(weights / "adapter_model.safetensors", made / "adapter_model.safetensors")
        config = (weights / "adapter_config.json").read_text(encoding="utf-8")
        (made / "adapter_config.json").write_text(_plain(config) if plain else config, encoding="utf-8")

    return place(store / skill.version, fill)


def place(folder: Path, fill: Callable[[Path], None]) -> Path:
    """`folder` as `fill` makes it, complete or not at all; what is there already stays as it is."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as name:
        made = Path(name) / "made"
        made.mkdir()
        fill(made)
        try:
            made.rename(folder)
        except OSError:  # somebody else was quicker
            if not folder.is_dir():
                raise
    return folder


def _plain(config: str) -> str:
    kept = {key: value for key, value in json.loads(config).items() if key != INVOCATION}
    return json.dumps(kept, indent=1)
