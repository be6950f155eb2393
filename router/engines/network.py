"""What the local engine asks of a network: tokens in, logits out, keys and values kept. No text, no grammar here.

Two networks answer to it: `router.engines.opt` (the bundled shape, written out, quick to start) and
`router.engines.causal_lm` (whatever else transformers loads).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor

    from router.engines.lora import Adapter


class KeyValues(Protocol):
    """Keys and values of the tokens a network has read, in order."""

    @property
    def length(self) -> int:
        """How many tokens are held."""
        ...

    def crop(self, length: int) -> bool:
        """Forget all tokens from position `length` on. False: this kind of cache cannot, and must be thrown away."""
        ...


class Network(Protocol):
    """A causal language model, one sequence at a time."""

    @property
    def context(self) -> int:
        """The most tokens one sequence may hold."""
        ...

    @property
    def targets(self) -> Mapping[str, tuple[int, int]]:
        """The linear layers an adapter may change: path → (features out, features in)."""
        ...

    def new_cache(self) -> KeyValues: ...

    def forward(self, ids: Sequence[int], cache: KeyValues, adapter: Adapter | None, logits: int) -> Tensor:
        """Read `ids` after what `cache` holds, with `adapter` active, and keep their keys and values in `cache`.

        Returns float32 logits [logits, vocabulary] of the last `logits` of these tokens (0 ≤ logits ≤ len(ids)).
        After an exception the cache is undefined and must be thrown away.
        """
        ...
