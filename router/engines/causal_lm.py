"""Any causal language model transformers loads, behind the engine's `Network`: adapters added by hooks, one KV cache.

Slow to import by nature; loaded only for bases `router.engines.opt` does not compute. Custom model code is never run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from router.errors import EngineUnreachable, WeightsRefused

if TYPE_CHECKING:
    from router.engines.lora import Adapter
    from router.engines.network import KeyValues

_UNLIMITED = 1 << 20  # tokens; for the few configurations that name no limit


class GrowingCache:
    """transformers' DynamicCache with its length counted here."""

    def __init__(self, config: Any) -> None:
        from transformers import DynamicCache

        self.inner = DynamicCache(config=config)
        self.length = 0

    def crop(self, length: int) -> bool:
        """False for layers that forget by themselves (sliding windows, recurrent states): nothing to go back to."""
        surplus = self.length - length
        if surplus <= 0:
            return True
        if any(getattr(layer, "is_sliding", False) or not _is_plain(layer) for layer in self.inner.layers):
            return False
        self.inner.crop(-surplus)
        self.length = length
        return True


def _is_plain(layer: Any) -> bool:
    return bool(getattr(layer, "is_croppable", False)) and hasattr(layer, "keys")


class CausalLM:
    """A `router.engines.network.Network` over a transformers model."""

    def __init__(self, model: Any) -> None:
        self._model = model.eval().requires_grad_(False)
        self._active: Adapter | None = None
        self._linears = {path: module for path, module in model.named_modules() if isinstance(module, nn.Linear)}
        self._hooked: set[str] = set()
        self.targets = {path: (m.out_features, m.in_features) for path, m in self._linears.items()}
        text = model.config.get_text_config()
        self.context: int = getattr(text, "max_position_embeddings", None) or _UNLIMITED

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> CausalLM:
        """Raises EngineUnreachable when transformers cannot load the folder (unknown architecture, no weights), and
        WeightsRefused when weights are missing, which transformers makes up at random with no more than a warning."""
        from transformers import AutoModelForCausalLM

        # CPUs compute half precision slowly or not at all; a GPU takes the precision the weights came in
        dtype = torch.float32 if device == "cpu" else "auto"
        try:
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=dtype,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            message = f"transformers cannot load the model in {folder}: {error}"
            raise EngineUnreachable(message, hint="quiver doctor") from error
        model, report = loaded
        if missing := sorted(report["missing_keys"]):
            message = f"the weights in {folder} lack {len(missing)} tensors, {missing[0]} among them"
            raise WeightsRefused(message, hint="restore the folder from where it came")
        return cls(model.to(torch.device(device)))

    def new_cache(self) -> GrowingCache:
        return GrowingCache(self._model.config)

    @torch.inference_mode()
    def forward(self, ids: Sequence[int], cache: KeyValues, adapter: Adapter | None, logits: int) -> Tensor:
        assert isinstance(cache, GrowingCache)
        self._activate(adapter)
        rows = torch.tensor([list(ids)], device=self._model.device)
        # transformers reads logits_to_keep=0 as "all": ask for one row and drop it
        kept = max(1, logits)
        output = self._model(input_ids=rows, past_key_values=cache.inner, use_cache=True, logits_to_keep=kept)
        cache.length += len(ids)
        found: Tensor = output.logits[0].float()
        return found[found.shape[0] - logits :]

    def _activate(self, adapter: Adapter | None) -> None:
        """Hooks stay once placed; a layer no adapter has ever changed never pays for one."""
        self._active = adapter
        for path in adapter.deltas if adapter else ():
            if path not in self._hooked:
                self._linears[path].register_forward_hook(self._hook(path))
                self._hooked.add(path)

    def _hook(self, path: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor | None]:
        def add(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
            delta = self._active.deltas.get(path) if self._active else None
            return delta.add(inputs[0], output) if delta else None

        return add
