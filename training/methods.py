"""Every way of training here, in one table: what it trains, how it begins, at what rate, and how it leaves.

    METHODS["dora"].build(base, Setting(...))   the base with some parameters that learn, the others frozen

How a method leaves decides whether it can be a skill: engines serve LoRA, plain or activated, and nothing else beside
a base. `as is`: PEFT's own files are served. `converted`: its change of every matrix becomes a plain LoRA by SVD.
`merged`: it becomes a base of its own. `refused`: it can be trained and measured, and served by no engine here.
Building is in training.methods_peft and training.methods_own; nothing heavy is imported before a method is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from router.errors import UsageError
from training import parameters
from training.memory import ADAM_8BIT_BYTES, ADAM_BYTES, Job, Precision
from training.parameters import Size
from training.shapes import Shape

Kind = Literal["additive", "selective", "reparameterised", "exploratory", "full"]
Leaves = Literal["as is", "converted", "merged", "refused"]

ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj", "out_proj")
KEYS_AND_VALUES = ("k_proj", "v_proj", "fc2", "down_proj")  # what IA3 scales


@dataclass(frozen=True)
class Setting:
    """What one run decides beside the method: `invocation` for an activated LoRA, `steps` for a schedule of ranks."""

    size: Size
    invocation: tuple[int, ...] = ()
    steps: int = 300
    seed: int = 1


@dataclass(frozen=True)
class Method:
    """`rate`: where a sweep begins on a small base; `b_faster`: how many times as fast B learns. `why`: how it leaves
    and for what reason. `source`: the paper."""

    name: str
    title: str
    kind: Kind
    leaves: Leaves
    why: str
    rate: float
    count: Callable[[Shape, Size], int]
    builder: str
    source: str
    rank: int = 32
    depth: int = 1
    targets: tuple[str, ...] = ()  # of those a base has; empty: all its linear layers
    options: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False  # trains the base's own weights
    precision: Precision = "bfloat16"
    moment_bytes: float = ADAM_BYTES
    b_faster: float = 1.0
    kept_of_results: float = 0.0  # bytes; DoRA's magnitudes scale both the base's result and its own
    moments: Callable[[Shape, Size], int] | None = None  # how many numbers have moments, where not all trained ones

    def size(self, shape: Shape, rank: int | None = None, targets: tuple[str, ...] = ()) -> Size:
        """Raises UsageError for a target the base does not have."""
        unknown = [name for name in targets if name not in shape.matrices]
        if unknown:
            raise UsageError(
                f"{shape.name} has no layer {unknown[0]}", hint=f"its linear layers are {', '.join(shape.matrices)}"
            )
        kept = targets or tuple(name for name in shape.matrices if not self.targets or name in self.targets)
        return Size(
            kept, rank or self.rank, tokens=self.options.get("tokens", 20), bottleneck=rank or self.rank,
            depth=self.depth, projection=self.options.get("projection", 0),
        )  # fmt: skip

    def trainable(self, shape: Shape, size: Size) -> int:
        return self.count(shape, size)

    def job(self, shape: Shape, size: Size, batch: int = 4, sequence: int = 512) -> Job:
        """A run of this method as `training.memory` counts it."""
        trainable = self.trainable(shape, size)
        kept = self.moments(shape, size) / trainable if self.moments else 1.0
        return Job(
            shape, trainable, size, self.precision, batch, sequence,
            trained_bytes=2 if self.whole else 4, moment_bytes=self.moment_bytes * kept, whole=self.whole,
            activated=self.name == "alora", kept_of_results=self.kept_of_results,
        )  # fmt: skip

    def build(self, base: Any, setting: Setting) -> Any:
        """The base with this method's parameters, which alone want gradients. Changes `base` in place."""
        from training import methods_own, methods_peft

        make = getattr(methods_peft, self.builder, None) or getattr(methods_own, self.builder)
        return make(base, setting, **self.options)


_AS_IS = "a plain LoRA: every engine serves it"
_SVD = "its change of each matrix, W' − W, becomes a plain LoRA by SVD; the energy kept is reported"

_ALL = (
    Method(
        "lora", "LoRA", "reparameterised", "as is", _AS_IS, 1e-3, parameters.lora, "lora",
        "Hu et al. 2021, arXiv:2106.09685; all linear layers, alpha 2r: Biderman et al. 2024, arXiv:2405.09673",
    ),
    Method(
        "rslora", "rank-stabilised LoRA", "reparameterised", "as is", _AS_IS + ", scale alpha / √r", 1e-3,
        parameters.lora, "lora", "Kalajdzievski 2023, arXiv:2312.03732", options={"use_rslora": True},
    ),
    Method(
        "lora+", "LoRA+", "reparameterised", "as is", _AS_IS, 5e-4, parameters.lora, "lora",
        "Hayou et al. 2024, arXiv:2402.12354: B learns 16 times as fast as A (§5)", b_faster=16.0,
    ),
    Method(
        "alora", "activated LoRA", "reparameterised", "as is",
        "acts from the assistant's header on: the native form of a skill, the conversation's cache stays the base's",
        1e-3, parameters.lora, "activated",
        "Greenewald et al. 2025, arXiv:2504.12397: rank 32 where a LoRA has 8; LoRA+'s two rates: training/LOG.md",
        b_faster=8.0,
    ),
    Method(
        "qlora", "QLoRA", "reparameterised", "as is", _AS_IS + "; learned on the base in four bits, served on any copy",
        1e-3, parameters.lora, "lora", "Dettmers et al. 2023, arXiv:2305.14314: NF4, double quantisation, 8-bit Adam",
        precision="nf4", moment_bytes=ADAM_8BIT_BYTES,
    ),
    Method(
        "dora", "DoRA", "reparameterised", "converted", "engines refuse its magnitudes; " + _SVD, 1e-3,
        parameters.dora, "lora", "Liu et al. 2024, arXiv:2402.09353", options={"use_dora": True},
        kept_of_results=4,
    ),
    Method(
        "adalora", "AdaLoRA", "reparameterised", "converted",
        "its ranks differ by layer; " + _SVD + ", nothing is lost at the rank it began with", 2e-3,
        parameters.adalora, "adalora", "Zhang et al. 2023, arXiv:2303.10512: begins at 1.5 times the rank, ends at it",
    ),
    Method(
        "vera", "VeRA", "reparameterised", "converted", _SVD, 1e-2, parameters.vera, "vera",
        "Kopiczko et al. 2023, arXiv:2310.11454: rank 256, ten times LoRA's rate", rank=256,
    ),
    Method(
        "ia3", "IA3", "additive", "merged", "it scales biases as well, which no LoRA can", 1e-2, parameters.ia3, "ia3",
        "Liu et al. 2022, arXiv:2205.05638", targets=KEYS_AND_VALUES,
    ),
    Method(
        "prefix", "prefix tuning", "additive", "refused", "no engine here keeps learned keys and values for a request",
        3e-3, parameters.prefix, "prefix", "Li & Liang 2021, arXiv:2101.00190, learned through a projection",
        options={"tokens": 20, "projection": 128},
    ),
    Method(
        "prompt", "prompt tuning", "additive", "refused", "no engine here takes vectors in place of tokens", 5e-2,
        parameters.prompt, "prompt", "Lester et al. 2021, arXiv:2104.08691: begun from the vocabulary's own vectors",
        options={"tokens": 20},
    ),
    Method(
        "bitfit", "BitFit", "selective", "merged", "biases belong to no LoRA that engines serve", 3e-3,
        parameters.bitfit, "bitfit", "Ben Zaken et al. 2021, arXiv:2106.10199",
    ),
    Method(
        "galore", "full fine-tuning with GaLore", "full", "merged", "every matrix changes in full rank", 5e-3,
        parameters.matrices, "matrices", "Zhao et al. 2024, arXiv:2403.03507: scale 0.25, subspace renewed",
        whole=True, moments=parameters.projected,
    ),
    Method(
        "full", "full fine-tuning", "full", "merged", "every weight changes", 1e-4, parameters.everything, "everything",
        "rate a tenth of LoRA's: Schulman et al. 2025, LoRA Without Regret", whole=True,
    ),
    Method(
        "houlsby", "bottleneck adapters", "additive", "refused", "a nonlinearity stands inside: no matrix can hold it",
        1e-3, parameters.houlsby, "houlsby", "Houlsby et al. 2019, arXiv:1902.00751",
    ),
    Method(
        "pauli", "Quantum-PEFT", "exploratory", "converted", _SVD + ", nothing is lost at its own rank", 1e-2,
        parameters.pauli, "pauli", "Koike-Akino et al. 2025, arXiv:2503.05431: Pauli parameterisation", rank=8, depth=4,
    ),
)  # fmt: skip

METHODS: Mapping[str, Method] = {method.name: method for method in _ALL}


def method(name: str) -> Method:
    """Raises UsageError naming what there is."""
    if name in METHODS:
        return METHODS[name]
    raise UsageError(f"there is no method {name!r}", hint=f"one of {', '.join(METHODS)}")
