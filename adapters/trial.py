"""The checks of admission for which the skill must run: it changes the base, keeps to a grammar, and is right.

A skill that loads and does nothing, or an engine that does not constrain, passes every check of files. What the files
say is `adapters.admission`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.held_out import Case, answered, falls_behind
from adapters.skill import Skill
from adapters.verdicts import Failed, Skipped
from router.errors import WeightsRefused

if TYPE_CHECKING:
    from router.engines.engine import Engine

_PROBES = 3
_FELT = 1e-3  # nats: less than this is rounding, not a skill
_BY_CHANCE = 0.05  # below this probability a loss against the earlier version is no accident


@dataclass(frozen=True)
class Gate:
    """What is asked of a skill beyond being well made. `min_exact`: the least share of `cases` it must get exactly
    right. `before`: the version it would replace."""

    cases: Sequence[Case] = ()
    min_exact: float | None = None
    before: Skill | None = None
    on_case: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Trial:
    """The checks for which the skill must run."""

    skill: Skill
    engine: Engine | None
    gate: Gate

    def questions(self) -> dict[str, Callable[[], str]]:
        return {
            "canary": self._changes_the_base,
            "grammar": self._keeps_to_a_grammar,
            "held-out": self._is_right_often_enough,
            "regression": self._does_not_fall_behind,
        }

    def _running(self) -> Engine:
        if self.engine is None:
            raise Skipped("No engine was given to try the skill on.")
        return self.engine

    def _changes_the_base(self) -> str:
        """The same texts are scored with and without the skill; one that loads but does not act scores them equally."""
        from router.conversation import Message
        from router.engines.engine import Request
        from router.strict_json import write

        if self.skill.weights is None:
            raise Skipped("There are no weights to act.")
        engine, differences = self._running(), []
        for example in self.skill.examples[:_PROBES]:
            messages, text = [Message("user", example.request)], write(example.output or {"answer": example.request})
            with_skill = engine.score(Request(messages, skill=self.skill), [text])[0]
            without = engine.score(Request(messages), [text])[0]
            differences.append(abs(with_skill - without))
        if not max(differences) > _FELT:
            raise Failed(
                "The base answers the same with and without the skill.",
                f"Train it for longer or at a higher rate: quiver skill train {self.skill.name}",
            )
        return f"The skill changes what the base says by {max(differences):.2f} nats on {len(differences)} probes."

    def _keeps_to_a_grammar(self) -> str:
        """A constraint that is off passes every other test: a text is asked for that nobody says by chance."""
        from router.contract import Contract, ContractViolation
        from router.conversation import Message
        from router.engines.engine import Request

        contract = Contract.canary()
        probe = [Message("user", self.skill.examples[0].request)]
        made = self._running().generate(Request(probe, skill=self.skill, contract=contract, max_tokens=64))
        try:
            contract.parse(made.text, made.finish == "length")
        except ContractViolation:
            raise Failed(
                f"The engine said {made.text[:40]!r} where its grammar allows one other text only.",
                "Serve the base with an engine that holds outputs to a grammar.",
            ) from None
        return "The engine says nothing but what the grammar allows."

    def _is_right_often_enough(self) -> str:
        right = sum(self._right)
        told = f"{right} of {len(self._right)} held-out requests are answered exactly right"
        least = self.gate.min_exact
        if least is not None and right < least * len(self._right):
            raise Failed(
                f"{told}; {least:.0%} were asked for.",
                f"See what was dropped and why, add rows, and train again: quiver skill add {self.skill.name} --resume",
            )
        return f"{told}."

    def _does_not_fall_behind(self) -> str:
        """Against the version it would replace, on the same requests. Fewer by chance is not a regression."""
        before = self.gate.before
        if before is None:
            raise Skipped("It replaces no version.")
        if (before.contract, before.schema) != (self.skill.contract, self.skill.schema):
            raise Skipped(f"{before.version} has another contract.")
        after = self._right
        try:
            earlier = answered(self._running(), before, self.skill, self.gate.cases, self.gate.on_case)
        except WeightsRefused as error:
            raise Skipped(f"{before.version} cannot be tried here: {error.message}") from error
        told = f"{before.version} is right on {sum(earlier)} of {len(earlier)}, this one on {sum(after)}"
        if falls_behind(earlier, after) < _BY_CHANCE:
            raise Failed(
                f"{told}.", f"Train it again, or keep what serves now. See: quiver skill show {self.skill.name}"
            )
        return f"{told}."

    @cached_property
    def _right(self) -> list[bool]:
        engine = self._running()
        if not self.gate.cases and self.gate.min_exact is not None:
            raise Failed(
                "There are no held-out requests to measure on.",
                f"Write some into held-out.jsonl, or: quiver skill distill {self.skill.name}",
            )
        if not self.gate.cases:
            raise Skipped("No held-out requests were given.")
        return answered(engine, self.skill, self.skill, self.gate.cases, self.gate.on_case)
