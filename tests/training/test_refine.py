"""Refining: the losses are their papers', pull the right way, and a refinement that is no better leaves no trace."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from router import jsonl
from router.errors import UsageError
from tests.router.tiny import make_base, make_model, save_words
from tests.training.test_train_making import CITIES, making, output
from training import fit, forward, on_policy, preferences, rejected, rows
from training.batches import collate
from training.candidates import Candidate, Voted
from training.curriculum import Tokenised
from training.filters import Dropped
from training.making import Making
from training.methods import METHODS, Setting
from training.parameters import Size
from training.refine import Plan, refine
from training.responses import Answer
from training.train import load_base
from training.train_making import default_plan, train_making

WORDS: Mapping[str, Any] = {"steps": 6, "batch_tokens": 128, "look_every": 3, "patience": 2, "rank": 8}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("refine") / "base", "opt")


def model_on(base: Path) -> Any:
    return METHODS["lora"].build(load_base(base), Setting(Size(("q_proj", "v_proj", "fc1"), rank=8), seed=3))


def drawn(count: int, seed: int, start: int = 7) -> list[Tokenised]:
    source = torch.Generator().manual_seed(seed)
    ids = torch.randint(20, 400, (count, start + 5), generator=source).tolist()
    return [Tokenised([*each[:start], *each[start:], 1], start, "test") for each in ids]


def other_outputs(to: list[Tokenised], seed: int) -> list[Tokenised]:
    fresh = drawn(len(to), seed)
    return [
        replace(row, ids=[*row.ids[: row.start], *new.ids[new.start :]]) for row, new in zip(to, fresh, strict=True)
    ]


# --- losses ----------------------------------------------------------------------------------------------------------


def test_dpo_is_its_formula() -> None:
    gained = torch.tensor([1.5, -0.5, 0.25, -2.0])  # two chosen, two rejected
    wanted = -(math.log(1 / (1 + math.exp(-0.3 * 1.25))) + math.log(1 / (1 + math.exp(-0.3 * 1.5)))) / 2
    assert preferences.dpo(gained, 0.3) == pytest.approx(wanted, rel=1e-5)
    assert preferences.dpo(torch.zeros(6), 0.3) == pytest.approx(math.log(2))


def test_kto_is_its_formula() -> None:
    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    gained, wanted = torch.tensor([2.0, -1.0, 0.4, 0.2]), torch.tensor([True, False])
    middle = 0.3
    expected = (1.0 * (1 - sigmoid(0.5 * (2 - middle))) + 3.0 * (1 - sigmoid(0.5 * (middle + 1)))) / 2
    assert preferences.kto(gained, wanted, 0.5, (1.0, 3.0)) == pytest.approx(expected, rel=1e-5)
    behind = torch.tensor([0.0, 0.0, -5.0, -5.0])
    assert preferences.kto(behind, wanted, 0.5, (1.0, 1.0)) == pytest.approx(0.5), "the middle is never below 0"


@pytest.mark.parametrize(
    ("counts", "weights"), [((90, 30), (1.0, 3.0)), ((10, 20), (2.0, 1.0)), ((100, 1), (1.0, 8.0))]
)
def test_the_rarer_kind_counts_as_much(counts: tuple[int, int], weights: tuple[float, float]) -> None:
    assert preferences.balance(*counts) == pytest.approx(weights)


def test_forward_divergence_is_zero_at_the_teacher_and_grows_away_from_it() -> None:
    torch.manual_seed(0)
    teacher, noise = torch.randn(5, 60) * 3, torch.randn(5, 60)
    assert float(on_policy.divergence(teacher, teacher, 8)) == pytest.approx(0.0, abs=1e-6)
    near, far = (float(on_policy.divergence(teacher, teacher + size * noise, 8)) for size in (0.3, 1.5))
    assert 0 < near < far
    whole = float(on_policy.divergence(teacher, noise, 60))
    theirs = teacher.log_softmax(-1)
    assert whole == pytest.approx(float((theirs.exp() * (theirs - noise.log_softmax(-1))).sum(-1).mean()), rel=1e-3)


def test_an_output_is_as_likely_as_its_tokens_one_after_the_other(base: Path) -> None:
    model, [row] = model_on(base).requires_grad_(False), drawn(1, seed=1)
    step_by_step = sum(
        float(forward.next_logits(model, [row.ids[:at]]).log_softmax(-1)[0, row.ids[at]])
        for at in range(row.start, len(row.ids))
    )
    assert float(forward.log_probabilities(model, collate([row]))) == pytest.approx(step_by_step, abs=0.15)  # bfloat16


def test_rows_of_unlike_length_are_continued_alike(base: Path) -> None:
    model, (long, other) = model_on(base), drawn(2, seed=4)
    together = forward.next_logits(model, [long.ids, other.ids[:4]])
    torch.testing.assert_close(together[1:], forward.next_logits(model, [other.ids[:4]]), atol=0.05, rtol=0.02)


# --- what they do to a model -----------------------------------------------------------------------------------------


def gap(model: Any, right: list[Tokenised], wrong: list[Tokenised]) -> float:
    return float((preferences.reference(model, right) - preferences.reference(model, wrong)).mean())


def learn(model: Any, batches: Any, loss: Any, steps: int = 25) -> None:
    fit.fit(model, METHODS["lora"], fit.Course(3e-3, steps=steps, warmup_steps=2), batches, (), loss=loss,
            say=lambda _: None)  # fmt: skip


def test_dpo_and_kto_part_the_right_from_the_wrong(base: Path) -> None:
    right = drawn(6, seed=1)
    wrong = other_outputs(right, seed=2)
    for name in ("dpo", "kto"):
        model = model_on(base)
        before = gap(model, right, wrong)
        if name == "dpo":
            pairs = [preferences.Pair(one, other) for one, other in zip(right, wrong, strict=True)]
            learn(model, preferences.pairs_in_batches(model, pairs, 4, 1), preferences.DpoLoss(0.1, anchor=0.0))
        else:
            astray = other_outputs(right, seed=3)
            judged = [preferences.Judged(row, good, other) for rows, good in ((right, True), (wrong, False))
                      for row, other in zip(rows, astray, strict=True)]  # fmt: skip
            learn(model, preferences.judged_in_batches(model, judged, 6, 1), preferences.KtoLoss(0.1))
        assert gap(model, right, wrong) > before + 1.0, name


def test_an_anchor_keeps_the_chosen_likely(base: Path) -> None:
    right = drawn(4, seed=1)
    pairs = [preferences.Pair(one, other) for one, other in zip(right, other_outputs(right, seed=2), strict=True)]
    likely = []
    for anchor in (0.0, 1.0):
        model = model_on(base)
        learn(model, preferences.pairs_in_batches(model, pairs, 4, 1), preferences.DpoLoss(0.1, anchor))
        likely.append(float(preferences.reference(model, right).mean()))
    assert likely[1] > likely[0]


def test_samples_are_the_models_own_end_where_it_ends_and_are_drawn_by_seed(base: Path) -> None:
    model, some = model_on(base), drawn(3, seed=5)
    one, again, other = (on_policy.sampled(model, some, 6, seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    for row, said in zip(some, one, strict=True):
        assert said.ids[: said.start] == row.ids[: row.start]
        assert 1 <= len(said.ids) - said.start <= 6
        assert 1 not in said.ids[said.start : -1]


def test_on_policy_brings_a_skill_to_its_teacher(base: Path) -> None:
    teacher = load_base(base)
    with torch.no_grad():
        for parameter in teacher.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.02)
    model, some = model_on(base), drawn(6, seed=6)
    loss = on_policy.OnPolicyLoss(teacher.eval(), limit=5)

    def away() -> float:
        with torch.no_grad():
            return float(loss(model, on_policy.Spoken(some, own=True, seed=9)))

    before = away()
    learn(model, on_policy.in_batches(some, 3, 0.5, 1), loss)
    assert away() < 0.8 * before


# --- what was rejected -----------------------------------------------------------------------------------------------


def voted(request: str, said: Any, *answers: Any) -> Voted:
    texts = tuple(Answer(each if isinstance(each, str) else json.dumps(each)) for each in answers)
    return Voted(Candidate(request, answers=texts), said, votes=1, asked=len(texts))


def test_outvoted_samples_and_certain_mistakes_are_kept_and_nothing_else(tmp_path: Path) -> None:
    made = making(tmp_path / "book-table")
    kept = [voted("a", {"city": "Wien"}, {"city": "Wien"}, {"city": "Rome"}, {"city": "Rome"}, "{nothing")]
    dropped = [
        Dropped(voted("b", {"city": "Oslo"}), "grounding", "Oslo is not said"),
        Dropped(voted("c", {"city": "Bern"}), "agreement", "1 of 3"),
        Dropped(voted("d", {"city": "Lima"}), "must-refuse", "it had to be declined"),
    ]
    rejected.write(made, rejected.found(kept, dropped, calls=False))
    found = list(jsonl.read(made.rejected))
    assert [(row["output"], row["why"]) for row in found] == [
        ({"city": "Rome"}, "voted down"),
        ({"city": "Oslo"}, "grounding: Oslo is not said"),
    ]
    assert rejected.read(made)[0].messages[0]["content"] == "a"


# --- the whole -------------------------------------------------------------------------------------------------------


def trained(folder: Path, base: Path, contract: str = "schema") -> Making:
    made = making(folder, contract)
    train_making(made, default_plan(made.name, **{**WORDS, "method": "alora"}), base, say=lambda _: None)
    wrong = [
        rejected.Rejected(
            f"a table for {number} in {city}", output(contract, {"city": CITIES[number - 1]}), "voted down"
        )
        for number, city in enumerate(CITIES)
        if number in (1, 2, 3)
    ]
    rejected.write(
        made, [*wrong, rejected.Rejected("a table for 7", output(contract, {"guests": 7}), "required: city")]
    )
    return made


def refined(made: Making, base: Path, **words: Any) -> dict[str, Any]:
    plan = Plan(made.name, **{"steps": 4, "rows": 2, "look_every": 2, "rate": 3e-3, **words})
    return refine(made, plan, base, say=lambda _: None)


@pytest.mark.parametrize(
    ("how", "contract"), [("dpo", "schema"), ("dpo", "tools"), ("kto", "schema"), ("kto", "tools")]
)
def test_a_skill_is_refined_from_what_it_was_however_often(how: Any, contract: str, base: Path, tmp_path: Path) -> None:
    made = trained(tmp_path / "book-table", base, contract)
    before = (made.weights / "adapter_model.safetensors").read_bytes()
    card = refined(made, base, how=how)
    figures = card["refined"]
    if how == "dpo":
        assert figures["pairs"] == 3
    else:
        assert (figures["wanted"], figures["unwanted"]) == (4, 3), "what the grammar forbids is not unlearned"
    assert (made.before_refining / "adapter_model.safetensors").read_bytes() == before
    after = (made.weights / "adapter_model.safetensors").read_bytes()
    assert (after != before) == figures["kept"]
    assert json.loads(made.card.read_text())["refined"] == json.loads(json.dumps(figures))
    assert refined(made, base, how=how)["refined"]["steps"] == figures["steps"], "a finished one is not run again"
    again = refine(made, Plan(made.name, how, steps=4, rows=2, look_every=2, rate=3e-3), base, fresh=True,
                   say=lambda _: None)  # fmt: skip
    assert again["refined"] == figures, "it begins from the trained weights, not from the refined ones"


def test_a_refinement_that_is_no_better_is_taken_back(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = trained(tmp_path / "book-table", base)
    before = (made.weights / "adapter_model.safetensors").read_bytes()
    scores = iter([(0.5, -1.0), (0.5, -1.2), (0.0, -0.1)])
    monkeypatch.setattr(fit, "score", lambda model, held_out: next(scores))
    figures = refined(made, base, how="kto")["refined"]
    assert (figures["kept"], figures["before"]["exact"]) == (False, 1)
    assert (made.weights / "adapter_model.safetensors").read_bytes() == before


def test_training_anew_forgets_the_refinement(base: Path, tmp_path: Path) -> None:
    made = trained(tmp_path / "book-table", base)
    refined(made, base, how="dpo")
    train_making(made, default_plan(made.name, **{**WORDS, "seed": 4}), base, say=lambda _: None)
    assert not made.before_refining.exists()
    assert "refined" not in json.loads(made.card.read_text())


def test_words_that_do_not_hold(base: Path, tmp_path: Path) -> None:
    fresh = making(tmp_path / "fresh" / "book-table")
    with pytest.raises(UsageError, match="no weights to refine"):
        refined(fresh, base, how="dpo")
    made = trained(tmp_path / "book-table", base)
    with pytest.raises(UsageError, match="needs a teacher"):
        refined(made, base, how="on-policy")
    with pytest.raises(UsageError, match="another base"):
        refined(made, make_base(tmp_path / "other", "llama"), how="dpo")
    made.rejected.write_text("")
    with pytest.raises(UsageError, match="too few") as raised:
        refined(made, base, how="dpo")
    assert "--samples" in raised.value.hint
    made.rejected.unlink()
    with pytest.raises(UsageError, match=r"rejected\.jsonl is missing"):
        refined(made, base, how="kto")
    rows.write(made.rows, [(row, "train") for row in rows.read(made.rows)])
    with pytest.raises(UsageError, match="held out"):
        refined(made, base, how="kto")


def test_from_the_command_line_on_its_own_samples(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from router.cli.making_train import train

    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    trained(tmp_path / "making" / "book-table", base)
    teacher = tmp_path / "teacher"
    teacher.mkdir()
    make_model("opt", seed=8).save_pretrained(teacher)
    save_words(teacher)
    words = ["book-table", "--refine", "on-policy", "--teacher", teacher, "--steps", "2", "--base", base, "--json"]
    result = CliRunner().invoke(train, [str(word) for word in words], standalone_mode=False)
    assert result.exception is None
    told = json.loads(result.stdout)["refined"]
    assert (told["how"], told["prompts"], told["steps"]) == ("on-policy distillation", 4, 2)
    for wrong, why in ((["--refine", "dpo", "--rank", "8"], "rank"), (["--beta", "0.2"], "refinement")):
        failed = CliRunner().invoke(train, ["book-table", "--base", str(base), *wrong], standalone_mode=False)
        assert isinstance(failed.exception, UsageError)
        assert why in failed.exception.message
