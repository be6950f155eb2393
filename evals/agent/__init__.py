"""`quiver eval agent`: whole tasks on real files and tools, judged by the state they leave and the answer they give."""

from evals.agent.command import main

__all__ = ["main"]
