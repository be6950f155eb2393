"""The quick LoRA layers say what PEFT's say, learn what they learn, and leave PEFT's as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.router.tiny import make_base
from tests.training.test_fit import rows
from training import checkpoints
from training.batches import collate
from training.forward import invocation_of, invoked, learned, loss_of
from training.methods import METHODS, Setting
from training.parameters import Size
from training.quick_lora import quick
from training.train import load_base

SIZE = Size(("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"), rank=4)


def model_on(base: Path, name: str) -> Any:
    size = SIZE if "opt" in base.parent.name else Size(("q_proj", "o_proj", "up_proj"), rank=4)
    model = METHODS[name].build(load_base(base), Setting(size, invocation=(4,), seed=3))
    torch.manual_seed(7)
    for value in checkpoints.learning(model).values():
        torch.nn.init.normal_(value, std=0.1)
    return model


@pytest.mark.parametrize("shape", ["opt", "llama"])
@pytest.mark.parametrize("name", ["lora", "rslora", "alora"])
def test_the_same_is_said_and_learned(name: str, shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.forward.precision", lambda ids: torch.autocast("cpu", enabled=False))
    base = make_base(tmp_path / shape / "base", shape)
    model, batch = model_on(base, name), collate(rows(5))
    found = []
    for way in (None, quick):
        model.zero_grad()
        if way:
            with way(model):
                loss = loss_of(model, batch)
                loss.backward()
        else:
            loss = loss_of(model, batch)
            loss.backward()
        gradients = [p.grad.clone() for p in model.parameters() if p.requires_grad]
        found.append((loss.detach(), gradients))
    (one, theirs), (other, ours) = found
    torch.testing.assert_close(other, one)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-3)
    assert any(float(each.abs().max()) > 1e-4 for each in ours)


def test_in_bfloat16_it_is_as_near_as_bfloat16_is(tmp_path: Path) -> None:
    model, batch = model_on(make_base(tmp_path / "opt" / "base", "opt"), "lora"), collate(rows(5))
    plain = float(loss_of(model, batch).detach())
    with quick(model):
        loss = loss_of(model, batch)
        loss.backward()
    assert float(loss.detach()) == pytest.approx(plain, rel=0.02)
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in model.parameters() if p.requires_grad)


def test_what_it_cannot_do_is_left_to_peft_and_afterwards_all(tmp_path: Path) -> None:
    base = make_base(tmp_path / "opt" / "base", "opt")
    for name, count in (("dora", 0), ("vera", 0), ("alora", 12), ("lora", 12)):
        model = model_on(base, name) if name != "vera" else METHODS[name].build(load_base(base), Setting(SIZE, seed=3))
        with quick(model):
            assert sum("forward" in vars(layer) for layer in model.modules()) == count, name
        assert not any("forward" in vars(layer) for layer in model.modules())


def test_rows_before_an_invocation_are_the_bases(tmp_path: Path) -> None:
    base = make_base(tmp_path / "opt" / "base", "opt")
    model, batch = model_on(base, "alora"), collate(rows(3))
    assert invocation_of(model) == (4,)
    with quick(model), torch.no_grad(), invoked(model, batch.ids, (4,)):
        adapted, _, _ = learned(model, batch)
    plain, _, _ = learned(load_base(base), batch)
    assert not torch.allclose(adapted.float(), plain.float(), atol=1e-2)
