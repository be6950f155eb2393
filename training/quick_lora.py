"""LoRA layers of PEFT computed in as few passes over memory as they need: on a CPU those passes are a third of a step.

    with quick(model): loss = …; loss.backward()

The same mathematics as PEFT's own forward, and the same parameters: frozen weights are kept in the precision they are
multiplied in, the adapter is added inside a matrix product, and nothing is computed backwards that no adapter is
reached by. Layers of another kind (DoRA, dropout, quantised, merged) are left to PEFT. Holds no state beyond the block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor

LARGEST = 1_000_000_000  # parameters; beyond it, weights in another precision beside the base's would cost too much


@contextmanager
def quick(model: Any) -> Iterator[None]:
    """Layers that allow it compute quickly while the block lasts. On other devices than a CPU nothing changes."""
    small = sum(parameter.numel() for parameter in model.parameters()) <= LARGEST
    chosen = [layer for layer in model.modules() if small and _allows(layer)]
    for layer in chosen:
        layer.forward = partial(_forward, layer, {})
    try:
        yield
    finally:
        for layer in chosen:
            del layer.forward


def _allows(layer: Any) -> bool:
    from peft.tuners.lora import Linear
    from peft.tuners.lora.variants import ALoraLinearVariant

    if not isinstance(layer, Linear) or len(layer.active_adapters) != 1 or layer.merged or layer.disable_adapters:
        return False
    [name] = layer.active_adapters
    base, variant = layer.get_base_layer(), layer.lora_variant.get(name)
    return (
        type(base) is torch.nn.Linear
        and base.weight.device.type == "cpu"
        and not base.weight.requires_grad
        and name in layer.lora_A
        and isinstance(layer.lora_dropout[name], torch.nn.Identity)
        and layer.lora_B[name].bias is None
        and (variant is None or isinstance(variant, ALoraLinearVariant))
    )


def _forward(layer: Any, held: dict[torch.dtype, tuple[Tensor, Tensor]], x: Tensor, **given: Any) -> Tensor:
    """`held`: the frozen weight and bias, by precision. `alora_offsets`, as PEFT gives them: the adapter acts from so
    many tokens before each row's end on."""
    [name] = layer.active_adapters
    dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
    if dtype not in held:
        base = layer.get_base_layer()
        bias = base.bias if base.bias is not None else base.weight.new_zeros(base.out_features)
        held[dtype] = base.weight.detach().to(dtype), bias.detach().to(dtype)
    acting = _acting(x, given) if name in layer.lora_variant else None
    flat = x.reshape(-1, x.shape[-1]).to(dtype)
    down, up = layer.lora_A[name].weight, layer.lora_B[name].weight
    with torch.autocast("cpu", enabled=False):
        made: Tensor = _Linear.apply(flat, *held[dtype], down, up, layer.scaling[name], acting)  # type: ignore[no-untyped-call]
    return made.view(*x.shape[:-1], -1)


def _acting(x: Tensor, given: Mapping[str, Any]) -> Tensor:
    """Places [N] in the flattened [B · T] at which the adapter acts; none where PEFT says nothing."""
    length = x.shape[1]
    offsets = given.get("alora_offsets") or [0] * x.shape[0]
    begins = torch.tensor([length - min(int(each or 0), length) for each in offsets])
    return (torch.arange(length) >= begins[:, None]).flatten().nonzero()[:, 0]


class _Linear(torch.autograd.Function):
    """x Wᵀ + b + s (x Aᵀ) Bᵀ over x [N, in]; the last part only where it acts. What lies before an activated adapter
    does not depend on it, so that no gradient is owed there."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, down: Tensor, up: Tensor, scale: float, acting: Tensor | None
    ) -> Tensor:
        a, b = down.to(x.dtype), up.to(x.dtype)
        y = torch.addmm(bias, x, weight.T)
        here = x if acting is None else x[acting]
        inner = here @ a.T
        if acting is None:
            y.addmm_(inner, b.T, alpha=scale)
        else:
            y.index_add_(0, acting, inner @ b.T, alpha=scale)
        ctx.save_for_backward(here, inner, weight, a, b, acting)
        ctx.scale, ctx.rows, ctx.to = scale, len(x), down.dtype
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        here, inner, weight, a, b, acting = ctx.saved_tensors
        dy = gradients[0] if acting is None else gradients[0][acting]
        d_inner = ctx.scale * (dy @ b)
        d_up, d_down = ctx.scale * (dy.T @ inner), d_inner.T @ here
        dx = None
        if ctx.needs_input_grad[0]:
            dx = torch.addmm(d_inner @ a, dy, weight)
            if acting is not None:
                dx = torch.zeros(ctx.rows, dx.shape[1], dtype=dx.dtype).index_copy_(0, acting, dx)
        return dx, None, None, d_down.to(ctx.to), d_up.to(ctx.to), None, None
