"""Memory by component, in bytes, before anything is bought or started: for training by any method, and for serving.

Arithmetic over `training.shapes`; measures nothing (training.memory_measure holds it to measured peaks). What it counts
for training is what the training here does: frozen base weights, adapters and their moments in float32, activations in
bfloat16, loss on the outputs alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.weights import RANKS
from training.parameters import Size, lora
from training.shapes import Shape

Precision = Literal["float32", "bfloat16", "nf4"]
GB = 10**9
ADAM_BYTES = 8  # two moments in float32 (Kingma & Ba 2015)
ADAM_8BIT_BYTES = 2 + 2 * 4 / 256  # two moments in 8 bits, a float32 scale for each 256 (Dettmers et al. 2022)
NF4_BYTES = (4 + 8 / 64 + 32 / (64 * 256)) / 8  # a value; its block's 8-bit constant; that constant's own (QLoRA, §3)
_BYTES: Mapping[Precision, float] = {"float32": 4, "bfloat16": 2, "nf4": NF4_BYTES}
_CONTEXT = 0.6 * GB  # what a GPU holds before the first tensor: driver context, kernels, library workspaces


@dataclass(frozen=True)
class Job:
    """One training run. `trainable`: parameters that get gradients. `learned`: share of tokens that carry loss."""

    shape: Shape
    trainable: int
    size: Size
    precision: Precision = "bfloat16"
    batch: int = 4  # rows in an update
    sequence: int = 512  # tokens a row
    learned: float = 0.25
    trained_bytes: float = 4  # each trained parameter: float32, or 2 where the base itself is trained in bfloat16
    moment_bytes: float = ADAM_BYTES
    whole: bool = False  # the base's own weights are trained: they are counted as weights, not again as adapter
    activated: bool = False  # the adapter acts on outputs alone
    kept_of_results: float = 0.0  # bytes of every element an adapted matrix gives, kept for the way back
    checkpointed: bool = False  # activations are computed again on the way back
    device: Literal["cpu", "gpu"] = "gpu"

    @property
    def tokens(self) -> int:
        return self.batch * self.sequence


def training(job: Job) -> dict[str, float]:
    """Bytes of every component at the peak, which is the way back through the first update with moments in place."""
    parts = {
        "weights": weights(job.shape, job.precision),
        "adapter": 0.0 if job.whole else job.trainable * (job.trained_bytes + 2),  # and its copy in bfloat16
        "gradients": job.trainable * job.trained_bytes,
        "moments": job.trainable * job.moment_bytes,
        "activations": activations(job),
        "logits": logits(job),
        "passing": passing(job),
    }
    return parts | {"device": _CONTEXT if job.device == "gpu" else 0.0}


def states(trainable: int, precision: Precision = "bfloat16") -> float:
    """Weights, gradients and Adam's moments of parameters that are all trained: 2 + 2 + 8 bytes each in bfloat16."""
    return trainable * (2 * _BYTES[precision] + ADAM_BYTES)


def weights(shape: Shape, precision: Precision) -> float:
    """Quantised are the layers' matrices; tables, norms and biases stay in bfloat16."""
    if precision == "float32":  # computed in bfloat16: the layers' matrices are held in both while they are needed
        return shape.parameters * 4 + shape.linear * 2
    if precision == "bfloat16":
        return shape.parameters * 2
    return shape.linear * NF4_BYTES + (shape.parameters - shape.linear) * _BYTES["bfloat16"]


def activations(job: Job) -> float:
    """What the layers keep for the way back; with checkpointing each layer's input, and one layer whole."""
    whole = _kept_in_a_layer(job) * job.tokens
    if job.checkpointed:
        return job.shape.layers * job.shape.width * 2 * job.tokens + whole
    return job.shape.layers * whole


def _kept_in_a_layer(job: Job) -> float:
    """Bytes a token. Every trained matrix keeps its input, and a LoRA what its A makes of it; the attention its
    queries, keys, values, result and one float a head; the feed-forward layer what its nonlinearity needs; a norm its
    input in float32. The bundled shape's attention on a CPU keeps its weights as well: plain matrix products there."""
    shape, half = job.shape, 2
    sides = [side for name, side in shape.matrices.items() if name in job.size.targets]
    trained: float = half * sum(into + job.size.rank for _, into in sides)
    trained += job.kept_of_results * sum(out for out, _ in sides)
    if job.activated:
        trained *= job.learned  # it sees only what comes after its invocation
    if job.whole:  # matrices that read the same keep it once
        trained = half * (2 * shape.width + shape.heads * shape.head_width + shape.inner)
    inside, kept = shape.heads * shape.head_width, shape.kv_heads * shape.head_width
    attention = half * (2 * inside + 2 * kept) + 4 * shape.heads
    if job.device == "cpu" and not shape.gated:
        attention += half * shape.heads * job.sequence
    fed = half * shape.inner * (3 if shape.gated else 1)
    return trained + attention + fed + 2 * 4 * shape.width


def logits(job: Job) -> float:
    """At learned positions alone: their log-softmax in float32, and the way back to it and through it."""
    return job.tokens * job.learned * job.shape.vocabulary * (4 + 4 + 4)


def passing(job: Job) -> float:
    """What comes and goes while one layer is gone back through: gradients of its widest part, and the copy of a matrix
    in bfloat16 where it is kept in another form."""
    shape = job.shape
    flowing = job.tokens * 2 * (3 * shape.inner + 2 * shape.width)
    return flowing + (2.0 * shape.inner * shape.width if job.precision == "nf4" else 0.0)


@dataclass(frozen=True)
class Service:
    """What is to be served: `skills` adapters of one rank, `requests` at a time of at most `context` tokens."""

    shape: Shape
    skills: int = 5
    rank: int = 32
    targets: tuple[str, ...] = ()
    requests: int = 16
    context: int = 4096
    precision: Precision = "bfloat16"
    together: int = 8  # skills that may act in one batch
    flags: Mapping[str, str] = field(default_factory=dict)


def adapter_bytes(service: Service, rank: int | None = None) -> float:
    """One skill's LoRA in bfloat16, as a file and in a slot."""
    targets = service.targets or tuple(service.shape.matrices)
    return 2.0 * lora(service.shape, Size(targets, rank or service.rank))


def slot_rank(rank: int) -> int:
    """Servers reserve every slot at one of the ranks their kernels are built for."""
    return next((each for each in RANKS if each >= rank), RANKS[-1])


def slots(service: Service) -> int:
    return max(1, min(service.skills, service.together))


def serving(service: Service) -> dict[str, float]:
    """Bytes on the device: base, slots for the skills that act together, keys and values of all requests."""
    return {
        "weights": weights(service.shape, service.precision),
        "skills": slots(service) * adapter_bytes(service, slot_rank(service.rank)),
        "keys and values": 2.0 * service.shape.kept_per_token * service.requests * service.context,
        "device": _CONTEXT,
    }


def server_settings(service: Service) -> dict[str, int | bool]:
    """vLLM's own option names. Skills beyond the slots wait in the host's memory and are swapped in."""
    return {
        "enable_lora": True,
        "max_loras": slots(service),
        "max_cpu_loras": max(service.skills, slots(service)),
        "max_lora_rank": slot_rank(service.rank),
        "max_num_seqs": service.requests,
        "max_model_len": service.context,
        "enable_prefix_caching": True,
    }


def requests_that_fit(service: Service, memory: float) -> int:
    """How many requests of the full context the memory leaves room for; 0 where base and slots alone are too much."""
    parts = serving(service)
    left = memory - sum(value for name, value in parts.items() if name != "keys and values")
    return max(0, int(left // (2.0 * service.shape.kept_per_token * service.context)))
