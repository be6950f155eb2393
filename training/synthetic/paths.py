"""Names of files, folders and databases as people have them, of many shapes. How requests use them is elsewhere."""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic import words as w

_JOINTS = ("_", "_", "-", "-", "", ".")
_EXTENSIONS = w.pool(
    """txt txt txt txt txt txt txt txt txt txt md md md md md md md csv csv csv csv csv csv json json json json json log
log log log log yaml yaml yml yml ini ini toml cfg html xml tsv py ini conf xml html tsv rst py sql tex eml
ics dat text env properties srt adoc org bib js sh css gpx vcf diff out bak list lst"""
)
_BARE = w.pool(
    """README LICENSE Makefile Dockerfile CHANGELOG NOTES TODO AUTHORS INSTALL Procfile CODEOWNERS Gemfile hosts crontab
fstab motd COPYING VERSION CONTRIBUTING"""
)
_FOLDERS = w.pool(
    """docs data logs src config reports notes archive backup drafts inbox outbox exports imports invoices letters
photos minutes recipes receipts contracts projects team home work personal clients tmp old new shared assets output
input results tests scripts templates public private misc var etc finance legal hr sales research manuals"""
)
_STEMS = w.pool(
    """notes todo readme summary report draft plan list contacts inventory budget minutes agenda diary journal log
errors access server config settings results output input data export import backup index main changes ideas letter
memo invoice receipt lease contract offer menu recipe schedule timetable itinerary packing shopping guests members
prices rates stock orders sales tasks bookings visitors addresses manual guide faq glossary thanks speech poem"""
)


def stem(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.3:
        return v.file_stem(rng)
    noun = rng.choice((rng.choice(_STEMS), rng.choice(w.NOUNS)))
    joint = rng.choice(_JOINTS[:5])
    if kind < 0.5:
        return noun
    if kind < 0.7:
        before = rng.choice(
            (rng.choice(w.ADJECTIVES), rng.choice(w.NOUNS), rng.choice(w.MONTHS).lower(), v.invented(rng))
        )
        return f"{before}{joint or '_'}{noun}"
    if kind < 0.8:
        return (
            f"{noun}{joint}{rng.choice((str(rng.randint(1, 99)), f'v{rng.randint(1, 9)}', f'{rng.randint(1, 40):03}'))}"
        )
    if kind < 0.88:
        day = v.day(rng)
        stamp = rng.choice((day.isoformat(), f"{day:%Y%m%d}", f"{day.year}", f"{day:%Y-%m}", f"q{rng.randint(1, 4)}"))
        return rng.choice((f"{noun}{joint or '-'}{stamp}", f"{stamp}{joint or '_'}{noun}"))
    if kind < 0.94:
        return rng.choice((noun.upper(), noun.capitalize(), f"{noun}{rng.choice(w.NOUNS).capitalize()}"))
    words = [rng.choice(w.NOUNS), rng.choice(w.ADJECTIVES), noun]
    return (joint or "-").join(words)


def folder(rng: Random) -> str:
    """ "reports", "2031/may", "client-data/old/"; one in seven with the slash people put at the end."""
    kind = rng.random()
    if kind < 0.35:
        name = rng.choice(_FOLDERS)
    elif kind < 0.6:
        name = v.folder(rng)
    elif kind < 0.8:
        name = (
            f"{rng.choice((rng.choice(_FOLDERS), rng.choice(w.NOUNS)))}/{rng.choice((stem(rng), str(v.day(rng).year)))}"
        )
    else:
        name = rng.choice((stem(rng), f"{rng.choice(w.ADJECTIVES)}{rng.choice('_-')}{rng.choice(w.NOUNS)}s"))
    return f"{name}/" if rng.random() < 0.14 else name


def file(rng: Random, extension: str | None = None) -> str:
    """A file's path: one word, mostly with an ending, a third of the time in folders."""
    ending = extension or rng.choice(_EXTENSIONS)
    name = rng.choice(_BARE) if extension is None and rng.random() < 0.03 else f"{stem(rng)}.{ending}"
    kind = rng.random()
    if kind < 0.68:
        return name
    if kind < 0.93:
        return f"{folder(rng).rstrip('/')}/{name}"
    return rng.choice((f"./{name}", f"{folder(rng).rstrip('/')}/{stem(rng)}/{name}"))


def database(rng: Random) -> str:
    return file(rng, rng.choice(("db", "db", "db", "sqlite", "sqlite", "sqlite3", "db3", "sdb")))
