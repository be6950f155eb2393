"""Sums of sharing: bills, presents, prizes and sweets among people, the people said first or the amount, in digits or
in words.

Packing things into boxes is in `sum_stories_home`, what one of a pack costs in `sum_stories_shopping`.
"""

from __future__ import annotations

from training.synthetic.sum_meanings import Story, alike

STORIES: tuple[Story, ...] = (
    # people first
    *alike(
        "{a} / {d}", lambda n: n["a"] / n["d"],
        "{d} [brothers|sisters|cousins|neighbours] inherit {s}{a} in equal parts, what does one of them get",
        "{d} people, {s}{a}, equal shares[, how much per head|: how much is one share]",
        "{d} flatmates have to cover {s}{a} of [rent|electricity|heating], what is [my|everyone's] part",
        "if {d} of us chip in equally for a {s}{a} [present|gift|voucher], what does [each|everybody] put in",
        "with {d} [players|winners] sharing a prize of {s}{a}, how much does each [take home|win]",
        "{d} colleagues are ordering food for {s}{a} and everyone pays the same. How much is that per person",
        "we are {d} and the [cabin|boat|van] costs {s}{a}, how much per person",
        "{d} kids want to share {a} [sweets|marbles|stickers] fairly, how many does each get",
        "there are {d} of us and {s}{a} to pay, what's my share",
        "{d} [partners|owners|investors] divide a profit of {s}{a} equally, what does each receive",
        "{d} roommates, one bill of {s}{a}, even split, what does one roommate pay",
        "all {d} of them pay the same towards {s}{a}: how much does one put in",
        "among {d} [heirs|members|children], how much does each get of {s}{a}",
        "between {d} people, {s}{a} makes how much each",
        "if {d} people split {s}{a}, what is one person's part",
        "for a group of {d} the total came to {s}{a}, what should each [hand over|pay|give me]",
        "{d} guests, dinner {s}{a}, everyone pays the same, so how much each",
        "{d} households together owe {s}{a} for the [road|roof|lift]; what falls on each of them",
        "{d} drivers share fuel costs of {s}{a} evenly. What does each owe",
        "I am one of {d} who share a bill of {s}{a}. How much is mine",
    ),
    # the amount first
    *alike(
        "{a} / {d}", lambda n: n["a"] / n["d"],
        "{s}{a} between {d}, how much each",
        "dinner came to {s}{a} for {d} people[, what is it per person|, so what do we each owe|. Per head?]",
        "a prize of {s}{a} goes to {d} winners in equal shares, what does one win",
        "our total is {s}{a} and it is divided by {d} people, what's each share",
        "{s}{a} has to be paid by {d} [tenants|families|parties] equally; how much does one pay",
        "I want to give {s}{a} to {d} [charities|nephews|children] in equal amounts, how much does each get",
        "they left {s}{a} in tips and {d} waiters share it, what does each get",
        "the hotel charged {s}{a} and {d} of us slept there, how much is that a head",
        "a present for {s}{a}, paid by {d} of us together: how much from each",
        "let's split the {s}{a}, there are {d} of us. How much does each [owe|pay|chip in]",
        "what does each pay if a bill of {s}{a} is split [between|among] {d}",
        "what is my part of {s}{a} when {d} of us share it",
        "how much would each person owe for {s}{a} if {d} share it equally",
        "how much is {s}{a} per person for {d} [people|friends|guests]",
        "how much per head is a {s}{a} bill for {d}",
        "{a} [sweets|cards|apples] are dealt out to {d} [children|pupils|players] equally, how many does each get",
        "a taxi for {s}{a}, {d} passengers, what does each pay",
        "{s}{a} shared out equally to {d} [people|departments] is how much for each",
        "the whole [trip|weekend|party] cost {s}{a}. {d} of us went. What is it per person",
        "the fine is {s}{a} and we are {d} to pay it, what is my bit",
    ),
    # numbers in words
    *alike(
        "{a} / {K}", lambda n: n["a"] / n["k"],
        "{k} [friends|people|of us] share {s}{a}, how much [each|per person|for one]",
        "the [bill|meal|taxi] was {s}{a} and we were {k}, what does everyone pay",
        "{s}{a} between {k} of us, how much each",
        "if the {k} of us split {s}{a} evenly, what is one share",
        "there are {k} of us and dinner cost {s}{a}. What do we each owe",
        "a bill of {s}{a} for {k} people, how much a head",
        "{k} [siblings|partners|teams] get {s}{a} in equal parts, how much is that for each",
        "{s}{a} is owed by us all and we are {k}, what is my share",
        "my {k} kids share {a} [sweets|stickers], how many does each get",
        "what does each of the {k} [tenants|flatmates] pay if the rent is {s}{a}",
        "how much does each person pay if {k} people share a bill of {s}{a}",
        "how much is one part if I cut {a} [metres|kilos|acres] into {k}",
    ),
    # one of the numbers is a product, a sum or a rest first
    *alike(
        "({a} + {b}) / {d}", lambda n: (n["a"] + n["b"]) / n["d"],
        "food was {s}{a}, drinks were {s}{b} and there were {d} of us, how much each",
        "we paid {s}{a} for the [hotel|flat] and {s}{b} for [petrol|the train], split between {d}, what does each owe",
        "the {thing} costs {s}{a} plus {s}{b} delivery, shared by {d} people. How much per person",
        "{s}{a} and {s}{b} divided equally among {d} of us, what is one share",
        "[rent|water] {s}{a}, [power|internet] {s}{b}, {d} flatmates: how much does one pay",
        "what does each of us pay when a bill of {s}{a} and another of {s}{b} are split {d} ways",
    ),
    *alike(
        "({a} + {b}) / {d}", lambda n: (n["a"] + n["b"]) / n["d"],
        "{d} friends spent {s}{a} on [tickets|food] and {s}{b} on [snacks|the taxi], how much is that each",
        "{d} of us share two bills, {s}{a} and {s}{b}. What does each pay",
        "for {d} people we bought [meat|flowers] for {s}{a} and [bread|paper] for {s}{b}; how much does one owe",
        "there were {d} of us, lunch cost {s}{a} and coffee {s}{b}, how much per person",
    ),
    *alike(
        "({a} + {b} + {c}) / {d}", lambda n: (n["a"] + n["b"] + n["c"]) / n["d"],
        "we spent {s}{a} on food, {s}{b} on fuel and {s}{c} on the campsite, shared by {d}, how much each",
        "bills of {s}{a}, {s}{b} and {s}{c} split between {d} [people|of us], what is one share",
        "[starters|rent] {s}{a}, [mains|power] {s}{b}, [wine|water] {s}{c}, {d} people: what does each pay",
        "the costs were {s}{a}, {s}{b} and {s}{c} and {d} of us share them evenly, what do I owe",
    ),
    *alike(
        "({a} - {b}) / {d}", lambda n: (n["a"] - n["b"]) / n["d"],
        "the bill is {s}{a}, a voucher takes off {s}{b} and {d} of us share the rest, how much each",
        "of {s}{a} {person} already paid {s}{b}, the remainder is split between {d}. What does each owe",
        "we have {s}{a}, set aside {s}{b} and divide what is left among {d} [people|teams], how much does one get",
        "{s}{a} minus a deposit of {s}{b}, shared by {d}: how much is each share",
        "I pay {s}{b} of the {s}{a} myself and the other {d} share the rest, how much is that for each",
    ),
    *alike(
        "({a} + {p}%) / {d}", lambda n: n["a"] * (1 + n["p"] / 100) / n["d"],
        "the bill is {s}{a}, we add a {p}% tip and split it {d} ways, how much each",
        "dinner for {s}{a} plus {p}% service, shared by {d} people, what does each pay",
        "{s}{a} with {p}% tip on top, {d} of us, how much per person",
        "what is each person's share of {s}{a} plus {p}% [tax|tip] among {d}",
        "we owe {s}{a} and want to leave {p}%, there are {d} at the table, so how much from each",
    ),
    *alike(
        "({a} + {p}%) / {d}", lambda n: n["a"] * (1 + n["p"] / 100) / n["d"],
        "{d} of us share a bill of {s}{a} and tip {p}%, what does each pay",
        "there were {d} of us, the meal cost {s}{a} and we left a tip of {p}%. How much was that each",
        "{d} people, {s}{a} for food, {p}% tip, how much per head",
    ),
    *alike(
        "{d} * {a} / {e}", lambda n: n["d"] * n["a"] / n["e"],
        "{d} [pizzas|tickets|nights] at {s}{a} each, shared by {e} people, how much per person",
        "we ordered {d} [bottles|dishes] at {s}{a} and split the cost between {e} of us, what does each pay",
        "{d} [tents|bikes|boats] cost {s}{a} apiece and {e} of us pay for them together, how much does one owe",
        "a house for {d} nights at {s}{a} a night, {e} friends share, how much each",
    ),
    *alike(
        "{a} / {d} * {e}", lambda n: n["a"] / n["d"] * n["e"],
        "{s}{a} is split into {d} equal shares and I hold {e} of them, what do I get",
        "the rent of {s}{a} is divided by {d} rooms, we use {e} of those, what do we pay",
        "a cake of {a} grams is cut in {d} slices, how much are {e} slices",
    ),
)  # fmt: skip
