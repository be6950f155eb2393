"""How many parameters each method trains on a base of a given shape. Arithmetic only; tests count built models.

Formulas are those of the methods' papers, named in training.methods.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from training.shapes import Shape


@dataclass(frozen=True)
class Size:
    """What a method's count depends on besides the base. `targets`: names of adapted matrices."""

    targets: tuple[str, ...]
    rank: int = 16
    tokens: int = 20  # of a prefix or prompt
    bottleneck: int = 64
    depth: int = 1  # entangling layers of a Pauli circuit
    projection: int = 0  # hidden width through which a prefix is learned; 0: learned directly


FED_BACK = ("fc2", "down_proj")  # a feed-forward layer's way out


def low_rank(out: int, into: int, rank: int) -> int:
    """A [rank, in] and B [out, rank] of one LoRA."""
    return rank * (out + into)


def prefix_kept(tokens: int, width: int, layers: int) -> int:
    """Keys and values of a prefix, for each layer: what is stored after training, whatever it was learned through."""
    return 2 * tokens * width * layers


def lora(shape: Shape, size: Size) -> int:
    return _each(shape, size, lambda out, into: low_rank(out, into, size.rank))


def dora(shape: Shape, size: Size) -> int:
    return _each(shape, size, lambda out, into: low_rank(out, into, size.rank) + out)


def adalora(shape: Shape, size: Size) -> int:
    """P, Q and the singular values, at the rank it begins with: half as much again as the one it ends with."""
    began = first_rank(size.rank)
    return _each(shape, size, lambda out, into: low_rank(out, into, began) + began)


def first_rank(rank: int) -> int:
    return rank * 3 // 2


def vera(shape: Shape, size: Size) -> int:
    """Only two scaling vectors; the random matrices are shared and frozen."""
    return _each(shape, size, lambda out, into: out + size.rank)


def ia3(shape: Shape, size: Size) -> int:
    """Keys and values are scaled on the way out, the feed-forward layer's last matrix on the way in."""
    sides = shape.matrices
    return shape.layers * sum(sides[name][name in FED_BACK] for name in size.targets if name in sides)


def prefix(shape: Shape, size: Size) -> int:
    kept = shape.kv_heads * shape.head_width
    if not size.projection:
        return prefix_kept(size.tokens, kept, shape.layers)
    through, out = size.projection, 2 * shape.layers * kept
    return size.tokens * kept + (kept * through + through) + (through * out + out)


def prompt(shape: Shape, size: Size) -> int:
    return size.tokens * shape.width


def bitfit(shape: Shape, size: Size) -> int:
    return shape.layers * shape.biases


def matrices(shape: Shape, size: Size) -> int:
    return shape.layers * sum(out * into for out, into in shape.matrices.values())


def projected(shape: Shape, size: Size) -> int:
    """Of every matrix what stays after its gradient is projected onto `rank` directions of its shorter side."""
    return shape.layers * sum(min(size.rank, *side) * max(side) for side in shape.matrices.values())


def everything(shape: Shape, size: Size) -> int:
    return shape.parameters


def houlsby(shape: Shape, size: Size) -> int:
    """Two bottlenecks a layer, down and up with their biases."""
    return shape.layers * 2 * (2 * shape.width * size.bottleneck + size.bottleneck + shape.width)


def pauli(shape: Shape, size: Size) -> int:
    """Rotation angles of both sides, and the diagonal between them: logarithmic in the widths."""

    def angles(side: int) -> int:
        return qubits(side) * (size.depth + 1)

    return _each(shape, size, lambda out, into: angles(out) + angles(into) + size.rank)


def qubits(side: int) -> int:
    """The smallest register whose states span `side` dimensions."""
    return max(1, math.ceil(math.log2(side)))


def _each(shape: Shape, size: Size, count: Callable[[int, int], int]) -> int:
    sides = shape.matrices
    return shape.layers * sum(count(*sides[name]) for name in size.targets if name in sides)
