"""Combine skills in weight space: one adapter out of several, their changes summed, trimmed or thinned.

`linear` keeps everything: factors side by side, ranks added up. The others work on the changes themselves and are cut
to one rank by SVD, with the energy kept reported. Skills must be of one base, and begin to act at the same place: an
activated adapter and a plain one have no common meaning. What the result is worth, an evaluation says.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from adapters.skill import Skill, check_name
from adapters.weights import RANKS, read_weights
from router.cache import write_atomically
from router.engines.lora import read_adapter
from router.errors import UsageError
from training.leaving import factors_of, save_lora

DENSITY = 0.5  # share of a change that TIES and DARE keep


@dataclass(frozen=True)
class Combined:
    """`factors`: path → (down, up). `energy`: the least any layer kept of the combined change."""

    factors: Mapping[str, tuple[Tensor, Tensor]]
    rank: int
    energy: float
    invocation: tuple[int, ...]


def svd(changes: Sequence[Tensor], weights: Sequence[float], density: float, rng: torch.Generator) -> Tensor:
    """The weighted sum."""
    return torch.stack([weight * change for weight, change in zip(weights, changes, strict=True)]).sum(0)


def ties(changes: Sequence[Tensor], weights: Sequence[float], density: float, rng: torch.Generator) -> Tensor:
    """Trim each change to its largest entries, elect each entry's sign by weight, average those that agree
    (Yadav et al. 2023, arXiv:2306.01708)."""
    kept = torch.stack([_trimmed(change, density) for change in changes])
    share = torch.tensor(weights, dtype=kept.dtype).view(-1, 1, 1)
    elected = torch.sign((share * kept).sum(0))
    agreeing = (torch.sign(kept) == elected) & (kept != 0)
    amount = (share.abs() * agreeing).sum(0)
    return (share * kept * agreeing).sum(0) / amount.clamp_min(1e-12) * float(share.abs().sum())


def dare(changes: Sequence[Tensor], weights: Sequence[float], density: float, rng: torch.Generator) -> Tensor:
    """Drop entries at random, make up for it in those that stay, then sum (Yu et al. 2023, arXiv:2311.03099)."""
    thinned = [
        change * (torch.rand(change.shape, generator=rng) < density).to(change.dtype) / density for change in changes
    ]
    return svd(thinned, weights, density, rng)


def _trimmed(change: Tensor, density: float) -> Tensor:
    count = max(1, round(density * change.numel()))
    least = change.abs().flatten().kthvalue(change.numel() - count + 1).values
    return torch.where(change.abs() >= least, change, 0.0)


Joining = Callable[[Sequence[Tensor], Sequence[float], float, torch.Generator], Tensor]
WAYS: Mapping[str, Joining | None] = {"linear": None, "svd": svd, "ties": ties, "dare": dare}


def combine(
    skills: Sequence[Skill], way: str = "linear", weights: Sequence[float] = (), *,
    rank: int | None = None, density: float = DENSITY, seed: int = 1,
) -> Combined:  # fmt: skip
    """Raises UsageError for skills that cannot be combined and for a rank no engine has."""
    if way not in WAYS:
        raise UsageError(f"there is no way {way!r} to combine skills", hint=f"one of {', '.join(WAYS)}")
    shares = list(weights) or [1 / len(skills)] * len(skills)
    if len(skills) < 2 or len(shares) != len(skills) or not 0 < density <= 1:
        raise UsageError("at least two skills, a weight for each, and a density between 0 and 1", hint="see --help")
    invocation = _common(skills)
    parts = [_factors(skill) for skill in skills]
    paths = sorted({path for part in parts for path in part})
    joining = WAYS[way]
    if joining is None:
        return _side_by_side(parts, shares, paths, invocation)
    kept = rank or max(len(next(iter(part.values()))[0]) for part in parts)
    if kept not in RANKS:
        raise UsageError(f"no engine serves rank {kept}", hint=f"one of {', '.join(map(str, RANKS))}")
    rng = torch.Generator().manual_seed(seed)
    factors, energies = {}, []
    for path in paths:
        here = [(part.get(path), share) for part, share in zip(parts, shares, strict=True)]
        changes = [(pair[1] @ pair[0], share) for pair, share in here if pair is not None]
        change = joining([one for one, _ in changes], [share for _, share in changes], density, rng)
        down, up, energy = factors_of(change, kept)
        factors[path] = (down, up)
        energies.append(energy)
    return Combined(factors, kept, min(energies), invocation)


def _side_by_side(
    parts: Sequence[Mapping[str, tuple[Tensor, Tensor]]], shares: Sequence[float], paths: Sequence[str],
    invocation: tuple[int, ...],
) -> Combined:  # fmt: skip
    """Σ w B A exactly: [A₁; A₂ …] and [w₁B₁ w₂B₂ …], filled up with zeros to a rank that engines have."""
    needed = sum(len(next(iter(part.values()))[0]) for part in parts)
    rank = next((each for each in RANKS if each >= needed), None)
    if rank is None:
        raise UsageError(f"together they have rank {needed}, more than engines serve", hint="combine them with svd")
    factors = {}
    for path in paths:
        pairs = [(part[path], share) for part, share in zip(parts, shares, strict=True) if path in part]
        down = torch.cat([pair[0] for pair, _ in pairs])
        up = torch.cat([share * pair[1] for pair, share in pairs], 1)
        missing = rank - len(down)
        factors[path] = (
            torch.nn.functional.pad(down, (0, 0, 0, missing)),
            torch.nn.functional.pad(up, (0, missing)),
        )
    return Combined(factors, rank, 1.0, invocation)


def _common(skills: Sequence[Skill]) -> tuple[int, ...]:
    """The invocation they share. Raises UsageError naming the two that do not fit together."""
    first = skills[0]
    begins: dict[str, tuple[int, ...]] = {}
    for skill in skills:
        if skill.weights is None:
            raise UsageError(f"{skill.name} has no weights", hint=f"quiver skill train {skill.name}")
        begins[skill.name] = read_weights(skill.weights).invocation_tokens
        one, other = (each.card.get("base", {}).get("digest") for each in (first, skill))
        if one != other:
            raise UsageError(
                f"{first.name} and {skill.name} were trained on different bases", hint="train both on the same"
            )
        if begins[skill.name] != begins[first.name]:
            raise UsageError(
                f"{first.name} and {skill.name} begin to act at different places: "
                f"{_said(begins[first.name])} and {_said(begins[skill.name])}",
                hint="train both with the same --method, lora or alora",
            )
    return begins[first.name]


def _said(invocation: tuple[int, ...]) -> str:
    return f"from tokens {list(invocation)} on" if invocation else "everywhere"


def _factors(skill: Skill) -> dict[str, tuple[Tensor, Tensor]]:
    """path → (down, up), the scale inside up."""
    assert skill.weights is not None
    modules = read_weights(skill.weights).modules
    shapes = {path: (up.shape[0], down.shape[1]) for path, (down, up) in modules.items()}
    adapter = read_adapter(skill.weights, skill.version, shapes)
    return {path: (delta.down, delta.up) for path, delta in adapter.deltas.items()}


def write(combined: Combined, skills: Sequence[Skill], name: str, folder: Path, about: Mapping[str, Any]) -> None:
    """A skill's folder: contract, instructions and examples of the first skill, and of those with the same contract
    their examples as well."""
    check_name(name)
    first = skills[0]
    folder.mkdir(parents=True, exist_ok=True)
    text = (first.folder / "SKILL.md").read_text(encoding="utf-8")
    renamed = re.sub(r"(?m)^name:.*$", f"name: {name}", text, count=1)
    write_atomically(folder / "SKILL.md", renamed.encode())
    for extra in ("schema.json", "tools.json"):
        if (first.folder / extra).is_file():
            shutil.copy2(first.folder / extra, folder / extra)
    alike = [skill for skill in skills if (skill.contract, skill.schema) == (first.contract, first.schema)]
    lines = [line for skill in alike for line in (skill.folder / "examples.jsonl").read_text("utf-8").splitlines()]
    write_atomically(folder / "examples.jsonl", "".join(f"{line}\n" for line in dict.fromkeys(lines)).encode())
    save_lora(combined.factors, combined.rank, folder / "weights", list(combined.invocation) or None)
    card = {
        "base": first.card.get("base", {}),
        "method": f"combined: {about['way']}",
        "combined": {"skills": [skill.version for skill in skills], **about, "energy": round(combined.energy, 6)},
    }
    write_atomically(folder / "card.json", (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode())
