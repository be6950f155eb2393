"""The weights of a skill on disk: a PEFT LoRA folder, read as far as trust needs, without torch.

`read_weights` refuses everything an engine could not serve or would serve wrongly: other formats than safetensors, a
header that does not describe the file, ranks and initialisations no engine takes. It reads the header, not the
numbers; `tensors` reads those, for admission.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from router.errors import WeightsRefused

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # what vLLM's LoRA kernels are built for
_INITS = (True, False, "gaussian", None)  # others change the base's own weights, which all skills share
_FLOATS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}  # bytes
_WIDTHS = {**_FLOATS, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1}
_HEADER_LIMIT = 16 * 1024 * 1024
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")


@dataclass(frozen=True)
class Tensor:
    """Where one tensor lies: `start` and `end` in bytes from the beginning of the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Weights:
    """`modules`: name of the adapted layer → (its A: rank × in, its B: out × rank)."""

    file: Path
    rank: int
    modules: Mapping[str, tuple[Tensor, Tensor]]
    invocation_tokens: tuple[int, ...]


def read_weights(folder: Path) -> Weights:
    """Raises `WeightsRefused`."""
    for path in sorted(folder.iterdir()):
        if path.suffix in _PICKLES:
            raise WeightsRefused(
                f"{path.name} may run code when it is loaded; only safetensors is read.",
                hint="Save the adapter again with safe_serialization=True and remove that file.",
            )
    config = _read_config(folder / "adapter_config.json")
    check_config(config)
    file = folder / "adapter_model.safetensors"
    modules = _pair(read_header(file), int(config["r"]))
    return Weights(file, int(config["r"]), modules, tuple(config.get("alora_invocation_tokens") or ()))


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsRefused(f"{path.name} is missing.", hint="Save the adapter with PEFT's save_pretrained.") from None
    except (OSError, ValueError) as error:
        raise WeightsRefused(f"{path.name} cannot be read: {error}.", hint="Save the adapter again.") from None
    if not isinstance(config, dict):
        raise WeightsRefused(f"{path.name} is not a JSON object.", hint="Save the adapter again.")
    return config


def check_config(config: Mapping[str, Any]) -> None:
    """Refuses what engines cannot serve. Raises `WeightsRefused` naming the setting and what to train with instead."""
    rank, init = config.get("r"), config.get("init_lora_weights", True)
    refusals = {
        f"peft_type is {config.get('peft_type')}": (config.get("peft_type") != "LORA", "peft_type LORA"),
        f"the rank is {rank}": (rank not in RANKS or isinstance(rank, bool), f"a rank of {', '.join(map(str, RANKS))}"),
        "it uses DoRA": (bool(config.get("use_dora")), "use_dora=False"),
        f"bias is {config.get('bias')}": (config.get("bias", "none") != "none", 'bias="none"'),
        "lora_bias is set": (bool(config.get("lora_bias")), "lora_bias=False"),
        "it saves whole modules": (bool(config.get("modules_to_save")), "modules_to_save=None"),
        "it trains added tokens": (bool(config.get("trainable_token_indices")), "trainable_token_indices=None"),
        "it repeats layers": (bool(config.get("layer_replication")), "layer_replication=None"),
        "ranks differ by layer": (bool(config.get("rank_pattern")), "one rank for all layers"),
        "alphas differ by layer": (bool(config.get("alpha_pattern")), "one lora_alpha for all layers"),
        f"it was initialised by {init}": (not _plain_init(init), "init_lora_weights=True"),
        "it names no target modules": (not config.get("target_modules"), "target_modules set to the linear layers"),
    }
    for what, (wrong, instead) in refusals.items():
        if wrong:
            raise WeightsRefused(f"This adapter cannot be served: {what}.", hint=f"Train it again with {instead}.")
    _check_invocation(config.get("alora_invocation_tokens"))


def _plain_init(init: Any) -> bool:
    return any(init is known or (isinstance(init, str) and init == known) for known in _INITS)


def _check_invocation(tokens: Any) -> None:
    if tokens is not None and not (isinstance(tokens, list) and all(isinstance(item, int) for item in tokens)):
        raise WeightsRefused(
            "alora_invocation_tokens is not a list of token numbers.", hint="Train it again with the assistant header."
        )


def read_header(file: Path) -> dict[str, Tensor]:
    """The tensors a safetensors file holds, their places checked against its size. Raises `WeightsRefused`."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = struct.unpack("<Q", stream.read(8))[0]
            if length > min(_HEADER_LIMIT, size):
                raise ValueError("its header is longer than the file")
            header = json.loads(stream.read(length))
        return _tensors_of(header, 8 + length, size)
    except FileNotFoundError:
        raise WeightsRefused(f"{file.name} is missing.", hint="Save the adapter as safetensors.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error, RecursionError) as error:
        raise WeightsRefused(
            f"{file.name} is not an intact safetensors file: {error}.", hint="Copy or save the weights again."
        ) from None


def _tensors_of(header: Mapping[str, Any], begin: int, size: int) -> dict[str, Tensor]:
    found = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        shape, (start, end) = tuple(map(int, entry["shape"])), entry["data_offsets"]
        width = _WIDTHS.get(entry["dtype"])
        if width is None:
            raise ValueError(f"{name} is of type {entry['dtype']}")
        if not 0 <= start <= end <= size - begin or end - start != width * math.prod(shape):
            raise ValueError(f"{name} does not lie where the header says")
        found[name] = Tensor(entry["dtype"], shape, begin + start, begin + end)
    places = sorted((tensor.start, tensor.end) for tensor in found.values())
    if any(end > after for (_, end), (after, _) in pairwise(places)):
        raise ValueError("its tensors overlap")
    return found


def _pair(header: Mapping[str, Tensor], rank: int) -> dict[str, tuple[Tensor, Tensor]]:
    """Every A has its B, both of the configured rank."""
    halves: dict[str, dict[str, Tensor]] = {}
    for name, tensor in header.items():
        module, _, half = name.removesuffix(".weight").rpartition(".")
        if half not in ("lora_A", "lora_B") or tensor.dtype not in _FLOATS:
            raise WeightsRefused(
                f"{name} ({tensor.dtype}) is no part of a LoRA.", hint="Save the adapter alone, as floats."
            )
        halves.setdefault(module.removeprefix("base_model.model."), {})[half] = tensor
    if not halves:
        raise WeightsRefused("The adapter holds no weights.", hint="Train it and save it again.")
    for module, pair in halves.items():
        if len(pair) != 2:
            raise WeightsRefused(f"{module} has only one half of its LoRA.", hint="Save the adapter again.")
        shapes = pair["lora_A"].shape, pair["lora_B"].shape
        if any(len(shape) != 2 for shape in shapes) or shapes[0][0] != rank or shapes[1][1] != rank:
            raise WeightsRefused(
                f"{module} has the shapes {shapes[0]} and {shapes[1]}, which are not of rank {rank}.",
                hint="adapter_config.json and the weights are of different adapters; save them again together.",
            )
    return {module: (pair["lora_A"], pair["lora_B"]) for module, pair in halves.items()}


def tensors(weights: Weights) -> Iterator[tuple[str, np.ndarray[Any, np.dtype[np.float32]]]]:
    """Every tensor's numbers as a flat float32 vector, two for each module: `module.lora_A` and `module.lora_B`."""
    with weights.file.open("rb") as stream:
        for module, pair in weights.modules.items():
            for half, tensor in zip(("lora_A", "lora_B"), pair, strict=True):
                stream.seek(tensor.start)
                yield f"{module}.{half}", _numbers(stream.read(tensor.end - tensor.start), tensor.dtype)


def _numbers(data: bytes, dtype: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    if dtype == "BF16":  # the upper half of a float32
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
    return np.frombuffer(data, kinds[dtype]).astype(np.float32)
