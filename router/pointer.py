"""Says which words of a conversation fill which parameter of a tool: the encoder, tuned to point (training.pointer).

One pass over the turns and the parameters together gives every run of words a score for every parameter; nought parts
what is said from what is not. What a call is then filled with is `router.filling`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from router.encoder import Encoder
from router.errors import WeightsRefused
from router.grounding import numbers_in
from router.slots import LONGEST_VALUE, Layout, Slot, layouts, slots_of

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "pointer.safetensors"
MOST_FOUND = 12  # runs of words of one parameter that are kept
LEAST = -8.0  # a score below which nothing is kept
REMEMBERED = 64  # tools and what was said to them

Floats = npt.NDArray[np.float32]
Place = tuple[int, int, int]  # turn (0: the newest), first and last character + 1


class Found(NamedTuple):
    """Words that may fill a parameter. `score` in nats; above nought they are said for it."""

    text: str
    score: float
    place: Place


class Pointed(NamedTuple):
    """Of one parameter: runs of words, best first (`found`); the scores of a choice's options; of a flag the
    probabilities that nothing is said of it, that it is denied, that it is wanted."""

    slot: Slot
    found: tuple[Found, ...] = ()
    options: tuple[float, ...] = ()
    flag: tuple[float, float, float] = (1.0, 0.0, 0.0)


class Pointer:
    """Its weights are read when it is first asked: most runs never do. For many threads, one after the other."""

    def __init__(self, encoder: Encoder, path: Path = WEIGHTS) -> None:
        self._path, self._encoder, self._turn = path, encoder, Lock()
        self._known: dict[tuple[tuple[str, ...], tuple[Slot, ...]], dict[str, Pointed]] = {}

    def __call__(self, parameters: Mapping[str, Any], turns: Sequence[str]) -> dict[str, Pointed]:
        """For the parameters of a tool (its JSON Schema) by name; `turns` newest first. Raises WeightsRefused when the
        weights are missing, damaged or of another shape."""
        slots = slots_of(parameters)
        key = (tuple(turns), tuple(slots))
        with self._turn:
            if key not in self._known:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[key] = self._read(slots, turns)
            return self._known[key]

    @cached_property
    def _loaded(self) -> tuple[Encoder, _Heads]:
        return _load(self._path, self._encoder)

    def _read(self, slots: Sequence[Slot], turns: Sequence[str]) -> dict[str, Pointed]:
        read: dict[str, Pointed] = {}
        with torch.inference_mode():
            for layout, some in layouts(self._encoder.tokenizer, turns, slots):
                hidden = self._loaded[0].hidden(layout.ids)
                read |= {each.slot.name: each for each in self._pointed(hidden, layout, some)}
        return read

    def _pointed(self, hidden: Tensor, layout: Layout, slots: Sequence[Slot]) -> list[Pointed]:
        heads = self._loaded[1]
        marks = hidden[layout.marks]
        flags = heads("flag", marks).softmax(-1).tolist()
        spans = span_scores(heads, marks, hidden).numpy()
        made = []
        for at, slot in enumerate(slots):
            if slot.kind == "flag":
                made.append(Pointed(slot, flag=tuple(flags[at])))
            elif slot.kind == "choice":
                scores = heads("option", hidden[layout.options[at]])[:, 0].tolist()
                made.append(Pointed(slot, options=tuple(scores)))
            else:
                numeric = slot.kind in ("number", "numbers")
                found = _numbers(spans[at], layout) if numeric else _runs(spans[at], layout)
                made.append(Pointed(slot, tuple(found)))
        return made


class _Heads:
    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = {name: tensor.float() for name, tensor in weights.items()}

    def __call__(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])


def span_scores(heads: Callable[[str, Tensor], Tensor], slots: Tensor, pieces: Tensor) -> Tensor:
    """slots [s, 384], pieces [t, 384] → [s, t, t]: the score of a first and a last piece for a slot. `heads`: a layer's
    name and vectors → what it makes of them; in training and at run time alike."""
    first = _alike(heads("slot_first", slots), heads("first", pieces))
    last = _alike(heads("slot_last", slots), heads("last", pieces))
    phrase = _alike(heads("opens", pieces), heads("closes", pieces))
    return first[:, :, None] + last[:, None, :] + phrase + heads("said", slots)[:, :, None]


def _alike(one: Tensor, other: Tensor) -> Tensor:
    scaled: Tensor = one @ other.T / one.shape[-1] ** 0.5
    return scaled


def _runs(scores: Floats, layout: Layout) -> list[Found]:
    """The likeliest runs of whole words, of one turn each."""
    found: list[Found] = []
    for number, turn in enumerate(layout.turns):
        count = len(turn.spans)
        if not count:
            continue
        here = scores[turn.first : turn.first + count, turn.first : turn.first + count]
        begins = np.array([_opens(turn.text, a) for a, _ in turn.spans])
        ends = np.array([_closes(turn.text, b) for _, b in turn.spans])
        place = np.arange(count)
        after = place[None, :] - place[:, None]
        allowed = begins[:, None] & ends[None, :] & (after >= 0) & (after < LONGEST_VALUE)
        kept = np.where(allowed, here, -np.inf)
        for flat in np.argsort(-kept, axis=None)[:MOST_FOUND]:
            first, last = divmod(int(flat), count)
            if kept[first, last] > LEAST:
                a, b = turn.spans[first][0], turn.spans[last][1]
                found.append(Found(turn.text[a:b], float(kept[first, last]), (number, a, b)))
    return sorted(found, key=lambda each: -each.score)[:MOST_FOUND]


def _opens(text: str, at: int) -> bool:
    """Whether a word, or a mark before one, begins there."""
    return not (at and text[at - 1].isalnum() and text[at].isalnum())


def _closes(text: str, at: int) -> bool:
    return not (at < len(text) and text[at - 1].isalnum() and text[at].isalnum())


def _numbers(scores: Floats, layout: Layout) -> list[Found]:
    """Every number of the turns, in digits or words."""
    found: list[Found] = []
    for number, turn in enumerate(layout.turns):
        for _, first, last in numbers_in(turn.text):
            inside = [at for at, (a, b) in enumerate(turn.spans) if a < last and b > first]
            if inside:
                score = float(scores[turn.first + inside[0], turn.first + inside[-1]])
                found.append(Found(turn.text[first:last], score, (number, first, last)))
    return sorted(found, key=lambda each: -each.score)


def changes(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What the tuning changed, float32, by BertModel's names: matrices lie in eight bits, with a scale for each row."""
    layers = {name: tensor for name, tensor in weights.items() if name.startswith("encoder.")}
    return {
        name: tensor.float() * layers[f"{name}.scale"][:, None] if tensor.dtype == torch.int8 else tensor
        for name, tensor in layers.items()
        if not name.endswith(".scale")
    }


def _load(path: Path, encoder: Encoder) -> tuple[Encoder, _Heads]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights = load_file(path)
        heads = {name.removeprefix("heads."): tensor for name, tensor in weights.items() if name.startswith("heads.")}
        return encoder.tuned(changes(weights)), _Heads(heads)
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise WeightsRefused(
            f"The pointer's weights {path} cannot be used: {error}.",
            hint="Install Quiver again, or train them: python -m training.pointer",
        ) from error
