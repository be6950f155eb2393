"""How well a shortlist head ranks tools it never saw, and how its logits become probabilities.

A case is a request with the tools offered; on some the right tool is left out, so that "nothing serves" is measured
too. The frozen encoder's plain cosine is measured beside the head, on the same cases.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from router.conversation import ToolSpec
from router.shortlist import REQUEST, TOOL, Head, describe
from training import request_pools as pools
from training.request_pools import Pool, Row
from training.shortlist import Shelf

HELD_OUT = 71  # seed of everyday requests that are not trained on


@dataclass(frozen=True)
class Case:
    """A request, the tools offered with it and the positions of the right ones (none: nothing serves)."""

    request: str
    offered: tuple[ToolSpec, ...]
    right: frozenset[int]


@dataclass(frozen=True)
class Offer:
    """How cases are made of a pool: how many tools are offered, how many of them are the nearest to the right one, on
    what share the right one is left out, and whether names are replaced by letters."""

    tools: int
    near: int = 0
    unfit: float = 0.3
    nameless: bool = False


def cases(pool: Pool, count: int, offer: Offer, shelf: Shelf, seed: int = 1) -> list[Case]:
    """Up to `count` different requests of the pool. Its group (the services of its dialogue) is always offered."""
    rng = random.Random(seed)
    rows = list({row.request: row for row in pool.rows if row.right}.values())
    near = _nearest(pool, shelf, offer.near) if offer.near else {}
    return [_case(pool, row, offer, near, rng) for row in rng.sample(rows, min(count, len(rows)))]


def _case(pool: Pool, row: Row, offer: Offer, near: Mapping[str, Sequence[str]], rng: random.Random) -> Case:
    fits = rng.random() >= offer.unfit
    rivals = frozenset[str]().union(*(pool.same.get(key, frozenset()) for key in row.right))
    taken = row.group | {key for right in row.right for key in near.get(right, ())}
    taken = (taken | row.right) - rivals if fits else taken - rivals - row.right
    spare = [key for key in pool.tools if key not in taken | rivals | row.right]
    keys = sorted(taken) + rng.sample(spare, min(len(spare), max(0, offer.tools - len(taken))))
    rng.shuffle(keys)
    offered = (pool.tools[key][0] for key in keys)
    if offer.nameless:
        offered = (replace(spec, name="".join(rng.choices("bcdfghklmnprstvz", k=6))) for spec in offered)
    return Case(row.request, tuple(offered), frozenset(n for n, key in enumerate(keys) if key in row.right))


def _nearest(pool: Pool, shelf: Shelf, count: int) -> dict[str, list[str]]:
    keys = list(pool.tools)
    whole = shelf.whole([describe(pool.tools[key][0]) for key in keys])
    order = (whole @ whole.T).fill_diagonal_(-1).topk(count).indices.tolist()
    return {key: [keys[n] for n in row] for key, row in zip(keys, order, strict=True)}


def logits(head: Head | None, shelf: Shelf, made: Sequence[Case]) -> list[Tensor]:
    """[tools offered] for each case; without a head, the plain cosine of the frozen encoder."""
    if head is None:
        return [
            (shelf.whole([case.request]) @ shelf.whole([describe(spec) for spec in case.offered]).T)[0] for case in made
        ]
    with torch.inference_mode():
        return [_logits(head, shelf, case) for case in made]


def _logits(head: Head, shelf: Shelf, case: Case) -> Tensor:
    asked = head.read(*shelf.words([case.request]), REQUEST)
    return head.logits(asked, head.read(*shelf.words([describe(spec) for spec in case.offered]), TOOL))[0]


def figures(scored: Sequence[Tensor], made: Sequence[Case]) -> dict[str, float]:
    """top1, top3: a right tool ranked first, or among three (`top1_low`, `top1_high`: Wilson's 95% interval);
    auroc: the highest logit of a case tells whether anything serves; offered: tools a case, on average."""
    fit = [(row, case.right) for row, case in zip(scored, made, strict=True) if case.right]
    unfit = np.array([float(row.max()) for row, case in zip(scored, made, strict=True) if not case.right])
    result: dict[str, float] = {"n": len(fit), "offered": float(np.mean([len(case.offered) for case in made]))}
    for k in (1, 3):
        result[f"top{k}"] = float(
            np.mean([bool(right & set(row.topk(min(k, len(row))).indices.tolist())) for row, right in fit])
        )
    result["top1_low"], result["top1_high"] = wilson(result["top1"], len(fit))
    if len(unfit):
        best = np.array([float(row.max()) for row, _ in fit])
        result["auroc"] = float((best[:, None] > unfit).mean() + 0.5 * (best[:, None] == unfit).mean())
    return {name: round(value, 4) for name, value in result.items()}


def wilson(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share observed on n."""
    middle, spread = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


def calibrate(scored: Sequence[Tensor], made: Sequence[Case]) -> Tensor:
    """[2] slope and offset from logit to log-odds (Platt scaling) of every offered tool for itself, by L-BFGS."""
    x = torch.cat([row.float() for row in scored])
    y = torch.cat([torch.tensor([n in case.right for n in range(len(case.offered))]) for case in made]).float()
    line = torch.tensor([1.0, 0.0], requires_grad=True)
    optimiser = torch.optim.LBFGS([line], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = F.binary_cross_entropy_with_logits(line[0] * x + line[1], y)
        value.backward()
        return value

    optimiser.step(loss)
    return line.detach()


def calibration_error(probabilities: Tensor, right: Tensor, bins: int = 10) -> float:
    """Expected calibration error over equally filled bins (Naeini et al. 2015)."""
    order = probabilities.argsort()
    parts = zip(probabilities[order].chunk(bins), right[order].float().chunk(bins), strict=True)
    return sum(abs(float(p.mean() - y.mean())) * len(p) for p, y in parts) / len(probabilities)


def calibration_cases(data: Path, shelf: Shelf) -> list[Case]:
    """Tools neither trained nor measured on: SGD services that only development has, and twenty tools of MetaTool. And
    all the tools in the box for requests drawn apart from those trained on."""
    folder = data / "sgd"
    trained = {row["service_name"] for row in pools.read_json(folder / "train" / "schema.json")}
    known = trained | pools.unseen_services(folder)
    development = pools.sgd(folder, "dev", lambda service: service not in known)
    made = cases(development, 250, Offer(4, unfit=0.4), shelf)
    made += cases(pools.metatool(data / "metatool", "development"), 250, Offer(8, unfit=0.4), shelf)
    return made + all_offered(pools.in_the_box(500, seed=HELD_OUT))


def all_offered(pool: Pool) -> list[Case]:
    """Every request of the pool with all its tools, those that nothing serves included."""
    keys = list(pool.tools)
    offered = tuple(pool.tools[key][0] for key in keys)
    return [Case(row.request, offered, frozenset(map(keys.index, row.right))) for row in pool.rows]


def measured_pools(data: Path) -> dict[str, tuple[Pool, Offer, int]]:
    """What figures are reported on: pool, offer and number of requests."""
    sgd = pools.sgd(data / "sgd", "test", pools.unseen_services(data / "sgd").__contains__)
    metatool = pools.metatool(data / "metatool", "held-out")
    seal = pools.seal_tools(data / "seal-tools", "test_in_domain")
    return {
        "SGD unseen services, 5 offered": (sgd, Offer(5), 800),
        "SGD unseen services, 5 offered, names hidden": (sgd, Offer(5, nameless=True), 400),
        "SGD unseen services, 16 offered": (sgd, Offer(16), 800),
        "MetaTool held-out tools, 10 offered": (metatool, Offer(10), 600),
        "MetaTool held-out tools, 64 offered": (metatool, Offer(64, unfit=0.0), 600),
        "Seal-Tools test_in_domain, 10 offered, 5 nearest": (seal, Offer(10, near=5), 300),
    }


def measured(data: Path, shelf: Shelf, head: Head) -> dict[str, dict[str, dict[str, float]]]:
    """Figures of every measured pool: of the head, and of plain cosine on the same cases."""
    result = {}
    for name, (pool, offer, count) in measured_pools(data).items():
        made = cases(pool, count, offer, shelf)
        result[name] = {
            "head": figures(logits(head, shelf, made), made),
            "cosine": figures(logits(None, shelf, made), made),
        }
    return result
