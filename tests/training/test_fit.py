"""The loop: it stops when held-out rows get no better, goes on after a kill as if nothing was, and finds a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from router.contract import Contract
from router.errors import ContractFailed, UsageError
from tests.router.tiny import make_base
from training import checkpoints, targets
from training.batches import Batch, collate
from training.curriculum import Tokenised
from training.example import Example
from training.fit import SWEPT, Course, fit, sweep
from training.methods import METHODS, Setting
from training.parameters import Size
from training.train import load_base

COURSE = Course(rate=3e-3, steps=12, warmup_steps=2, rank=4, save_every=0.0)
SIZE = Size(("q_proj", "v_proj"), rank=4)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("fit") / "base", "opt")


def rows(count: int = 8) -> list[Tokenised]:
    torch.manual_seed(5)
    made = []
    for _ in range(count):
        prompt = [*torch.randint(20, 400, (8,)).tolist(), 4]
        made.append(Tokenised([*prompt, *torch.randint(20, 400, (4,)).tolist(), 1], len(prompt), "test"))
    return made


def stream() -> Iterator[Batch]:
    made = rows()
    while True:
        for at in range(0, len(made), 2):
            yield collate(made[at : at + 2])


def model_on(base: Path, method: str = "lora") -> Any:
    return METHODS[method].build(load_base(base), Setting(SIZE, seed=3))


@pytest.mark.parametrize("name", ["lora", "galore"])
def test_a_run_that_was_killed_ends_as_one_that_was_not(name: str, base: Path, tmp_path: Path) -> None:
    method = METHODS[name]
    whole = model_on(base, name)
    fit(whole, method, COURSE, stream(), (), say=lambda _: None)

    def broken() -> Iterator[Batch]:
        for number, batch in enumerate(stream()):
            if number == 7:
                raise KeyboardInterrupt
            yield batch

    with pytest.raises(KeyboardInterrupt):
        fit(model_on(base, name), method, COURSE, broken(), (), folder=tmp_path, say=lambda _: None)
    assert (tmp_path / checkpoints.FILE).is_file()
    again = model_on(base, name)
    progress = fit(again, method, COURSE, stream(), (), folder=tmp_path, say=lambda _: None)
    assert progress.steps == 12
    assert not (tmp_path / checkpoints.FILE).exists()
    for name, value in checkpoints.learning(whole).items():
        torch.testing.assert_close(checkpoints.learning(again)[name], value)


def test_it_stops_when_nothing_gets_better_and_leaves_with_its_best(base: Path) -> None:
    model = model_on(base)
    held_out = rows(4)
    torch.manual_seed(1)
    noise = [Tokenised([*row.ids[:-4], *torch.randint(20, 400, (4,)).tolist()], row.start, "x") for row in rows()]

    def wrong() -> Iterator[Batch]:
        while True:
            yield collate(noise)

    course = replace(COURSE, rate=0.3, steps=400, patience=2, look_every=5)
    progress = fit(model, METHODS["lora"], course, wrong(), held_out, say=lambda _: None)
    assert progress.ended == "no better on held-out rows"
    assert progress.steps < 400
    assert progress.best_step <= progress.steps - 10
    from training.forward import mean_loss

    assert mean_loss(model, held_out) == pytest.approx(-progress.best[1], abs=2e-2)


def test_a_sweep_finds_a_rate_and_leaves_the_model_as_it_was(base: Path) -> None:
    model = model_on(base)
    before = {name: value.clone() for name, value in checkpoints.learning(model).items()}
    course = replace(COURSE, rate=1e-3)
    rate, tried = sweep(model, METHODS["lora"], course, stream, rows(), steps=6, say=lambda _: None)
    assert [each["rate"] for each in tried] == pytest.approx([1e-3 * factor for factor in SWEPT])
    assert rate == min(tried, key=lambda each: each["held_out_loss"])["rate"]
    assert all(torch.equal(value, before[name]) for name, value in checkpoints.learning(model).items())


def test_a_loss_that_is_no_number_ends_the_run_with_a_word(base: Path) -> None:
    model = model_on(base)
    with torch.no_grad():
        next(p for p in model.parameters() if p.requires_grad).fill_(float("nan"))
    with pytest.raises(UsageError, match="no number"):
        fit(model, METHODS["lora"], COURSE, stream(), (), say=lambda _: None)


def test_a_run_needs_an_end(base: Path) -> None:
    with pytest.raises(UsageError, match="end"):
        fit(model_on(base), METHODS["lora"], replace(COURSE, steps=0), stream(), ())


def test_computing_activations_again_changes_no_gradient(tmp_path: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    from training.forward import loss_of
    from training.train import Plan, build

    llama = make_base(tmp_path / "llama", "llama")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(llama))
    batch, found = collate(rows(3)), []
    for again in (False, True):
        plan = Plan("x", method="lora", steps=1, recompute=again).resolved()
        model = build(plan, load_base(llama), tokenizer, tmp_path)
        torch.manual_seed(2)
        for parameter in checkpoints.learning(model).values():
            torch.nn.init.normal_(parameter, std=0.05)
        loss_of(model, batch).backward()
        found.append([p.grad for p in model.parameters() if p.requires_grad])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)
    for method, base in (("alora", llama), ("lora", make_base(tmp_path / "opt", "opt"))):
        with pytest.raises(UsageError, match="again"):
            build(Plan("x", method=method, steps=1, recompute=True).resolved(), load_base(base), tokenizer, tmp_path)


# --- what is looked at before a run ----------------------------------------------------------------------------------


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "guests": {"type": "integer", "maximum": 9}},
    "required": ["city"],
    "additionalProperties": False,
}


def example(output: dict[str, Any] | None) -> Example:
    return Example("booking", ({"role": "user", "content": "a table"},), output, "test", "CC0-1.0")


def test_an_output_takes_the_order_of_its_schema() -> None:
    row = targets.in_order(example({"guests": 2, "city": "Wien"}), Contract.for_schema(SCHEMA))
    assert list(row.output or {}) == ["city", "guests"]
    targets.verify([row], lambda _: Contract.for_schema(SCHEMA))


@pytest.mark.parametrize(
    "output", [{"guests": 2}, {"city": "Wien", "guests": 12}, {"city": "Wien", "day": 1}, {"city": 3}]
)
def test_what_could_never_be_said_is_not_trained(output: dict[str, Any]) -> None:
    with pytest.raises(ContractFailed, match="row 1 of 1"):
        targets.verify([example(output)], lambda _: Contract.for_schema(SCHEMA))


def test_the_grammar_is_asked_too_not_only_the_schema() -> None:
    long = "x" * 900  # the schema admits it, the grammar ends every text somewhere
    refused = targets.refusal(f'{{"city": "{long}"}}', Contract.for_schema(SCHEMA))
    assert refused is not None
    assert "grammar" in refused


def test_rows_without_an_output_teach_nothing_and_are_refused() -> None:
    targets.check_mask(rows())
    with pytest.raises(UsageError, match="no rows"):
        targets.check_mask([])
    with pytest.raises(UsageError, match="1 of 1"):
        targets.check_mask([Tokenised([5, 6, 7], 3, "test")])


def test_a_row_is_tokenised_as_a_bundled_skill_s_row_is() -> None:
    from training import train as bundled
    from training.curriculum import tokenise

    tokenizer = bundled.PreTrainedTokenizerFast.from_pretrained(str(bundled.ADAPTERS / "base"))
    tool = {"name": "book", "description": "Books it.", "parameters": SCHEMA}
    row = replace(example({"name": "book", "arguments": {"city": "Wien"}}), tools=(tool,))
    assert targets.tokenised(tokenizer, row) == tokenise(tokenizer, row)
    assert list(targets.header(tokenizer)) == tokenizer.encode("<|assistant|>")
