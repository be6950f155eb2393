"""`quiver eval bench train`: training tokens a second against TRL's SFTTrainer, same base, LoRA, rows, batches, rate.

Both train a plain LoRA on all linear layers from the same rows in the same batches, on outputs alone, in bfloat16
autocast, each in a process of its own, in turns, so that a busy machine slows both alike. Tokens are the rows' own,
padding left out; the first updates do not count. TRL is run as it is fastest here: rows tokenised beforehand, nothing
computed twice (gradient checkpointing, its default, off), no logs. How good either trains is not asked beyond the loss.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from router.errors import TaskFailed, UsageError

TARGET = 2.0  # times TRL's tokens a second
UNCOUNTED = 3  # updates at the beginning, in which kernels are chosen and memory is first touched
WAYS = ("ours", "trl")
_NEEDED = ("trl", "datasets", "peft", "click", "jsonschema")


@dataclass(frozen=True)
class Job:
    """`rows` in an update. `folder` holds batches.json: a list of batches of {"ids", "start"}."""

    base: str
    folder: str
    rank: int = 32
    rate: float = 1e-3
    rows: int = 8
    steps: int = 30
    seed: int = 1

    @property
    def batches(self) -> list[list[dict[str, Any]]]:
        found: list[list[dict[str, Any]]] = json.loads((Path(self.folder) / "batches.json").read_text())
        return found


def prepare(job: Job, skill: str, data: Path | None) -> int:
    """Writes the batches, rows of about one length together; their tokens."""
    from itertools import islice

    from transformers import PreTrainedTokenizerFast

    from training.train import Plan, skill_rows

    tokenizer = PreTrainedTokenizerFast.from_pretrained(job.base)
    plan = Plan(skill, seed=job.seed)
    rows = sorted(islice(skill_rows(plan, tokenizer, data), job.steps * job.rows), key=lambda row: len(row.ids))
    groups = [rows[at : at + job.rows] for at in range(0, len(rows), job.rows)]
    random.Random(job.seed).shuffle(groups)
    said = [[{"ids": row.ids, "start": row.start} for row in group] for group in groups]
    (Path(job.folder) / "batches.json").write_text(json.dumps(said))
    return sum(len(row.ids) for row in rows)


# --- either way, in a process of its own -----------------------------------------------------------------------------


class Clock:
    """Seconds and loss of every update."""

    def __init__(self) -> None:
        self.ended = [time.perf_counter()]
        self.losses: list[float] = []

    def tick(self, loss: float) -> None:
        self.ended.append(time.perf_counter())
        self.losses.append(loss)

    def told(self, job: Job) -> dict[str, Any]:
        tokens = [sum(len(row["ids"]) for row in batch) for batch in job.batches]
        seconds = self.ended[-1] - self.ended[UNCOUNTED]
        return {"tokens_per_second": sum(tokens[UNCOUNTED:]) / seconds, "losses": self.losses, "seconds": seconds}


def ours(job: Job) -> dict[str, Any]:
    """training.fit's own loop."""
    from training.batches import Batch, collate
    from training.curriculum import Tokenised
    from training.fit import Course, fit, on_outputs
    from training.methods import METHODS, Setting
    from training.parameters import Size
    from training.train import load_base

    base = load_base(Path(job.base))
    model = METHODS["lora"].build(base, Setting(Size(_layers(base), rank=job.rank), seed=job.seed))
    clock = Clock()

    def batches() -> Iterator[Batch]:
        for number, batch in enumerate(job.batches):
            if number:
                clock.tick(last[0])
            yield collate([Tokenised(row["ids"], row["start"], "") for row in batch])

    last = [0.0]

    def loss(model: Any, batch: Any) -> Any:
        value = on_outputs(model, batch)
        last[0] = float(value.detach())
        return value

    course = Course(job.rate, steps=job.steps, warmup_steps=1, rank=job.rank)
    fit(model, METHODS["lora"], course, batches(), (), loss=loss, say=lambda _: None)
    clock.tick(last[0])
    return clock.told(job)


def trl(job: Job) -> dict[str, Any]:
    """TRL's SFTTrainer on the same rows in the same order."""
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from transformers.utils.logging import disable_progress_bar
    from trl import SFTConfig, SFTTrainer

    from training.train import load_base

    disable_progress_bar()
    base, clock = load_base(Path(job.base)), Clock()
    rows = [row for batch in job.batches for row in batch]
    table = {
        "input_ids": [row["ids"] for row in rows],
        "labels": [[-100] * row["start"] + row["ids"][row["start"] :] for row in rows],
    }
    lora = LoraConfig(
        task_type="CAUSAL_LM", r=job.rank, lora_alpha=2 * job.rank, target_modules=list(_layers(base)), lora_dropout=0.0
    )
    settings = SFTConfig(
        output_dir=job.folder, per_device_train_batch_size=job.rows, max_steps=job.steps, learning_rate=job.rate,
        lr_scheduler_type="linear", warmup_steps=0, weight_decay=0.0, bf16=True, gradient_checkpointing=False,
        train_sampling_strategy="sequential", report_to="none", save_strategy="no", logging_steps=1, disable_tqdm=True,
        max_length=None, use_cpu=True, seed=job.seed, dataloader_pin_memory=False,
    )  # fmt: skip

    class Ticks(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
            if logs and "loss" in logs:
                clock.tick(float(logs["loss"]))

    tokenizer = PreTrainedTokenizerFast.from_pretrained(job.base)
    trainer = SFTTrainer(
        base, args=settings, train_dataset=Dataset.from_dict(table), processing_class=tokenizer, peft_config=lora,
        callbacks=[Ticks()],
    )  # fmt: skip
    clock.ended = [time.perf_counter()]
    trainer.train()
    return clock.told(job)


def _layers(base: Any) -> tuple[str, ...]:
    from training.shapes import from_config

    return tuple(from_config(base.config.to_dict(), "the base").matrices)


# --- in turns --------------------------------------------------------------------------------------------------------


def measure(job: Job, pythons: Mapping[str, str], turns: int) -> dict[str, Any]:
    """Figures of both ways, and how many times faster ours is, by the best turn of each and by the median."""
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for _ in range(turns):
        for way in WAYS:
            found[way].append(_run(job, way, pythons[way]))
    speeds = {way: [each["tokens_per_second"] for each in runs] for way, runs in found.items()}
    halves = {way: statistics.fmean(runs[0]["losses"][len(runs[0]["losses"]) // 2 :]) for way, runs in found.items()}
    return {
        "job": {key: value for key, value in asdict(job).items() if key != "folder"},
        "tokens_per_second": {way: [round(each) for each in each_way] for way, each_way in speeds.items()},
        "ratio": round(max(speeds["ours"]) / max(speeds["trl"]), 3),
        "ratio_of_medians": round(statistics.median(speeds["ours"]) / statistics.median(speeds["trl"]), 3),
        "loss_in_the_second_half": {way: round(value, 4) for way, value in halves.items()},
        "first_loss": {way: round(runs[0]["losses"][0], 4) for way, runs in found.items()},
    }


def _run(job: Job, way: str, python: str) -> dict[str, Any]:
    root = Path(__file__).parents[1]
    words = [python, "-m", "evals.bench_train", way, json.dumps(asdict(job))]
    env = {**os.environ, "PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    ended = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise TaskFailed(f"{way} ended with {ended.returncode}: {ended.stderr[-600:]}")
    found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def lacking(python: str) -> list[str]:
    """What this interpreter cannot import of TRL and what runs it here."""
    probe = "import importlib.util, sys; print(*(n for n in sys.argv[1:] if importlib.util.find_spec(n) is None))"
    try:
        ran = subprocess.run([python, "-c", probe, *_NEEDED], capture_output=True, text=True, check=False)
    except OSError as error:
        raise UsageError(f"{python} does not run: {error.strerror}", hint="name another: --trl-python PYTHON") from None
    return ran.stdout.split() if ran.returncode == 0 else list(_NEEDED)


@click.command("train")
@click.option("--trl-python", metavar="PYTHON", help="An interpreter that has TRL; this one unless given.")
@click.option("--skill", default="json-extract", show_default=True, help="Whose rows are learned.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="FOLDER", help="Public data sets; generated rows alone."
)
@click.option("--steps", type=click.IntRange(5), default=30, show_default=True)
@click.option("--rows", type=click.IntRange(1), default=8, show_default=True, help="Rows in an update.")
@click.option("--rank", type=click.IntRange(1), default=32, show_default=True)
@click.option("--turns", type=click.IntRange(1), default=3, show_default=True, help="How often either is run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    trl_python: str | None, skill: str, data: Path | None, steps: int, rows: int, rank: int, turns: int, as_json: bool
) -> int:  # fmt: skip
    """Training tokens a second against TRL's SFTTrainer: same base, LoRA, rows, batches and rate."""
    from router.cli.output import print_data, print_json
    from router.opening import bundled_base

    python = trl_python or sys.executable
    if missing := lacking(python):
        raise UsageError(
            f"{python} lacks {', '.join(missing)} to compare with",
            hint=f"pip install {' '.join(missing)}, or name another interpreter: --trl-python PYTHON",
        )
    with tempfile.TemporaryDirectory() as folder:
        job = Job(str(bundled_base()), folder, rank=rank, rows=rows, steps=steps)
        tokens = prepare(job, skill, data)
        figures = {"tokens": tokens, **measure(job, {"ours": sys.executable, "trl": python}, turns)}
    print_json(figures) if as_json else print_data(_table(figures))
    return 0 if figures["ratio_of_medians"] >= TARGET else 1


def _table(figures: Mapping[str, Any]) -> str:
    speeds, losses = figures["tokens_per_second"], figures["loss_in_the_second_half"]
    lines = [f"training tokens a second, {figures['tokens']:,} tokens in {figures['job']['steps']} updates, every turn"]
    for way, name in zip(WAYS, ("quiver", "TRL SFTTrainer"), strict=True):
        said = "  ".join(f"{each:,}" for each in speeds[way])
        lines.append(f"  {name:<16}{said}   loss {figures['first_loss'][way]} → {losses[way]}")
    return "\n".join([*lines, f"  quiver / TRL    {figures['ratio_of_medians']}   (target {TARGET})"])


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)


if __name__ == "__main__":
    print(json.dumps({"ours": ours, "trl": trl}[sys.argv[1]](Job(**json.loads(sys.argv[2])))))
