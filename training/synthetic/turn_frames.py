"""What people ask about a number, a measure or a date that already stands in the conversation. `{r}` points back at it
("that", "the total"), `{v}` is its number; everything else is a value of the new request."""

from __future__ import annotations

from training.synthetic.phrases import Forms

# A request and the sum it comes to. {n} is a small whole number, {m} an amount, {p} a percentage.
SUMS: tuple[tuple[str, str], ...] = (
    ("do: [double|times two:] {r}", "{v} * 2"),
    ("ask: [what is|what's|how much is] [twice|double|two times] {r}", "{v} * 2"),
    ("do: [triple|treble] {r}", "{v} * 3"),
    ("ask: [what is|what's|how much is] [three times|triple|thrice] {r}", "{v} * 3"),
    ("do: [halve|cut in half|split in two] {r}", "{v} / 2"),
    ("ask: [what is|what's|how much is] [half|half of|one half of] {r}", "{v} / 2"),
    ("ask: what [would|will] be half of {r}", "{v} / 2"),
    ("do: [multiply|times] {r} [by|with] {n}", "{v} * {n}"),
    ("ask: [what is|what's|how much is] {r} [times|multiplied by|x] {n}", "{v} * {n}"),
    ("ask: [what do I get if I|what happens when I] multiply {r} by {n}", "{v} * {n}"),
    ("ask: what [does|would] {r} [come to|cost|make] for {n} [of them|people|days|months|pieces]", "{v} * {n}"),
    ("say: [times|multiplied by|x] {n}[?| please|, please]", "{v} * {n}"),
    ("do: divide {r} by {n}", "{v} / {n}"),
    (
        "do: [split|share|divide] {r} [between|among|equally among|over] {n} [people|friends|guests|teams|of us]",
        "{v} / {n}",
    ),
    ("ask: [what is|what's|how much is] {r} [divided by|over|split by] {n}", "{v} / {n}"),
    ("ask: how much [is it|is that|would it be] [each|per person|a head] for {n} [people|of us|guests]", "{v} / {n}"),
    ("ask: what does each of {n} [people|of us|friends] [pay|get|owe]", "{v} / {n}"),
    ("say: [divided|split] by {n}[?| please|, please]", "{v} / {n}"),
    (
        "say: [We are|There are] {n} of us[. What does each pay?|, so how much each?|. How much is {r} per person?]",
        "{v} / {n}",
    ),
    ("do: add {m} to {r}", "{v} + {m}"),
    ("do: [increase|raise|bump] {r} by {m}", "{v} + {m}"),
    ("do: [put|add] {m} [on top of {r}|on top|more]", "{v} + {m}"),
    ("ask: [what is|what's|how much is] {r} plus {m}", "{v} + {m}"),
    ("ask: what [is|would] it [be|] [with|after adding|and] {m} more", "{v} + {m}"),
    ("say: plus {m}[?| please|, please]", "{v} + {m}"),
    ("do: [subtract|take|take away|deduct|remove] {m} from {r}", "{v} - {m}"),
    ("do: [reduce|lower|decrease] {r} by {m}", "{v} - {m}"),
    ("ask: [what is|what's|how much is] {r} [minus|less] {m}", "{v} - {m}"),
    ("ask: [what|how much] is left [of {r}|] [after|when|once] I [pay|spend|take away|use] {m}", "{v} - {m}"),
    ("ask: how much more than {m} is {r}", "{v} - {m}"),
    ("say: [minus|less] {m}[?| please|, please]", "{v} - {m}"),
    ("do: [subtract|take] {r} from {m}", "{m} - {v}"),
    ("ask: how much is {m} minus {r}", "{m} - {v}"),
    ("ask: how much [is missing|more do I need|do I lack] [from {r}|] to [reach|get to] {m}", "{m} - {v}"),
    ("ask: [what is|what's] {m} divided by {r}", "{m} / {v}"),
    ("ask: how [many times|often] does {r} fit into {m}", "{m} / {v}"),
    ("do: [take|find|compute|calculate|work out] {p}[%| percent] of {r}", "{p}% of {v}"),
    ("ask: [what is|what's|how much is|what would be] {p}[%| percent] of {r}", "{p}% of {v}"),
    ("ask: how much is a {p}% [tip|deposit|commission|share|tax] on {r}", "{p}% of {v}"),
    ("say: {p}% of {r}[?|, please]", "{p}% of {v}"),
    ("do: add {p}[%| percent] [tax|tip|VAT|interest|] [to|on top of|on] {r}", "{v} + {p}%"),
    ("do: [increase|raise] {r} by {p}[%| percent]", "{v} + {p}%"),
    ("ask: [what is|what's|how much is] {r} [with|plus|including] {p}% [tax|VAT|tip|on top|interest]", "{v} + {p}%"),
    ("say: and with {p}% [tax|tip|on top][?|]", "{v} + {p}%"),
    ("do: [take off|subtract|deduct|knock off] {p}% from {r}", "{v} - {p}%"),
    ("do: [reduce|lower|decrease|discount] {r} by {p}[%| percent]", "{v} - {p}%"),
    (
        "ask: [what is|what's|how much is] {r} [minus|less|after|with] [a discount of|] {p}[%| percent] [off|]",
        "{v} - {p}%",
    ),
    ("do: square {r}", "{v} * {v}"),
    ("ask: what is {r} [squared|times itself|multiplied by itself]", "{v} * {v}"),
)
CONVERSIONS = Forms(
    do=(
        "[convert|change|turn|translate|switch] {r} [to|into] {to}",
        "[give|show|tell] me {r} in {to}",
        "[express|write|put|state] {r} in {to}",
        "convert {r} from {from} to {to}",
        "[use|take|make it] {to} instead",
        "[work out|calculate|find] [how many {to} {r} is|what {r} is in {to}]",
        "[redo|repeat] that in {to}",
    ),
    ask=(
        "how [many|much] {to} [is|are|would be|makes] {r}",
        "how many {to} does {r} [make|equal|come to]",
        "[what is|what's|how much is] {r} [in|as|converted to|expressed in] {to}",
        "[what about|how about|and what is it|and how much is it|what would {r} be|what is {r}] in {to}",
        "[and|so] how many {to} [is|would be] {r}",
        "what does {r} [make|come to|equal] in {to}",
        "can I have {r} in {to}",
        "[can|could] you [convert|turn|change] {r} [to|into] {to}",
        "in {to}, what is {r}",
        "how much would {r} be in {to}",
    ),
    know=("how many {to} {r} is", "what {r} is in {to}", "what {r} comes to in {to}"),
    give=("{r} in {to}", "the same in {to}", "{r} converted to {to}", "the value in {to}"),
    say=(
        "[in|to|into|and in|now in|then to|as] {to}[?|, please| please|.|]",
        "{r} [in|to] {to}[?|, please|]",
        "I [need|want|meant|prefer|only know] {to}[.|, please.|]",
        "[Same|The same] [thing|] in {to}[?|, please]",
        "{to}?",
        "how many {to}?",
    ),
)
WEEKDAYS = Forms(
    do=(
        "[find|tell me|check|give me] the [weekday|day of the week] of {r}",
        "[find|check|see] [what|which] [weekday|day of the week|day] {r} is",
        "check [if|whether] {r} is a {w}",
    ),
    ask=(
        "[what|which] [day of the week|weekday|day] [is|was|will be|would be] {r}",
        "on [what|which] [day|weekday|day of the week] does {r} fall",
        "[what|which] [day|weekday] does {r} [fall|land] on",
        "[is|was|will] {r} [be|] a {w}",
        "does {r} fall on a [weekend|{w}|weekday]",
        "[and|so] [what|which] [weekday|day of the week] is {r}",
        "what day of the week would that be",
    ),
    know=("[what|which] [weekday|day of the week] {r} is", "whether {r} is a {w}"),
    say=(
        "[weekday|day of the week|and the weekday|which weekday|what day of the week]?",
        "[Is that|Is it|Would that be] a {w}?",
        "and what day is that?",
    ),
)
LATER = Forms(
    do=(
        "add {span} to {r}",
        "[move|push|shift|postpone|delay] {r} [by {span}|forward by {span}|{span} later]",
        "[find|tell me|give me] the date {span} [after|later than|from] {r}",
        "go {span} [further|forward|on] from {r}",
    ),
    ask=(
        "[what|which] [date|day] is {span} [after|from|later than] {r}",
        "and {span} [later|after {r}|after that]",
        "[what is|what's] {r} plus {span}",
        "[what|how] about {span} [later|after {r}]",
        "what if we add {span} to {r}",
        "what date is it {span} later",
        "when is {span} after {r}",
    ),
    know=("which date is {span} after {r}",),
    say=("plus {span}", "{span} later?", "{span} [after|from] {r}[?|]", "and {span} later?", "add {span}"),
)
EARLIER = Forms(
    do=(
        "[subtract|take] {span} from {r}",
        "[move|shift|bring] {r} [back by {span}|{span} earlier|forward to {span} earlier]",
        "[find|tell me|give me] the date {span} [before|earlier than|prior to] {r}",
        "go {span} back from {r}",
    ),
    ask=(
        "[what|which] [date|day] [is|was] {span} [before|earlier than|prior to] {r}",
        "and {span} [earlier|before {r}|before that]",
        "[what is|what's] {r} minus {span}",
        "[what|how] about {span} [earlier|before {r}]",
        "what if we subtract {span} from {r}",
        "what date was it {span} [earlier|ago|before]",
        "when was {span} before {r}",
    ),
    know=("which date was {span} before {r}",),
    say=("minus {span}", "{span} earlier?", "{span} before {r}[?|]", "and {span} earlier?", "subtract {span}"),
)
DAYS_TO = Forms(
    do=("[count|find|tell me] [the days|how many days it is] [from {d} to {r}|between {d} and {r}]",),
    ask=(
        "how many days [is it|are there|are|is] [from {d} to {r}|between {d} and {r}|from {d} until {r}]",
        "how [long|many days] is it from {d} [to|until|till] {r}",
        "counting from {d}, how many days until {r}",
        "how far is {r} from {d} in days",
    ),
    know=("how many days lie between {d} and {r}",),
    say=("days from {d} to {r}", "days between {d} and {r}?"),
)
DAYS_FROM = Forms(
    do=("[count|find|tell me] [the days|how many days it is] [from {r} to {d}|between {r} and {d}]",),
    ask=(
        "how many days [is it|are there|are|is] [from {r} to {d}|between {r} and {d}|from {r} until {d}]",
        "how [long|many days] is it from {r} [to|until|till] {d}",
        "counting from {r}, how many days until {d}",
        "and how many days from {r} to {d}",
    ),
    know=("how many days lie between {r} and {d}",),
    say=("days from {r} to {d}", "from {r} to {d}: days?"),
)
