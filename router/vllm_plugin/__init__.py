"""Activated LoRA on stock vLLM: a plugin that vLLM loads into each of its processes (`vllm.general_plugins`).

Stock vLLM refuses activated adapters and reads the whole conversation again whenever the adapter changes. With this
plugin the tokens before an adapter's invocation are computed, kept and shared as the base's. On a vLLM that is not
known it changes nothing, says so in one line of the log, and activated adapters stay refused. Imports neither torch nor
vLLM before `register` is called.
"""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path

from .versions import objection

NAME = "quiver_activated_lora"
_told: list[str] = []  # vLLM calls more than once, and once is enough to be told
_log = logging.getLogger(f"vllm.{NAME}")  # below vLLM's own logger, so that its format and level hold


def register() -> None:
    """Called by vLLM, in every process and maybe more than once. Raises nothing."""
    vllm = import_module("vllm")
    why_not = objection(str(getattr(vllm, "__version__", "")), Path(str(vllm.__file__)).parent)
    if why_not:
        if why_not not in _told:
            _told.append(why_not)
            _log.warning("activated LoRA stays off, and such adapters refused: %s", why_not)
        return
    from .patches import apply

    if apply():
        _log.info("activated LoRA is on: tokens before an adapter's invocation are the base's")
