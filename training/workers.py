"""The processes that train one model together, as `torchrun` or `accelerate launch` start them: gradients averaged, one
clock, one voice. One process alone needs nothing of it.

Every process holds the whole base and takes every n-th batch. A base that does not fit on one device has to be sharded,
which this does not do (training.launching).
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Workers:
    """`rank` of `count`. Rank 0 writes and speaks for all."""

    rank: int
    count: int

    @classmethod
    def join(cls) -> Workers:
        """Those that the environment names; waits until all are there."""
        workers = cls(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
        if workers.count > 1:
            import torch
            import torch.distributed as dist

            if not dist.is_initialized():
                dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
                atexit.register(dist.destroy_process_group)
        return workers

    def share(self, batches: Iterator[T]) -> Iterator[T]:
        """This process's batches of those that all draw alike."""
        return islice(batches, self.rank, None, self.count)

    def average(self, model: Any) -> None:
        """Every process's gradients become the mean of all."""
        if self.count == 1:
            return
        import torch
        import torch.distributed as dist

        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        flat /= self.count
        for gradient, mean in zip(gradients, torch.split(flat, [g.numel() for g in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def told(self, *numbers: float) -> tuple[float, ...]:
        """The first process's numbers, to all: what decides must be the same everywhere."""
        if self.count == 1:
            return numbers
        return self._summed([number if self.rank == 0 else 0.0 for number in numbers])

    def agree(self, seconds: float, stopped: bool) -> tuple[float, bool]:
        """The first process's clock is everybody's; a signal to any stops all."""
        if self.count == 1:
            return seconds, stopped
        clock, stops = self._summed([seconds if self.rank == 0 else 0.0, float(stopped)])
        return clock, bool(stops)

    @staticmethod
    def _summed(numbers: list[float]) -> tuple[float, ...]:
        import torch
        import torch.distributed as dist

        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        said = torch.tensor(numbers, dtype=torch.float64, device=device)
        dist.all_reduce(said)
        return tuple(said.tolist())


ALONE = Workers(0, 1)
