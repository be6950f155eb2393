"""One step of a conversation: a request with its call, what the tool printed, and the answer.

What the tools print is made here for calls that do not bring it along; trajectories.py puts conversations together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from training.synthetic import documents, observations
from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.replies import reply


@dataclass(frozen=True)
class Step:
    """A call with what was printed. `case.request` is empty when the request before still stands; `answer` is empty
    when the request is not served yet."""

    case: Case
    answer: str = ""


def served(rng: Random, case: Case) -> Step:
    """The case with its observation and answer; what the tool prints is made here where the case does not know it."""
    said = case.observation or _printed(rng, case)
    return Step(replace(case, observation=said), reply(rng, case.tool, case.arguments, said))


def _printed(rng: Random, case: Case) -> str:
    arguments = case.arguments
    if case.tool == "calculate":
        return observations.sum_of(arguments["expression"]) or "division by zero."
    if case.tool == "write_file":
        return observations.wrote(rng, arguments["path"], arguments["content"])
    if case.tool == "save_note":
        return observations.noted(arguments["text"])
    if case.tool == "list_files":
        return "\n".join(observations.listing(rng))
    if case.tool == "search_files":
        return observations.passages(rng, observations.hits(rng, arguments["text"]))
    if case.tool == "find_notes":
        return "\n".join(
            observations.hits(rng, arguments["text"])
            if "text" in arguments
            else [v.sentence(rng) for _ in range(rng.randint(1, 3))]
        )
    if case.tool == "query_database":
        return rng.choice((v.money_text(rng), str(rng.randint(0, 900)), documents.table(rng).text.replace(",", " | ")))
    return documents.document(rng).text
