"""Make the bundled base: MiniLM's weights, a tokenizer of its own, trained on every skill's rows for a stated time.

    python -m training.pretrain --data ../shared/data --out adapters/base --minutes 90
    torchrun --nproc-per-node 2 -m training.pretrain …      (several processes: each its rows, one average of gradients)

One script on two CPU cores or one GPU. A checkpoint is written every few minutes and taken up again by the same
command; the schedule is by time, so an interrupted run ends where an uninterrupted one would. Skills are not trained
here (training.train); nor is anything measured on a test split.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from training import convert, corpus, decoder
from training.batches import Batch, batches, collate
from training.curriculum import Curriculum, Tokenised, dress, tokenise
from training.tokenizer import Splitting, as_pretrained, train_tokenizer
from training.workers import ALONE, Workers

TEMPLATE = Path(__file__).parent.parent / "adapters" / "base" / "chat_template.jinja"


@dataclass(frozen=True)
class Plan:
    """Everything that decides a run; written beside the weights."""

    minutes: float = 90.0
    vocabulary: int = 8192
    splitting: Splitting = "isolated"
    layers: int = 6
    positions: int = 2048
    shifted: float = 0.25  # share of updates whose rows begin somewhere else than at the first position
    grown_from: str = "minilm"  # or "scratch", or the folder of a base to go on from, its tokenizer kept
    batch_tokens: int = 1536
    learning_rate: float = 6e-4
    warmup_steps: int = 100
    decay_share: float = 0.4  # the last part of the time, in which the rate falls to nothing
    weight_decay: float = 0.01
    prompt_share: float = 0.1
    everyday_from: float = 0.45  # share of the time after which rows come from the everyday mixture
    agent_from: float = 1.0  # and after which from the agent's own, mostly its own tools
    seed: int = 1
    curriculum: Curriculum = field(default_factory=Curriculum)


@dataclass
class Progress:
    step: int = 0
    tokens: int = 0
    seconds: float = 0.0


def learning_rate(plan: Plan, progress: Progress) -> float:
    """Warm-up by steps, then flat, then linear to zero over the last `decay_share` of the time."""
    warm = min(1.0, (progress.step + 1) / plan.warmup_steps)
    done = progress.seconds / (plan.minutes * 60)
    return plan.learning_rate * warm * min(1.0, max(0.0, (1.0 - done) / plan.decay_share))


def rows_for(
    plan: Plan, tokenizer: Any, data: Path | None, progress: Progress, rng: random.Random
) -> Iterator[Tokenised]:
    """The endless stream of what is read: mixed for the time, dressed, tokenised, too long ones dropped."""
    pool = corpus.tool_pool(data)
    wide, everyday, agent = (corpus.training_rows(data, rng, mixture) for mixture in ("wide", "everyday", "agent"))
    while True:
        done = progress.seconds / (plan.minutes * 60)
        row = next(wide if done < plan.everyday_from else everyday if done < plan.agent_from else agent)
        ready = tokenise(tokenizer, dress(row, pool, rng, plan.curriculum))
        if len(ready.ids) <= plan.curriculum.longest:
            yield ready


def train(plan: Plan, data: Path | None, out: Path, device: str) -> None:
    torch.manual_seed(plan.seed)
    workers = Workers.join()
    work = out / "checkpoint"
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(plan, data, work / "tokenizer.json")
    pretrained = as_pretrained(tokenizer, TEMPLATE.read_text(encoding="utf-8"))
    model: Any = _starting_model(plan, tokenizer)
    model.to(device).train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay, betas=(0.9, 0.98), fused=True
    )
    progress = _resume(model, optimizer, work, device)
    held_out = [
        tokenise(pretrained, dress(row, corpus.tool_pool(data), random.Random(i), plan.curriculum))
        for i, row in enumerate(corpus.held_out_rows(data))
    ]
    seed = plan.seed + progress.step + 1_000_003 * workers.rank
    rng = random.Random(seed)
    rows = rows_for(plan, pretrained, data, progress, random.Random(seed))
    stream = batches(rows, plan.batch_tokens, random.Random(seed), prompt_share=plan.prompt_share)
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{parameters:,} parameters, {len(held_out)} held-out rows, {json.dumps(asdict(plan))}", flush=True)
    log = Log(out / "progress.jsonl")
    saved = time.monotonic()
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    while progress.seconds < plan.minutes * 60:
        began = time.monotonic()
        batch = next(stream)
        rate = learning_rate(plan, progress)
        first = (
            rng.randrange(model.config.max_position_embeddings - batch.ids.shape[1])
            if rng.random() < plan.shifted
            else 0
        )
        value = step(model, optimizer, batch, rate, device, workers, first)
        progress.step += 1
        progress.tokens += batch.tokens * workers.count
        progress.seconds, stop = workers.agree(progress.seconds + time.monotonic() - began, bool(stopped))
        if stop:
            break
        if workers.rank:
            continue
        log.add(batch.tokens * workers.count, value)
        if progress.step % 100 == 0:
            log.line(progress, rate)
        if progress.step % 1000 == 0 or progress.seconds >= plan.minutes * 60:
            log.scores(progress, exactness(model, held_out, device))
        if time.monotonic() - saved > 300:
            _checkpoint(model, optimizer, progress, work)
            saved = time.monotonic()
    if workers.rank:
        return
    _checkpoint(model, optimizer, progress, work)
    if progress.seconds < plan.minutes * 60:
        print(f"stopped at step {progress.step}; the same command goes on from here", flush=True)
        return
    export(model, pretrained, out)
    made = {"plan": asdict(plan), **asdict(progress), "before": rounds(Path(plan.grown_from))}
    (out / "training.json").write_text(json.dumps(made, indent=1) + "\n")


def rounds(base: Path) -> list[dict[str, Any]]:
    """What the base of a folder was trained by, a round at a time, the first one first; none for what is no folder."""
    if not (base / "training.json").is_file():
        return []
    made = json.loads((base / "training.json").read_text(encoding="utf-8"))
    return [*made.pop("before", []), made]


def step(
    model: Any,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    rate: float,
    device: str,
    workers: Workers = ALONE,
    first: int = 0,
) -> float:
    """One update, rows beginning at position `first`; the loss in nats a learned token."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    batch = Batch(batch.ids.to(device), batch.targets.to(device), batch.weights.to(device), batch.sources)
    with torch.autocast(device.split(":")[0], dtype=torch.bfloat16):
        hidden = decoder.hidden_states(model, batch.ids, first)
        value = decoder.loss(*decoder.learned_logits(model, hidden, batch))
    value.backward()
    workers.average(model)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(value.detach())


@torch.inference_mode()
def exactness(model: Any, rows: list[Tokenised], device: str) -> dict[str, tuple[int, int]]:
    """For each source (right, seen): a row is right when every output token is the model's first choice after the
    right ones before it, which is the same as a right greedy, unconstrained generation."""
    right: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    ordered = sorted(rows, key=lambda row: len(row.ids))
    for first in range(0, len(ordered), 16):
        some = ordered[first : first + 16]
        batch = collate(some)
        with torch.autocast(device.split(":")[0], dtype=torch.bfloat16):
            chosen = model.lm_head(decoder.hidden_states(model, batch.ids.to(device))).argmax(-1).cpu()
        wrong = ((chosen != batch.targets) & (batch.weights == 1.0)).any(-1)
        for row, miss in zip(some, wrong.tolist(), strict=True):
            right[row.source][0] += not miss
            right[row.source][1] += 1
    return {source: (hits, seen) for source, (hits, seen) in right.items()}


class Log:
    """Loss by source and speed, to the terminal and one JSON line at a time to a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: list[float] = []
        self.began = time.monotonic()
        self.tokens = 0

    def add(self, tokens: int, value: float) -> None:
        if not math.isfinite(value):
            raise FloatingPointError(f"loss is {value}: lower the learning rate and resume from the last checkpoint")
        self.values.append(value)
        self.tokens += tokens

    def line(self, progress: Progress, rate: float) -> None:
        speed = self.tokens / (time.monotonic() - self.began)
        mean = sum(self.values) / len(self.values)
        self._write({"step": progress.step, "minutes": progress.seconds / 60, "tokens": progress.tokens, "loss": mean,
                     "rate": rate, "tokens_per_second": speed})  # fmt: skip
        self.values, self.tokens, self.began = [], 0, time.monotonic()

    def scores(self, progress: Progress, scores: dict[str, tuple[int, int]]) -> None:
        shown = {source: f"{hits}/{seen}" for source, (hits, seen) in sorted(scores.items())}
        total = sum(hits for hits, _ in scores.values()) / max(1, sum(seen for _, seen in scores.values()))
        self._write({"step": progress.step, "held_out_exact": total, "by_source": shown})

    def _write(self, record: dict[str, Any]) -> None:
        text = json.dumps({k: round(v, 5) if isinstance(v, float) else v for k, v in record.items()})
        print(text, flush=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")


def export(model: Any, pretrained: Any, out: Path) -> None:
    """Weights as bfloat16 safetensors, tokenizer and template: transformers, PEFT and vLLM load the folder as it is."""
    model.to("cpu", torch.bfloat16).save_pretrained(str(out), safe_serialization=True)
    pretrained.save_pretrained(str(out))


def _tokenizer(plan: Plan, data: Path | None, kept: Path) -> Tokenizer:
    for made in (kept, Path(plan.grown_from) / "tokenizer.json"):
        if made.exists():
            return Tokenizer.from_file(str(made))
    texts = corpus.texts(data, random.Random(plan.seed))
    tokenizer = train_tokenizer(texts, plan.vocabulary, plan.splitting)
    tokenizer.save(str(kept))
    return tokenizer


def _starting_model(plan: Plan, tokenizer: Tokenizer) -> Any:
    if plan.grown_from == "minilm":
        return convert.convert(tokenizer, plan.layers, plan.positions, plan.seed)
    if plan.grown_from == "scratch":
        return convert.fresh_model(tokenizer.get_vocab_size(), plan.layers, plan.positions, convert.end_of(tokenizer))
    from transformers import OPTForCausalLM

    return OPTForCausalLM.from_pretrained(plan.grown_from, dtype=torch.float32)


def _checkpoint(model: Any, optimizer: torch.optim.Optimizer, progress: Progress, work: Path) -> None:
    """Written beside and moved into place: a kill in mid-write leaves the one before."""
    temporary = work / "state.pt.new"
    torch.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "progress": asdict(progress)}, temporary
    )
    os.replace(temporary, work / "state.pt")


def _resume(model: Any, optimizer: torch.optim.Optimizer, work: Path, device: str) -> Progress:
    if not (work / "state.pt").exists():
        return Progress()
    state = torch.load(work / "state.pt", map_location=device, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    print(f"resumed at step {state['progress']['step']}", flush=True)
    return Progress(**state["progress"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the bundled base.")
    parser.add_argument("--data", type=Path, help="folder of the public data sets, each in its upstream layout")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    for name, default in asdict(Plan()).items():
        if not isinstance(default, dict):
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(parser.parse_args())
    data, out, device = given.pop("data"), given.pop("out"), given.pop("device")
    train(Plan(**given), data, out, device)


if __name__ == "__main__":
    main()
