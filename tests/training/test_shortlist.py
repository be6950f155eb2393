"""Training the shortlist: what a batch may claim, what the loss wants, and how figures are counted."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest
import torch
from torch import Tensor

import training.shortlist
import training.shortlist_measure
from router.cache import sha256_of
from router.encoder import Encoder
from router.shortlist import WEIGHTS, Head, Shortlist, load
from training.request_pools import Pool, Row, grammar, in_the_box, tool
from training.shortlist import Batch, going_on, loss_of
from training.shortlist_measure import Case, Offer, all_offered, calibrate, calibration_error, cases, figures, wilson

TOOLS = {name: [tool(name, f"Does {name}.")] for name in ("a", "b", "c", "d", "e", "f")}
POOL = Pool(
    "test",
    "none",
    TOOLS,
    [Row(f"request {n}", frozenset("a"), frozenset("ab")) for n in range(40)] + [Row("hello", frozenset())],
    {"a": frozenset("c")},
)


class NoShelf:
    """Stands in where no text is read."""

    def whole(self, texts: Sequence[str]) -> Tensor:
        raise AssertionError(f"nothing should be read, least of all {texts}")


def made(offer: Offer) -> list[Case]:
    return cases(POOL, 40, offer, NoShelf())  # type: ignore[arg-type]


def test_a_case_offers_the_right_tool_its_group_and_others() -> None:
    for case in made(Offer(4, unfit=0.0)):
        names = [spec.name for spec in case.offered]
        assert len(names) == len(set(names)) == 4
        assert [names[n] for n in case.right] == ["a"]
        assert "b" in names, "the group is always offered"
        assert "c" not in names, "what may do the same work is neither right nor wrong"


def test_a_case_without_a_fit_offers_neither_the_right_tool_nor_its_like() -> None:
    for case in made(Offer(4, unfit=1.0)):
        assert not case.right
        assert not {"a", "c"} & {spec.name for spec in case.offered}


def test_hidden_names_are_hidden() -> None:
    assert not any({spec.name for spec in case.offered} & set(TOOLS) for case in made(Offer(4, nameless=True)))


def test_figures_count_what_they_say() -> None:
    offered = tuple(TOOLS[name][0] for name in "abcd")
    four = [Case("", offered, frozenset([0])), Case("", offered, frozenset([1])), Case("", offered, frozenset())]
    scored = [torch.tensor([3.0, 1, 0, 0]), torch.tensor([2.0, -2, 1, 0]), torch.tensor([1.0, 0, 0, 2.5])]
    found = figures(scored, four)
    assert (found["n"], found["top1"], found["top3"], found["auroc"]) == (2, 0.5, 0.5, 0.5)


def test_wilson_interval() -> None:
    low, high = wilson(0.9, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)


def test_calibration_finds_the_line_it_was_made_with() -> None:
    generator = torch.Generator().manual_seed(0)
    scored = [torch.randn(8, generator=generator) * 4 for _ in range(600)]
    fits = [torch.rand(8, generator=generator) < torch.sigmoid(0.5 * row - 1) for row in scored]
    offered = tuple(TOOLS["a"][0] for _ in range(8))
    known = [Case("", offered, frozenset(torch.nonzero(fit).flatten().tolist())) for fit in fits]
    slope, offset = calibrate(scored, known).tolist()
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.12)
    probabilities = torch.sigmoid(slope * torch.cat(scored) + offset)
    assert calibration_error(probabilities, torch.cat(fits)) < 0.03


def test_the_loss_falls_when_the_right_pair_rises_and_ignores_the_unknown() -> None:
    right = torch.tensor([[True, False, False], [False, False, False]])
    known = torch.tensor([[True, True, False], [True, True, True]])
    batch = Batch(["x", "y"], ["1", "2", "3"], right, known)
    logits = torch.zeros(2, 3)
    better, unknown = logits.clone(), logits.clone()
    better[0, 0] += 2
    unknown[0, 2] += 5
    assert loss_of(better, batch) < loss_of(logits, batch)
    assert loss_of(unknown, batch) == pytest.approx(float(loss_of(logits, batch)))


def test_the_box_pool_knows_every_built_in_tool() -> None:
    pool = in_the_box(300)
    assert set(pool.tools) == {name for row in pool.rows for name in row.right}
    assert 0.1 < sum(not row.right for row in pool.rows) / 300 < 0.35
    assert len(pool.capped(50, 3, random.Random(0)).rows) <= 50


def test_no_right_set_has_more_rows_than_the_cap() -> None:
    counts = Counter(row.right for row in in_the_box(300).capped(300, 3, random.Random(0)).rows)
    assert max(counts.values()) == 3


def test_everyday_cases_offer_the_whole_box_and_know_what_serves() -> None:
    pool = in_the_box(60)
    for row, case in zip(pool.rows, all_offered(pool), strict=True):
        assert len(case.offered) == len(pool.tools)
        assert {case.offered[n].name for n in case.right} == row.right


def test_training_goes_on_from_given_weights() -> None:
    head, known = going_on(WEIGHTS), load(WEIGHTS)[0]
    for each in fields(Head):
        assert getattr(head, each.name).requires_grad
        assert torch.equal(getattr(head, each.name), getattr(known, each.name))


def test_training_writes_weights_the_run_time_reads_and_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = [in_the_box(60), grammar(60)]
    monkeypatch.setattr(training.shortlist, "training_pools", lambda data, rng, share: small)
    monkeypatch.setattr(
        training.shortlist_measure, "calibration_cases", lambda data, shelf: cases(small[0], 20, Offer(4), shelf)
    )
    monkeypatch.setattr(training.shortlist_measure, "measured", lambda data, shelf, head: {"nothing": {}})
    out = tmp_path / "head.safetensors"
    training.shortlist.main(["--data", str(tmp_path), "--out", str(out), "--steps", "2"])
    assert json.loads(capsys.readouterr().out) == {"nothing": {}}
    ranked = Shortlist(Encoder.load(), out).rank("read a.txt", [TOOLS["a"][0], TOOLS["b"][0]])
    assert {spec.name for spec, _ in ranked} == {"a", "b"}
    card = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["sha256"] == sha256_of(out)
    assert [row["source"] for row in card["data"]] == ["in the box", "grammar"]
