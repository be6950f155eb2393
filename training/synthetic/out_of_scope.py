"""Requests that must be declined: nothing the built-in tools do, or a value is missing that they need.

Also the words for saying so. What the tools can do is in specs.py.
"""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic.phrases import Forms, wording

_UNSERVED = Forms(
    do=(
        (
            "[book|reserve|get] [me|us|] [a table|a hotel|a flight|a taxi|a room|a train ticket|a "
            "rental car|a haircut|seats|tickets] [in {city}|for {weekday}|for {n} people|at {clock}|"
            "to {city}|]"
        ),
        (
            "[play|put on|queue|stream|skip|pause] [some music|some jazz|a song by {name}|my "
            "playlist|the next track|the radio|{word}|a podcast about {noun}s]"
        ),
        (
            "[send|write and send|forward|mail] [an email|a text message|a message|an SMS|a letter|a "
            "fax] to [{person}|{email}|my boss|the team] [about the {noun}|saying hello|]"
        ),
        "[call|phone|ring|text|video call] [{person}|the doctor|{company}|my mother|{phone}]",
        "[tell|make up|write] me a [joke|riddle|story about a {noun}|bedtime story|poem|limerick]",
        (
            "[turn|switch] [on|off] the [lights|heating|{adjective} lamp|oven|television|alarm|fan] "
            "[in the {noun} room|in the kitchen|]"
        ),
        "[set|start|cancel] [an alarm|a timer|a stopwatch] [for {clock}|for {n} minutes|]",
        (
            "[order|buy|deliver] [a pizza|{n} {items}|flowers for {person}|a {colour} {noun}|"
            "groceries] [online|from {company}|]"
        ),
        (
            "[translate|say] [hello|thank you|{word}|this sentence|the {noun}] [into|in] [French|"
            "German|Japanese|Spanish|Swahili|Polish|Turkish|Arabic]"
        ),
        (
            "[draw|paint|generate|design|sketch] [a picture of a {noun}|a logo for {company}|a "
            "{colour} {noun}|an image of {city}]"
        ),
        "[transfer|send|pay|wire] [$|€|]{money} to [{person}|{company}|my landlord|account {code}]",
        "[post|tweet|share|publish] [this|a photo|the {noun}] on [social media|my blog|the forum|our channel]",
        "[recommend|suggest] [a film|a book|a restaurant in {city}|a holiday|a gift for {person}|a good {noun}]",
        "[open|lock|unlock|close] the [garage|front door|car|window|gate]",
        "[restart|shut down|update|charge] [the computer|my phone|the {noun}|the server]",
        "[invite|add] {person} to [the call|my contacts|the calendar event|the group]",
        "[delete|erase|remove|rename] [all my emails|my account|the photo of {person}|contact {person}]",
        "[take|scan|print] [a photo|a picture|a screenshot|this page on the printer]",
        "[navigate|drive|guide me] to {city}",
        "[vacuum|clean|mow] the [floor|lawn|{noun} room]",
        "[sing|hum|dance] [a song|something|for {person}]",
    ),
    ask=(
        "[what is|what's|how is] the weather [like|] [in {city}|today|tomorrow|on {weekday}|this weekend]",
        "[will|is] it [rain|snow|be sunny|going to rain|raining] [in {city}|on {weekday}|tomorrow|today]",
        "who [is|was] [{name}|the president of {city}|the first person on the moon|the mayor of {city}|your maker]",
        (
            "[what is|who wrote|who painted|who invented] the [capital of {word}|{adjective} {noun}|"
            "telephone|Mona Lisa|theory of relativity]"
        ),
        "why [is the sky blue|do cats purr|do leaves fall|is the {noun} {colour}|does {person} never call]",
        "how do I [cook {items}|fix a {noun}|learn the piano|get to {city}|lose weight|paint a {noun}|make a {noun}]",
        (
            "[what is|what's] the [price of {company} shares|stock price of {company}|exchange rate "
            "of the euro|best {noun} in {city}|meaning of life|population of {city}|traffic like in "
            "{city}]"
        ),
        "[who|which team] won the [match|election|cup|race] [in {city}|yesterday|in {year}|]",
        "[how|where] is {person} [doing|today|right now|feeling]",
        "do you [love me|sleep|dream|like {items}|speak Spanish|know {person}]",
        "what [should I wear|should I cook|film should I watch|do you think of {company}] [today|tonight|]",
        "[is|are] {company} [hiring|open on {weekday}|a good company|trustworthy]",
        "[what is|what's] on [television|the menu|at the cinema] [tonight|in {city}|on {weekday}]",
        "when does [the next train to {city}|flight {code}|the bus|the {noun} shop] [leave|arrive|open|land]",
        "how [tall|old|rich|famous] is [{name}|the tower in {city}|the king]",
        "what does the word {word} mean",
        "which [animal|planet|river|mountain] is the [largest|fastest|longest|oldest]",
        "did {person} [answer my email|call|pay the {noun}|win the lottery]",
        "what [are|were] the [news|headlines|lottery numbers|football results] [today|yesterday|on {weekday}]",
    ),
    know=(
        "what the weather will be [in {city}|on {weekday}]",
        "who {name} is",
        "how to [cook {items}|repair a {noun}]",
        "whether {person} is at home",
        "what {person} is thinking",
    ),
    give=(
        "[a|the] [weather forecast|weather report] for [{city}|{weekday}]",
        "[a recipe for|directions to|a picture of|a joke about|a poem about] [{items}|{city}|a {noun}]",
        "[today's|the latest] [news|headlines|scores]",
        "the [phone number of {company}|address of {person}|opening hours of {company}]",
    ),
    say=(
        "weather {city}",
        "weather?",
        "hi",
        "hello there",
        "good night",
        "thanks a lot",
        "you are great",
        "I am [bored|tired|sad|happy|hungry]",
        "{word} {word2}",
        "{noun} {other}",
        "sing",
        "how are you?",
        "who are you?",
        "play {word}",
        "news",
        "I love {items}",
        "my {noun} is broken",
        "call {person}",
        "taxi to {city}",
        "I miss {person}",
    ),
)


# What no skill is for: talk, opinions, knowledge, long writing.
_TALK = Forms(
    do=(
        "tell me [a joke|a story|something funny|about {name}|about yourself|about {city}|a secret]",
        (
            "[write|compose] [a poem|an essay|a song|a love letter|a speech|a haiku] [about {noun}s|"
            "for {person}|on {city}|]"
        ),
        (
            "[explain|describe|discuss] [quantum physics|the French revolution|photosynthesis|black "
            "holes|democracy|why {noun}s exist|how a {noun} works]"
        ),
        "[talk|chat] with me [about {noun}s|for a while|]",
        "[argue|convince me] that {items} are [better than {items2}|overrated|healthy]",
        "[cheer me up|motivate me|comfort me|roast my {noun}]",
        "[imagine|pretend] you are a [{job}|{noun}|pirate|king]",
    ),
    ask=(
        (
            "[how are you|who are you|what are you|are you a robot|who made you|do you dream|can you "
            "think|are you happy] [today|really|]"
        ),
        "what do you think [of {city}|about {items}|of {name}|of my {noun}]",
        "[who|when] was {name} [born|famous|]",
        "why [is the sky blue|do we sleep|are {items} so good|does {person} hate {items}|is {city} famous]",
        "[should I|would you] [marry {person}|move to {city}|become a {job}|buy a {noun}|eat {items}]",
        (
            "what is the [meaning of life|best {noun}|capital of {word}|most beautiful city|fastest "
            "animal|tallest building]"
        ),
        "who [invented|discovered|painted|wrote] the [{noun}|{adjective} {noun}]",
        "is there [life on Mars|a god|a heaven|hope]",
    ),
    say=(
        "hi",
        "hello",
        "hey",
        "good morning",
        "thanks",
        "thank you so much",
        "ok",
        "bye",
        "lol",
        "you are great",
        "I am bored",
        "[hello|hi|hey] [there|you|friend|again|{person}]",
        "[I love|I hate|I like] {items}",
        "my {noun} is {adjective}",
        "{word}",
        "{word} {word2}",
        "[I feel|I am] [sad|happy|tired|lonely|great|hungry] [today|]",
        "{person} and {other_person}",
        "what a {adjective} {noun}",
        "[good night|see you|take care], {person}",
        "nice weather",
        "never mind",
        "[well done|good job|amazing|wow]",
    ),
)


def talk(rng: Random) -> str:
    """Something said to the agent that is no work for any skill."""
    return wording(rng, _TALK, v.slots(rng))


def unserved(rng: Random) -> str:
    """A request that no built-in tool serves."""
    return wording(rng, _UNSERVED, v.slots(rng))


_ERRANDS = Forms(do=_UNSERVED.do)


def errand(rng: Random) -> str:
    """Work for a tool that is not built in, but that somebody may offer."""
    return wording(rng, _ERRANDS, v.slots(rng))


_INCOMPLETE: dict[str, Forms] = {
    "convert_unit": Forms(
        do=(
            "convert [it|that|this|them] [to|into] {unit}",
            "[convert|change] [the|that|my] [distance|weight|value|amount|temperature|length] [to|into] {unit}",
            "do a unit conversion",
            "convert to {unit}",
            "convert [something|some number|a value] from {unit2} to {unit}",
        ),
        ask=("how many {unit} is [it|that|this]", "what is [that|it|this] in {unit}"),
    ),
    "calculate": Forms(
        do=(
            "[double|halve|triple|square] [it|that|this]",
            "[add|subtract|multiply] [them|the two|those|it|the numbers]",
            "[calculate|work out|compute] [it|that|this|something|the total|the sum]",
            "divide [it|that] by {n}",
            "add {n} to [it|that]",
        ),
        ask=("what is [the total|the sum|{n}% of it|{n}% of that|half of it|the difference]",),
    ),
    "shift_date": Forms(
        do=("move [it|that date|the date] [back|forward|by a bit]", "[shift|change] the date"),
        ask=("what date is {n} days [after|before] [it|that|this]",),
    ),
    "days_between": Forms(
        ask=("how many days [are between them|is that|lie between those|apart are they]",),
        do=("count the days between them",),
    ),
    "day_of_week": Forms(
        ask=("[what|which] [day|weekday|day of the week] is [it|that date|that|this date]",),
        do=("[find|check] the weekday of [it|that date]",),
    ),
    "read_file": Forms(
        do=("[read|open|show me|print] [it|the file|that file|the other file|a file|the document]",),
        ask=("what [does it say|is in it|is in that file|does the file say]",),
    ),
    "write_file": Forms(
        do=(
            "[save|write|store|put] [it|this|that|something] [to|in|into] [a file|the file|disk]",
            "[create|make] a [new|] file",
        ),
        say=("save it", "write it down in a file"),
    ),
    "search_files": Forms(
        do=(
            "[search|look through] [the files|my files|everything]",
            "[find|look for|search for] [it|that|something] in the files",
        ),
        ask=("which file [mentions it|contains that]",),
    ),
    "query_database": Forms(
        do=("[run|execute] [it|the query|that query|a query] [on the database|]", "query the database"),
        ask=("what does the database say",),
    ),
    "save_note": Forms(
        do=("[save|make|take|add|write] a note", "[note|remember] [it|that|this]"), say=("note", "take a note please")
    ),
    "fetch_url": Forms(
        do=("[fetch|open|get|download] [it|the page|that page|the link|the website|a page]",),
        ask=("what does [the page|that site|the website] say",),
    ),
}
_UNIT_WORDS = (
    "miles",
    "km",
    "kilometres",
    "feet",
    "pounds",
    "kg",
    "litres",
    "cups",
    "celsius",
    "fahrenheit",
    "hours",
    "MB",
    "inches",
    "grams",
)


def incomplete(rng: Random) -> tuple[str, str]:
    """A request whose needed value is nowhere, and the tool it is for."""
    name = rng.choice(tuple(_INCOMPLETE))
    first, second = rng.sample(_UNIT_WORDS, 2)
    slots = {"unit": first, "unit2": second, "n": str(rng.randint(2, 40))}
    return wording(rng, _INCOMPLETE[name], slots), name
