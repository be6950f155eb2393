"""Texts that people write down or look for: remarks of one sentence, orders to oneself, topics of one to five words,
and what is put into files. How a request carries them is decided elsewhere.
"""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic.phrases import fill

_SUBJECT = (
    "[the {noun}|our {noun}|my {noun}|the {adjective} {noun}|the {noun} {other}|{person}'s {noun}|the {noun} in {city}"
    "|the {noun} for {company}|{person}|{company}|the {colour} {noun}|the {noun} of {person}|my {noun} {other}"
    "|{items}|the {items}|the {job}|our {job}|the {noun} key|the Wi-Fi in the {noun}|the person at the {noun}]"
)
_WHEN = "[on {weekday}|at {clock}|on {date}|by {weekday}|until {date}|next {weekday}|in {month}|tomorrow|after {clock}]"
_REMARKS = (
    f"{_SUBJECT} [is|was|will be|should be|has to be] [{{adjective}}|{{colour}}|in {{city}}|out of order"
    f"|overdue|sold out"
    f"|with {{person}}|under the {{noun}}|behind the {{noun}}|ready {_WHEN}|closed {_WHEN}|empty|free {_WHEN}]",
    f"{_SUBJECT} [costs|cost|went for|is worth] [$|€|£|]{{money}}[ a month| each| in total| euros|]",
    f"{_SUBJECT} [needs|has|lost|wants|comes with|is missing] [a new {{noun}}|{{n}} {{items}}"
    f"|the {{adjective}} {{noun}}"
    "|two more {noun}s]",
    f"{_SUBJECT} [opens|closes|starts|leaves|arrives|ends|expires|moves] {_WHEN}",
    f"{_SUBJECT} [must|should|has to|needs to] [be paid|be returned|be signed|be called|leave|be cleaned] {_WHEN}",
    "[the] [code|pin|password|number|combination|serial number|reference] [for|of] the {noun} is {code}",
    "{person} [prefers|owes me|returned|borrowed|recommended|is allergic to|paid for] [{items}|the {noun}|{n} {items}]",
    f"{{person}} [will|can|cannot] [bring the {{noun}}|pick up {{items}}|come to the {{noun}}|pay] {_WHEN}",
    "{person} and {other_person} [share the {noun}|are moving to {city}|met in {city}|need {n} {items}]",
    f"the {{noun}} [with|for] {{person}} [is|was moved|takes place|begins] {_WHEN}",
    "[there are|we have|I counted|we need|I ordered] {n} {items} [in the {noun}|for the {noun}|left|]",
    "{person}'s [number|phone number] is {phone}",
    "{person}'s [email|address] is [{email}|{street}]",
    "the {noun} lives at {street}",
    "the answer is {n}",
    "[I|we] [parked|left the {noun}] [near|behind|at] [the {noun2}|{street}|{city} station]",
    "[I|we] [owe|paid|lent] {person} [$|€|£|]{money}",
    "[flight|train|bus|order|ticket|room|locker|seat|gate] {code} [leaves at {clock}|is on time"
    "|was booked|is {colour}|]",
)
_MEMOS = (
    "{noun}: {money}",
    "{noun} {n}, {other} {n2}",
    "[ask|tell|remind] {person} about the {noun}",
    "[no|more|fewer|no more] {items} [for the {noun}|next time|this {month}]",
    "{items}, {items2}[, {items3}|] and {items4}",
    "[idea|plan|todo]: {verb} the {noun} [with {person}|]",
    "{noun} [at|around] {clock}",
    "{noun} {other}, {weekday}",
    "{person}: {phone}",
    "{city}, {date}, {n} people",
    "{code} for the {noun}",
)
_ORDERS = (
    f"{{verb}} the {{noun}}[| {_WHEN}]",
    f"{{verb}} the {{adjective}} {{noun}}[| {_WHEN}| with {{person}}| for {{person}}]",
    f"[call|email|visit|thank|invite|pay|ask|meet] {{person}}[| {_WHEN}| about the {{noun}}]",
    "[buy|order|get|pick up|bring] [{items}|{n} {items}|{items}, {items2} and {items3}][| for the {noun}"
    "| for {person}]",
    f"[water the plants|take out the bins|back up the {{noun}}|renew the {{noun}}|return the {{noun}}][| {_WHEN}]",
    "[book|cancel|confirm|move|check] the [{noun}|table|appointment|flight|room] [in {city}"
    "|with {company}|for {n} people]",
)
_TOPICS = (
    "[{noun}|{noun}|{noun}s|{items}|{city}|{person}|{name}|{company}|{code}|{word}|{colour}|{email}|{weekday}|{job}]",
    "[{adjective} {noun}|{noun} {other}|{colour} {noun}|{noun} {n}|{city} {noun}|{word} {noun}"
    "|{items} {noun}|{noun} fee]",
    "[{adjective} {noun} {other}|{noun} in {city}|{noun} of {noun2}|{person}'s {noun}|{noun} for {city}"
    "|{noun} and {noun2}]",
    "[out of {items}|{n} {items}|{adjective} {adjective2} {noun}|{verb} the {noun}"
    "|the {adjective} {noun}|due {weekday}]",
    "[{noun} {other} {city}|{verb} the {adjective} {noun}|{city} {noun} {other}|{noun} is {adjective}|paid in {month}]",
    "[{noun} with {name}|{noun} {code}|invoice {code}|order {code}|room {n}|{month} {noun}|the {noun} is {adjective}]",
    "[connection refused|permission denied|out of memory|not found|timed out|disk full|deprecated|TODO|FIXME|overdue"
    "|unpaid|confidential|signed|urgent|broken|warranty|allergic|gluten|refund|password|discount|cancelled|draft|{money}]",
)


def clause(rng: Random) -> str:
    """A whole statement worth keeping, most often without a capital or a full stop: it can follow "that"."""
    text = fill(rng, rng.choice(_REMARKS), v.slots(rng))
    if rng.random() < 0.08:
        text = f"{text}{rng.choice((', ', ' and ', '; ', ' but '))}{fill(rng, rng.choice(_REMARKS), v.slots(rng))}"
    return text[:1].upper() + text[1:] if rng.random() < 0.12 else text


def remark(rng: Random) -> str:
    """A clause or something shorter."""
    kind = rng.random()
    if kind < 0.55:
        return clause(rng)
    return v.sentence(rng) if kind < 0.8 else fill(rng, rng.choice(_MEMOS), v.slots(rng))


def order(rng: Random) -> str:
    """What one has to do: "call Mira about the lease"."""
    return fill(rng, rng.choice(_ORDERS), v.slots(rng))


def topic(rng: Random) -> str:
    """One to five words to look for."""
    if rng.random() < 0.2:
        return v.topic(rng)
    text = fill(rng, rng.choice(_TOPICS), v.slots(rng))
    return text.lower() if rng.random() < 0.15 else text


def content(rng: Random) -> str:
    """What is put into a file: a remark, words, a list, a number, a line of settings, a greeting, two sentences."""
    kind = rng.random()
    if kind < 0.42:
        return remark(rng)
    if kind < 0.52:
        return topic(rng)
    if kind < 0.6:
        return order(rng)
    if kind < 0.72:
        joint = rng.choice((", ", ", ", ",", "; ", " | ", "\n"))
        things = [rng.choice((v.draw(rng, "items"), v.draw(rng, "noun"), v.draw(rng, "city"))) for _ in range(4)]
        return joint.join(things[: rng.randint(2, 4)])
    if kind < 0.8:
        first = remark(rng)
        return f"{first[:1].upper()}{first[1:]}."
    if kind < 0.85:
        first, second = remark(rng), remark(rng)
        return f"{first[:1].upper()}{first[1:]}. {second[:1].upper()}{second[1:]}."
    return fill(rng, rng.choice(_LINES), v.slots(rng))


_LINES = (
    "{money}",
    "{code}",
    "{n}",
    "{noun}={n}",
    "{noun} = {word}",
    "{email}",
    "{word}",
    "[hello|dear] [world|{person}|everyone|team]",
    "[Hi|Hello|Dear] {person}, [the {noun} is {adjective}|see you on {weekday}|thanks for the {noun}]",
    "# {adjective} {noun}",
    "- {items}",
    "{date}",
    "{date}: {verb} the {noun}",
    "[done|ok|yes|no|approved|pending|ready|closed|n/a]",
    "{noun},{other},{noun2}",
    "{n},{n2},{n3}",
    "{url}",
    "{phone}",
    "{name}, {street}",
    "{noun}_{other}: [true|false]",
    "[version|v]{n}.{n2}",
)
