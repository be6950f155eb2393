"""What leaves for another trainer: rows that obey the contract, and settings its own parser takes, where it is here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from router import jsonl
from router.cli.app import quiver
from router.errors import UsageError
from training import rows
from training.exports import TRAINERS, Settings, export
from training.making import Making
from training.scaffold import scaffold

NAME = "desk-calls"
TOOLS = [
    {
        "name": "book_desk",
        "description": "Book a desk.",
        "parameters": {
            "type": "object",
            "properties": {"floor": {"type": "integer"}, "day": {"type": "string"}},
            "required": ["floor", "day"],
        },
    },
    {
        "name": "open_door",
        "description": "Open a door.",
        "parameters": {"type": "object", "properties": {"door": {"type": "string"}}, "required": ["door"]},
    },
]
OUTPUTS: list[tuple[str, dict[str, Any] | None]] = [
    ("a desk on floor 3 for Friday", {"name": "book_desk", "arguments": {"floor": 3, "day": "Friday"}}),
    ("let me through the north gate", {"name": "open_door", "arguments": {"door": "north gate"}}),
    ("sing me a song", None),
]


@pytest.fixture
def making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Making:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    (tmp_path / "tools.json").write_text(json.dumps(TOOLS))
    jsonl.write(tmp_path / "seeds.jsonl", [{"request": text, "output": output} for text, output in OUTPUTS])
    made = scaffold(NAME, tools=tmp_path / "tools.json", examples=tmp_path / "seeds.jsonl", description="Desks, doors.")
    learned = [(made.example(text, output, "test"), "train") for text, output in OUTPUTS]
    kept = (made.example("desk on floor 9, Monday", {**(OUTPUTS[0][1] or {})}, "test"), "held-out")
    rows.write(made.rows, [*learned, kept])  # type: ignore[list-item]
    return made


def _said(row: dict[str, Any]) -> str:
    turn = (row.get("messages") or row.get("completion") or row["conversations"])[-1]
    return str(turn.get("content", turn.get("value")))


@pytest.mark.parametrize("trainer", TRAINERS)
def test_rows_say_what_the_run_time_reads(making: Making, tmp_path: Path, trainer: str) -> None:
    export(making, trainer, tmp_path / "out")
    for (request, output), row in zip(OUTPUTS, jsonl.read(tmp_path / "out" / "train.jsonl"), strict=True):
        call = making.contract.parse(_said(row))
        assert (call and {"name": call.name, "arguments": dict(call.arguments)}) == output
        assert request in json.dumps(row)
        offered = json.loads(row["tools"])
        assert [tool.get("function", tool)["name"] for tool in offered] == ["book_desk", "open_door"]
    [kept] = jsonl.read(tmp_path / "out" / "held-out.jsonl")
    assert "floor 9" in json.dumps(kept)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_columns_are_the_same_in_every_row(making: Making, tmp_path: Path, trainer: str) -> None:
    """Loaders that keep tables would fill what is missing with nulls."""

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(each) for key, each in value.items()}
        return shape(value[0]) if isinstance(value, list) else type(value)

    export(making, trainer, tmp_path / "out")
    assert len({json.dumps(shape(row), default=str) for row in jsonl.read(tmp_path / "out" / "train.jsonl")}) == 1


def test_a_skill_with_a_schema_shows_no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    made = scaffold("repair-ticket")
    seed = made.seeds[0]
    rows.write(made.rows, [(made.example(seed.request, seed.output, "test"), "train")])
    export(made, "axolotl", tmp_path / "out")
    [row] = jsonl.read(tmp_path / "out" / "train.jsonl")
    assert set(row) == {"messages"}
    assert json.loads(row["messages"][-1]["content"]) == seed.output


def test_words_that_do_not_hold(making: Making, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no export for 'jax'") as raised:
        export(making, "jax", tmp_path)
    assert "axolotl" in raised.value.hint
    making.rows.unlink()
    with pytest.raises(UsageError, match="no rows"):
        export(making, "trl", tmp_path)


def test_the_command_line_says_how_to_go_on(making: Making, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        quiver.main(["skill", "export", NAME, "--for", "llama-factory", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert left.value.code == 0
    assert all(Path(path).is_file() for path in told["files"])
    assert told["command"].endswith("llamafactory-cli train llama-factory.yaml")


# --- the trainers' own parsers ---------------------------------------------------------------------------------------


def _trl(folder: Path, content: dict[str, Any]) -> tuple[Any, ...]:
    trl = pytest.importorskip("trl", exc_type=ImportError)
    mixture = pytest.importorskip("trl.scripts.utils", exc_type=ImportError)
    parser = trl.TrlParser((trl.ScriptArguments, trl.SFTConfig, trl.ModelConfig, mixture.DatasetMixtureConfig))
    words = ["--config", str(folder / "trl.yaml"), "--use_cpu", "true", "--bf16", "false"]
    _, training, model, data = parser.parse_args_and_config(words)
    return model.lora_r, training.learning_rate, data.datasets[0].data_files


def _axolotl(folder: Path, content: dict[str, Any]) -> tuple[Any, ...]:
    schemas = pytest.importorskip("axolotl.utils.schemas.config", exc_type=ImportError)
    found = schemas.AxolotlInputConfig(**content)
    return found.lora_r, found.learning_rate, found.datasets[0].path


def _llama_factory(folder: Path, content: dict[str, Any]) -> tuple[Any, ...]:
    pytest.importorskip("llamafactory", exc_type=ImportError)
    hparams = pytest.importorskip("llamafactory.hparams.finetuning_args", exc_type=ImportError)
    from llamafactory.hparams.data_args import DataArguments
    from llamafactory.hparams.model_args import ModelArguments
    from transformers import HfArgumentParser, TrainingArguments

    kinds = (ModelArguments, DataArguments, TrainingArguments, hparams.FinetuningArguments)
    _, data, training, tuning = HfArgumentParser(kinds).parse_dict(content)
    files = json.loads((folder / "dataset_info.json").read_text())
    return tuning.lora_rank, training.learning_rate, files[data.dataset[0]]["file_name"]


def _unsloth(folder: Path, content: dict[str, Any]) -> tuple[Any, ...]:
    config = pytest.importorskip("unsloth_cli.config", exc_type=ImportError)
    found = config.Config(**content)
    return found.lora.lora_r, found.training.learning_rate, found.data.local_dataset[0]


def _nemo(folder: Path, content: dict[str, Any]) -> tuple[Any, ...]:
    """It has no schema; the data set's and the adapter's constructors take what they are given."""
    import inspect
    from importlib import import_module

    pytest.importorskip("nemo_automodel", exc_type=ImportError)
    for part in ("dataset", "validation_dataset", "peft"):
        settings = dict(content[part])
        module, _, name = settings.pop("_target_").rpartition(".")
        try:
            accepts = inspect.signature(getattr(import_module(module), name)).parameters
        except ImportError as error:
            pytest.skip(f"{module} cannot be imported here: {error}")
        assert set(settings) <= set(accepts)
    return content["peft"]["dim"], content["optimizer"]["lr"], content["dataset"]["path_or_dataset_id"]


PARSERS: dict[str, Callable[[Path, dict[str, Any]], tuple[Any, ...]]] = {
    "trl": _trl,
    "axolotl": _axolotl,
    "llama-factory": _llama_factory,
    "unsloth": _unsloth,
    "nemo": _nemo,
}


@pytest.mark.parametrize("trainer", TRAINERS)
def test_the_trainers_own_parser_takes_the_configuration(
    making: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trainer: str
) -> None:
    monkeypatch.setenv("DISABLE_VERSION_CHECK", "1")  # LLaMA-Factory's: its parser is asked, nothing is trained
    folder = tmp_path / "out"
    export(making, trainer, folder, Settings(rank=16, rate=3e-4))
    content = yaml.safe_load((folder / f"{trainer}.yaml").read_text())
    assert PARSERS[trainer](folder, content) == (16, 3e-4, "train.jsonl")
