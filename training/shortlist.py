"""Train the tool shortlist: `python -m training.shortlist --data FOLDER` writes adapters/router/shortlist.*.

The encoder is frozen and reads each text once; the head on its word-piece vectors learns. Every batch comes from one
pool: its requests against a few dozen of its tools (softmax), and each pair for itself (logistic), so that a request
nothing serves scores low everywhere. Names are hidden on part of the tools.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from router.conversation import ToolSpec
from router.encoder import WEIGHTS_SHA256, WIDTH
from router.shortlist import LONGEST, REQUEST, TOOL, WEIGHTS, Head, Reading, describe, load
from training import request_pools as pools
from training.convert import minilm_folder
from training.heads import sources, write_head
from training.request_pools import Pool, Row

SHARES = {  # how often a batch is drawn from each pool
    "in the box": 18,
    "grammar": 4,
    "metatool": 4,
    "sgd": 3,
    "seal-tools": 2,
    "clinc150": 2,
    "nlu-evaluation-data": 2,
    "mcpm": 1,
    "snips": 1,
}
REQUESTS, TOOLS = 32, 40  # of one batch
EVENNESS = 0.75  # power of a tool's number of requests by which it is drawn: 0 every tool alike, 1 every request
STRANGERS = 5  # of one batch: requests of other pools, that no tool here serves
HIDDEN_NAMES = 0.35  # share of tools whose name is replaced, so that descriptions count
NO_PARAMETERS = 0.3  # share of tools shown without parameters
TOO_ALIKE = 0.4  # cosine at which a stranger may be served after all
DROPPED = 0.25  # share of a word piece's vector that is dropped in training
HIDDEN, PROJECTED = 256, 128  # width of the trained layer, dimensions of a word in late interaction


class Shelf:
    """The frozen encoder's word-piece vectors of texts, each computed once, in bfloat16, and kept."""

    def __init__(self) -> None:
        folder = minilm_folder()
        self._model = AutoModel.from_pretrained(folder).eval()
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._words: dict[str, Tensor] = {}
        self._whole: dict[str, Tensor] = {}

    def add(self, texts: Iterable[str]) -> None:
        new = sorted({text for text in texts if text not in self._words}, key=len)
        for start in range(0, len(new), 64):
            self._compute(new[start : start + 64])

    def _compute(self, texts: Sequence[str]) -> None:
        pieces = self._tokenizer(texts, padding=True, truncation=True, max_length=LONGEST + 2, return_tensors="pt")
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self._model(**pieces).last_hidden_state.float()
        for text, vectors, mask in zip(texts, hidden, pieces["attention_mask"].bool(), strict=True):
            self._whole[text] = F.normalize(vectors[mask].mean(0), dim=-1)
            self._words[text] = vectors[mask][1:-1].to(torch.bfloat16)

    def words(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Vectors [n, t, 384] and mask [n, t]."""
        self.add(texts)
        rows = [self._words[text].float() for text in texts]
        lengths = torch.tensor([len(row) for row in rows])
        mask = torch.arange(int(lengths.max())) < lengths[:, None]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), mask

    def whole(self, texts: Sequence[str]) -> Tensor:
        """[n, 384] unit vectors."""
        self.add(texts)
        return torch.stack([self._whole[text] for text in texts])


def fresh(seed: int) -> Head:
    """The head before training: a random orthogonal projection of the words, and nothing added to whole vectors."""
    generator = torch.Generator().manual_seed(seed)
    projection = torch.linalg.qr(torch.randn(WIDTH, PROJECTED, generator=generator))[0]
    tensors = {
        "inner": torch.randn(WIDTH, HIDDEN, generator=generator) / WIDTH**0.5,
        "side_bias": torch.zeros(2, HIDDEN),
        "side_salience": torch.zeros(2, WIDTH + HIDDEN),
        "words": torch.cat([projection, torch.zeros(HIDDEN, PROJECTED)]),
        "whole": torch.zeros(HIDDEN, WIDTH),
        "scale": torch.tensor([10.0, 10.0, -10.0]),
    }
    return Head(**{name: torch.nn.Parameter(tensor) for name, tensor in tensors.items()})


def going_on(weights: Path) -> Head:
    """A trained head, to train it further. Raises WeightsRefused."""
    head, _ = load(weights)
    return Head(**{field.name: torch.nn.Parameter(getattr(head, field.name)) for field in fields(Head)})


@dataclass(frozen=True)
class Batch:
    """`right` and `known` [requests, tools]: which pairs fit, and for which it is known whether they do."""

    requests: list[str]
    tools: list[str]
    right: Tensor
    known: Tensor


class Batches:
    """An endless stream of batches. Strangers are rows of other pools that no tool of this one seems to serve."""

    def __init__(self, parts: Sequence[Pool], shelf: Shelf, seed: int) -> None:
        self._rng = random.Random(seed)
        self._pools = {pool.source: pool for pool in parts}
        self._shelf = shelf
        self._texts = {
            source: {key: [_wordings(spec, self._rng) for spec in specs] for key, specs in pool.tools.items()}
            for source, pool in self._pools.items()
        }
        self._rows = {source: _by_tool(pool.rows) for source, pool in self._pools.items()}
        self._neighbours = {source: self._near(source) for source in self._pools}

    def _near(self, source: str) -> dict[str, list[str]]:
        """Each tool's most similar tools: the ones hardest to tell apart."""
        keys = list(self._texts[source])
        texts = [self._texts[source][key][0][0] for key in keys]
        whole = self._shelf.whole(texts)
        nearest = (whole @ whole.T).topk(min(9, len(keys))).indices.tolist()
        return {key: [keys[n] for n in row if keys[n] != key] for key, row in zip(keys, nearest, strict=True)}

    def __iter__(self) -> Iterator[Batch]:
        sources = list(self._pools)
        while True:
            yield self._batch(self._rng.choices(sources, [SHARES[source] for source in sources])[0])

    def _batch(self, source: str) -> Batch:
        rng, pool = self._rng, self._pools[source]
        groups = self._rows[source]
        shares = [len(group) ** EVENNESS for group in groups.values()]
        rows = [rng.choice(groups[right]) for right in rng.choices(list(groups), shares, k=REQUESTS)]
        strangers = [rng.choice(other.rows).request for other in rng.choices(list(self._pools.values()), k=STRANGERS)
                     if other.source != source]  # fmt: skip
        keys = self._offered(source, rows)
        tools = [rng.choice(rng.choice(self._texts[source][key])) for key in keys]
        plain = [self._texts[source][key][0][0] for key in keys]
        requests = [row.request for row in rows] + strangers
        right = torch.zeros(len(requests), len(keys), dtype=torch.bool)
        known = torch.ones_like(right)
        for n, row in enumerate(rows):
            right[n] = torch.tensor([key in row.right for key in keys])
            unsure = frozenset[str]().union(*(pool.same.get(key, frozenset()) for key in row.right))
            known[n] = torch.tensor([key not in unsure for key in keys])
        known[len(rows) :] = (
            self._shelf.whole(strangers) @ self._shelf.whole(plain).T < TOO_ALIKE if strangers else True
        )
        return Batch(requests, tools, right, known)

    def _offered(self, source: str, rows: Sequence[Row]) -> list[str]:
        """The right tools, some of their neighbours, and others at random."""
        rng, every = self._rng, list(self._texts[source])
        wanted = {key for row in rows for key in row.right}
        near = {rng.choice(self._neighbours[source][key]) for key in wanted}
        others = rng.sample(every, min(TOOLS, len(every)))
        chosen = list(dict.fromkeys([*rng.sample(sorted(wanted), len(wanted)), *sorted(near), *others]))[
            : max(TOOLS, len(wanted))
        ]
        rng.shuffle(chosen)
        return chosen


def _by_tool(rows: Sequence[Row]) -> dict[frozenset[str], list[Row]]:
    """Rows by what is right for them, so that no tool drowns the others."""
    groups: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        groups.setdefault(row.right, []).append(row)
    return groups


def _wordings(spec: ToolSpec, rng: random.Random) -> list[str]:
    """The texts one wording of a tool may wear in training: in full, nameless, without parameters."""
    bare = replace(spec, parameters={})
    nameless = replace(spec, name="".join(rng.choices("bcdfghklmnprstvz", k=5)))
    every = [spec] * 4 + [nameless] * round(10 * HIDDEN_NAMES) + [bare] * round(10 * NO_PARAMETERS)
    return [describe(each) for each in every]


def loss_of(logits: Tensor, batch: Batch) -> Tensor:
    """Softmax over the tools of a request that has a right one, and a logistic loss over every pair."""
    hidden = logits.masked_fill(~batch.known, -1e4)
    served = batch.right.any(-1)
    chosen = hidden.logsumexp(-1) - hidden.masked_fill(~batch.right, -1e4).logsumexp(-1)
    pairs = F.binary_cross_entropy_with_logits(logits, batch.right.float(), reduction="none")
    pairs = torch.where(batch.right, pairs * 4, pairs) * batch.known
    return chosen[served].mean() + 12 * pairs.mean()


Report = Callable[[int, float, Head], None]


def train(head: Head, shelf: Shelf, batches: Iterator[Batch], *, steps: int, rate: float, report: Report) -> None:
    """Train `head` in place; the rate rises for a twentieth of the steps and then falls to zero."""
    parameters = {field.name: getattr(head, field.name) for field in fields(Head)}
    # three numbers of size ten must go far
    groups = [{"params": [p], "lr": rate * (30 if name == "scale" else 1)} for name, p in parameters.items()]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min(20 * (n + 1) / steps, 1 - n / steps))
    for step in range(steps):
        batch = next(batches)
        logits = head.logits(_read(head, shelf, batch.requests, REQUEST), _read(head, shelf, batch.tools, TOOL))
        loss = loss_of(logits, batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimiser.step()
        schedule.step()
        report(step + 1, loss.item(), head)


def _read(head: Head, shelf: Shelf, texts: Sequence[str], side: int) -> Reading:
    """A reading with part of every vector dropped, so that no single dimension decides."""
    vectors, mask = shelf.words(texts)
    return head.read(F.dropout(vectors, DROPPED), mask, side)


def training_pools(data: Path, rng: random.Random, share: float = 1.0) -> list[Pool]:
    """Every pool, capped so that no tool drowns the others; `share` of the public ones, for a further round."""

    def some(count: int) -> int:
        return round(count * share)

    return [
        pools.sgd(data / "sgd", "train").capped(some(2500), 60, rng),
        pools.seal_tools(data / "seal-tools", "dev").capped(some(700), 20, rng),
        pools.metatool(data / "metatool", "train").capped(some(4500), 40, rng),
        pools.clinc150(data / "clinc150").capped(some(1700), 12, rng),
        pools.nlu_evaluation(data / "nlu-evaluation-data").capped(some(900), 18, rng),
        pools.snips(data / "snips").capped(some(140), 20, rng),
        pools.mcpm(data / "mcpm").capped(some(787), 20, rng),
        pools.grammar(some(6000)),
        pools.in_the_box(12000),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    # imported here because measuring reads what is defined above
    from training.shortlist_measure import calibrate, calibration_cases, logits, measured

    options = _options(arguments)
    torch.set_num_threads(options.threads)
    rng, shelf = random.Random(options.seed), Shelf()
    parts = training_pools(options.data, rng, options.share)
    batches = iter(Batches(parts, shelf, options.seed))
    head = going_on(options.start) if options.start else fresh(options.seed)
    train(head, shelf, batches, steps=options.steps, rate=options.rate, report=_say)
    made = calibration_cases(options.data, shelf)
    tensors = {field.name: getattr(head, field.name).detach() for field in fields(Head)}
    tensors["calibration"] = calibrate(logits(head, shelf, made), made)
    scores = measured(options.data, shelf, head)
    write_head(options.out, {name: tensor.half() for name, tensor in tensors.items()}, card(parts, scores, options))
    print(json.dumps(scores, indent=1))


def card(parts: Sequence[Pool], scores: Mapping[str, object], options: argparse.Namespace) -> dict[str, object]:
    return {
        "what": "tool shortlist: late interaction of request and tool over the encoder's word-piece vectors",
        "encoder": f"all-MiniLM-L6-v2, sha256 {WEIGHTS_SHA256}",
        "licence": "CC-BY-SA-4.0, because part of the training data is",
        "data": sources(parts),
        "scores": scores,
        "command": f"python -m training.shortlist --data FOLDER --steps {options.steps} --rate {options.rate}",
    }


def _say(step: int, loss: float, head: Head) -> None:
    if step % 20 == 0:
        print(f"step {step}: loss {loss:.3f}", file=sys.stderr)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the tool shortlist.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sources in upstream layout")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="safetensors file; the card goes beside it")
    parser.add_argument("--start", type=Path, help="weights to go on from; the card then tells of this round alone")
    parser.add_argument("--share", type=float, default=1.0, help="share of the public requests to read")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
