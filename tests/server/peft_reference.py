"""What an activated adapter says by definition, computed with transformers and PEFT alone: the base reads up to the
invocation, the adapter everything after, one key/value cache for both. Greedy, no grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAME = 0.01  # nats; far more than two orders of adding make, far less than a skill does


@dataclass(frozen=True)
class Said:
    """`gaps`: by how much, in logits, each token stood before the next best. `logprobs`: nats."""

    tokens: list[int]
    gaps: list[float]
    logprobs: list[float]

    def is_said_by(self, tokens: Sequence[int], logprobs: Sequence[float], close: float = 2e-3) -> bool:
        """Whether `tokens` are these, each as likely, up to the first near tie: numbers added in another order may
        differ there. Likelihoods tell skills apart where they say the same words."""
        for at, (own, other) in enumerate(zip(self.tokens, tokens, strict=False)):
            if own != other:
                return self.gaps[at] < close
            if abs(self.logprobs[at] - logprobs[at]) > SAME:
                return False
        return len(self.tokens) == len(tokens)


class Reference:
    """A base and plain copies of its adapters, by name."""

    def __init__(self, base: Path, adapters: Mapping[str, Path], ends: Sequence[int]) -> None:
        import torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM

        model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, local_files_only=True)
        (first, folder), *others = adapters.items()
        self._model = PeftModel.from_pretrained(model, folder, adapter_name=first)
        for name, folder in others:
            self._model.load_adapter(folder, adapter_name=name)
        self._model.eval()
        self._ends = frozenset(ends)

    def say(self, name: str | None, prompt: Sequence[int], begins: int, count: int) -> Said:
        """At most `count` tokens after `prompt`, the end token left out. `name` acts from position `begins` on; None:
        nobody does."""
        import torch
        from transformers import DynamicCache

        cache, tokens = DynamicCache(config=self._model.config), list[int]()
        gaps, logprobs = list[float](), list[float]()
        with torch.inference_mode():
            head, tail = (list(prompt[:begins]), list(prompt[begins:])) if name else ([], list(prompt))
            if head:
                self._read(None, head, cache)
            while len(tokens) < count:
                logits = self._read(name, tail, cache)
                best = logits.topk(2)
                token = int(best.indices[0])
                if token in self._ends:
                    break
                tokens.append(token)
                gaps.append(float(best.values[0] - best.values[1]))
                logprobs.append(float(logits.log_softmax(-1)[token]))
                tail = [token]
        return Said(tokens, gaps, logprobs)

    def _read(self, name: str | None, ids: list[int], cache: Any) -> Any:
        """Logits after the last of `ids`, which join the cache."""
        import torch

        def read() -> Any:
            return self._model(input_ids=torch.tensor([ids]), past_key_values=cache, logits_to_keep=1).logits[0, -1]

        if name is None:
            with self._model.disable_adapter():
                return read()
        self._model.set_adapter(name)
        return read()
