"""A skill's LoRA matrices, ready to be added to the layers of the base they are checked against.

W x + s · B A x (Hu et al. 2021, arXiv:2106.09685), with s = alpha / rank, or alpha / √rank for rank-stabilised LoRA
(Kalajdzievski 2023, arXiv:2312.03732). When it is active is the engine's decision (Greenewald et al. 2025,
arXiv:2504.12397: activated LoRA acts from its invocation on). PEFT itself is not used at run time: importing it costs
more than two seconds over what the engine needs, and its layers a millisecond or more a token; the tests hold this
module to PEFT's own outputs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.weights import read_weights
from router.errors import WeightsRefused

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Delta:
    """What one linear layer gains. down [rank, in], up [out, rank], the scale already inside `up`."""

    down: Tensor
    up: Tensor

    def add(self, x: Tensor, y: Tensor) -> Tensor:
        """y + up · down · x for x [..., in], y [..., out]; computed in the delta's precision, returned in y's."""
        from torch.nn.functional import linear

        return (y + linear(linear(x.to(self.down.dtype), self.down), self.up)).to(y.dtype)


@dataclass(frozen=True)
class Adapter:
    """`deltas` by path of the layer they change. `invocation`: the token ids that activate it; empty for a plain LoRA,
    which acts on every token."""

    name: str
    deltas: Mapping[str, Delta]
    invocation: tuple[int, ...] = ()

    def begins(self, prompt: list[int]) -> int:
        """Position of the first token the adapter acts on: the last invocation in `prompt`, 0 for a plain LoRA.

        Raises WeightsRefused when the prompt never invokes it: the base's own words would pass for the skill's.
        """
        size = len(self.invocation)
        for start in range(len(prompt) - size, -1, -1) if size else [0]:
            if tuple(prompt[start : start + size]) == self.invocation:
                return start
        raise WeightsRefused(
            f"{self.name} is activated by tokens {list(self.invocation)}, which this base's prompts never contain",
            hint="train the skill on this base; `quiver skill check` names the base it was made for",
        )


def read_adapter(folder: Path, name: str, targets: Mapping[str, tuple[int, int]], device: str = "cpu") -> Adapter:
    """Read a PEFT LoRA folder for a base whose linear layers are `targets` (path → (out, in)).

    Raises WeightsRefused: what `adapters.weights` refuses, numbers that are not finite, or a layer the base does not
    have in that shape (PEFT and vLLM skip such layers without a word, and serve the base's output).
    """
    from safetensors.torch import load_file

    weights = read_weights(folder)
    tensors = load_file(weights.file)
    scale = _scale(json.loads((folder / "adapter_config.json").read_bytes()))
    deltas = {}
    for path in weights.modules:
        down, up = (tensors[f"base_model.model.{path}.lora_{half}.weight"].float() for half in "AB")
        _check(path, down, up, targets, folder)
        deltas[path] = Delta(down.to(device), (up * scale).to(device))
    return Adapter(name, deltas, weights.invocation_tokens)


def _scale(config: Mapping[str, Any]) -> float:
    """PEFT's defaults where the configuration is silent."""
    rank, alpha = int(config.get("r", 8)), float(config.get("lora_alpha", 8))
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _check(path: str, down: Tensor, up: Tensor, targets: Mapping[str, tuple[int, int]], folder: Path) -> None:
    found = (up.shape[0], down.shape[1])
    if path not in targets:
        why = f"the base has no linear layer {path}"
    elif found != targets[path]:
        why = f"layer {path} is {found}, in the base it is {targets[path]}"
    elif not (down.isfinite().all() and up.isfinite().all()):
        why = f"layer {path} holds values that are not finite"
    else:
        return
    raise WeightsRefused(f"the weights in {folder} are refused: {why}", hint=f"quiver skill check {folder.parent}")
