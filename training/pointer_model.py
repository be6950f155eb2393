"""The pointer while it learns: its heads on the encoder's vectors, its loss, and how well it reads held-out rows.

What it is at run time is `router.pointer`'s, which computes the same scores without gradients; rows come from
`training.pointed_rows`, the loop is `training.pointer`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from router.encoder import WIDTH
from router.pointer import span_scores
from router.slots import LONGEST_VALUE, Layout, Slot, layouts

if TYPE_CHECKING:
    from training.pointed_rows import Pointed

POINTED, PHRASED = 128, 64  # directions in which a slot meets a beginning or an end, and the two each other
PICKED = ("flag", "choice")  # kinds that nothing is pointed to for
FAR = 1e4  # below any score that counts; float32 holds it beside them


@dataclass(frozen=True)
class Case:
    """A layout and what is right in it. `spans`: (slot, first piece, last piece), right for slots that are `known`;
    `picked`: by slot as in `training.pointed_rows.Pointed`."""

    layout: Layout
    slots: tuple[Slot, ...]
    spans: tuple[tuple[int, int, int], ...]
    known: tuple[bool, ...]
    picked: tuple[int | None, ...]
    source: str

    @property
    def pointing(self) -> list[int]:
        """The slots whose words are known, none among them included."""
        kinds = [slot.kind not in PICKED for slot in self.slots]
        return [at for at, known in enumerate(self.known) if known and kinds[at] and self.layout.turns]

    @property
    def picking(self) -> list[tuple[int, int]]:
        """The slots of which it is known what is picked, and that."""
        kinds = [slot.kind in PICKED for slot in self.slots]
        return [(at, picked) for at, picked in enumerate(self.picked) if picked is not None and kinds[at]]

    @property
    def teaches(self) -> bool:
        return bool(self.pointing or self.picking)


def cases_of(tokenizer: Any, row: Pointed) -> Iterator[Case]:
    """One for each layout that the row's slots take."""
    done = 0
    for layout, slots in layouts(tokenizer, row.turns, row.slots):
        spans, known = [], []
        for at in range(len(slots)):
            given = row.spans[done + at]
            placed = [None] if given is None else [_pieces(layout, *each) for each in given]
            known.append(None not in placed)
            spans += [(at, *place) for place in placed if place is not None and known[-1]]
        picked = row.picked[done : done + len(slots)]
        done += len(slots)
        yield Case(layout, tuple(slots), tuple(spans), tuple(known), picked, row.source)


def _pieces(layout: Layout, turn: int, first: int, last: int) -> tuple[int, int] | None:
    """The pieces that cover the characters; None where they were cut off."""
    if turn >= len(layout.turns):
        return None
    at, spans = layout.turns[turn].first, layout.turns[turn].spans
    inside = [number for number, (a, b) in enumerate(spans) if a < last and b > first]
    cut = not spans or spans[-1][1] < last
    return None if not inside or cut else (at + inside[0], at + inside[-1])


class Heads(nn.Module):
    """See `router.pointer`: the names are those of its weights."""

    def __init__(self) -> None:
        super().__init__()
        self.slot_first, self.slot_last = nn.Linear(WIDTH, POINTED), nn.Linear(WIDTH, POINTED)
        self.first, self.last = nn.Linear(WIDTH, POINTED), nn.Linear(WIDTH, POINTED)
        self.opens, self.closes = nn.Linear(WIDTH, PHRASED), nn.Linear(WIDTH, PHRASED)
        self.said = nn.Linear(WIDTH, 1)
        self.flag, self.option = nn.Linear(WIDTH, 3), nn.Linear(WIDTH, 1)

    def spans(self, slots: Tensor, pieces: Tensor) -> Tensor:
        """slots [s, 384], pieces [t, 384] → [s, t, t]: the score of a first and a last piece for a slot."""
        return span_scores(lambda name, x: self.get_submodule(name)(x), slots, pieces)


def hidden_states(model: Any, cases: Sequence[Case]) -> list[Tensor]:
    """float32 [t, 384] of each case, from a BertModel in bfloat16."""
    longest = max(len(case.layout.ids) for case in cases)
    lengths = [len(case.layout.ids) for case in cases]
    ids = torch.tensor([case.layout.ids + [0] * (longest - len(case.layout.ids)) for case in cases])
    mask = torch.tensor([[1] * length + [0] * (longest - length) for length in lengths])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = model(ids, attention_mask=mask).last_hidden_state
    return [row[:length].float() for row, length in zip(found, lengths, strict=True)]


def loss(heads: Heads, hidden: Tensor, case: Case) -> tuple[Tensor, int]:
    """The summed loss of a case in nats, and the number of slots it is of. Spans and options: of several right ones
    beside a threshold of nought (Su et al. 2022, arXiv:2208.02955, equation 4); flags: cross-entropy."""
    slots = hidden[case.layout.marks]
    parts: list[Tensor] = []
    if pointing := case.pointing:
        scores = heads.spans(slots[pointing], hidden)
        right = torch.zeros_like(scores, dtype=torch.bool)
        for at, first, last in case.spans:
            right[pointing.index(at), first, last] = True
        parts += _of_several(scores, right, allowed_spans(case.layout, len(hidden)))
    for at, picked in case.picking:
        if case.slots[at].kind == "flag":
            parts.append(F.cross_entropy(heads.flag(slots[at]), torch.tensor(picked)))
            continue
        scores = heads.option(hidden[case.layout.options[at]])[:, 0][None]
        right = torch.arange(scores.shape[1])[None] == picked - 1
        parts += _of_several(scores, right, torch.ones_like(right))
    return (torch.stack(parts).sum() if parts else hidden.new_zeros(())), len(parts)


def allowed_spans(layout: Layout, length: int) -> Tensor:
    """bool [t, t]: a first and a last piece of the same turn, not too far from each other."""
    turn = torch.full((length,), -1)
    for number, each in enumerate(layout.turns):
        turn[each.first : each.first + len(each.spans)] = number
    place = torch.arange(length)
    after = place[None, :] - place[:, None]
    return (turn[:, None] == turn[None, :]) & (turn[:, None] >= 0) & (after >= 0) & (after < LONGEST_VALUE)


def _of_several(scores: Tensor, right: Tensor, allowed: Tensor) -> Tensor:
    """[n, …] → [n]."""
    wrong = (allowed & ~right).flatten(1)
    scores, right = scores.flatten(1), right.flatten(1)
    nought = scores.new_zeros(len(scores), 1)
    above = torch.cat([nought, scores.masked_fill(~wrong, -FAR)], 1).logsumexp(1)
    below = torch.cat([nought, (-scores).masked_fill(~right, -FAR)], 1).logsumexp(1)
    return above + below


@torch.inference_mode()
def scores(model: Any, heads: Heads, held: Sequence[Case]) -> dict[str, str]:
    """How many slots are read right, by their kind and source: of those with words the best run is among them and above
    the threshold ("one"), or all and no others are ("several"); of those without, none is ("none")."""
    model.eval()
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for start in range(0, len(held), 32):
        part = held[start : start + 32]
        for case, hidden in zip(part, hidden_states(model, part), strict=True):
            for key, hit in _hits(heads, hidden, case):
                right[key] += hit
                seen[key] += 1
    model.train()
    return {key: f"{right[key]}/{seen[key]}" for key in sorted(seen)}


def _hits(heads: Heads, hidden: Tensor, case: Case) -> Iterator[tuple[str, bool]]:
    slots = hidden[case.layout.marks]
    spans = heads.spans(slots, hidden).masked_fill(~allowed_spans(case.layout, len(hidden)), -FAR)
    source = case.source.partition(",")[0].partition("/")[0]
    for at, slot in enumerate(case.slots):
        if slot.kind in PICKED:
            if case.picked[at] is not None:
                yield slot.kind, _picked(heads, hidden, case, at) == case.picked[at]
        elif case.known[at]:
            wanted = {(first, last) for number, first, last in case.spans if number == at}
            above = {(int(a), int(b)) for a, b in (spans[at] > 0).nonzero()}
            best = divmod(int(spans[at].argmax()), len(hidden))
            several = "several" if len(wanted) > 1 else "one" if wanted else "none"
            hit = best in above & wanted if several == "one" else above == wanted
            yield f"{slot.kind}, {several}, {source}", hit


def _picked(heads: Heads, hidden: Tensor, case: Case, at: int) -> int:
    if case.slots[at].kind == "flag":
        return int(heads.flag(hidden[case.layout.marks[at]]).argmax())
    found = heads.option(hidden[case.layout.options[at]])[:, 0]
    return int(found.argmax()) + 1 if float(found.max()) > 0 else 0
