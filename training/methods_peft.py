"""The methods PEFT has, built with the settings of training.methods on a base from transformers.

PEFT's activated LoRA cannot tell rows apart in transformers' OPT, which folds rows and tokens into one axis before its
feed-forward layers; training.forward gives both to it separately for bases of the bundled shape, and other OPT bases
get it on their attention alone.
"""

from __future__ import annotations

from typing import Any

import torch

from training.forward import is_bundled_shape
from training.methods import Setting
from training.parameters import FED_BACK, first_rank


def lora(base: Any, setting: Setting, *, invocation: list[int] | None = None, **options: Any) -> Any:
    from peft import LoraConfig

    size = setting.size
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=size.rank,
        lora_alpha=2 * size.rank,
        target_modules=list(size.targets),
        alora_invocation_tokens=invocation,
        **options,
    )
    return _wrapped(base, config, setting)


def activated(base: Any, setting: Setting) -> Any:
    """Acts in every row from its last invocation on."""
    from dataclasses import replace

    if base.config.model_type == "opt" and not is_bundled_shape(base):
        kept = tuple(name for name in setting.size.targets if name not in ("fc1", "fc2"))
        setting = replace(setting, size=replace(setting.size, targets=kept))
    return lora(base, setting, invocation=list(setting.invocation))


def adalora(base: Any, setting: Setting) -> Any:
    """Begins at 1.5 times the rank; ranks are taken away from a tenth of the steps on, and stay for the last third."""
    from peft import AdaLoraConfig

    size, steps = setting.size, max(10, setting.steps)
    config = AdaLoraConfig(
        task_type="CAUSAL_LM",
        init_r=first_rank(size.rank),
        target_r=size.rank,
        lora_alpha=2 * size.rank,
        target_modules=list(size.targets),
        total_step=steps,
        tinit=steps // 10,
        tfinal=steps // 3,
        deltaT=max(1, steps // 50),
    )
    return _wrapped(base, config, setting)


def vera(base: Any, setting: Setting) -> Any:
    from peft import VeraConfig

    size = setting.size
    config = VeraConfig(
        task_type="CAUSAL_LM", r=size.rank, target_modules=list(size.targets), projection_prng_key=setting.seed
    )
    return _wrapped(base, config, setting)


def ia3(base: Any, setting: Setting) -> Any:
    from peft import IA3Config

    targets = list(setting.size.targets)
    config = IA3Config(
        task_type="CAUSAL_LM",
        target_modules=targets,
        feedforward_modules=[name for name in targets if name in FED_BACK],
    )
    return _wrapped(base, config, setting)


def prefix(base: Any, setting: Setting, *, tokens: int, projection: int) -> Any:
    """Widths are said, not guessed: PEFT takes a head to be the width over the heads, which Qwen3's is not."""
    from peft import PrefixTuningConfig

    from training.shapes import from_config

    shape = from_config(base.config.to_dict(), "base")
    config = PrefixTuningConfig(
        task_type="CAUSAL_LM",
        num_virtual_tokens=tokens,
        prefix_projection=projection > 0,
        encoder_hidden_size=projection,
        token_dim=shape.kv_heads * shape.head_width,
        num_attention_heads=shape.kv_heads,
        num_layers=shape.layers,
    )
    return _wrapped(base, config, setting)


def prompt(base: Any, setting: Setting, *, tokens: int) -> Any:
    from peft import PromptTuningConfig, PromptTuningInit

    config = PromptTuningConfig(
        task_type="CAUSAL_LM", num_virtual_tokens=tokens, prompt_tuning_init=PromptTuningInit.SAMPLE_VOCAB
    )
    return _wrapped(base, config, setting)


def _wrapped(base: Any, config: Any, setting: Setting) -> Any:
    from peft import get_peft_model

    torch.manual_seed(setting.seed)
    return get_peft_model(base, config)
