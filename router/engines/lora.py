"""A skill's LoRA weights, read from the files PEFT writes and checked against the base they are for.

W x + s · B A x (Hu et al. 2021, arXiv:2106.09685), with s = alpha / rank, or alpha / √rank for rank-stabilised LoRA
(Kalajdzievski 2023, arXiv:2312.03732). When it is active is the engine's decision (Greenewald et al. 2025,
arXiv:2504.12397: activated LoRA acts from its invocation on). PEFT itself is not used at run time: importing it costs
more than two seconds over what the engine needs, and its layers a millisecond or more a token; the tests hold this
module to PEFT's own outputs.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from router.errors import WeightsRefused

if TYPE_CHECKING:
    from torch import Tensor

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_KEY = re.compile(r"base_model\.model\.(?P<path>.+)\.lora_(?P<side>[AB])\.weight")
# what would change the base itself or need more than two matrices a layer; any of them set means another adapter
_UNSERVABLE = ("use_dora", "lora_bias", "modules_to_save", "layer_replication", "trainable_token_indices",
               "target_parameters", "use_qalora", "use_bdlora", "arrow_config")  # fmt: skip
_PLAIN_INITS = (True, False, "gaussian", "eva", "orthogonal")  # the others subtract something from the base's weights


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

    Raises WeightsRefused: a missing or damaged file, an adapter that is not a plain or activated LoRA, or a layer the
    base does not have in that shape (PEFT and vLLM skip such layers without a word, and serve the base's output).
    """
    config = _read_config(folder)
    pairs = _pairs(_read_tensors(folder / WEIGHTS), folder)
    deltas = {path: _delta(path, pair, config, targets, folder, device) for path, pair in pairs.items()}
    return Adapter(name, deltas, tuple(config.get("alora_invocation_tokens") or ()))


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(folder, f"{CONFIG} cannot be read: {error}") from error
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise _refused(folder, f"{CONFIG} does not describe a LoRA")
    unservable = [key for key in _UNSERVABLE if config.get(key)]
    if config.get("bias", "none") != "none":
        unservable.append("bias")
    if config.get("init_lora_weights", True) not in _PLAIN_INITS:
        unservable.append(f"init_lora_weights={config['init_lora_weights']}")
    if unservable:
        raise _refused(folder, f"it uses {', '.join(unservable)}, which no engine of Quiver serves")
    return config


def _read_tensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise _refused(path.parent, f"{path.name} is missing, damaged or not safetensors: {error}") from error


def _pairs(tensors: dict[str, Tensor], folder: Path) -> dict[str, dict[str, Tensor]]:
    """Group tensors into {layer path: {"A": …, "B": …}}."""
    pairs: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        match = _KEY.fullmatch(key)
        if match is None:
            raise _refused(folder, f"{WEIGHTS} holds {key!r}, which is not a LoRA matrix of a linear layer")
        pairs.setdefault(match["path"], {})[match["side"]] = tensor
    if not pairs:
        raise _refused(folder, f"{WEIGHTS} is empty")
    return pairs


def _delta(
    path: str,
    pair: dict[str, Tensor],
    config: dict[str, Any],
    targets: Mapping[str, tuple[int, int]],
    folder: Path,
    device: str,
) -> Delta:
    if path not in targets:
        raise _refused(folder, f"the base has no linear layer {path}")
    if pair.keys() != {"A", "B"}:
        raise _refused(folder, f"layer {path} has one half of its pair of matrices")
    down, up = pair["A"].float(), pair["B"].float()
    found = (up.shape[0], down.shape[-1])
    if found != targets[path] or down.shape[0] != up.shape[-1]:
        raise _refused(folder, f"layer {path} is {found}, in the base it is {targets[path]}")
    if not (down.isfinite().all() and up.isfinite().all()):
        raise _refused(folder, f"layer {path} holds values that are not finite")
    return Delta(down.to(device), (up * _scale(path, down.shape[0], config)).to(device))


def _scale(path: str, rank: int, config: dict[str, Any]) -> float:
    """PEFT's rule: the first key of `alpha_pattern` that matches the end of the layer's path wins over `lora_alpha`."""
    patterns = (config.get("alpha_pattern") or {}).items()
    special = (alpha for key, alpha in patterns if re.match(rf"(.*\.)?({key})$", path))
    alpha = float(next(special, config.get("lora_alpha", 8)))
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _refused(folder: Path, why: str) -> WeightsRefused:
    return WeightsRefused(f"the weights in {folder} are refused: {why}", hint=f"quiver skill check {folder.parent}")
