"""How many requests are answered at a time, how many may wait, and what is told to the rest.

Engines block, so each request is answered in a thread. A place is given back when its thread is done, not when its
client has gone: what was cancelled may still be at work for a moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Generic, TypeVar

from router.gateway.faults import RETRY_S, Fault
from router.gateway.offering import Offer, Offering

T = TypeVar("T")
Work = Callable[[Offer, Callable[[str], None], Event], T]

_LONGEST_WAIT = 60  # seconds a client is told to wait, at most


class Job(Generic[T]):
    """One request at work: `next` gives each piece of text as it comes, then the result. For one reader, whom every
    piece wakes; without `pieces` only the result does. `first_at`: when the first piece came, by `perf_counter`."""

    def __init__(self, pieces: bool) -> None:
        self.cancel = Event()
        self.first_at: float | None = None
        self._pieces = pieces
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[str | Future[T]] = asyncio.Queue()

    def piece(self, text: str) -> None:
        """Told by the thread that works."""
        self.first_at = self.first_at or time.perf_counter()
        if self._pieces:
            self._in_loop(lambda: self._told.put_nowait(text))

    def ended(self, future: Future[T], then: Callable[[], None]) -> None:
        """`then`: what else the loop is to do, in the same turn."""

        def end() -> None:
            then()
            self._told.put_nowait(future)

        self._in_loop(end)

    async def next(self, seconds: float) -> str | Future[T] | None:
        """A piece, the finished work, or None after so many seconds without either."""
        try:
            async with asyncio.timeout(seconds):
                if not self._told.empty():  # others first, the news that the client has left among them
                    await asyncio.sleep(0)
                return await self._told.get()
        except TimeoutError:
            return None

    def _in_loop(self, act: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
            self._loop.call_soon_threadsafe(act)


class Lane:
    """`running` requests at a time, `waiting` more in order. For one event loop."""

    def __init__(self, offering: Offering, running: int, waiting: int) -> None:
        self.limit, self.room = running, running + waiting
        self._offering = offering
        self._pool = ThreadPoolExecutor(running, thread_name_prefix="quiver-request")
        self._jobs: set[Job[object]] = set()
        self.stopping = False
        self._mean_s = 1.0  # of the last requests, roughly

    @property
    def held(self) -> int:
        return len(self._jobs)

    @property
    def running(self) -> int:
        return min(self.held, self.limit)

    @property
    def waiting(self) -> int:
        return max(0, self.held - self.limit)

    def submit(self, work: Work[T], pieces: bool = True) -> Job[T]:
        """`pieces`: see `Job`. Raises Fault: 429 when as many wait as may, 503 when nothing is begun any more."""
        if self.stopping:
            raise self.stopped()
        if self.held >= self.room:
            message = f"All {self.limit} places are taken and {self.waiting} requests wait."
            raise Fault(429, "overloaded", message, retry_s=self.retry_s)
        job: Job[T] = Job(pieces)
        self._jobs.add(job)  # type: ignore[arg-type]
        future = self._pool.submit(self._work, work, job)
        future.add_done_callback(lambda done: job.ended(done, lambda: self._jobs.discard(job)))
        return job

    @property
    def retry_s(self) -> int:
        """Whole seconds until a place is likely to be free."""
        return max(1, min(_LONGEST_WAIT, math.ceil(self._mean_s * (self.waiting + 1) / self.limit)))

    def stop(self) -> None:
        """Begins nothing more, and asks what is at work to end. May be called from any thread."""
        self.stopping = True
        for job in self._jobs.copy():
            job.cancel.set()

    @staticmethod
    def stopped() -> Fault:
        return Fault(503, "stopping", "The server is stopping.", retry_s=RETRY_S)

    def close(self) -> None:
        """Ends what is at work, and waits for it."""
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, work: Work[T], job: Job[T]) -> T:
        began = time.monotonic()
        try:
            with self._offering.lease() as offer:
                return work(offer, job.piece, job.cancel)
        finally:
            self._mean_s += 0.1 * (time.monotonic() - began - self._mean_s)
