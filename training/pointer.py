"""Train the pointer (router/pointer.py): the encoder, tuned to say which words fill which parameter of a tool.

    python -m training.pointer --data ../shared/data --out DIR --minutes 60
    torchrun --nproc-per-node 2 -m training.pointer …      (several processes: each its rows, one average of gradients)

All six layers are trained from MiniLM's, the embeddings stay as they are. A checkpoint is written every few minutes and
taken up again by the same command; the schedule is by time. What ships is written at the end, with its card.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import nn

from router.encoder import WEIGHTS_SHA256, installed_folder, read_tokenizer
from router.pointer import WEIGHTS
from training import checkpoints, corpus, role_requests, synthetic, told_requests
from training.curriculum import mix
from training.example import Example
from training.heads import write_head
from training.pointed_rows import Pointed, pointed
from training.pointer_model import Case, Heads, cases_of, hidden_states, loss, scores
from training.sources.texts import make_texts, read_texts
from training.sources.values import ValuePool
from training.workers import Workers

SHARES = {
    "roles": 0.25, "told": 0.18, "requests": 0.22, "sgd": 0.16, "synthetic": 0.06, "snips": 0.04, "nlu": 0.03,
    "restaurant8k": 0.02, "home-llm": 0.02, "seal-tools": 0.02,
}  # fmt: skip
LICENCES = {
    "roles": "Apache-2.0", "told": "Apache-2.0", "requests": "MIT, Apache-2.0", "sgd": "CC-BY-SA-4.0",
    "synthetic": "Apache-2.0", "snips": "CC0-1.0", "nlu": "CC-BY-4.0", "restaurant8k": "CC-BY-4.0", "home-llm": "MIT",
    "seal-tools": "Apache-2.0",
}  # fmt: skip
HELD_OUT, HELD_OUT_SEED = 1200, 7777
WARMUP = 200  # updates
AT_ONCE = 256  # rows that are sorted by length
SAVED_EVERY = 240  # seconds
WHAT = "which words of a conversation fill which parameter of a tool: all-MiniLM-L6-v2, tuned to point"


@dataclass(frozen=True)
class Plan:
    minutes: float = 60.0
    rate: float = 1.5e-4  # of the encoder's layers; the heads learn five times as fast
    pieces: int = 1500  # of one batch, padding included
    seed: int = 1


@dataclass
class Progress:
    step: int = 0
    rows: int = 0
    seconds: float = 0.0


def rows(data: Path | None, seed: int) -> Iterator[Pointed]:
    """For ever; from the training splits alone, without what the base holds out."""
    rng = random.Random(seed)
    streams: dict[str, Iterator[Example]] = {
        "told": told_rows(data, random.Random(rng.getrandbits(64))),
        "roles": role_requests.generate(_values(data, random.Random(rng.getrandbits(64)))),
        "synthetic": synthetic.mixture(random.Random(rng.getrandbits(64))),
    }
    if data is not None and (data / "toucan-mcp").is_dir():
        streams["requests"] = corpus.requests_for(data, "train", rng)
    for name, found in corpus.read_rows(data).items():
        if name in SHARES:
            streams[name] = corpus.cycle([row for row in found if row.output and not corpus.is_held_out(row)], rng)
    return pointed(mix(streams, {name: SHARES[name] for name in streams}, rng), rng)


def told_rows(data: Path | None, rng: random.Random) -> Iterator[Example]:
    return told_requests.generate(_values(data, rng))


def _values(data: Path | None, rng: random.Random) -> ValuePool:
    return ValuePool(read_texts(data) if data else make_texts([]), rng)


def held_out(data: Path | None) -> Iterator[Pointed]:
    """What the base holds out, and requests of the generators from seeds of their own."""
    rng = random.Random(HELD_OUT_SEED)
    told = list(islice(told_rows(data, random.Random(HELD_OUT_SEED)), HELD_OUT // 4))
    roles = list(islice(role_requests.generate(_values(data, random.Random(HELD_OUT_SEED))), HELD_OUT // 4))
    return pointed(iter([*corpus.held_out_rows(data), *told, *roles]), rng)


def batches(tokenizer: Any, source: Iterator[Pointed], pieces: int, rng: random.Random) -> Iterator[list[Case]]:
    """Cases of like length together, at most so many pieces once padded; those that teach nothing are left out."""
    while True:
        some = [case for row in islice(source, AT_ONCE) for case in cases_of(tokenizer, row) if case.teaches]
        some.sort(key=lambda case: len(case.layout.ids))
        made: list[list[Case]] = [[]]
        for case in some:
            if made[-1] and len(case.layout.ids) * (len(made[-1]) + 1) > pieces:
                made.append([])
            made[-1].append(case)
        rng.shuffle(made)
        yield from made


def train(plan: Plan, data: Path | None, out: Path) -> None:
    torch.manual_seed(plan.seed)
    workers = Workers.join()
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = read_tokenizer(installed_folder())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model, heads = _encoder(), Heads()
    both = nn.ModuleList([model, heads])
    groups = [(model, 1.0), (heads, 5.0)]
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in part.parameters() if p.requires_grad], "scale": scale} for part, scale in groups],
        lr=plan.rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True,
    )  # fmt: skip
    kept = checkpoints.load(out, both, optimizer)
    progress = Progress(**kept[0]) if kept else Progress()
    held = [case for row in islice(held_out(data), HELD_OUT) for case in cases_of(tokenizer, row)]
    seed = plan.seed + progress.step + 1_000_003 * workers.rank
    stream = batches(tokenizer, rows(data, seed), plan.pieces, random.Random(seed))
    part = next(stream)  # what is read from disk is not training time
    values: list[float] = []
    saved = time.monotonic()
    while progress.seconds < plan.minutes * 60:
        began = time.monotonic()
        done = progress.seconds / (plan.minutes * 60)
        rate = plan.rate * min(1.0, (progress.step + 1) / WARMUP) * (1.0 - done)
        values.append(_step(both, optimizer, part, rate, workers))
        progress.step += 1
        progress.rows += len(part) * workers.count
        part = next(stream)
        progress.seconds, _ = workers.agree(progress.seconds + time.monotonic() - began, False)
        if workers.rank:
            continue
        if progress.step % 50 == 0:
            _tell({**asdict(progress), "loss": sum(values) / len(values)})
            values = []
        if progress.step % 1000 == 0:
            _tell(scores(model, heads, held))
        if time.monotonic() - saved > SAVED_EVERY:
            checkpoints.save(out, both, optimizer, asdict(progress))
            saved = time.monotonic()
    if not workers.rank:
        checkpoints.save(out, both, optimizer, asdict(progress))
        export(both, progress, plan, scores(model, heads, held), out / WEIGHTS.name)


def _step(
    both: nn.ModuleList, optimizer: torch.optim.Optimizer, part: list[Case], rate: float, workers: Workers
) -> float:
    """One update; the loss in nats a slot."""
    model, heads = both
    assert isinstance(heads, Heads)
    for group in optimizer.param_groups:
        group["lr"] = rate * group["scale"]
    made = [loss(heads, hidden, case) for case, hidden in zip(part, hidden_states(model, part), strict=True)]
    value = torch.stack([each for each, _ in made]).sum() / max(1, sum(count for _, count in made))
    optimizer.zero_grad(set_to_none=True)
    value.backward()
    for parameter in both.parameters():
        if parameter.requires_grad and parameter.grad is None:  # a batch without flags, say; all average alike
            parameter.grad = torch.zeros_like(parameter)
    workers.average(both)
    nn.utils.clip_grad_norm_(both.parameters(), 1.0)
    optimizer.step()
    return float(value.detach())


def _encoder() -> Any:
    from transformers import BertConfig, BertModel

    folder = installed_folder()
    # plain products: on a CPU the way back of fused attention alone is a third of a step
    config = BertConfig.from_pretrained(
        folder, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    model = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    model.embeddings.requires_grad_(False)
    return model.train()


def export(both: nn.ModuleList, progress: Progress, plan: Plan, read: dict[str, str], path: Path) -> None:
    """What the layers differ by, in eight bits, and the heads, as `router.pointer` reads them."""
    from safetensors.torch import load_file

    model, heads = both
    made_from = load_file(installed_folder() / "model.safetensors")
    tensors = {f"heads.{name}": tensor for name, tensor in heads.state_dict().items()}
    for name, tensor in model.state_dict().items():
        if name.startswith("encoder."):
            tensors |= _in_eight_bits(name, tensor - made_from[name])
    card = {
        "what": WHAT, "licence": "CC-BY-SA-4.0", "made_from": WEIGHTS_SHA256, "plan": asdict(plan), **asdict(progress),
        "shares": SHARES, "licences": LICENCES, "held_out": read,
        "command": "torchrun --nproc-per-node 2 -m training.pointer",
    }  # fmt: skip
    write_head(path, tensors, card)


def _in_eight_bits(name: str, change: torch.Tensor) -> dict[str, torch.Tensor]:
    """A matrix rounded to 255 steps a row; a vector as it is."""
    if change.dim() != 2:
        return {name: change}
    scale = change.abs().amax(1).clamp_min(1e-12) / 127
    return {name: (change / scale[:, None]).round().to(torch.int8), f"{name}.scale": scale}


def _tell(record: dict[str, Any]) -> None:
    print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in record.items()}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the pointer.")
    parser.add_argument("--data", type=Path, help="folder of the public data sets; without it, generated rows alone")
    parser.add_argument("--out", type=Path, required=True)
    for name, default in asdict(Plan()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    given = vars(parser.parse_args())
    data, out = given.pop("data"), given.pop("out")
    train(Plan(**given), data, out)


if __name__ == "__main__":
    main()
