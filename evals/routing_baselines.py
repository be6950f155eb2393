"""What the router is compared with, each given the same descriptions and examples: keywords, nearest description,
centroid, nearest examples, the base asked in a prompt, and aurelio's semantic-router where it is installed.

Every one names its best skill and how well it fits, on a scale of its own. All are told a step's progress as the router
is: a skill without examples of that progress is not proposed. None was tuned.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from evals.routing_data import KnownSkill
from router.conversation import Message
from router.errors import ContextOverflow, UsageError
from router.routing import State

if TYPE_CHECKING:
    from router.encoder import Encoder, Floats
    from router.engines.engine import Engine

Choice = tuple[str, float]
"""The best skill, and how well it fits."""

NEIGHBOURS = 5
PEER = "semantic-router"


class Texts(Protocol):
    """An encoder, as far as baselines need one."""

    def embed(self, texts: Sequence[str]) -> Floats: ...


Baseline = Callable[[Sequence[KnownSkill], Sequence[State], Texts], list[Choice]]


def due(skill: KnownSkill, observed: bool) -> bool:
    """Whether the skill is one for this progress: it has examples of it, or none at all."""
    return not skill.examples or any(example.observed is observed for example in skill.examples)


def requests(skill: KnownSkill, observed: bool) -> list[str]:
    return [skill.description, *(example.request for example in skill.examples if example.observed is observed)]


def _by_progress(
    skills: Sequence[KnownSkill],
    states: Sequence[State],
    choose: Callable[[list[KnownSkill], bool, list[str]], list[Choice]],
) -> list[Choice]:
    """Asks `choose` once for each progress, with the skills due then, and puts the choices back in order."""
    found: dict[int, Choice] = {}
    for observed in (False, True):
        rows = [row for row, state in enumerate(states) if state.observed is observed]
        able = [skill for skill in skills if due(skill, observed)] or list(skills)
        if rows:
            found.update(zip(rows, choose(able, observed, [states[row].text for row in rows]), strict=True))
    return [found[row] for row in range(len(states))]


def _best(names: Sequence[str], scores: Floats) -> list[Choice]:
    """`scores` [states, skills] → the best of each row."""
    return [(names[int(row.argmax())], float(row.max())) for row in scores]


# --- words -----------------------------------------------------------------------------------------------------------


def keyword(skills: Sequence[KnownSkill], states: Sequence[State], texts: Texts) -> list[Choice]:
    """Cosine of TF-IDF vectors (Salton and Buckley 1988), one document a skill: its description and examples."""

    def choose(able: list[KnownSkill], observed: bool, asked: list[str]) -> list[Choice]:
        documents = [Counter(word for text in requests(skill, observed) for word in words(text)) for skill in able]
        frequency = Counter(word for document in documents for word in document)
        weight = {word: math.log((1 + len(able)) / (1 + seen)) + 1 for word, seen in frequency.items()}
        place = {word: row for row, word in enumerate(weight)}
        matrix = np.stack([_vector(document, weight, place) for document in documents])
        names = [skill.name for skill in able]
        return [_best(names, (matrix @ _vector(Counter(words(text)), weight, place))[None])[0] for text in asked]

    return _by_progress(skills, states, choose)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _vector(counts: Counter[str], weight: dict[str, float], place: dict[str, int]) -> Floats:
    vector = np.zeros(len(place), np.float32)
    for word, count in counts.items():
        if word in place:
            vector[place[word]] = (1 + math.log(count)) * weight[word]
    length = np.linalg.norm(vector)
    return vector / length if length else vector


# --- sentence embeddings ---------------------------------------------------------------------------------------------


def description(skills: Sequence[KnownSkill], states: Sequence[State], texts: Texts) -> list[Choice]:
    """The skill whose description is nearest."""

    def choose(able: list[KnownSkill], observed: bool, asked: list[str]) -> list[Choice]:
        described = texts.embed([f"{skill.name.replace('-', ' ')}: {skill.description}" for skill in able])
        return _best([skill.name for skill in able], texts.embed(asked) @ described.T)

    return _by_progress(skills, states, choose)


def centroid(skills: Sequence[KnownSkill], states: Sequence[State], texts: Texts) -> list[Choice]:
    """The skill whose examples' mean is nearest."""

    def choose(able: list[KnownSkill], observed: bool, asked: list[str]) -> list[Choice]:
        means = np.stack([texts.embed(requests(skill, observed)).mean(0) for skill in able])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return _best([skill.name for skill in able], texts.embed(asked) @ means.T)

    return _by_progress(skills, states, choose)


def neighbours(skills: Sequence[KnownSkill], states: Sequence[State], texts: Texts) -> list[Choice]:
    """The skill with most similarity among the five nearest examples."""

    def choose(able: list[KnownSkill], observed: bool, asked: list[str]) -> list[Choice]:
        listed = [(row, text) for row, skill in enumerate(able) for text in requests(skill, observed)]
        owners, known = np.array([row for row, _ in listed]), texts.embed([text for _, text in listed])
        return [_voted(able, owners, known @ vector) for vector in texts.embed(asked)]

    return _by_progress(skills, states, choose)


def _voted(able: Sequence[KnownSkill], owners: Any, similar: Floats) -> Choice:
    nearest = np.argsort(-similar)[:NEIGHBOURS]
    votes = np.bincount(owners[nearest], similar[nearest], minlength=len(able)) / len(nearest)
    return able[int(votes.argmax())].name, float(votes.max())


# --- models ----------------------------------------------------------------------------------------------------------


def prompted(engine: Engine, skills: Sequence[KnownSkill], states: Sequence[State]) -> list[Choice | None]:
    """The base without a skill, shown the list of skills and the request: the name it finds likeliest, by
    log-probability a character, so that short names have no advantage. None where the list does not fit the base."""
    from router.engines.engine import Request

    choices: list[Choice | None] = []
    for state in states:
        able = [skill for skill in skills if due(skill, state.observed)] or list(skills)
        names = [skill.name for skill in able]
        try:
            scores = engine.score(Request([Message("user", _question(able, state))]), names)
        except ContextOverflow:
            choices.append(None)
            continue
        means = [score / len(name) for name, score in zip(names, scores, strict=True)]
        choices.append((names[int(np.argmax(means))], max(means)))
    return choices


def _question(skills: Sequence[KnownSkill], state: State) -> str:
    """Few skills with their descriptions, many by their names alone; the list first, so that it is read only once."""
    few = len(skills) <= 12
    listed = "\n".join(f"{s.name}: {s.description}" for s in skills) if few else ", ".join(s.name for s in skills)
    seen = " A tool has answered already." if state.observed else ""
    return f"Which of these skills serves the request?\n{listed}\n\nRequest: {state.text}{seen}\nSkill:"


def semantic_router(skills: Sequence[KnownSkill], states: Sequence[State], texts: Texts) -> list[Choice]:
    """aurelio's semantic-router with its defaults, over the same encoder: mean similarity among the five nearest
    utterances of its own index. Raises UsageError where it is not installed."""
    if not has_peer():
        raise UsageError(f"{PEER} is not installed", hint=f"pip install {PEER}")
    from semantic_router import IndexedRouter, Route
    from semantic_router.encoders import DenseEncoder

    vectors: dict[str, Floats] = {}

    class OurEncoder(DenseEncoder):  # type: ignore[misc]
        name: str = "all-MiniLM-L6-v2"

        def __call__(self, docs: list[Any]) -> list[list[float]]:
            new = [text for text in dict.fromkeys(docs) if text not in vectors]
            if new:
                vectors.update(zip(new, texts.embed(new), strict=True))
            return [vectors[text].tolist() for text in docs]

    encoder = OurEncoder()

    def choose(able: list[KnownSkill], observed: bool, asked: list[str]) -> list[Choice]:
        encoder(asked)  # together, which is faster: its time is not compared
        router = IndexedRouter(encoder, [Route(name=s.name, utterances=requests(s, observed)) for s in able])
        found = [router(text) for text in asked]
        return [(str(each.name or ""), float(each.confidence or 0.0)) for each in found]

    return _by_progress(skills, states, choose)


def has_peer() -> bool:
    return find_spec("semantic_router") is not None


BASELINES: dict[str, Baseline] = {
    "keyword": keyword,
    "description": description,
    "centroid": centroid,
    "k-nn": neighbours,
    PEER: semantic_router,
}


class Remembering:
    """An encoder that keeps what it computed for many texts at once. One text alone is computed anew every time: it is
    a request whose routing is being timed."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, tuple[int, ...]], Floats] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def embed(self, texts: Sequence[str]) -> Floats:
        """As `Encoder.embed`: the last of the layers the router reads, which it has computed already."""
        from router.routing import LAYERS

        return self.embed_layers(texts, LAYERS)[:, -1]

    def embed_layers(self, texts: Sequence[str], layers: Sequence[int]) -> Floats:
        if len(texts) == 1:
            return self._encoder.embed_layers(texts, layers)
        wanted = tuple(layers)
        new = [text for text in dict.fromkeys(texts) if (text, wanted) not in self._known]
        if new:
            vectors = self._encoder.embed_layers(new, layers)
            self._known.update({(text, wanted): vector for text, vector in zip(new, vectors, strict=True)})
        return (
            np.stack([self._known[text, wanted] for text in texts])
            if len(texts)
            else self._encoder.embed_layers([], layers)
        )
