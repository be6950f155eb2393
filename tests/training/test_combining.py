"""Merging a skill into its base, and making one skill of several: the arithmetic, what is refused, what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from adapters.skill import Skill, load_skill
from router.engines.loading import base_digest
from router.errors import UsageError, WeightsRefused
from tests.router.tiny import make_base, make_skill, peft_model
from training import combine as combining
from training.combine import combine
from training.merge import TOLERANCE, merge

ASSISTANT = 4
MANIFEST = "---\nname: {name}\ndescription: Books a table.\nmetadata:\n  contract: schema\n---\nBook it.\n"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


@pytest.fixture(scope="module", params=["opt", "llama"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp(request.param) / "base", request.param)


def skill(base: Path, folder: Path, seed: int, invocation: list[int] | None = None, **config: Any) -> Skill:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SKILL.md").write_text(MANIFEST.format(name=folder.name), encoding="utf-8")
    (folder / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    row = {"request": f"a table in Wien for {seed}", "output": {"city": "Wien"}}
    (folder / "examples.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (folder / "card.json").write_text(json.dumps({"base": {"digest": base_digest(base)}}), encoding="utf-8")
    make_skill(base, folder / "weights", seed=seed, invocation=invocation, **config)
    return load_skill(folder)


def changes(skill: Skill) -> dict[str, torch.Tensor]:
    return {path: up @ down for path, (down, up) in combining._factors(skill).items()}


# --- merge -----------------------------------------------------------------------------------------------------------


def test_a_merged_base_says_what_base_and_skill_say(base: Path, tmp_path: Path) -> None:
    plain = skill(base, tmp_path / "plain", 1)
    difference = merge(plain, base, tmp_path / "merged")
    assert difference.relative < TOLERANCE
    assert difference.alike > 0.8
    assert difference.tokens > 10
    ids = torch.tensor([[30, 31, 32, ASSISTANT]])
    with torch.inference_mode():
        served = peft_model(tmp_path / "merged")(input_ids=ids).logits
        alone = peft_model(base)(input_ids=ids).logits
    assert float((served - alone).norm() / alone.norm()) > 0.1  # the skill is in there
    assert (tmp_path / "merged" / "tokenizer.json").is_file()


def test_an_activated_skill_is_merged_only_when_asked_for(base: Path, tmp_path: Path) -> None:
    activated = skill(base, tmp_path / "activated", 1, [ASSISTANT])
    with pytest.raises(UsageError, match="activated"):
        merge(activated, base, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    assert merge(activated, base, tmp_path / "merged", anyway=True).relative > TOLERANCE


def test_a_skill_of_another_base_is_not_merged(base: Path, tmp_path: Path) -> None:
    other = skill(base, tmp_path / "other", 1)
    (tmp_path / "other" / "card.json").write_text('{"base": {"digest": "0000"}}', encoding="utf-8")
    with pytest.raises(WeightsRefused, match="not on"):
        merge(load_skill(other.folder), base, tmp_path / "merged")


# --- combine ---------------------------------------------------------------------------------------------------------


def test_linear_is_the_weighted_sum_to_the_last_digit_and_peft_says_the_same(base: Path, tmp_path: Path) -> None:
    one, other = (skill(base, tmp_path / f"skill-{seed}", seed) for seed in (1, 2))
    made = combine([one, other], "linear", [0.7, 0.3])
    assert (made.rank, made.energy) == (16, 1.0)
    left, right = changes(one), changes(other)
    for path, (down, up) in made.factors.items():
        torch.testing.assert_close(up @ down, 0.7 * left[path] + 0.3 * right[path])
    from peft import PeftModel

    model = PeftModel.from_pretrained(peft_model(base), str(one.weights), adapter_name="one")
    model.load_adapter(str(other.weights), adapter_name="other")
    model.add_weighted_adapter(["one", "other"], [0.7, 0.3], "both", combination_type="cat")
    path = next(iter(made.factors))
    theirs = model.get_submodule(f"base_model.model.{path}").get_delta_weight("both")
    torch.testing.assert_close(made.factors[path][1] @ made.factors[path][0], theirs, rtol=1e-3, atol=1e-4)


def test_svd_keeps_less_at_a_lower_rank_and_all_at_a_high_one(base: Path, tmp_path: Path) -> None:
    skills = [skill(base, tmp_path / f"skill-{seed}", seed) for seed in (1, 2)]
    cut, whole = combine(skills, "svd", rank=8), combine(skills, "svd", rank=16)
    assert 0.3 < cut.energy < 0.999
    assert whole.energy == pytest.approx(1.0, abs=1e-5)
    assert cut.rank == 8


def test_ties_trims_elects_and_averages_those_that_agree() -> None:
    one = torch.tensor([[4.0, -3.0, 0.1, 2.0]])
    other = torch.tensor([[2.0, 1.0, 5.0, -0.1]])
    found = combining.ties([one, other], [0.5, 0.5], 0.5, torch.Generator())
    # kept of the first: 4, −3; of the second: 2, 5
    torch.testing.assert_close(found, torch.tensor([[3.0, -3.0, 5.0, 0.0]]))


def test_dare_drops_half_and_comes_to_the_same_on_average() -> None:
    change = torch.ones(40, 40)
    rng = torch.Generator().manual_seed(1)
    found = combining.dare([change, change], [0.5, 0.5], 0.5, rng)
    assert set(found.unique().tolist()) == {0.0, 1.0, 2.0}
    assert float(found.mean()) == pytest.approx(1.0, abs=0.05)


def test_skills_that_begin_elsewhere_or_are_of_different_bases_are_refused(base: Path, tmp_path: Path) -> None:
    plain = skill(base, tmp_path / "plain", 1)
    activated = skill(base, tmp_path / "activated", 2, [ASSISTANT])
    with pytest.raises(UsageError, match="different places"):
        combine([plain, activated])
    (activated.folder / "card.json").write_text('{"base": {"digest": "0000"}}', encoding="utf-8")
    with pytest.raises(UsageError, match="different bases"):
        combine([plain, load_skill(activated.folder)])
    for wrong in ({"way": "magic"}, {"weights": [1.0]}, {"way": "svd", "rank": 5}, {"way": "dare", "density": 0.0}):
        with pytest.raises(UsageError):
            combine([plain, plain], **wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        combine([plain])


@pytest.mark.parametrize("way", list(combining.WAYS))
def test_what_is_written_is_a_skill_that_can_be_served(way: str, base: Path, tmp_path: Path) -> None:
    skills = [skill(base, tmp_path / f"skill-{seed}", seed, [ASSISTANT]) for seed in (1, 2)]
    made = combine(skills, way)
    combining.write(made, skills, "both", tmp_path / "made" / "both", {"way": way})
    found = load_skill(tmp_path / "made" / "both")
    assert (found.name, found.contract, len(found.examples)) == ("both", "schema", 2)
    assert found.card["base"] == skills[0].card["base"]
    assert found.card["combined"]["skills"] == [each.version for each in skills]
    assert json.loads((found.folder / "weights" / "adapter_config.json").read_text())["alora_invocation_tokens"] == [4]
