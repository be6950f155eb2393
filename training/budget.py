"""What a teacher may cost: requests and tokens, counted over all sittings of one making, and never overdrawn.

A request is reserved with the most it can cost before it is sent, and settled with what it did cost. Money is not known
here.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Budget:
    """None: no limit. `spent_requests`, `spent_tokens` begin with what earlier sittings spent. Several threads may
    use it; an attempt that fails counts as a request, because a server may charge for it."""

    requests: int | None = None
    tokens: int | None = None
    spent_requests: int = 0
    spent_tokens: int = 0
    _reserved: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, tokens: int) -> bool:
        """Whether a request that costs `tokens` at most may be sent; if so it counts."""
        with self._lock:
            if self.requests is not None and self.spent_requests >= self.requests:
                return False
            if self.tokens is not None and self.spent_tokens + self._reserved + tokens > self.tokens:
                return False
            self.spent_requests += 1
            self._reserved += tokens
            return True

    def settle(self, reserved: int, used: int) -> None:
        """`used` tokens instead of those reserved: 0 for an attempt without an answer."""
        with self._lock:
            self._reserved -= reserved
            self.spent_tokens += used
