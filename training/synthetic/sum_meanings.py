"""What a sum told as a story means: the type of a story, and many stories of one meaning written as a block.

Nothing is told here; the stories are in the modules `sum_stories_…`.
"""

from __future__ import annotations

from training.synthetic.sum_words import Meaning

Story = tuple[str, str, Meaning]  # a template of the request, the symbols it comes to, their value


def alike(symbols: str, meaning: Meaning, *templates: str) -> tuple[Story, ...]:
    """A story for each of the templates, which all come to the same `symbols`."""
    return tuple((template, symbols, meaning) for template in templates)
