"""Bases and skills small enough to be made in a test: real architectures, random weights, a tokenizer of 500 tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

CONTROL = ["<pad>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|tools|>"]
MARKERS = ["<tool_call>", "</tool_call>", "<no_call>"]
END, ASSISTANT = 1, 4

# the shape of the bundled template: conversation, then the tools of this step, then the assistant's header
TEMPLATE = """
{%- for message in messages -%}
  {%- if message['role'] == 'assistant' -%}
    {{ '<|assistant|>' }}{% generation %}
    {%- for call in message.get('tool_calls', []) -%}
      {%- set f = call['function'] -%}
      <tool_call>{"name": {{ f['name'] | tojson }}, "arguments": {{ f['arguments'] | tojson }}}</tool_call>
    {%- endfor -%}
    {{ message['content'] }}<|end|>{% endgeneration %}
  {%- else -%}
    {{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {%- if tools -%}<|tools|>
    {%- for tool in tools -%}
      {%- set f = tool['function'] -%}
      {{ f['name'] }}({{ f['parameters']['properties'] | join(', ') }}) {% endfor -%}
    <|end|>
  {%- endif -%}
  <|assistant|>
{%- endif -%}
"""

_TEXT = [
    'How many kilometres are 12 miles? {"name": "convert_unit", "arguments": {"value": 12, "from_unit": "miles"}}',
    '{"answer": "It is 19.3 kilometres.", "citations": [1, 2]} The answer to the question is in the second passage.',
    "Read notes.txt, then add the two amounts and tell me what day of the week it is tomorrow in Wien, größer 日本.",
]


@cache
def tokenizer() -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=CONTROL + MARKERS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(_TEXT * 4, trainer)
    return made


def save_words(folder: Path, template: str = TEMPLATE) -> None:
    """What a base folder holds besides its model: tokenizer, chat template, their settings."""
    tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>", "pad_token": "<pad>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def make_model(shape: str, seed: int = 0, positions: int = 256) -> Any:
    """A random model of this shape; weights large enough for its greedy outputs to vary."""
    import transformers

    common = {
        "vocab_size": tokenizer().get_vocab_size(),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": positions,
        "eos_token_id": END,
        "pad_token_id": 0,
        "bos_token_id": None,
    }
    gated = {"intermediate_size": 64, "num_key_value_heads": 2, "head_dim": 8, "tie_word_embeddings": True}
    opt = {"word_embed_proj_dim": 32, "ffn_dim": 64, "dropout": 0.0}
    configs = {
        "opt": lambda: transformers.OPTConfig(**common, **opt, do_layer_norm_before=False, activation_function="gelu"),
        "opt-before": lambda: transformers.OPTConfig(**common, **opt, activation_function="relu"),
        "llama": lambda: transformers.LlamaConfig(**common, **gated),
        "qwen3": lambda: transformers.Qwen3Config(**common, **gated),
        "mistral": lambda: transformers.MistralConfig(**common, **gated, sliding_window=32),
    }
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(configs[shape](), dtype=torch.float32)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.normal_(0.0, 0.15)
            elif parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.eval()


def make_base(folder: Path, shape: str, *, template: str = TEMPLATE, card: bool = True, positions: int = 256) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    make_model(shape, positions=positions).save_pretrained(folder)
    save_words(folder, template)
    if card:
        content = {"name": f"tiny-{shape}", "context": positions, "tools_shown": 2, "reads_whole_task": False}
        (folder / "card.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class TinySkill:
    """What an engine reads of a skill."""

    name: str
    weights: Path | None
    instructions: str = ""
    card: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return f"{self.name}@0123456789ab"


def make_skill(base: Path, folder: Path, *, seed: int, invocation: list[int] | None, **config: Any) -> TinySkill:
    """A skill with random, loud weights, written by PEFT itself. `invocation` None: a plain LoRA."""
    model = peft_model(base)
    from peft import LoraConfig, get_peft_model

    layers = ["q_proj", "k_proj", "v_proj", *(["out_proj", "fc1", "fc2"] if _is_opt(model) else ["o_proj", "up_proj"])]
    lora = {"r": 8, "lora_alpha": 16, "target_modules": layers, "task_type": "CAUSAL_LM", **config}
    adapted = get_peft_model(model, LoraConfig(**lora, alora_invocation_tokens=invocation))
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0.0, 0.3)
    adapted.save_pretrained(folder)
    return TinySkill(f"skill-{seed}", folder)


def peft_model(base: Path, skill: TinySkill | None = None) -> Any:
    """The base as transformers and PEFT load it: the reference."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if skill is None or skill.weights is None:
        return model.eval()
    from peft import PeftModel

    adapted = PeftModel.from_pretrained(model, skill.weights).eval()
    if _is_opt(model):
        _keep_rows_apart(adapted)
    return adapted


def _keep_rows_apart(adapted: Any) -> None:
    """OPT hands its feed-forward layers [batch · tokens, width], where PEFT's activated LoRA counts tokens in
    [batch, tokens, width] and fails. For one row the two are the same up to the shape."""
    for name, layer in adapted.named_modules():
        if name.endswith((".fc1", ".fc2")):
            layer.forward = lambda x, *rest, _forward=layer.forward, **named: _forward(x[None], *rest, **named)[0]


def _is_opt(model: Any) -> bool:
    return bool(model.config.model_type == "opt")
