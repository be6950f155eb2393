"""One request for several sets of values, told apart by what the pointer reads: "the areas for radii of 5, 10 and 15".

An agent makes one call a step. Where parameters that take one value are given several each, the request is written out
once for every set of them, in the user's own words. Requests built alike that need no pointer to be seen are spread in
`router.coordination`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from router.filling import without_overlaps, written_lists
from router.grounding import numbers_in
from router.slots import SCALARS

if TYPE_CHECKING:
    from router.pointer import Pointed

_LISTING = re.compile(
    r"(?:(?:st|nd|rd|th)\b)?[\s,;&/\"'`“”()%$€£]*(?:\b(?:and|or|then|as well as)\b)?[\s,;&/\"'`“”()]*", re.IGNORECASE
)
_EITHER = re.compile(r"[\s,]*(?:\b(?:or|to|until|instead of|rather than)\b|[-–])[\s\"'$€£]*", re.IGNORECASE)
_ALSO = re.compile(r"^(?:(?:then|also|and|or|as well as)\s+)+", re.IGNORECASE)
_PARTING = re.compile(r"[,;.:]\s|\s(?:and|or)\s", re.IGNORECASE)
_ENDING = re.compile(r"[,;:.?!](?=\s|$)|\s(?:and|or)\s", re.IGNORECASE)
_LEAD = re.compile(r"([^\W\d_]+)[\s\"'“`$€£(]*$")
_UNIT = re.compile(r"[\s-]?([^\W\d_]{1,12})\b")
_SENTENCE = re.compile(r"[.?!]\s")
_ASIDE = re.compile(r"\s*\([^()]*\)")
_QUOTED = re.compile(r"(?<!\w)(['\"“`])([^'\"“”`\n]{1,60}?),?(?:['\"”`])(?!\w)")
Stretch = tuple[int, int]  # first character, last + 1


def apart(clause: str, pointed: Mapping[str, Pointed], required: Collection[str]) -> list[str]:
    """The requests that `clause` makes of one tool, by what is `pointed` to in it alone; itself where it makes one.
    `required`: parameters that must be given, which take what is said before anything is said twice."""
    lists = [*_of_scalars(clause, pointed, required), *_of_arrays(clause, pointed)]
    if not lists:
        return [clause]
    count = max(Counter(map(len, lists)).items(), key=lambda one: (one[1], one[0]))[0]
    lists = [found for found in lists if len(found) == count]
    sets = list(zip(*lists, strict=True))
    starts, ends = [min(some)[0] for some in sets], [max(end for _, end in some) for some in sets]
    between = [clause[end:start] for found in lists for (_, end), (start, _) in pairwise(found)]
    if any(_EITHER.fullmatch(words) for words in between):
        return [clause]  # one of them is wanted, or what lies between them
    if len(lists) == 1 and not (_is_list(clause, lists[0]) or _are_written_out(clause, lists[0])):
        return [clause]
    if all(end <= start for end, start in zip(ends, starts[1:], strict=False)):
        return _of_sets(clause, starts, ends)
    return _respectively(clause, lists)


def _is_list(clause: str, found: Sequence[Stretch]) -> bool:
    """Whether the values stand side by side, or in one sentence behind the same word: "of SAP, and of ASML"."""
    units = {unit[1].lower() for _, end in found if (unit := _UNIT.match(clause, end))}
    for (first, end), (start, _) in pairwise(found):
        between = clause[end:start]
        unit = _UNIT.match(clause, end, start)
        between = _ASIDE.sub("", clause[unit.end() : start] if unit and len(units) == 1 else between)
        alike = _LEAD.search(clause[:first]), _LEAD.search(clause[:start])
        same = all(alike) and len({lead[1].lower() for lead in alike if lead}) == 1
        if not _LISTING.fullmatch(between) and (_SENTENCE.search(between) or not same):
            return False
    return True


def _are_written_out(clause: str, found: Sequence[Stretch]) -> bool:
    """Whether the values are lists in brackets in one sentence: "[3, 1] upwards, [2, 5] downwards"."""
    between = (clause[end:start] for (_, end), (start, _) in pairwise(found))
    return all(clause[start] in "[(" for start, _ in found) and not any(map(_SENTENCE.search, between))


def _of_scalars(clause: str, pointed: Mapping[str, Pointed], required: Collection[str]) -> Iterator[list[Stretch]]:
    """For each parameter of one value, where its values stand, if there are several. Two that are given the same ones,
    "the pairs 35 and 45, 72 and 108", take them in turn."""
    said = {name: _said(clause, read) for name, read in pointed.items() if read.slot.kind in SCALARS}
    several = {name: found for name, found in said.items() if len({clause[a:b].lower() for a, b in found}) > 1}
    shared = [name for name, found in several.items() if any(set(found) & set(said[o]) for o in said if o != name)]
    alike = [name for name in said if name in shared or any(set(said[name]) & set(several[o]) for o in shared)]
    every = sorted({place for name in alike for place in said[name]})
    for name, found in several.items():
        mates = [o for o in required if o in pointed and pointed[o].slot.kind == pointed[name].slot.kind]
        enough = len({place for o in {name, *mates} if o in said for place in said[o]}) > len({name, *mates})
        if name not in alike and enough:
            yield found
    if len(alike) > 1 and len(every) > len(alike) and len(every) % len(alike) == 0:
        yield from (every[at :: len(alike)] for at in range(len(alike)))


def _said(clause: str, read: Pointed) -> list[Stretch]:
    """What is surely said for a parameter, in order, with the rest of a list of quotations or numbers that some of it
    is from."""
    sure = [each for each in read.found if each.score > 0]
    score = {each.place[1:]: each.score for each in without_overlaps(sure)}
    taken = _listed(score, clause)
    quotations = [match.span(2) for match in _QUOTED.finditer(clause)]
    for like in (quotations, *_in_rows([(first, last) for _, first, last in numbers_in(clause)], clause)):
        if len(set(taken) & set(like)) > 1:
            taken += [each for each in like if all(each[1] <= a or b <= each[0] for a, b in taken)]
    return sorted(taken)


def _listed(score: Mapping[Stretch, float], clause: str) -> list[Stretch]:
    """Without what is less surely said, alone, than every member of a list is: "deaths of COVID in Peru, Chile"."""
    rows = _in_rows(sorted(score), clause)
    longest = max(rows, key=len, default=[])
    least = min((score[each] for each in longest), default=0.0) if len(longest) > 1 else float("-inf")
    return [each for row in rows for each in row if len(row) > 1 or score[each] >= least]


def _in_rows(places: Sequence[Stretch], clause: str) -> list[list[Stretch]]:
    """Places that stand side by side, together."""
    rows: list[list[Stretch]] = []
    for each in places:
        if rows and _LISTING.fullmatch(clause[rows[-1][-1][1] : each[0]]):
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def _of_arrays(clause: str, pointed: Mapping[str, Pointed]) -> Iterator[list[Stretch]]:
    """For each array, where the lists written out for it in brackets stand, if there are several for each."""
    arrays = sum(read.slot.kind in ("numbers", "texts") for read in pointed.values())
    places = [(start, end) for value, start, end in written_lists(clause) if not _is_nested(value)]
    if arrays and len(places) > arrays and len(places) % arrays == 0:
        yield from (places[at::arrays] for at in range(arrays))


def _is_nested(value: Sequence[Any]) -> bool:
    return any(isinstance(each, list) for each in value)


def _of_sets(clause: str, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """Each set with what stands around it, before the first and behind the last."""
    leads, trails = [""], []
    for end, start in zip(ends, starts[1:], strict=False):
        between = clause[end:start]
        parts = list(_PARTING.finditer(between))
        cut = parts[-1] if parts else None
        trails.append(_telling(between[: cut.start()] if cut else ""))
        leads.append(_telling(between[cut.end() :] if cut else ""))
    head, tail = clause[: starts[0]], clause[ends[-1] :]
    before = _LEAD.search(head)
    leads = [_ALSO.sub("", lead) for lead in leads]
    ledby = [own and before and own[1].lower() == before[1].lower() for own in map(_LEAD.search, leads)]
    leads = ["" if same else lead for lead, same in zip(leads, ledby, strict=True)]
    rest = tail
    if all(trails):  # each has words of its own behind it, so what is next behind the last is the last one's
        rest = tail[ending.start() :] if (ending := _ENDING.search(tail)) else ""
    tails = [tail if _begins(tail, trail) else f"{trail}{rest}" for trail in trails]
    told = zip(leads, starts, ends, [*tails, tail], strict=True)
    return [f"{head}{lead}{clause[start:end]}{behind}" for lead, start, end, behind in told]


def _begins(words: str, first: str) -> bool:
    return words.lstrip().lower().startswith(first.strip().lower())


def _telling(words: str) -> str:
    """As they are, or nothing where they are marks alone."""
    return words if re.search(r"\w", words) else ""


def _respectively(clause: str, lists: Sequence[Sequence[Stretch]]) -> list[str]:
    """Lists one behind the other, "a and b to c and d": each replaced by one of its members at a time."""
    for found in lists:
        if not all(_LISTING.fullmatch(clause[end:start]) for (_, end), (start, _) in pairwise(found)):
            return [clause]
    made = []
    for at in range(len(lists[0])):
        text = clause
        for found in sorted(lists, key=lambda found: -found[0][0]):
            text = text[: found[0][0]] + clause[slice(*found[at])] + text[found[-1][1] :]
        made.append(text)
    return made
