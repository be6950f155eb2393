"""One fact-bearing text at a time: a scene is a set of fields and the sentences that tell several of them at once.

A sentence names no field; what a value is follows from the words around it ("from A to B"). The scenes are in
scenes_trade.py and scenes_life.py; texts with several records are in scenes_lists.py, cards and heads in
scenes_heads.py; how the text is asked about is in extraction_requests.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.phrases import fill
from training.synthetic.records import Drawn, Field, Told, string


@dataclass(frozen=True)
class Scene:
    """`nouns`: what a request calls the whole. `fields`: by the slot that stands for them. `said`: templates."""

    nouns: tuple[str, ...]
    fields: Mapping[str, Field]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """A text, what it tells, fields of the same kind that it does not, and what a request may call it."""

    text: str
    told: list[Told]
    absent: list[Field]
    noun: str


class _Telling(dict[str, str]):
    """Values drawn when a template first asks for them, all of them different."""

    def __init__(self, rng: Random, fields: Mapping[str, Field]) -> None:
        super().__init__()
        self._rng, self._fields = rng, fields
        self.told: list[Told] = []

    def __missing__(self, slot: str) -> str:
        if slot not in self._fields:
            text = self[slot] = v.draw(self._rng, slot.rstrip("0123456789"))
            return text
        field = self._fields[slot]
        one = Told(field, *field.draw(self._rng))
        while one.text in self.values():
            one = Told(field, *field.draw(self._rng))
        self.told.append(one)
        self[slot] = one.text
        return one.text


def tell(rng: Random, scene: Scene) -> Drawing:
    """One of the scene's sentences, now and then with a sentence before or after it that matters to nobody."""
    telling = _Telling(rng, scene.fields)
    text = fill(rng, rng.choice(scene.said), telling)
    text = capital(text, telling.told) if rng.random() < 0.85 else text
    if text[-1] not in ".!?" and rng.random() < 0.75:
        text += "."
    if rng.random() < 0.12:
        extra = v.sentence(rng).rstrip(".")
        extra = extra[:1].upper() + extra[1:] + "."
        whole = text if text.endswith((".", "!")) else text + "."
        text = f"{extra} {whole}" if rng.random() < 0.4 else f"{whole} {extra}"
    known = {one.field.names for one in telling.told}
    absent = [field for field in scene.fields.values() if field.names not in known]
    return Drawing(text, telling.told, absent, rng.choice(scene.nouns))


def capital(text: str, told: Sequence[Told]) -> str:
    """The text with a capital, unless it opens with a value, which must stand as it is."""
    return text if any(one.text and text.startswith(one.text) for one in told) else text[:1].upper() + text[1:]


# --- values that ordinary texts have, and pools of single words have not


def spaced_code(rng: Random) -> str:
    """A number of letters and digits as printed: "KL 1043", "B-77", "ICE 18"."""
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(rng.choice((1, 2, 2, 2, 3))))
    return f"{letters}{rng.choice((' ', ' ', ' ', '', '-'))}{rng.randint(2, 9999)}"


def firm(rng: Random) -> str:
    """A company of one to four words, ending in a legal form or in none."""
    first = rng.choice((v.invented(rng).capitalize(), rng.choice(w.LAST_NAMES), rng.choice(w.CITIES)))
    middle = rng.choice(("", "", f" {rng.choice(w.ADJECTIVES).capitalize()}", f" & {rng.choice(w.LAST_NAMES)}"))
    return f"{first}{middle} {rng.choice(_TRADES)}{rng.choice(_FORMS)}"


_TRADES = w.pool(
    """Bakery Boats Books Brewery Builders Carpets Catering Ceramics Clinic Consulting Cycles Dairy Drinks Electric
    Engineering Farms Fabrics Florists Freight Furniture Garage Glass Hotels Insurance Interiors Joinery Kitchens
    Lighting Media Metals Motors Music Nurseries Optics Packaging Paints Papers Pharma Plumbing Press Printing Pumps
    Roofing Seeds Shipping Software Solar Steel Stone Systems Tea~House Textiles Tiles Timber Tools Toys Transport
    Travel Tyres Vineyards Waterworks Windows Wines Wool"""
)
_FORMS = ("", "", "", "", " Ltd", " GmbH", " Inc.", " S.A.", " AG", " B.V.", " AS", " Oy", " S.r.l.", " LLC", " e.V.")


def heading(rng: Random) -> str:
    """The title of an event, a course, a report: two to four words, most with capitals."""
    words = [rng.choice((*w.ADJECTIVES, *w.CITIES)), rng.choice(w.NOUNS), rng.choice(_GATHERINGS)]
    title = " ".join(rng.choice((words, words[1:], words[:1] + words[2:], [*words[1:2], "and", words[2]])))
    return title if rng.random() < 0.1 else " ".join(x if x == "and" else x[:1].upper() + x[1:] for x in title.split())


_GATHERINGS = w.pool(
    """fair night day walk concert workshop market talk party breakfast evening quiz tour supper reading race meeting
    festival show clinic camp lecture club auction picnic parade ball match trial course"""
)


def spot(rng: Random) -> str:
    """A place to meet at: a hall, a room, an address."""
    name = rng.choice((rng.choice(w.NOUNS).capitalize(), rng.choice(w.LAST_NAMES), v.invented(rng).capitalize()))
    kind = rng.choice(("Hall", "Room", "House", "Square", "Park", "Library", "Theatre", "Café", "Centre", "Building"))
    number = f" {rng.randint(1, 40)}" if rng.random() < 0.3 else ""
    return rng.choice((f"{name} {kind}{number}", f"{name} {kind}", f"{kind} {rng.randint(1, 40)}", f"{name} {kind}"))


def goods(rng: Random) -> str:
    """Things one orders, as an order has them: one to three words, mostly plural."""
    noun = rng.choice((*w.NOUNS, *w.ITEMS))
    plural = noun if noun.endswith("s") or rng.random() < 0.25 else f"{noun}s"
    before = rng.choice(("", rng.choice(w.ADJECTIVES), rng.choice(w.COLOURS), rng.choice(w.NOUNS)))
    return f"{before} {plural}".strip()


def job(rng: Random) -> str:
    """A position as a card has it."""
    rank = rng.choice(("", "Head", "Senior", "Chief", "Assistant", "Deputy", "Lead", "Junior", "Regional"))
    what = rng.choice((rng.choice(w.JOBS).title(), f"{rng.choice(w.NOUNS).capitalize()} {rng.choice(_RANKS)}"))
    return f"{rank} {what}".strip() if rng.random() < 0.8 else f"Head of {rng.choice(w.NOUNS).capitalize()}s"


_RANKS = ("Manager", "Officer", "Director", "Coordinator", "Engineer", "Adviser", "Analyst", "Buyer", "Planner")


def town(rng: Random) -> str:
    return rng.choice(w.CITIES)


def human(rng: Random) -> str:
    """A full name, now and then with a title, a letter in the middle or two last names."""
    first, last = rng.choice(w.FIRST_NAMES), rng.choice(w.LAST_NAMES)
    kind = rng.random()
    if kind < 0.8:
        return f"{first} {last}"
    if kind < 0.88:
        return f"{rng.choice(('Dr.', 'Prof.', 'Dr', 'Ms', 'Mr'))} {first} {last}"
    return (
        f"{first} {rng.choice('ABCDEFGHKLMT')}. {last}" if kind < 0.94 else f"{first} {last}-{rng.choice(w.LAST_NAMES)}"
    )


def currency(rng: Random) -> str:
    return rng.choice(
        ("EUR", "EUR", "USD", "USD", "GBP", "CHF", "SEK", "NOK", "PLN", "JPY", "CAD", "AUD", "euros", "dollars")
    )


def plain_amount(rng: Random) -> Drawn:
    """An amount without a sign; its currency stands apart."""
    amount = rng.choice(
        (rng.randint(1, 900), rng.randint(100, 90_000), round(rng.uniform(1, 5000), 2), round(rng.uniform(1, 99), 2))
    )
    text = f"{amount:.2f}" if isinstance(amount, float) or rng.random() < 0.2 else str(amount)
    if amount >= 1000 and rng.random() < 0.2:
        text = f"{float(text):,.2f}" if "." in text else f"{int(text):,}"
    return text, int(amount) if amount == int(amount) else amount


def amount(names: str) -> Field:
    return Field(tuple(names.split(", ")), "number", (), plain_amount)


def text(names: str, draw: Callable[[Random], str]) -> Field:
    return string(names, draw)
