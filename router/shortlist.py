"""Which of the offered tools serve a request: a small head on the encoder, trained on request–tool pairs.

The encoder's word-piece vectors pass one small trained layer. A request and a tool are then compared twice: as whole
vectors (cosine) and word by word, each word of the request with the nearest word of the tool, the words weighted by how
much they say (late interaction, Khattab & Zaharia 2020, arXiv:2004.12832). A tool is read as its name, description and
parameter names; its results and effects are not known here. Nothing is chosen: the probabilities are calibrated, and
the caller draws the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from router.conversation import ToolSpec
from router.encoder import WIDTH, Encoder
from router.errors import WeightsRefused

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "shortlist.safetensors"
REQUEST, TOOL = range(2)
LONGEST = 64  # word pieces read of a request or a tool: more add time and no accuracy
REMEMBERED = 4096  # tools whose vectors are kept


def describe(tool: ToolSpec) -> str:
    """The words a tool is read by: "read file: Read the text of a file. (path, encoding)"."""
    parameters = ", ".join(_words(name) for name in tool.parameters.get("properties", {}))
    return f"{_words(tool.name)}: {tool.description}" + (f" ({parameters})" if parameters else "")


def _words(name: str) -> str:
    """An identifier as words: `getHTTPStatus-2` → `get http status 2`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.split(r"[\W_]+", spaced)).strip().lower()


@dataclass(frozen=True)
class Reading:
    """Texts as the head sees them: `whole` [n, 384] unit vectors, `words` [n, t, p] unit vectors of word pieces,
    `salience` [n, t] of each word piece, summing to one per text, `mask` bool [n, t]: where a word piece is."""

    whole: Tensor
    words: Tensor
    salience: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Head:
    """The trained part. Requests and tools are read alike, but for `side_bias` and `side_salience`."""

    inner: Tensor  # [384, h] to a hidden layer
    side_bias: Tensor  # [2, h]
    side_salience: Tensor  # [2, 384 + h]
    words: Tensor  # [384 + h, p]
    whole: Tensor  # [h, 384]: what the hidden layer adds to a text's mean vector
    scale: Tensor  # [3]: cosine, late interaction and bias of the logit

    def read(self, vectors: Tensor, mask: Tensor, side: int) -> Reading:
        """`vectors` [n, t, 384] of word pieces, `mask` bool [n, t], `side` REQUEST or TOOL."""
        hidden = F.gelu(vectors @ self.inner + self.side_bias[side])
        both = torch.cat([vectors, hidden], dim=-1)
        salience = (both @ self.side_salience[side]).float().masked_fill(~mask, -torch.inf).softmax(-1)
        kept = mask[..., None].to(vectors.dtype)
        mean = (vectors * kept).sum(1) / kept.sum(1)
        whole = F.normalize(F.normalize(mean, dim=-1) + (hidden * salience[..., None]).sum(1) @ self.whole, dim=-1)
        return Reading(whole, F.normalize(both @ self.words, dim=-1), salience, mask)

    def logits(self, requests: Reading, tools: Reading) -> Tensor:
        """[requests, tools]: how strongly each tool answers each request."""
        cosine = requests.whole @ tools.whole.T
        alike = torch.einsum("qip,tjp->qtij", requests.words, tools.words)
        nearest = alike.masked_fill(~tools.mask[None, :, None, :], -1.0).amax(-1)
        late = (nearest * requests.salience[:, None, :]).sum(-1)
        return self.scale[0] * cosine + self.scale[1] * late + self.scale[2]


class Shortlist:
    """Ranks offered tools for a request. Tools are read once and remembered; a request costs one short reading."""

    def __init__(self, encoder: Encoder, weights: Path = WEIGHTS) -> None:
        """Raises WeightsRefused when the file is missing, damaged or of another shape."""
        self._encoder = encoder
        self._head, self._calibration = load(weights)
        self._tools: dict[str, Reading] = {}

    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]:
        """Each tool with the probability that it serves the request, the likeliest first, ties in the order offered.

        The probabilities are of each tool for itself and need not add up to one: all low says that nothing serves.
        """
        if not tools:
            return []
        texts = [describe(tool) for tool in tools]
        different = list(dict.fromkeys(texts))  # twins are scored once: a product's rows differ in their last bits
        with torch.inference_mode():
            asked = self._read([request], REQUEST)[0]
            logits = self._head.logits(asked, together(self._readings(different)))[0]
            probabilities = torch.sigmoid(self._calibration[0] * logits + self._calibration[1]).tolist()
        by_text = dict(zip(different, probabilities, strict=True))
        ranked = [(tool, by_text[text]) for tool, text in zip(tools, texts, strict=True)]
        return sorted(ranked, key=lambda pair: -pair[1])

    def _readings(self, texts: Sequence[str]) -> list[Reading]:
        new = [text for text in dict.fromkeys(texts) if text not in self._tools]
        if len(self._tools) + len(new) > REMEMBERED:
            self._tools.clear()
            new = list(dict.fromkeys(texts))
        self._tools.update(zip(new, self._read(new, TOOL), strict=True))
        return [self._tools[text] for text in texts]

    def _read(self, texts: Sequence[str], side: int) -> list[Reading]:
        readings = []
        for text in texts:
            vectors = torch.from_numpy(self._encoder.tokens(text).vectors[:LONGEST])
            vectors = vectors if len(vectors) else torch.zeros(1, WIDTH)  # a text without a word piece is like nothing
            readings.append(self._head.read(vectors[None], torch.ones(1, len(vectors), dtype=torch.bool), side))
        return readings


def together(readings: Sequence[Reading]) -> Reading:
    """Single readings as one, padded to the longest."""
    pad = torch.nn.utils.rnn.pad_sequence
    words, mask = (
        pad([getattr(reading, name)[0] for reading in readings], batch_first=True) for name in ("words", "mask")
    )
    salience = pad([reading.salience[0] for reading in readings], batch_first=True)
    return Reading(torch.cat([reading.whole for reading in readings]), words, salience, mask)


def load(path: Path) -> tuple[Head, Tensor]:
    """The head and its calibration [2]: slope and offset from logit to log-odds. Raises WeightsRefused."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
        head = Head(**{field.name: tensors[field.name] for field in fields(Head)})
        return head, tensors["calibration"]
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise WeightsRefused(
            f"The tool shortlist's weights {path} cannot be used: {error}", hint="python -m training.shortlist --help"
        ) from error
