"""Questions about a fact of a text, wherever the text is: in a file, on a page, among notes, in search hits, in the
chat; with the answer that each wording asks for.

Facts bring the bare questions ("who is the buyer"); what is asked around them is here.
"""

from __future__ import annotations

from random import Random

from training.synthetic.facts import Fact
from training.synthetic.phrases import Forms, fill, wording

Asked = tuple[str, str]  # the request, the answer

_IN_FILE = Forms(
    do=(
        "[look in|open|check|read|consult|go through] {f} and [tell me|say|find out|see] {q}",
        "use {f} to [tell me|find out|say] {q}",
        "[answer from|take it from] {f}: {q}",
        "[tell me|find out|say] from {f} {q}",
    ),
    ask=(
        "[according to|going by|in|looking at|as stated in|from] {f}, {q}",
        "{q}, [according to {f}|as {f} says|going by {f}|if you look in {f}]",
        "{q} [in|according to|judging by] {f}",
    ),
    say=(
        "{f}: {q}?",
        "{q}? [It is|It should be|It must be|The answer is|That is] in {f}.",
        "{q}? [See|Look in|Check|Read|Open] {f}.",
        "I have {f} here[.|;] {q}?",
        "{f} [says it|has it|knows]: {q}?",
        "[My question is about|Something about|A question on] {f}: {q}?",
    ),
)
_PLAIN = Forms(
    ask=("{q}", "{q}", "{q}", "and {q}", "so {q}", "but {q}", "{q} then", "{q} again", "{q} exactly", "{q} please"),
    say=("{q}?", "{q}", "Question: {q}?", "[Tell me|Say]: {q}?", "One question, {q}?", "I forgot {q}.", "not sure {q}"),
)
_IN_NOTES = Forms(
    do=("[check|look in|search|go through] my notes [and tell me|to find out|and see] {q}",),
    ask=(
        "{q}, [according to|as in|going by] my notes",
        "[according to|going by|in] my notes, {q}",
        "what did I [note|write down|save] about {k}",
    ),
    say=("my notes: {q}?", "{q}? It is in my notes.", "I noted it somewhere: {q}?", "{q}? I saved a note."),
)
_FORMS = {"file": _IN_FILE, "notes": _IN_NOTES, "plain": _PLAIN}


def question(rng: Random, fact: Fact, place: str = "plain", name: str = "") -> Asked:
    """`place`: file (then `name` is its name or address), notes or plain. One question in five is for a yes or a no."""
    if fact.claims and fact.other and rng.random() < 0.2:
        bare, answer = claimed(rng, fact)
    else:
        bare, answer = fill(rng, rng.choice(fact.asks or (f"[what is|what's|what was] the {fact.key}",))), fact.sentence
    return wording(rng, _FORMS[place], {"q": bare, "f": name, "k": fact.key}), answer


def claimed(rng: Random, fact: Fact) -> Asked:
    """Is it so? The answer says how it is, after a yes or a no."""
    right = rng.random() < 0.5 or fact.other == fact.value
    claim = fill(rng, rng.choice(fact.claims)).replace("\0", fact.value if right else fact.other)
    return claim, f"{'Yes' if right else 'No'}, {lowered(fact.sentence)}"


_LOWERED = ("The ", "It ", "There ", "They ", "We ", "That ", "Take ", "Bake ", "Sales ", "On ", "At ", "You ", "Your ")


def lowered(sentence: str) -> str:
    """The sentence to stand behind a comma; a name at its beginning keeps its capital."""
    return sentence[0].lower() + sentence[1:] if sentence.startswith(_LOWERED) else sentence


def wrapped(rng: Random, bare: str, place: str = "plain", name: str = "") -> str:
    """The bare question as it is asked about a place."""
    return wording(rng, _FORMS[place], {"q": bare, "f": name, "k": bare})
