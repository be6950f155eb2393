"""Which optimizer a method learns with: AdamW, with LoRA+'s two rates where a method has them, in 8 bits for QLoRA,
projected for GaLore."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from training.methods import Method

PROJECTION_SCALE, SUBSPACE_STEPS = 0.25, 200  # Zhao et al. 2024, arXiv:2403.03507, §5


def optimizer(model: Any, method: Method, rate: float, rank: int) -> torch.optim.Optimizer:
    """Each group carries `share`, what its rate is of the schedule's. No weight decay: what learns is small."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    if method.name == "galore":
        return GaLore([p for _, p in named], rate, rank)
    groups = _groups(named, faster=method.b_faster)
    if method.precision == "nf4":
        return _in_8_bits(groups, rate)
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.0, fused=True)


def _groups(named: Iterable[tuple[str, Any]], faster: float) -> list[dict[str, Any]]:
    slow: list[Any] = []
    quick: list[Any] = []
    for name, parameter in named:
        (quick if faster != 1 and "lora_B." in name else slow).append(parameter)
    return [{"params": group, "share": share} for group, share in ((slow, 1.0), (quick, faster)) if group]


def _in_8_bits(groups: list[dict[str, Any]], rate: float) -> torch.optim.Optimizer:
    try:
        from bitsandbytes.optim import AdamW8bit
    except ImportError:
        print("bitsandbytes is not installed: AdamW keeps its moments in 32 bits", file=sys.stderr)
        return torch.optim.AdamW(groups, lr=rate, weight_decay=0.0, fused=True)
    made: torch.optim.Optimizer = AdamW8bit(groups, lr=rate, weight_decay=0.0)
    return made


class GaLore(torch.optim.Optimizer):
    """Adam on gradients projected onto the r leading singular directions of their shorter side, renewed as they turn.

    For a gradient G [m, n], m ≤ n: R = Pᵀ G with P the left singular vectors; Adam's step on R; back by P. Moments are
    r × n instead of m × n (Zhao et al. 2024, arXiv:2403.03507, algorithm 2).
    """

    def __init__(self, parameters: Iterable[Any], rate: float, rank: int) -> None:
        super().__init__(parameters, {"lr": rate, "rank": rank, "betas": (0.9, 0.999), "eps": 1e-8, "share": 1.0})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        value = closure() if closure else None
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)
        return value

    def _update(self, parameter: Tensor, group: dict[str, Any]) -> None:
        state, gradient = self.state[parameter], parameter.grad
        assert gradient is not None
        gradient = gradient.float()
        flipped = gradient.shape[0] > gradient.shape[1]
        gradient = gradient.T if flipped else gradient
        done = int(state.get("step", torch.tensor(0)))
        if done % SUBSPACE_STEPS == 0:
            state["side"] = torch.linalg.svd(gradient, full_matrices=False)[0][:, : group["rank"]].contiguous()
        projected = state["side"].T @ gradient
        if not done:
            state["first"], state["second"] = torch.zeros_like(projected), torch.zeros_like(projected)
        state["step"] = torch.tensor(done + 1)
        change = state["side"] @ self._adam(projected, state, group, done + 1) * PROJECTION_SCALE
        parameter.add_((change.T if flipped else change).to(parameter.dtype), alpha=-group["lr"])

    @staticmethod
    def _adam(gradient: Tensor, state: dict[str, Any], group: dict[str, Any], step: int) -> Tensor:
        one, two = group["betas"]
        state["first"].lerp_(gradient, 1 - one)
        state["second"].lerp_(gradient.square(), 1 - two)
        scale = math.sqrt(1 - two**step) / (1 - one**step)
        change: Tensor = scale * state["first"] / (state["second"].sqrt() + group["eps"])
        return change


# --- what AdaLoRA asks of a loop -------------------------------------------------------------------------------------


def penalty(model: Any) -> Tensor | None:
    """AdaLoRA's P and Q are to stay orthogonal: the mean squared departure, by its own weight; None for all others."""
    config = getattr(model, "peft_config", {}).get("default")
    weight: float = getattr(config, "orth_reg_weight", 0.0)
    if not weight:
        return None
    parts = []
    for name, parameter in model.named_parameters():
        if "lora_A." in name or "lora_B." in name:
            gram = parameter @ parameter.T if "lora_A." in name else parameter.T @ parameter
            parts.append((gram - torch.eye(len(gram), device=gram.device)).norm())
    mean: Tensor = torch.stack(parts).mean()
    return weight * mean


def reallocate(model: Any, step: int) -> None:
    """AdaLoRA takes ranks away, by the gradients of this step; nothing for all others."""
    allocate = getattr(getattr(model, "base_model", None), "update_and_allocate", None)
    if allocate is not None:
        allocate(step)
