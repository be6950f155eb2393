"""The methods PEFT lacks: biases alone, whole weights, bottleneck adapters, and the Pauli parameterisation.

Each gives a `Tuned`: the base, changed in place, behind the two words that training needs of PEFT's models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from router.errors import UsageError
from training.methods import Setting
from training.parameters import qubits

_WAYS_OUT = ("out_proj", "o_proj", "fc2", "down_proj")  # where attention and feed-forward layer join the stream


class Tuned(nn.Module):
    """A base some of whose parameters learn."""

    def __init__(self, base: Any) -> None:
        super().__init__()
        self.base = base

    def get_base_model(self) -> Any:
        return self.base

    def forward(self, **given: Any) -> Any:
        return self.base(**given)


# --- parts of the base -----------------------------------------------------------------------------------------------


def bitfit(base: Any, setting: Setting) -> Tuned:
    """The layers' biases, those of their norms included. Raises UsageError for a base that has none."""
    tuned = _learning(base, lambda name: _in_a_layer(name) and name.endswith(".bias"))
    if not any(p.requires_grad for p in tuned.parameters()):
        raise UsageError("this base has no biases to train", hint="take another method: quiver plan --method all")
    return tuned


def matrices(base: Any, setting: Setting) -> Tuned:
    """What GaLore projects: the matrices of the layers."""
    tuned = _learning(base, lambda name: (_in_a_layer(name) and name.endswith("_proj.weight")) or _is_feed(name))
    return tuned


def everything(base: Any, setting: Setting) -> Tuned:
    return _learning(base, lambda name: True)


def _in_a_layer(name: str) -> bool:
    return ".layers." in name


def _is_feed(name: str) -> bool:
    return _in_a_layer(name) and name.endswith((".fc1.weight", ".fc2.weight"))


def _learning(base: Any, chosen: Callable[[str], bool]) -> Tuned:
    for name, parameter in base.named_parameters():
        parameter.requires_grad_(chosen(name))
    return Tuned(base)


# --- bottleneck adapters ---------------------------------------------------------------------------------------------


class Bottleneck(nn.Module):
    """y + up(gelu(down(y))) for y = layer(x) [..., width]. Begins as nothing: up is zero (Houlsby et al., §2.1)."""

    def __init__(self, layer: nn.Linear, inner: int) -> None:
        super().__init__()
        self.layer = layer
        self.down, self.up = nn.Linear(layer.out_features, inner), nn.Linear(inner, layer.out_features)
        nn.init.normal_(self.down.weight, std=0.02)
        for zero in (self.down.bias, self.up.weight, self.up.bias):
            nn.init.zeros_(zero)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(x)
        change: Tensor = self.up(F.gelu(self.down(y.to(self.down.weight.dtype))))
        return y + change.to(y.dtype)


def houlsby(base: Any, setting: Setting) -> Tuned:
    """One after the attention and one after the feed-forward layer, before each joins the residual stream."""
    torch.manual_seed(setting.seed)
    return _replaced(base, _WAYS_OUT, lambda layer: Bottleneck(layer, setting.size.bottleneck))


# --- Pauli parameterisation ------------------------------------------------------------------------------------------


def circuit_columns(angles: Tensor, side: int, count: int) -> Tensor:
    """The first `count` columns [side, count] of the orthogonal matrix of a circuit of RY rotations and CZ entanglers.

    `angles` [layers + 1, qubits]: one rotation of every qubit a layer, between them controlled signs on neighbouring
    pairs, even ones and odd ones in turn (Koike-Akino et al. 2025, arXiv:2503.05431, §3.2). A side that is no power of
    two takes the first rows of the next larger circuit.
    """
    size = 2 ** angles.shape[1]
    state = torch.eye(size, count, dtype=angles.dtype, device=angles.device)
    for layer, row in enumerate(angles):
        if layer:
            state = _controlled_signs(angles.shape[1], layer % 2, state) * state
        for qubit, angle in enumerate(row):
            state = _rotated(state, qubit, angle)
    return state[:side]


def _rotated(state: Tensor, qubit: int, angle: Tensor) -> Tensor:
    """RY on one qubit of [2^n, count]."""
    size, count = state.shape
    parts = state.view(2**qubit, 2, size >> (qubit + 1), count)
    zero, one = parts[:, 0], parts[:, 1]
    cos, sin = torch.cos(angle / 2), torch.sin(angle / 2)
    return torch.stack((cos * zero - sin * one, sin * zero + cos * one), 1).reshape(size, count)


def _controlled_signs(count: int, first: int, like: Tensor) -> Tensor:
    """[2^n, 1]: −1 for every neighbouring pair, from `first` on in steps of two, whose bits are both one."""
    index = torch.arange(2**count, device=like.device)
    bits = [(index >> (count - 1 - qubit)) & 1 for qubit in range(count)]
    both = sum((bits[q] & bits[q + 1] for q in range(first, count - 1, 2)), torch.zeros_like(index))
    return (1 - 2 * (both % 2)).to(like.dtype)[:, None]


class Pauli(nn.Module):
    """layer(x) + U diag(λ) Vᵀ x with U and V from circuits. Begins as nothing: λ is zero."""

    def __init__(self, layer: nn.Linear, rank: int, depth: int) -> None:
        super().__init__()
        self.layer, self.rank = layer, rank
        self.out_angles = nn.Parameter(_angles(layer.out_features, depth))
        self.in_angles = nn.Parameter(_angles(layer.in_features, depth))
        self.diagonal = nn.Parameter(torch.zeros(rank))

    def factors(self) -> tuple[Tensor, Tensor]:
        """up [out, rank] with the diagonal inside, down [rank, in]."""
        up = circuit_columns(self.out_angles, self.layer.out_features, self.rank) * self.diagonal
        return up, circuit_columns(self.in_angles, self.layer.in_features, self.rank).T

    def change(self) -> Tensor:
        up, down = self.factors()
        return up @ down

    def forward(self, x: Tensor) -> Tensor:
        up, down = self.factors()
        y: Tensor = self.layer(x)
        return y + F.linear(F.linear(x.to(down.dtype), down), up).to(y.dtype)


def _angles(side: int, depth: int) -> Tensor:
    return torch.randn(depth + 1, qubits(side))


def pauli(base: Any, setting: Setting) -> Tuned:
    torch.manual_seed(setting.seed)
    size = setting.size
    return _replaced(base, size.targets, lambda layer: Pauli(layer, size.rank, size.depth))


def _replaced(base: Any, names: tuple[str, ...], wrap: Callable[[nn.Linear], nn.Module]) -> Tuned:
    """The base frozen, with every linear layer of these names wrapped."""
    tuned = _learning(base, lambda name: False)
    found = [(path, layer) for path, layer in base.named_modules() if path.rpartition(".")[2] in names]
    for path, layer in found:
        parent, _, name = path.rpartition(".")
        setattr(base.get_submodule(parent), name, wrap(layer))
    return tuned
