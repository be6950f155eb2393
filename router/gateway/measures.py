"""What the gateway counts, by skill. `base` stands for requests no skill answered."""

from __future__ import annotations

from collections.abc import Callable

from router.gateway.faults import Fault
from router.gateway.lane import Lane
from router.gateway.step import BASE, Outcome, Tally
from router.metrics import Counter, Gauge, Histogram, Metrics


class Measures:
    """The metrics of one gateway."""

    def __init__(self) -> None:
        self.all = Metrics()
        make, skill = self.all.make, ("skill",)
        self.requests = make(Counter("quiver_requests_total", "Requests by who answered and how it ended.",
                                     ("skill", "outcome")))  # fmt: skip
        self.faults = make(Counter("quiver_faults_total", "Requests refused or failed.", ("status", "code")))
        self.tokens = make(Counter("quiver_tokens_total", "Tokens: prompt, reused, generated, forced.",
                                   ("skill", "kind")))  # fmt: skip
        self.first = make(Histogram("quiver_first_token_seconds", "From a request to the first of its answer.", skill))
        self.seconds = make(Histogram("quiver_request_seconds", "From a request to the end of its answer.", skill))
        self.violations = make(Counter("quiver_schema_failures_total", "Outputs asked again or given up.", skill))
        self.repairs = make(Counter("quiver_repairs_total", "Times a skill was asked again.", skill))
        self.abstentions = make(Counter("quiver_abstentions_total", "Requests the router knew no skill for."))
        self.declined = make(Counter("quiver_declined_total", "Requests with tools that called none.", skill))
        self.escalations = make(Counter("quiver_escalations_total", "Skills given up for the next.", skill))
        self.load = make(Gauge("quiver_skill_load_seconds", "Time to admit a skill when it was last loaded.", skill))
        self.loads = make(Counter("quiver_skill_loads_total", "Times a skill was admitted.", skill))
        self.restarts = make(Counter("quiver_engine_restarts_total", "Times the model server was started again."))

    def watch(self, lane: Lane) -> None:
        """The gauges that are read when somebody asks."""
        make = self.all.make
        make(Gauge("quiver_requests_running", "Requests being answered.", read=lambda: lane.running))
        make(Gauge("quiver_requests_waiting", "Requests waiting for a place.", read=lambda: lane.waiting))
        make(Gauge("quiver_places", "Requests that can be answered at a time.", read=lambda: lane.limit))

    def watch_traces(self, waiting: Callable[[], float]) -> None:
        """`waiting`: bytes of traces that are on disk here and not yet in the database."""
        about = "Traces that the database does not have yet, on disk."
        self.all.make(Gauge("quiver_traces_waiting_bytes", about, read=waiting))

    def loaded(self, name: str, seconds: float) -> None:
        self.load.set(seconds, skill=name)
        self.loads.add(skill=name)

    def answered(self, outcome: Outcome, tally: Tally, first_s: float, all_s: float) -> None:
        name = outcome.skill.name if outcome.skill else BASE
        self.requests.add(skill=name, outcome=outcome.finish)
        for kind, amount in vars(outcome.tokens).items():
            self.tokens.add(amount, skill=name, kind=kind)
        self.first.observe(first_s, skill=name)
        self.seconds.observe(all_s, skill=name)
        self.repairs.add(outcome.repairs, skill=name)
        self.abstentions.add(outcome.abstained)
        self.declined.add(outcome.declined, skill=name)
        for given_up in outcome.escalated_from:
            self.escalations.add(skill=given_up)
        self.violated(tally)

    def failed(self, fault: Fault) -> None:
        self.faults.add(status=str(fault.status), code=fault.code)

    def violated(self, tally: Tally) -> None:
        for name, count in tally.failed.items():
            self.violations.add(count, skill=name)
