"""The pointer learns: one batch by heart, a run taken up again, and run time reads what training wrote."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import nn

from router.encoder import Encoder
from router.errors import WeightsRefused
from router.pointer import WEIGHTS, Pointer
from router.slots import slots_of
from training import pointer as training
from training.pointed_rows import Pointed
from training.pointer_model import Heads, cases_of, hidden_states, scores

PARAMETERS = {
    "properties": {
        "city": {"type": "string"},
        "n": {"type": "number"},
        "loud": {"type": "boolean"},
        "s": {"enum": ["a", "b"]},
    }
}
ROW = Pointed(
    ("Three nights in Oslo", "hello"), tuple(slots_of(PARAMETERS)), (((0, 16, 20),), ((0, 0, 5),), (), ()),
    (0, 0, 2, 2), "test",
)  # fmt: skip


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


@pytest.fixture(scope="module")
def both() -> nn.ModuleList:
    torch.manual_seed(0)
    return nn.ModuleList([training._encoder(), Heads()])


def test_a_row_is_learned_and_read_as_it_was_at_run_time(both: nn.ModuleList, encoder: Encoder, tmp_path: Path) -> None:
    cases = list(cases_of(encoder.tokenizer, ROW))
    optimizer = torch.optim.AdamW([{"params": [p for p in both.parameters() if p.requires_grad], "scale": 1.0}])
    before = scores(both[0], both[1], cases)
    losses = [training._step(both, optimizer, cases, 2e-4, training.Workers(0, 1)) for _ in range(25)]
    assert losses[-1] < 0.5 < losses[0]
    assert set(scores(both[0], both[1], cases).values()) == {"1/1"} != set(before.values())
    path = tmp_path / WEIGHTS.name
    training.export(both, training.Progress(25), training.Plan(), {}, path)
    assert json.loads(path.with_suffix(".json").read_text())["step"] == 25
    read = Pointer(encoder, path)(PARAMETERS, ROW.turns)
    best = {name: read[name].found[0] for name in ("city", "n")}
    assert {name: each.text for name, each in best.items()} == {"city": "Oslo", "n": "Three"}
    assert min(each.score for each in best.values()) > 0
    assert read["loud"].flag[2] > 0.5
    assert read["s"].options[1] > 0 > read["s"].options[0]


def test_run_time_scores_are_those_of_training(both: nn.ModuleList, encoder: Encoder, tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS.name
    training.export(both, training.Progress(), training.Plan(), {}, path)
    (case,) = cases_of(encoder.tokenizer, ROW)
    model, heads = both
    with torch.inference_mode():
        (hidden,) = hidden_states(model.eval(), [case])
        spans = heads.spans(hidden[case.layout.marks], hidden)
    for found in Pointer(encoder, path)(PARAMETERS, ROW.turns)["city"].found[:3]:
        turn = case.layout.turns[found.place[0]]
        first = next(at for at, (a, _) in enumerate(turn.spans) if a == found.place[1]) + turn.first
        last = next(at for at, (_, b) in enumerate(turn.spans) if b == found.place[2]) + turn.first
        assert found.score == pytest.approx(float(spans[0, first, last]), abs=0.35)  # bfloat16 on both sides


def test_rows_without_public_sets_are_drawn_all_the_same() -> None:
    made = list(islice(training.rows(None, 3), 60))
    assert {each.source.partition(",")[0].partition("/")[0] for each in made} == {"told", "synthetic", "roles"}
    tokenizer = Encoder.load().tokenizer
    batch = next(training.batches(tokenizer, iter(made * 5), 900, random.Random(0)))
    assert max(len(case.layout.ids) for case in batch) * len(batch) <= max(900, len(batch[0].layout.ids))


def test_a_row_that_says_nothing_for_sure_is_in_no_batch(encoder: Encoder) -> None:
    unsure = replace(ROW, spans=(None,) * len(ROW.slots), picked=(None,) * len(ROW.slots))
    assert not any(case.teaches for case in cases_of(encoder.tokenizer, unsure))
    rows = iter([unsure, ROW] * training.AT_ONCE)
    drawn = islice(training.batches(encoder.tokenizer, rows, 200, random.Random(0)), 5)
    assert all(case.teaches for batch in drawn for case in batch)


def test_a_run_is_taken_up_again_where_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "HELD_OUT", 6)
    cards = []
    for minutes in (0.01, 0.01, 0.05):
        training.train(training.Plan(minutes=minutes, pieces=200), None, tmp_path)
        cards.append(json.loads((tmp_path / WEIGHTS.name).with_suffix(".json").read_text()))
    first, same, further = ([card[key] for key in ("step", "rows", "seconds")] for card in cards)
    assert same == first  # its time was over
    assert all(more > less > 0 for more, less in zip(further, first, strict=True))


def test_damaged_weights_are_refused(encoder: Encoder, tmp_path: Path) -> None:
    bad = tmp_path / "pointer.safetensors"
    for content in (b"", b"no weights at all"):
        bad.write_bytes(content)
        with pytest.raises(WeightsRefused, match="pointer"):
            Pointer(encoder, bad)(PARAMETERS, ["x"])
    with pytest.raises(WeightsRefused, match="pointer"):
        Pointer(encoder, tmp_path / "missing")(PARAMETERS, ["x"])
