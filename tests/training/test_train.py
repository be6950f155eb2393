"""A skill is trained as an activated adapter: it acts from its invocation on, and PEFT says the same."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch

from training import convert, decoder, synthetic
from training.batches import collate
from training.curriculum import Tokenised, tokenise
from training.forward import exact_rows, invocation_of, invoked, loss_of
from training.pretrain import TEMPLATE, export
from training.tokenizer import as_pretrained, train_tokenizer
from training.train import Plan, build, load_base, train

INVOCATION = "<|assistant|>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    stream = synthetic.mixture(random.Random(0))
    rows = [next(stream) for _ in range(150)]
    texts = [message["content"] for row in rows for message in row.messages]
    tokenizer = as_pretrained(train_tokenizer(texts, 700), TEMPLATE.read_text(encoding="utf-8"))
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("base")
    export(convert.fresh_model(len(tokenizer), layers=1, end_id=tokenizer.eos_token_id), tokenizer, folder)
    short = sorted((tokenise(tokenizer, row) for row in rows), key=lambda row: len(row.ids))[10:14]
    return folder, tokenizer, short


def adapter(made, noise: float = 0.0):  # type: ignore[no-untyped-def]
    folder, tokenizer, _ = made
    model = build(Plan("answer").resolved(), load_base(folder), tokenizer, folder)
    torch.manual_seed(1)
    for name, value in model.named_parameters():
        if "lora_B" in name and noise:
            torch.nn.init.normal_(value, std=noise)
    assert list(invocation_of(model)) == list(tokenizer.encode(INVOCATION))
    return model


def test_before_the_invocation_nothing_changes_and_after_it_everything_does(made) -> None:  # type: ignore[no-untyped-def]
    model = adapter(made, noise=0.05)
    rows: list[Tokenised] = made[2]
    batch = collate(rows)
    with torch.inference_mode():
        with model.disable_adapter():
            plain = decoder.hidden_states(model.get_base_model(), batch.ids)
        with invoked(model, batch.ids, invocation_of(model)) as acting:
            changed = decoder.hidden_states(acting, batch.ids)
    for i, row in enumerate(rows):
        torch.testing.assert_close(changed[i, : row.start - 1], plain[i, : row.start - 1])
        assert not torch.allclose(changed[i, row.start - 1], plain[i, row.start - 1])


def test_only_the_adapter_learns_and_it_lowers_the_loss(made) -> None:  # type: ignore[no-untyped-def]
    model = adapter(made)
    batch = collate(made[2])
    trained = [p for p in model.parameters() if p.requires_grad]
    base = {n: p.detach().clone() for n, p in model.named_parameters() if not p.requires_grad}
    optimizer = torch.optim.AdamW(trained, lr=5e-3)
    losses = []
    for _ in range(30):
        value = loss_of(model, batch)
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(value.detach()))
    assert losses[-1] < losses[0] * 0.7
    assert all(torch.equal(p, base[n]) for n, p in model.named_parameters() if n in base)
    assert len(exact_rows(model, made[2])) == len(made[2])
    with model.disable_adapter():
        assert not any(exact_rows(model, made[2]))


def test_training_writes_a_skill_that_names_its_base(made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    from adapters.weights import read_weights
    from router.engines.loading import base_digest
    from training import corpus

    monkeypatch.setattr(corpus, "held_out_rows", lambda data: [])
    monkeypatch.setattr(corpus, "composition", lambda rows, count: {})
    card = train(Plan("answer", minutes=0.03, batch_tokens=256), None, made[0], tmp_path)
    assert card["base"]["digest"] == base_digest(made[0])
    assert card["steps"] > 0
    config = json.loads((tmp_path / "weights" / "adapter_config.json").read_text())
    assert (config["peft_type"], config["alora_invocation_tokens"]) == ("LORA", made[1].encode(INVOCATION))
    read_weights(tmp_path / "weights")  # the run time's own reader refuses what it cannot serve


def test_many_rows_are_scored_as_each_of_them_alone(made) -> None:  # type: ignore[no-untyped-def]
    model = adapter(made)
    batch = collate(made[2][:1])
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for _ in range(60):  # one row is learned by heart, so that some are right and some wrong
        loss_of(model, batch).backward()
        optimizer.step()
        optimizer.zero_grad()
    rows = [made[2][at % 4] for at in range(21)]
    together = exact_rows(model, rows, size=4)
    assert together == [exact_rows(model, [row])[0] for row in rows]
    assert together[0]
    assert not all(together)
