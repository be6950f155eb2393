"""A run as it stands, in one safetensors file: what learns, the optimizer's moments, and how far it got.

Written beside and moved into place: a kill in mid-write leaves the one before. No pickle: numbers are tensors, all else
is JSON in the file's header.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

FILE = "run.safetensors"


def learning(model: Any) -> dict[str, Tensor]:
    """The parameters that learn, by name."""
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


def restore(model: Any, values: dict[str, Tensor]) -> None:
    named = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in values.items():
            named[name].copy_(value)


def save(folder: Path, model: Any, optimizer: torch.optim.Optimizer, progress: dict[str, Any],
         best: dict[str, Tensor] | None = None) -> None:  # fmt: skip
    from safetensors.torch import save_file

    tensors = {f"learning/{name}": value.contiguous() for name, value in learning(model).items()}
    tensors |= {f"best/{name}": value.contiguous() for name, value in (best or {}).items()}
    plain: dict[str, dict[str, Any]] = {}
    for number, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            if isinstance(value, Tensor):
                tensors[f"moments/{number}/{key}"] = value.contiguous().clone()
            else:
                plain.setdefault(str(number), {})[key] = value
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{FILE}.{os.getpid()}"
    save_file(tensors, temporary, {"progress": json.dumps(progress), "plain": json.dumps(plain)})
    os.replace(temporary, folder / FILE)


def load(folder: Path, model: Any, optimizer: torch.optim.Optimizer) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """Takes the run up again; its progress and its best weights so far, or None where none was begun."""
    from safetensors import safe_open

    if not (folder / FILE).is_file():
        return None
    moments: dict[int, dict[str, Any]] = {}
    values: dict[str, Tensor] = {}
    best: dict[str, Tensor] = {}
    with safe_open(folder / FILE, "pt") as file:
        header = file.metadata()
        for key in file.keys():  # noqa: SIM118
            kind, _, name = key.partition("/")
            if kind == "moments":
                number, _, part = name.partition("/")
                moments.setdefault(int(number), {})[part] = file.get_tensor(key)
            else:
                (values if kind == "learning" else best)[name] = file.get_tensor(key)
    for number, plain in json.loads(header["plain"]).items():
        moments.setdefault(int(number), {}).update(plain)
    restore(model, values)
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    progress: dict[str, Any] = json.loads(header["progress"])
    return progress, best


def forget(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)
