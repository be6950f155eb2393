"""How what was trained leaves: PEFT's own files, a plain LoRA made of its change by SVD, or a base of its own.

Which of these a method does, training.methods says. Written are bfloat16 safetensors; a base is named by its digest in
the skill's card, never by a path.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from adapters.weights import RANKS
from router.errors import UsageError
from training.methods import Method

ENERGY = 0.99  # of a change's squared singular values, as the default of PEFT's own conversion by threshold would be
HIGHEST_RANK = 64


@dataclass(frozen=True)
class Left:
    """What was written. `energy`: the least any layer kept of its change, 1 where nothing was cut."""

    form: str
    folder: Path
    rank: int | None = None
    energy: float = 1.0

    def to_json(self) -> dict[str, Any]:
        return {"form": self.form, "rank": self.rank, "energy": round(self.energy, 6)}


def leave(model: Any, method: Method, folder: Path, base_folder: Path) -> Left:
    """Writes `folder`/weights, or `folder`/base for a method that leaves as a base. Raises UsageError for others."""
    if method.leaves == "as is":
        save_adapter(model, folder / "weights")
        return Left(method.title, folder / "weights", model.peft_config["default"].r)
    if method.leaves == "converted":
        return convert(model, folder / "weights")
    if method.leaves == "merged":
        return save_base(merged(model), folder / "base", base_folder)
    raise UsageError(
        f"{method.title} cannot be served: {method.why}",
        hint="train with --method lora or alora; with --measure it is trained and scored only",
    )


def save_adapter(model: Any, folder: Path) -> None:
    """PEFT's format, weights in bfloat16; the base's path is left out: the card's digest names the base."""
    from safetensors.torch import load_file, save_file

    with replaced(folder) as new:
        model.save_pretrained(str(new), safe_serialization=True, save_embedding_layers=False)
        (new / "README.md").unlink(missing_ok=True)  # a template nobody filled in
        path = new / "adapter_model.safetensors"
        save_file({name: value.to(torch.bfloat16) for name, value in load_file(path).items()}, path, {"format": "pt"})
        config = json.loads((new / "adapter_config.json").read_text(encoding="utf-8"))
        _write_config(new, {**config, "base_model_name_or_path": "base"})


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` once everything is written."""
    new = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write_config(folder: Path, config: Mapping[str, Any]) -> None:
    text = json.dumps(config, indent=1, sort_keys=True) + "\n"
    (folder / "adapter_config.json").write_text(text, encoding="utf-8")


# --- as a plain LoRA -------------------------------------------------------------------------------------------------


@torch.no_grad()
def convert(model: Any, folder: Path, energy: float = ENERGY, highest: int = HIGHEST_RANK) -> Left:
    """Every matrix's change, cut to the smallest servable rank at which all keep `energy`, or to `highest`."""
    found = {path: svd(change) for path, change in changes(model)}
    rank = next((r for r in RANKS if all(kept(s, r) >= energy for _, s, _ in found.values())), highest)
    rank = min(rank, highest)
    factors = {path: _cut(*parts, rank) for path, parts in found.items()}
    save_lora(factors, rank, folder)
    return Left("plain LoRA by SVD", folder, rank, min(kept(s, rank) for _, s, _ in found.values()))


def changes(model: Any) -> Iterator[tuple[str, Tensor]]:
    """Path of a matrix in the base, and what the method adds to it [out, in].

    Merging one layer at a time and taking the base's weight away again is right for every method that can be merged;
    PEFT's own get_delta_weight leaves DoRA's magnitudes out.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer

    tuned: Any
    for path, tuned in model.named_modules():
        name = path.removeprefix("base_model.model.").removeprefix("base.")
        if hasattr(tuned, "change"):
            yield name, tuned.change().float()
        elif isinstance(tuned, BaseTunerLayer) and hasattr(tuned, "merge") and hasattr(tuned, "in_features"):
            layer: Any = tuned
            weight = layer.get_base_layer().weight
            before = weight.detach().clone()
            layer.merge()
            change = weight.detach().float() - before.float()
            layer.unmerge()
            weight.data.copy_(before)  # unmerging rounds
            yield name, change


def svd(change: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    u, s, vh = torch.linalg.svd(change.float(), full_matrices=False)
    return u, s, vh


def kept(singular: Tensor, rank: int) -> float:
    """Share of the squared singular values that `rank` directions carry; all of nothing is 1."""
    total = float(singular.square().sum())
    return float(singular[:rank].square().sum()) / total if total else 1.0


def _cut(u: Tensor, s: Tensor, vh: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """down [rank, in] and up [out, rank]: the root of each singular value on either side, then zeros."""
    root = s[:rank].sqrt()
    down, up = root[:, None] * vh[:rank], u[:, :rank] * root
    missing = rank - len(root)
    if missing > 0:
        down, up = torch.nn.functional.pad(down, (0, 0, 0, missing)), torch.nn.functional.pad(up, (0, missing))
    return down, up


def factors_of(change: Tensor, rank: int) -> tuple[Tensor, Tensor, float]:
    """down, up and the energy they keep of `change`."""
    u, s, vh = svd(change)
    return *_cut(u, s, vh, rank), kept(s, rank)


def save_lora(
    factors: Mapping[str, tuple[Tensor, Tensor]], rank: int, folder: Path, invocation: list[int] | None = None
) -> None:
    """A LoRA folder as PEFT writes it, its scale inside the factors: alpha is the rank."""
    from peft import LoraConfig
    from safetensors.torch import save_file

    tensors = {}
    for path, (down, up) in factors.items():
        for half, value in (("A", down), ("B", up)):
            tensors[f"base_model.model.{path}.lora_{half}.weight"] = value.to(torch.bfloat16).contiguous()
    names = sorted({path.rpartition(".")[2] for path in factors})
    config: Any = LoraConfig(
        task_type="CAUSAL_LM", r=rank, lora_alpha=rank, target_modules=names, inference_mode=True,
        base_model_name_or_path="base", alora_invocation_tokens=invocation,
    )  # fmt: skip
    content = {k: sorted(v) if isinstance(v, set) else v for k, v in config.to_dict().items()}
    with replaced(folder) as new:
        save_file(tensors, new / "adapter_model.safetensors", {"format": "pt"})
        _write_config(new, json.loads(json.dumps(content, default=str)))


# --- as a base -------------------------------------------------------------------------------------------------------


def merged(model: Any) -> Any:
    """The base with the change inside. Raises UsageError for what no matrix or bias can hold."""
    if hasattr(model, "merge_and_unload"):
        return model.merge_and_unload()
    if any(hasattr(layer, "down") or hasattr(layer, "change") for layer in model.modules()):
        raise UsageError("these adapters stand beside the base's layers and cannot be merged", hint="convert them")
    return model.get_base_model()


def save_base(base: Any, folder: Path, like: Path) -> Left:
    """A base folder: weights in the precision `like` has them, everything else copied from it, its card with
    its own digest."""
    from router.engines.loading import base_digest

    with replaced(folder) as new:
        for path in like.iterdir():
            if path.is_file() and path.suffix in {".json", ".jinja", ".txt", ".model"} and "index" not in path.name:
                shutil.copy2(path, new / path.name)
        base.to(torch.bfloat16).save_pretrained(str(new), safe_serialization=True)
        card = new / "card.json"
        if card.is_file():
            content = {**json.loads(card.read_text(encoding="utf-8")), "digest": base_digest(new)}
            card.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return Left("a base of its own", folder)
