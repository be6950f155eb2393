"""Cut a task into the requests it consists of: "read a.txt, then add the two sums" → two clauses.

A small bidirectional GRU on the encoder's word-piece vectors marks each piece as beginning a clause, going on with
one, or joining two ("and then", "2)", "Finally,"). Clauses are spans of the task: nothing is reworded, reordered or
invented, and nothing inside quotation marks or backticks is ever cut. Whether a clause can be served is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from router.encoder import WIDTH, Encoder, Span, TokenVectors
from router.errors import WeightsRefused

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "clauses.safetensors"
LAYER = 3  # of the encoder: half of it carries the syntax that is needed, at half the time
NARROW, STATE = 128, 96  # width of a word piece in the head, of the GRU in each direction

BEGIN, INSIDE, JOINT = range(3)
_NEVER = -1e9

# An apostrophe opens a quotation only where no word goes before it, and closes one where no word goes on.
_QUOTED = re.compile(r"```.*?```|`[^`]*`|\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\w)['‘][^\n]*?(?<=\S)['’](?!\w)", re.DOTALL)
_AFTER_FILE_NAME = re.compile(r"(?<=\w)\.\w{1,5}\.\s+(?=[A-Z])")
_LEFT_OVER = re.compile(r"[\s,;]+(?:and|then|and then|also|and also)$", re.IGNORECASE)
_LOOKS = 7  # what the uncased encoder cannot see, see `looks`
QUOTED_LOOK = 5  # the one that says: inside quotation marks


class BoundaryHead(torch.nn.Module):
    """Word-piece features [n, t, 384 + looks] → log-probabilities [n, t, 3] of beginning, going on, joining."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = torch.nn.Linear(WIDTH + _LOOKS, NARROW)
        self.read = torch.nn.GRU(NARROW, STATE, batch_first=True, bidirectional=True)
        self.label = torch.nn.Linear(2 * STATE, 3)

    def forward(self, features: Tensor) -> Tensor:
        hidden, _ = self.read(torch.nn.functional.gelu(self.narrow(features)))
        return torch.log_softmax(self.label(hidden), -1)


def features(encoder: Encoder, text: str) -> tuple[npt.NDArray[np.float32], Sequence[Span]]:
    """[t, 384 + looks] of the word pieces of `text`, and their character spans."""
    tokens: TokenVectors = encoder.tokens(text, LAYER)
    return np.concatenate([tokens.vectors, looks(text, tokens.spans)], axis=1), tokens.spans


def looks(text: str, spans: Sequence[Span]) -> npt.NDArray[np.float32]:
    """[t, 7] of zeros and ones: capital, all capitals, digit, space before, line break before, quoted, end of text."""
    quoted = inside_quotes(text)
    rows = np.zeros((len(spans), _LOOKS), dtype=np.float32)
    for row, (start, end) in zip(rows, spans, strict=True):
        piece, before = text[start:end], text[:start]
        gap = before[len(before.rstrip()) :]
        row[:] = (
            piece[:1].isupper(),
            len(piece) > 1 and piece.isupper(),
            piece[:1].isdigit(),
            bool(gap),
            "\n" in gap,
            quoted[start],
            not text[end:].strip(),
        )
    return rows


def inside_quotes(text: str) -> npt.NDArray[np.bool_]:
    """For each character, whether it lies between quotation marks; the opening mark does not."""
    inside = np.zeros(len(text), dtype=bool)
    for match in _QUOTED.finditer(text):
        inside[match.start() + 1 : match.end()] = True
    return inside


def best_labels(scores: npt.NDArray[np.float32], quoted: Sequence[bool]) -> list[int]:
    """The likeliest sequence of labels (Viterbi) in which a clause begins before it goes on, and none is cut in quotes.

    `scores` [t, 3] log-probabilities; `quoted` [t]: this word piece lies inside quotation marks.
    """
    allowed = np.zeros((3, 3))
    allowed[JOINT, INSIDE] = _NEVER
    total = scores[0] + np.array([0, _NEVER, 0])
    back = []
    for row, held in zip(scores[1:], quoted[1:], strict=True):
        ways = total[:, None] + allowed + (np.array([_NEVER, 0, _NEVER]) if held else 0)
        back.append(ways.argmax(0))
        total = ways.max(0) + row
    labels = [int(total.argmax())]
    for pointers in reversed(back):
        labels.append(int(pointers[labels[-1]]))
    return labels[::-1]


def clause_spans(labels: Sequence[int], spans: Sequence[Span]) -> list[Span]:
    """Character spans of the clauses that the labels mark."""
    clauses: list[Span] = []
    for label, (start, end) in zip(labels, spans, strict=True):
        if label == BEGIN:
            clauses.append((start, end))
        elif label == INSIDE:
            clauses[-1] = (clauses[-1][0], end)
    return clauses


def split(encoder: Encoder, task: str, head: BoundaryHead | None = None) -> list[str]:
    """The clauses of `task` in order; the task itself where it is a single request, nothing where it is blank.

    `head`: another one than the bundled. Raises WeightsRefused when the bundled one cannot be read.
    """
    if not task.strip():
        return []
    vectors, spans = features(encoder, task)
    if not spans:
        return [task.strip()]
    with torch.inference_mode():
        scores = (head or _bundled())(torch.from_numpy(vectors)[None])[0].numpy()
    quoted = (vectors[:, WIDTH + QUOTED_LOOK] > 0).tolist()
    parts = [task[start:end] for start, end in clause_spans(best_labels(scores, quoted), spans)]
    clauses = [cleaned(sentence) for part in parts for sentence in _after_file_names(part)]
    return clauses if len(clauses) > 1 else [task.strip()]


def _after_file_names(part: str) -> list[str]:
    """Cut where a sentence ends with a file name and another begins ("Read a.txt. Add 2 and 3"): the encoder takes the
    two dots for one kind."""
    inside = inside_quotes(part)
    ends = [match.end() for match in _AFTER_FILE_NAME.finditer(part) if not inside[match.start()]]
    return [part[start:end] for start, end in zip([0, *ends], [*ends, len(part)], strict=True)]


def cleaned(clause: str) -> str:
    """Without the marks and joining words that only said where it ended."""
    return _LEFT_OVER.sub("", clause.rstrip(" \n.,;")).rstrip(" \n.,;")


@cache
def _bundled() -> BoundaryHead:
    return load(WEIGHTS)


def load(path: Path) -> BoundaryHead:
    """Raises WeightsRefused when the file is missing, damaged or of another shape."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    head = BoundaryHead()
    try:
        tensors: Mapping[str, Tensor] = load_file(path)
        head.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except (OSError, SafetensorError, RuntimeError) as error:
        raise WeightsRefused(
            f"The clause splitter's weights {path} cannot be used: {error}", hint="python -m training.clauses --help"
        ) from error
    return head.eval()
