"""A skill's rows and a ready configuration for another trainer: TRL, Axolotl, LLaMA-Factory, Unsloth, NeMo AutoModel.

    export(making, "axolotl", folder)   train.jsonl, held-out.jsonl and the trainer's configuration beside them

Rows are chats: the conversation, the tools it offers, and as the assistant's turn the very text the run time reads, so
that what is trained elsewhere obeys the same contract. A call is written into that text, because loaders that keep
tables turn arguments of different tools into one record full of nulls. Tools travel as JSON text, which these loaders
read; Unsloth's has no place for them.

Every configuration trains a plain LoRA that every engine serves, on the assistant's turn alone. The forms were checked
against TRL 1.16, Axolotl 0.19, LLaMA-Factory 0.9.5, Unsloth 2026.10 and NeMo AutoModel 0.7. The tests ask the trainer's
own parser where it is installed; NeMo AutoModel has no schema to ask, only the constructors it names. Trains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from router import jsonl
from router.cache import write_atomically
from router.errors import UsageError
from training import launching, rows

if TYPE_CHECKING:
    from training.example import Example
    from training.making import Making

Row = dict[str, Any]
TRAIN, HELD_OUT = "train.jsonl", "held-out.jsonl"


@dataclass(frozen=True)
class Settings:
    """The same for every trainer. `rate`: about ten times that of full fine-tuning (Schulman et al. 2025, LoRA Without
    Regret); `batch`: small adapters want small ones."""

    base: str = "Qwen/Qwen3-0.6B"
    rank: int = 32
    rate: float = 2e-4
    epochs: int = 3
    batch: int = 8
    longest: int = 2048
    seed: int = 1
    devices: int = 1
    sharded: bool = False  # the base lies on all devices together, because it does not fit on one


@dataclass(frozen=True)
class Trainer:
    """`row` makes a line of its data, `files` its configuration: file name → content. `command` starts it, on several
    devices with `spread` after it; empty where that is the trainer's own affair."""

    row: Callable[[Example, str], Row]
    files: Callable[[str, Settings], Mapping[str, Any]]
    command: str
    spread: str = ""

    def start(self, settings: Settings) -> str:
        return f"{self.command} {self.spread}" if settings.devices > 1 else self.command


def export(making: Making, trainer: str, folder: Path, settings: Settings | None = None) -> list[Path]:
    """Writes the rows and the configuration; their paths. Raises UsageError for an unknown trainer, and where there are
    no rows."""
    if trainer not in TRAINERS:
        raise UsageError(f"there is no export for {trainer!r}", hint=f"choose {', '.join(TRAINERS)}")
    to, chosen = TRAINERS[trainer], settings or Settings()
    if (chosen.devices > 1 or chosen.sharded) and not to.spread:
        raise UsageError(
            f"{trainer} spreads over devices by settings of its own", hint="export --for trl, or set them there"
        )
    if chosen.sharded and chosen.devices < 2:
        raise UsageError("a base is sharded over two devices at least", hint="say how many: --devices 4 --sharded")
    splits: dict[str, rows.Split] = {TRAIN: "train", HELD_OUT: "held-out"}
    paths = []
    for file, split in splits.items():
        found = rows.read(making.rows, split)
        jsonl.write(folder / file, (to.row(row, _said(making, row)) for row in found))
        paths.append(folder / file)
    for file, content in to.files(making.name, chosen).items():
        write_atomically(folder / file, _text(file, content).encode())
        paths.append(folder / file)
    return paths


def _said(making: Making, row: Example) -> str:
    """The output as the run time reads it."""
    from router.contract import Contract

    contract = Contract.for_schema(row.schema) if row.schema is not None else making.contract
    return contract.dump(row.output)


def _text(file: str, content: Any) -> str:
    import yaml

    if file.endswith(".json"):
        return json.dumps(content, indent=1) + "\n"
    return yaml.safe_dump(content, sort_keys=False)


# --- rows ------------------------------------------------------------------------------------------------------------


def _chat(row: Example) -> list[Row]:
    return [{"role": each["role"], "content": each["content"]} for each in row.messages]


def _offered(row: Example) -> Sequence[Mapping[str, Any]]:
    """All tools of the row, the right one not always first."""
    offered = [*row.tools, *row.alternatives]
    if row.schema is not None:
        offered = [{"name": "extract", "description": "", "parameters": row.schema}]
    return sorted(offered, key=lambda tool: str(tool["name"]))


def _tools(row: Example) -> Row:
    functions = [{"type": "function", "function": dict(tool)} for tool in _offered(row)]
    return {"tools": json.dumps(functions, ensure_ascii=False)} if functions else {}


def _as_messages(row: Example, said: str) -> Row:
    return {"messages": [*_chat(row), {"role": "assistant", "content": said}], **_tools(row)}


def _as_completion(row: Example, said: str) -> Row:
    return {"prompt": _chat(row), "completion": [{"role": "assistant", "content": said}], **_tools(row)}


def _as_sharegpt(row: Example, said: str) -> Row:
    names = {"user": "human", "assistant": "gpt", "tool": "observation", "system": "system"}
    turns = [{"from": names[turn["role"]], "value": turn["content"]} for turn in _chat(row)]
    tools = json.dumps([dict(tool) for tool in _offered(row)], ensure_ascii=False) if _offered(row) else ""
    return {"conversations": [*turns, {"from": "gpt", "value": said}], "tools": tools}


# --- configurations --------------------------------------------------------------------------------------------------


def _trl(name: str, to: Settings) -> Mapping[str, Any]:
    spread = {"accelerate.yaml": launching.accelerate_config(to.devices, to.sharded)} if to.devices > 1 else {}
    return {
        **spread,
        "trl.yaml": {
            "model_name_or_path": to.base,
            "datasets": [{"path": "json", "data_files": TRAIN, "split": "train"}],
            "output_dir": f"out/{name}",
            "use_peft": True,
            "lora_r": to.rank,
            "lora_alpha": 2 * to.rank,
            "lora_target_modules": ["all-linear"],
            "learning_rate": to.rate,
            "num_train_epochs": to.epochs,
            "per_device_train_batch_size": to.batch,
            "max_length": to.longest,
            "completion_only_loss": True,
            "seed": to.seed,
        },
    }


def _axolotl(name: str, to: Settings) -> Mapping[str, Any]:
    data = {
        "ds_type": "json",
        "type": "chat_template",
        "field_messages": "messages",
        "field_tools": "tools",
        "roles_to_train": ["assistant"],
        "train_on_eos": "turn",
    }
    return {
        "axolotl.yaml": {
            "base_model": to.base,
            "chat_template": "tokenizer_default",
            "datasets": [{"path": TRAIN, **data}],
            "test_datasets": [{"path": HELD_OUT, "split": "train", **data}],
            "adapter": "lora",
            "lora_r": to.rank,
            "lora_alpha": 2 * to.rank,
            "lora_target_linear": True,
            "sequence_len": to.longest,
            "micro_batch_size": to.batch,
            "gradient_accumulation_steps": 1,
            "num_epochs": to.epochs,
            "learning_rate": to.rate,
            "optimizer": "adamw_torch",
            "lr_scheduler": "linear",
            "output_dir": f"out/{name}",
            "bf16": "auto",
            "seed": to.seed,
        }
    }


def _llama_factory(name: str, to: Settings) -> Mapping[str, Any]:
    columns = {"messages": "conversations", "tools": "tools"}
    data = {"formatting": "sharegpt", "columns": columns}
    held_out = f"{name}-held-out"
    return {
        "dataset_info.json": {name: {"file_name": TRAIN, **data}, held_out: {"file_name": HELD_OUT, **data}},
        "llama-factory.yaml": {
            "model_name_or_path": to.base,
            "stage": "sft",
            "do_train": True,
            "finetuning_type": "lora",
            "lora_rank": to.rank,
            "lora_alpha": 2 * to.rank,
            "lora_target": "all",
            "dataset_dir": ".",
            "dataset": name,
            "eval_dataset": held_out,
            "template": _template(to.base),
            "cutoff_len": to.longest,
            "output_dir": f"out/{name}",
            "per_device_train_batch_size": to.batch,
            "learning_rate": to.rate,
            "num_train_epochs": float(to.epochs),
            "seed": to.seed,
        },
    }


def _template(base: str) -> str:
    """LLaMA-Factory names chat templates itself; the plain one for a family it has to be told."""
    families = {"qwen3": "qwen3_nothink", "qwen2": "qwen", "llama-3": "llama3", "gemma": "gemma", "mistral": "mistral"}
    return next((template for family, template in families.items() if family in base.lower()), "default")


def _unsloth(name: str, to: Settings) -> Mapping[str, Any]:
    return {
        "unsloth.yaml": {
            "model": to.base,
            "data": {"local_dataset": [TRAIN], "format_type": "chatml"},
            "training": {
                "training_type": "lora",
                "max_seq_length": to.longest,
                "load_in_4bit": False,
                "output_dir": f"out/{name}",
                "num_epochs": to.epochs,
                "learning_rate": to.rate,
                "batch_size": to.batch,
                "gradient_accumulation_steps": 1,
                "train_on_completions": True,
                "random_seed": to.seed,
            },
            "lora": {"lora_r": to.rank, "lora_alpha": 2 * to.rank},
        }
    }


def _nemo(name: str, to: Settings) -> Mapping[str, Any]:
    parts = "nemo_automodel.components"
    chats = {"_target_": f"{parts}.datasets.llm.chat_dataset.ChatDataset", "seq_length": to.longest}
    loader = {
        "_target_": "torchdata.stateful_dataloader.StatefulDataLoader",
        "collate_fn": f"{parts}.datasets.utils.default_collater",
    }
    return {
        "nemo.yaml": {
            "recipe": "TrainFinetuneRecipeForNextTokenPrediction",
            "step_scheduler": {
                "global_batch_size": to.batch,
                "local_batch_size": 1,
                "num_epochs": to.epochs,
                "val_every_steps": 100,
                "ckpt_every_steps": 200,
            },
            "dist_env": {"backend": "nccl", "timeout_minutes": 5},
            "rng": {"_target_": f"{parts}.training.rng.StatefulRNG", "seed": to.seed, "ranked": True},
            "model": {
                "_target_": "nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained",
                "pretrained_model_name_or_path": to.base,
            },
            "peft": {
                "_target_": f"{parts}._peft.lora.PeftConfig",
                "match_all_linear": True,
                "dim": to.rank,
                "alpha": 2 * to.rank,
            },
            "distributed": {"strategy": "fsdp2", "tp_size": 1, "cp_size": 1},
            "loss_fn": {"_target_": f"{parts}.loss.masked_ce.MaskedCrossEntropy"},
            "dataset": {**chats, "path_or_dataset_id": TRAIN},
            "dataloader": {**loader, "shuffle": True},
            "validation_dataset": {**chats, "path_or_dataset_id": HELD_OUT},
            "validation_dataloader": loader,
            "optimizer": {"_target_": "torch.optim.AdamW", "lr": to.rate, "weight_decay": 0.0},
            "checkpoint": {"enabled": True, "checkpoint_dir": f"out/{name}", "model_save_format": "safetensors"},
        }
    }


TRAINERS: Mapping[str, Trainer] = {
    "trl": Trainer(_as_completion, _trl, "trl sft --config trl.yaml", spread="--accelerate_config accelerate.yaml"),
    "axolotl": Trainer(_as_messages, _axolotl, "axolotl train axolotl.yaml"),
    "llama-factory": Trainer(_as_sharegpt, _llama_factory, "llamafactory-cli train llama-factory.yaml"),
    "unsloth": Trainer(_as_messages, _unsloth, "unsloth train --config unsloth.yaml"),
    "nemo": Trainer(_as_messages, _nemo, "automodel nemo.yaml"),
}
