"""Where an activated adapter begins, which tokens it therefore leaves to the base, and which blocks are the base's.

An activated LoRA acts from the last invocation in the prompt on (Greenewald et al. 2025, arXiv:2504.12397; PEFT's
`alora_invocation_tokens`). Everything before is computed by the base alone, so whoever has the same beginning may use
it. Pure functions over numbers, and the reading of an adapter's own configuration; knows nothing of vLLM.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

CONFIG = "adapter_config.json"
TOKENS = "alora_invocation_tokens"
NEVER = sys.maxsize
"""The beginning of an adapter that a prompt never invokes: the base answers alone, as it does in PEFT."""

Keys = tuple[Any, ...]


def begins(prompt: Sequence[int] | None, invocation: Sequence[int]) -> int:
    """Position of the first token the adapter acts on: that of the last `invocation` in `prompt`.

    0 for a plain adapter (no invocation), NEVER for a prompt without it, and for one not given as tokens (None).
    """
    if not invocation:
        return 0
    ids, first, size = prompt or (), invocation[0], len(invocation)
    for at in range(len(ids) - size, -1, -1):
        if ids[at] == first and tuple(ids[at : at + size]) == tuple(invocation):
            return at
    return NEVER


def left_to_base(begins: int, computed: int, scheduled: int) -> int:
    """Of `scheduled` tokens that follow `computed` ones, how many come before the adapter begins."""
    return max(0, min(scheduled, begins - computed))


def without_heads(mapping: Sequence[int], lengths: Iterable[int], heads: Iterable[int]) -> tuple[int, ...]:
    """`mapping` holds runs of the given `lengths`, one after the other: 0, no adapter, for the head of each run."""
    freed, start = list(mapping), 0
    for length, head in zip(lengths, heads, strict=True):
        freed[start : start + head] = [0] * head
        start += int(length)
    return tuple(freed)


def block_keys(keys: Keys | None, begins: int | None, end: int, request_id: str) -> Keys | None:
    """What the hash of a block that ends before token `end` is made of besides its tokens and the blocks before it.

    keys: as vLLM has them, the adapter's an entry that starts with "lora". A block before the adapter begins is the
    base's and loses that entry. In one where it has begun the entry also says where: a model may have said its own
    invocation, so that the same tokens of the same adapter began at one place when they were said and begin at another
    when they come back as a prompt. `begins` None: nobody knows, so the block is shared with nobody. A plain adapter
    (`begins` 0) keeps its keys as they are.
    """
    if begins is None:
        return (*(keys or ()), ("lora-unread", request_id))
    if begins == 0 or not keys:
        return keys
    if end <= begins:
        return tuple(key for key in keys if not _is_adapter(key)) or None
    return tuple((*key, begins) if _is_adapter(key) else key for key in keys)


def _is_adapter(key: Any) -> bool:
    return isinstance(key, tuple) and bool(key) and key[0] == "lora"


class Invocations:
    """The invocation of an adapter, from its folder's configuration, read again only when that file has changed."""

    def __init__(self, resolve: Callable[[str], str]) -> None:
        """resolve: an adapter's path as a request names it → its folder on this machine."""
        self._resolve = lru_cache(maxsize=1024)(resolve)

    def of(self, path: str) -> tuple[int, ...] | None:
        """Empty for a plain adapter; None where no configuration can be read. Raises nothing: an exception in the
        engine's process would end every request."""
        try:
            file = Path(self._resolve(path)) / CONFIG
            stat = file.stat()
            return _read(file, stat.st_mtime_ns, stat.st_size)
        except Exception:  # the path may name a repository of a hub, whose client raises what it likes
            return None


@lru_cache(maxsize=1024)
def _read(file: Path, changed_ns: int, size: int) -> tuple[int, ...]:
    """`changed_ns` and `size` belong to what is remembered, not to the reading."""
    return invocation_of(json.loads(file.read_bytes()))


def invocation_of(config: Any) -> tuple[int, ...]:
    """The tokens a PEFT configuration names; empty for a plain adapter. Raises ValueError for what cannot be any."""
    tokens = config.get(TOKENS) if isinstance(config, dict) else None
    if not tokens:
        return ()
    if not isinstance(tokens, list) or not all(type(token) is int and token >= 0 for token in tokens):
        raise ValueError(f"{TOKENS} must be a list of token ids, not {tokens!r}")
    return tuple(tokens)
