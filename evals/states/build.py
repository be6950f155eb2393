"""Builds the public set of step states, states.jsonl, and the near-duplicate skills beside it, skills.jsonl.

Requests come from grammar.yaml, drawn with a seed: the same files on every machine. Nothing here is used in training,
and nothing of the training generators is used here.

    python -m evals.states.build
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from router import jsonl

FOLDER = Path(__file__).parent
SEED = 1187
TRIES = 40  # draws of a text that is not there yet, before a source counts as exhausted
EXAMPLES = 30  # of each near-duplicate skill
HALVES = ("test", "dev")
ALONE = 0.7  # share of retrieval and extraction texts that are pasted rather than observed

NEAR = {
    "invoice-extract": (
        "invoice",
        "Extract the fields of an invoice or bill for bookkeeping. Use for supplier invoices and nothing else.",
    ),
    "summarise": (
        "summary",
        "Shorten a text to its main points. Use when a gist, an abstract or a tl;dr is asked for.",
    ),
    "privacy-filter": (
        "privacy",
        "Find personal data in a text. Use before publishing, for names, addresses, numbers that identify somebody.",
    ),
}


@dataclass(frozen=True)
class Row:
    """`skills`: any of them is right; none: out of scope. `half`: "dev" to choose by, "test" to report."""

    text: str
    observed: bool
    skills: tuple[str, ...]
    kind: str
    half: str = ""


class Wording:
    """Draws texts from the grammar. `half`: of the wording drawn last, where it tells one skill from another."""

    def __init__(self, grammar: dict[str, Any], rng: random.Random) -> None:
        self.grammar, self.rng = grammar, rng
        self.half = ""

    def say(self, template: str, **given: str) -> str:
        """Fills choices, then slots; a slot is drawn anew each time it stands in the text, but for those given."""
        while "[" in template:
            template = re.sub(r"\[([^\[\]]*)\]", lambda found: self.rng.choice(found[1].split("|")), template, count=1)
        slots = self.grammar["slots"]
        if "{measure}" in template and "{unit}" in template:
            measure, unit = self.rng.choice(list(zip(slots["measure"], slots["unit"], strict=True)))
            given = {"measure": measure, "unit": unit, **given}
        return re.sub(
            r"\{(\w+)\}", lambda found: given.get(found[1]) or str(self.rng.choice(slots[found[1]])), template
        )

    def one(self, *path: str, leads: bool = True) -> str:
        """`leads` False: a text that the request is about."""
        return self.say(self.pick(*path) if leads else self.rng.choice(self.at(*path)))

    def pick(self, *path: str) -> Any:
        """A wording; every second one of a list belongs to the half to choose by, so that no wording is in both."""
        listed = self.at(*path)
        number = self.rng.choice(range(len(listed)))
        self.half = HALVES[number % 2]
        return listed[number]

    def at(self, *path: str) -> Any:
        found: Any = self.grammar
        for name in path:
            found = found[name]
        return found

    def pasted(self, ask: str, text: str) -> str:
        """A request and the text it is about, in one of the orders people put them."""
        joined = self.rng.choice(("{a}\n{t}", "{a}\n\n{t}", "{t}\n\n{a}", "{a} “{t}”", '{a}\n"""\n{t}\n"""'))
        return joined.replace("{a}", ask).replace("{t}", text)

    def fact(self) -> tuple[str, str]:
        """A statement and the question it answers, about the same things."""
        statement, question = self.rng.choice(self.at("retrieval", "facts"))
        names = set(re.findall(r"\{(\w+)\}", statement + question))
        drawn = {name: str(self.rng.choice(self.grammar["slots"][name])) for name in sorted(names)}
        return _begun(self.say(statement, **drawn)), _begun(self.say(question, **drawn))

    def passages(self) -> tuple[str, str]:
        """Two to four numbered passages, and a question one of them answers."""
        facts = [self.fact() for _ in range(self.rng.randint(2, 4))]
        mark = self.rng.choice(("[{}] {}", "({}) {}", "{}. {}"))
        listed = "\n".join(mark.format(number, statement) for number, (statement, _) in enumerate(facts, 1))
        return listed, self.rng.choice(facts)[1]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def tool_call(say: Wording) -> Row:
    return Row(say.one("tool-call"), False, ("tool-call",), "single")


def answer(say: Wording) -> Row:
    return Row(say.one("answer"), True, ("answer",), "single")


def extraction(say: Wording) -> Row:
    if say.rng.random() > ALONE:
        return Row(say.one("extract", "observed"), True, ("json-extract",), "single")
    text = say.pasted(say.one("extract", "ask"), say.one("extract", "documents", leads=False))
    return Row(text, False, ("json-extract",), "single")


def retrieval(say: Wording) -> Row:
    listed, question = say.passages()
    if say.rng.random() > ALONE:
        ask = say.pick("retrieval", "observed")
        return Row(say.say(ask, question=question), True, ("retrieval-format",), "single")
    ask = say.say(say.pick("retrieval", "ask"), question=question)
    return Row(say.pasted(ask, listed), False, ("retrieval-format",), "single")


def safety(say: Wording) -> Row:
    kind = say.rng.choice(("harmful", "injected", "checked", "checked", "observed"))
    if kind == "observed":
        return Row(say.one("safety", "observed"), True, ("safety-filter",), "single")
    if kind != "checked":
        return Row(say.one("safety", kind), False, ("safety-filter",), "single")
    held = say.one("safety", say.rng.choice(("harmful", "injected", "harmless")), leads=False)
    return Row(say.pasted(say.one("safety", "ask"), held), False, ("safety-filter",), "single")


def several(say: Wording) -> Row:
    skills, template = say.pick("several")
    listed, question = say.passages()
    made = {"passages": listed, "question": question, "document": say.one("extract", "documents", leads=False)}
    text = say.say(template, **made, injected=say.one("safety", "injected", leads=False))
    return Row(text, False, tuple(skills), "several")


def near(say: Wording) -> Row:
    """A request for one of the near duplicates: right only with that one."""
    name = say.rng.choice(sorted(NEAR))
    section = NEAR[name][0]
    text = say.pasted(say.one(section, "ask"), say.one(section, "texts", leads=False))
    return Row(text, False, (name,), "near-duplicate")


def none(say: Wording) -> Row:
    return Row(say.one("none"), False, (), "out-of-scope")


SHARES = (
    (tool_call, 300), (answer, 220), (extraction, 190), (retrieval, 170), (safety, 200), (several, 90), (near, 160),
    (none, 220),
)  # fmt: skip


def rows(grammar: dict[str, Any], seed: int = SEED) -> list[Row]:
    """All different texts; fewer than asked for where a source has no more to say."""
    found: dict[tuple[str, bool], Row] = {}
    for make, number in SHARES:
        say = Wording(grammar, random.Random(f"{seed} {make.__name__}"))
        for _ in range(number):
            row = next(
                (row for row in (make(say) for _ in range(TRIES)) if (row.text, row.observed) not in found), None
            )
            if row is not None:
                found[row.text, row.observed] = replace(row, half=say.half)
    return list(found.values())


def near_skills(grammar: dict[str, Any], taken: Sequence[Row], seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The near duplicates with examples worded otherwise than the states that are asked."""
    asked = {row.text for row in taken}
    for name, (section, description) in NEAR.items():
        say = Wording(grammar, random.Random(f"{seed} {name}"))
        drawn = (say.one(section, "examples") for _ in range(EXAMPLES * 4))
        texts = [text for text in dict.fromkeys(drawn) if text not in asked][:EXAMPLES]
        examples = [{"request": text, "observed": False} for text in texts]
        yield {"name": name, "description": description, "examples": examples}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of states.jsonl and skills.jsonl")
    options = parser.parse_args()
    grammar = yaml.safe_load((FOLDER / "grammar.yaml").read_text(encoding="utf-8"))
    made = rows(grammar)
    numbered = ({"id": f"{row.kind}-{number:04}", **asdict(row)} for number, row in enumerate(made))
    jsonl.write(options.out / "states.jsonl", numbered)
    jsonl.write(options.out / "skills.jsonl", near_skills(grammar, made))


if __name__ == "__main__":
    main()
