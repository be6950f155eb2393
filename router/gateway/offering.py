"""What is offered now: the engine, the skills that were admitted, and the router that knows exactly these.

An offer never changes. Skills published, rolled back or removed make a new one, complete before it takes the old one's
place, so that a request sees one state of everything and none waits. Nothing is decided about a request here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from router.errors import QuiverError
from router.reading import Reading
from router.routing import State

if TYPE_CHECKING:
    from adapters.registry import Registry
    from adapters.skill import Skill
    from router.draw import Routes, Shortlists
    from router.engines.engine import Engine

_ALONE = Reading()  # nothing helps the base
ROUTER = "quiver"  # the model that draws a skill for each request

Choose = Callable[[Sequence["Skill"]], tuple["Routes", "Shortlists"]]


class Admits(Protocol):
    """What stands between a skill and those it would serve."""

    def admit(self, skill: Skill) -> str | None:
        """Tests the skill and makes it ready to serve; why not, where it may not."""
        ...

    def retire(self, skill: Skill) -> None:
        """It is served no more; nobody is using it."""
        ...


@dataclass(frozen=True)
class Offer:
    """`refused`: skills that are there and not served, and why. `reading`: how a small base is helped to fill calls."""

    engine: Engine
    skills: Mapping[str, Skill]
    router: Routes
    shortlist: Shortlists
    refused: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    reading: Reading = Reading()

    @property
    def models(self) -> list[str]:
        return [ROUTER, self.engine.base.name, *self.skills]


class Offering:
    """The current offer, and the way to the next. `refresh` is for one thread at a time; the rest for any.

    `on_load`: told each skill that is served anew, and the seconds that took.
    """

    def __init__(
        self,
        registry: Registry,
        engine: Engine,
        choose: Choose,
        admission: Admits,
        on_load: Callable[[str, float], None] = lambda name, seconds: None,
        reading: Reading = _ALONE,
    ) -> None:
        self._registry, self._choose, self.admission = registry, choose, admission
        self._on_load, self._reading = on_load, reading
        self._lock = Lock()
        self._held: dict[int, int] = {}  # number of an offer → how many requests use it
        self._past: list[Offer] = []
        self.current = self._made(engine, {}, 0)

    def refresh(self) -> bool:
        """Takes in what was published, rolled back or removed since the last time; whether anything was. A skill that
        is not admitted leaves the version before it in service."""
        self._retire()
        if not self._registry.refresh():
            return False
        self._follow(self._made(self.current.engine, self.current.skills, self.current.number + 1))
        return True

    def replace_engine(self, engine: Engine) -> None:
        """Another engine, or the same one started anew: every skill is admitted to it again."""
        self._follow(self._made(engine, self.current.skills, self.current.number + 1, anew=True))

    @contextmanager
    def lease(self) -> Iterator[Offer]:
        """The current offer; its skills stay ready to serve until the block ends."""
        with self._lock:
            offer = self.current
            self._held[offer.number] = self._held.get(offer.number, 0) + 1
        try:
            yield offer
        finally:
            with self._lock:
                self._held[offer.number] -= 1

    # --- making the next offer ---------------------------------------------------------------------------------------

    def _made(self, engine: Engine, served: Mapping[str, Skill], number: int, anew: bool = False) -> Offer:
        """`served`: what was before; `anew`: the engine does not have it."""
        skills: dict[str, Skill] = {}
        refused = {name: error.message for name, error in self._registry.broken().items()}
        unread = set(refused)
        for skill in self._registry.all():
            before = served.get(skill.name)
            same = before is not None and _same(before, skill)
            reason = None if same and not anew else self._admit(skill)
            if reason is None:
                skills[skill.name] = skill
                continue
            refused[skill.name] = f"{skill.version}: {reason}"
            if before is not None and not same and self._stays(before, anew):
                skills[skill.name] = before
        for name in unread & served.keys():  # a version that cannot be read does not end the one that serves
            if self._stays(served[name], anew):
                skills[name] = served[name]
        router, shortlist = self._choose(list(skills.values()))
        router.route(State("What is offered?"))  # fitted before anybody waits for it
        return Offer(engine, skills, router, shortlist, refused, number, self._reading)

    def _stays(self, before: Skill, anew: bool) -> bool:
        """Whether a version whose successor may not serve can go on."""
        return not anew or self._admit(before) is None

    def _admit(self, skill: Skill) -> str | None:
        began = time.perf_counter()
        try:
            reason = self.admission.admit(skill)
        except QuiverError as error:
            return error.message
        if reason is None:
            self._on_load(skill.name, time.perf_counter() - began)
        return reason

    def _follow(self, offer: Offer) -> None:
        with self._lock:
            self._past.append(self.current)
            self.current = offer
        self._retire()

    def _retire(self) -> None:
        """Lets go of versions that only past offers served, once no request holds any of those."""
        with self._lock:
            if not self._past or any(self._held.get(offer.number) for offer in self._past):
                return
            past, self._past = self._past, []
            for offer in past:
                self._held.pop(offer.number, None)
        live = {skill.version for skill in self.current.skills.values()}
        gone = {s.version: s for offer in past for s in offer.skills.values() if s.version not in live}
        for skill in gone.values():
            try:
                self.admission.retire(skill)
            except QuiverError:
                continue  # an engine that is down has let go of everything


def _same(a: Skill, b: Skill) -> bool:
    return a.version == b.version and a.folder == b.folder
