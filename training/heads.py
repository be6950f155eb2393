"""Write a trained head of the encoder: its tensors, and a card that says what it was made from and how good it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from router.cache import sha256_of, write_atomically
from training.request_pools import Pool


def write_head(
    path: Path, tensors: Mapping[str, Tensor], card: Mapping[str, object], metadata: Mapping[str, str] | None = None
) -> None:
    """`path` gets the tensors, and the `metadata` that is read with them; the same name with .json the card with their
    digest. Raises OSError."""
    from safetensors.torch import save

    plain = {name: tensor.contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(plain, dict(metadata) if metadata else None))
    described = {**card, "parameters": sum(tensor.numel() for tensor in tensors.values()), "sha256": sha256_of(path)}
    write_atomically(path.with_suffix(".json"), (json.dumps(described, indent=1, ensure_ascii=False) + "\n").encode())


def sources(parts: Sequence[Pool]) -> list[dict[str, object]]:
    """Each pool with its licence, its number of requests and of tools."""
    return [
        {"source": pool.source, "licence": pool.licence, "requests": len(pool.rows), "tools": len(pool.tools)}
        for pool in parts
    ]
