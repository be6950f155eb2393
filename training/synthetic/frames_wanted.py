"""The wordings of requests for a sum over what was just read or a line of it, by operation, with the values open.

In an operation `O` is one number of what was read and `{x}`, `{y}`, `{p}` are the request's own; "total", "mean" and
"difference" are over several; "count", "highest" and "lowest" are of its lines. Parts in angle brackets are named
below; `{one}` and `{many}` are what is reckoned with.
"""

from __future__ import annotations

from training.synthetic.manner import frames
from training.synthetic.phrases import Forms

TOTAL, MEAN, DIFFERENCE, NONE = "total", "mean", "difference", "none"
COUNT, HIGHEST, LOWEST = "count", "highest", "lowest"

_MANY = (
    "[{many}|{many}|{many}|all {many}|the {many}|the {many}|these {many}|those {many}|all the {many}|the {k} {many}"
    "|the {other_many}|the {many} column|the column {many}|the values|the numbers|the figures|them|them all|everything"
    "|all of them|all of it|the list|the entries|the lines|these figures|all {k}]"
)
_ONE = "[the {one}|the {one}|the {one}|that {one}|its {one}|this {one}|the {adjective} {one}|the {one} of {noun}]"
_IT = "[<one>|<one>|it|that|this|that figure|the number|that amount|the figure|the result|this number]"
_IN = "[||||| in the file| in that file| from the file| from there| in there| of the list| in the table| listed there]"
_PEOPLE = "[people|friends|of us|guests|children|teams|colleagues|flatmates|households|ways|persons|members|shares]"
_TAX = "[VAT|tax|sales tax|GST|commission|interest|a tip|service charge|a surcharge|duty]"
_PARTS = {
    "many": _MANY,
    "one": _ONE,
    "it": _IT,
    "in": _IN,
    "people": _PEOPLE,
    "tax": _TAX,
    "reckon": "[work out|calculate|compute|find|get|figure out|determine]",
    "total": "[total|sum|grand total|overall total]",
    "mean": "[average|mean|arithmetic mean|average value]",
    "all": "[altogether|in total|in all|all together|overall]",
    "is": "[is that|is it|are there|are they|does that make|do we have]",
    "spend": "[spend|use|pay|need|earn|have|buy|run|drive|sell|make]",
    "both": "[between them|between the two|between the two {many}|of the two|between both|]",
    "more": "[more|less|higher|lower|bigger|smaller|cheaper|dearer|longer|shorter|heavier|lighter]",
    "of_them": "[of them|of these|of those|{many}|pieces|units]",
    "times": "[days|weeks|months|years|hours|people|pieces|rounds|boxes|times|nights]",
    "among": "[between|among|equally among|evenly between|over|amongst|across]",
    "each": "[per person|each|a head|apiece|for each of us]",
    "after": "[after|if I take away|if we spend|when I pay|once we use]",
    "can": "[can I|could we|do I|can one]",
    "things": "[{items}|files|lines|entries|rows|notes|{word} files|{items} of {noun}|pictures|people|names|hits"
    "|documents|folders|items|txt files|csv files|logs|results|of them|records|tasks|messages|{adjective} {items}]",
    "high": "[highest|biggest|largest|greatest|maximum|max|most expensive|dearest|longest|heaviest|hottest|warmest"
    "|fastest|best|peak|top|busiest|farthest|strongest|fullest|deepest|widest|loudest|priciest|costliest]",
    "low": "[lowest|smallest|least|minimum|min|cheapest|least expensive|shortest|lightest|coldest|coolest|slowest|worst"
    "|weakest|nearest|emptiest|quietest|narrowest|thinnest|littlest|tiniest|most affordable]",
}


def _superlative(extreme: str, much: str) -> str:
    return f"""
do: [take|pick|find|get|look up|give me|tell me|show me|print|name] the {extreme} [{{one}}|value|figure|one|number]<in>
do: [take|pick|find|give me|tell me|name] the [one|{{noun}}|{{items}}] with the {extreme} [{{one}}|value]
do: [tell|show] me [which|which one|which of them|which {{noun}}|who] [has|had|got] the {extreme} {{one}}
do: [tell me|find out|see] [which|who|which one] [is|was] the {extreme}
ask: what [is|was] the {extreme} [{{one}}|value|one|of them|of all]<in>
ask: which [{{one}}|of them|{{noun}}|one|entry|line|of the {{items}}] [is|was] the {extreme}
ask: which [{{noun}}|one|of them|person|day|month|city] [has|had|got] the {extreme} {{one}}
ask: who [has|had|got|ran up|earned] the {extreme} {{one}}
ask: [who|which of them|which {{noun}}] [has|had|scored|sold|used|paid|made] the {much} [{{many}}|]
ask: how [high|much|big|large|long|heavy] is the {extreme} [{{one}}|one]
ask: what did the {extreme} [one|{{noun}}|of them] cost
know: which [one|of them|{{noun}}] is the {extreme}
know: [who|which of them] has the {extreme} {{one}}
know: what the {extreme} {{one}} is
give: the {extreme} {{one}}[ of {{noun}}| in it|]<in>
say: {extreme} {{one}}
say: the {extreme} [one|of them|of the {{items}}]
"""


def _told(text: str) -> Forms:
    return frames(text, **_PARTS)


OPERATIONS: dict[str, Forms] = {
    TOTAL: _told(
        """
do: [add up|sum up|sum|total|total up|tot up|add together|tally up|tally|count up|count together] <many><in>
do: [add up|sum|total] <many> [for me|and tell me the result|and give me the total|and show me the sum|]
do: <reckon> the <total> of <many><in>
do: [give|tell|show] me the [total|sum|overall sum|grand total] [of|for|over] <many><in>
do: [take|build|form] the sum [of|over] <many><in>
do: put <many> together into one [sum|total|number]
ask: what [is|would be] the <total> of <many><in>
ask: what [do|would] <many> [add up to|sum to|come to|amount to|total|make] [in total|altogether|together|in all|]
ask: how [much|many {many}] <is> <all><in>
ask: how [much|many {many}] <all>
ask: how [much|many {many}] did [we|I|they] <spend> <all>
ask: what did [we|I|they] [spend|pay|use|earn] <all>
ask: what is that [in total|altogether|in all]
know: what <many> [add up to|come to|make|sum to|amount to] [together|altogether|in total|]
know: the [total|sum] of <many><in>
give: the [total|sum|grand total] of <many><in>
say: total of <many>
say: sum of <many><in>
say: {many} [in total|altogether|summed up|added up]
"""
    ),
    MEAN: _told(
        """
do: [average|take the average of|take the mean of|average out] <many><in>
do: <reckon> the <mean> of <many><in>
do: [work out|calculate|compute|find] the [average|mean] {one}<in>
do: [give|tell|show] me the [average|mean|mean value] [of|for|over] <many><in>
do: [tell|show] me [what the|the] average {one} [is|was|]
ask: what [is|was|would be] the [average|mean|mean value|average value] of <many><in>
ask: what [is|was] the [average|mean] {one}<in>
ask: what is the {one} on average
ask: how [much|high|long|big|large] is the {one} on average
ask: how [much|many {many}] is that on average
ask: how many {many} [on average|per entry on average]
ask: what do <many> average
know: what <many> are on average
know: the [average|mean] of <many><in>
give: the [average|mean] [of <many>|{one}]<in>
say: average {one}
say: average of <many>
say: mean of <many><in>
"""
    ),
    DIFFERENCE: _told(
        """
do: <reckon> the difference <both>
do: [tell me|give me] the difference <both>
do: [subtract|take|deduct] the [smaller|lower] [one|value|{one}] from the [bigger|larger|higher|greater] [one|]
do: [subtract|take] one from the other
do: tell me by how much [they differ|the two differ|they are apart]
do: [work out|tell me] how much <more> the [one|first|bigger one] is than the other
ask: what is the difference [between them|between the two|between the two {many}|of both|]
ask: how far apart are [they|the two|the two {many}|both]
ask: by how much do [they|the two {many}|the two] differ
ask: how much <more> is [one|the first|the second|the one] than the other
ask: how big is the [gap|difference] [between them|between the two|]
know: how much [they|the two|the two {many}] differ
know: the difference between [them|the two|the two {many}]
give: the difference [between the two|between the two {many}|]
say: difference [between the two|of the two {many}|between them]
"""
    ),
    COUNT: _told(
        """
do: count [the|all|all the|how many] <things><in>
do: [tell|show|give] me [the number of|how many] <things> [there are|you found|it lists|we have|that is|][<in>|]
do: [say|tell me|let me know] how many [there are|of them there are|it is|they are|were found|you found]
do: <reckon> the number of <things><in>
ask: how many <things> [are there|are listed|does it list|are in it|do we have|can be found|did you find]<in>
ask: how many <things> are [in|inside|stored in|kept in] [the folder|the list|the directory|the {noun} folder|{folder}]
ask: how many <things> [contain|mention|say|have|hold|include] [the word |]{word}
ask: how many of [them|the {items}|the files] [mention|contain|are for] {word}
ask: how many [are there|are they|is that]
ask: what is the number of <things><in>
know: how many <things> [there are|it lists|are listed|are in it|we have]
know: how many [there are|of them there are]
give: the number of <things><in>
say: how many <things>
say: number of <things><in>
"""
    ),
    HIGHEST: _told(_superlative("<high>", "most")),
    LOWEST: _told(_superlative("<low>", "least")),
    "O * {x}": _told(
        """
do: multiply <it> [by|with|times] {x}
do: [times|multiply] <it> {x}
do: [take|use] <it> [times|and multiply it by] {x}
do: [work out|calculate|tell me] [what {x} of them cost|the price of {x} of them|the cost of {x} of these]
do: [work out|calculate|tell me] what {x} [times|of] <it> [is|makes|comes to]
do: [scale|blow] <it> up by {x}
ask: what [is|would be] <it> [times|multiplied by] {x}
ask: what is {x} times <it>
ask: [how much|what] [do|would] {x} <of_them> [cost|come to|weigh|take|need] [at that price|at that rate|then|]
ask: [how much|how long|how far|how many] is that [for|in|over] {x} <times>
ask: [how much|what] would {x} <times> [of that|of it|] [cost|come to|make|be]
ask: what do I pay for {x} [of them|of these|pieces|tickets|nights|hours|months]
know: what {x} [of them|of these|pieces] [cost|come to|weigh]
know: how much <it> times {x} is
say: times {x}
say: <it> times {x}
say: <it> x {x}
"""
    ),
    "O / {x}": _told(
        """
do: divide <it> by {x}
do: [split|share|divide|distribute|break up] <it> <among> {x} <people>
do: [split|share|cut|divide] <it> [in|into] {x} [equal parts|parts|shares|pieces]
do: split <it> {x} ways
do: [work out|tell me|calculate] [what each of|how much each of] {x} <people> [gets|pays|owes|has to pay]
ask: what [is|would be] <it> divided by {x}
ask: [how much|what] [is that|does that make|would that be] <each> [if we are|for|with|when we are] {x} <people>
ask: [how much|what] does each of [us|the|] {x} [|people|friends|guests] [pay|owe|get]
ask: [how much|how many|how far|how long] is that [per|a|each] [day|week|month|hour|year] [over|in|for] {x} <times>
ask: if {x} <people> share <it>, how much [does each pay|does each get|is that each|is it each]
know: how much each pays [if we are|with|when shared by] {x}
know: what <it> is per [person|head|piece] for {x}
say: <it> divided by {x}
say: <it> [split|shared] [between|among|by] {x} <people>
"""
    ),
    "total / {x}": _told(
        """
do: [split|share|divide|distribute|break up] the [total|sum|whole bill|whole] [of <many>|] <among> {x} <people>
do: [split|share|divide] <many> [evenly|equally|fairly|] <among> {x} <people>
do: divide the [total|sum] of <many> by {x}
do: <reckon> what each of {x} <people> [pays|owes|has to pay] [in all|of the total|of all of it]
ask: what does each [pay|owe] if {x} <people> [share|split] [all of it|everything|the total|the whole bill]
"""
    ),
    "O + {x}": _told(
        """
do: [add|put] {x} [to|onto|on top of] <it>
do: [increase|raise|bump up|lift] <it> by {x}
do: [work out|calculate|tell me] <it> plus {x}
do: [add|count in] [another|a further|a fee of|shipping of|delivery of] {x} [to it|to that|on top|]
ask: what [is|would be] <it> [plus|and] {x}
ask: what do I get [with|if I add] {x} [more|to it|on top]
ask: how much is it with {x} [more|on top|added|extra|shipping|for delivery]
ask: how [much|many] [is that|is it|are there] [if|when] {x} [more|others] [come|are added|are bought]
know: what <it> plus {x} is
say: <it> plus {x}
say: plus {x}
"""
    ),
    "O - {x}": _told(
        """
do: [subtract|take|deduct|take away|knock] {x} from <it>
do: [take|knock|shave] {x} off <it>
do: [reduce|lower|decrease|cut] <it> by {x}
do: [work out|calculate|tell me] <it> [minus|less] {x}
do: [work out|tell me] what is left [of <it>|] [after|once|when] [I spend|we spend|paying|I take|using] {x}
ask: what [is|would be] <it> [minus|less] {x}
ask: what is left [of <it>|] <after> {x}
ask: how much [is left|remains|do I have left] [of it|] <after> {x}
ask: how [much|many] [more|higher|above] is <it> than {x}
know: how much [is left|remains] after {x}
say: <it> [minus|less] {x}
say: minus {x}
"""
    ),
    "{x} - O": _told(
        """
do: [subtract|take|deduct] <it> from {x}
do: [work out|tell me|calculate] what is left of {x} [after|once|when] [paying it|I pay that|<it> is paid|that is gone]
ask: [how much|what] is left of {x} [after that|when I pay that|once that is paid|if I buy it|when <it> is paid]
ask: how much [is missing|do I still need|is still missing|more is needed] [to|to reach|up to|for] {x}
ask: how [much|far|many] [is it|are we|is that] [from|short of|away from|below|under] {x}
ask: I have {x}, how much is left [after that|then|after <it>|]
ask: if I pay with {x}, [what change do I get|how much change do I get|what do I get back]
know: how much of {x} is left [after that|then]
say: {x} minus <it>
"""
    ),
    "{x} / O": _told(
        """
do: divide {x} by <it>
do: [see|work out|tell me] how [many times|often] <it> goes into {x}
ask: how [many|many of them|many of these] <can> [buy|get|afford|fill|make|have] [for|with|from|out of] {x}
ask: how [many times|often] does <it> [go|fit] into {x}
ask: how many of them fit into {x}
ask: [how long|how many days|how many weeks|how many months] [does|will|would] {x} last [at that rate|then|]
know: how many I can get for {x}
say: {x} divided by <it>
"""
    ),
    "{p}% of O": _told(
        """
do: [work out|calculate|compute|find|figure out|tell me|give me] {p}[%| percent] of <it>
do: [work out|calculate|compute|figure out] [|the ]{p}[%| percent] <tax> [on|for|of] <it>
do: [take|find] {p}[%| percent] [out of|from|of] <it>
ask: what [is|are|would be] {p}[%| percent] of <it>
ask: how much [is|would be|are] {p}[%| percent] [of|on] <it>
ask: how much [is|would] [the|a] {p}[%| percent] [discount|deposit|share|rebate|fee|down payment] [on <it>|be|]
ask: what is the <tax> [on it|on <it>|] at {p}[%| percent]
know: what {p}[%| percent] of <it> [is|are|comes to|makes]
give: {p}[%| percent] of <it>
say: {p}[%| percent] of <it>
"""
    ),
    "O + {p}%": _told(
        """
do: [add|put] {p}[%| percent] [to|onto|on top of] <it>
do: [add|put] {p}[%| percent] <tax> [to|on|on top of|onto] <it>
do: [increase|raise|bump up|put up] <it> by {p}[%| percent]
do: [work out|calculate|tell me] <it> [with|including|plus|incl.] {p}[%| percent] <tax>
do: [work out|calculate|tell me] the gross [amount|price|total] [with|at] {p}[%| percent] [VAT|tax]
ask: what [is|would be] <it> [with|including|plus] {p}[%| percent] [<tax>|more|on top|]
ask: what do I pay [with|including] {p}[%| percent] <tax>
ask: how much is it [with|including|plus] {p}[%| percent] <tax>
ask: what will <it> be [if it rises by|after a rise of|after going up] {p}[%| percent]
know: what <it> [is|comes to] with {p}[%| percent] <tax>
say: <it> plus {p}[%| percent]
"""
    ),
    "O - {p}%": _told(
        """
do: [take|knock|deduct|subtract] {p}[%| percent] [off|from] <it>
do: [reduce|lower|decrease|cut|discount] <it> by {p}[%| percent]
do: [work out|calculate|tell me] <it> [less|minus|after|with] [a discount of |a |]{p}[%| percent] [discount|off|rebate|]
ask: what [is|would be] <it> [less|minus] {p}[%| percent]
ask: what do I pay [after|with] {p}[%| percent] [off|discount]
ask: how much is it [after|with] [a discount of |a |]{p}[%| percent] [off|discount|rebate|]
ask: what is left [of <it>|] after {p}[%| percent] [tax|is taken|are deducted|commission]
know: what <it> is after {p}[%| percent] [off|discount]
say: <it> minus {p}[%| percent]
"""
    ),
    "O * 2": _told(
        """
do: double <it>
do: [work out|tell me|calculate] [double|twice|two times] <it>
ask: what [is|would be] [twice|double|two times] <it>
ask: how much would [two of them|two of these|a pair] [cost|be|come to]
know: what twice <it> is
"""
    ),
    "O / 2": _told(
        """
do: halve <it>
do: [cut|split] <it> in [half|two]
do: [work out|tell me|calculate] half [of|] <it>
ask: what [is|would be] half [of|] <it>
ask: how much is half of [it|that|<it>]
know: what half of <it> is
"""
    ),
    "O / {x} * {y}": _told(
        """
do: [scale|convert|adapt|change] <it> from {x} <people> to {y} <people>
do: [scale|adapt] <it> from {x} to {y}
ask: it is for {x} [people|servings|persons], how much [is it|do I need|do we need] for {y}
ask: if that is for {x}, how much [is it|do I need|of it do I need] for {y}
ask: how much [of it|{one}|] do I need for {y} [people|persons|guests] [instead of|rather than] {x}
say: for {y} [people|] instead of {x}
"""
    ),
}  # fmt: skip
OTHERS = _told(
    """
do: [tell|show|give] me [the {one}|all {many}|the {many}|what it says about the {one}|who wrote it]
do: [find|look up|get|see|check] the {one} [of {noun}|for {person}|in it|]
do: [list|name|print|show] [the|all|all the|] {many}
do: [list|name|show|print|find] [every|each|all] <things> that [contain|contains|mention|mentions|say|says] {word}
do: [find|show me|look for|search for] [all|the|all the|every] <things> [with|about|from|of|without] {word}
do: [list|show|name|tell me] [all|the|all the|my|our|every one of the] <things><in>
ask: which <things> [contain|mention|are about|have|say|come from] {word}
ask: which <things> are [there|in it|in the folder|in {folder}|missing|new]
ask: is there [a|any] {items} [in|among|inside] [it|the folder|the list|{folder}]
ask: are there any <things> [about|with|from] {word}
know: which <things> [there are|mention {word}|are in it]
do: convert [it|that|the {one}|{x} {many}] [to|into] [miles|km|kg|pounds|celsius|fahrenheit|litres|hours|minutes|GB|MB]
do: [save|note down|keep|remember|write down] [it|that|the {one}|the {many}]
do: [write|put|store] [it|that|the result|the {one}] [in|into|to] [a file|the file|a note]
do: [take|pick|tell me|show me|find] the [latest|oldest|newest|earliest|first|last|second|next|exact|actual] {one}
do: [summarise|sum up|shorten] [it|the text|the letter|the report|what it says|the message]
do: extract [the {many}|the data|the order|the invoice|everything] [as JSON|]
do: [tell|show] me [the date|which date is|what day is] {x} [days|weeks|months] [after|before|later|from then]
ask: what [is|was] the [latest|oldest|newest|earliest|first|last] {one}
ask: [how many|what number of] {many} [does {person} have|did {person} order|are in the {noun}|per {noun}]
ask: which [{one}|of them|{noun}] is [{adjective}|for {person}|from {city}|the newest|the oldest|due on {weekday}]
ask: what [is|was] the {one} [of {noun}|for {person}|in {city}|on {weekday}|]
ask: who [is|was|wrote|signed|owns|ordered] [it|that|the {one}|the {noun}]
ask: when [is|was|does] [it|that|the {noun}|the {one}] [due|begin|over|start]
ask: where [is|was] [it|the {noun}|the {one}]
ask: how many [miles|km|pounds|minutes|feet|gallons|MB] [is that|are that|is it|is the {one}]
ask: what is that in [miles|km|pounds|celsius|fahrenheit|hours|minutes|GB]
ask: what [date|day|weekday] is [that|it|{x} days later]
ask: how many days [are left|is that from now|until then|are there between the two]
ask: how [high|much|long|big|large|heavy|far|old] is the {one}[ of {noun}| in it|]
ask: how much [did {person} pay|does {noun} cost|is the {one}]
know: what the {one} [is|was|says]
know: [who|what|when|where] [it|the {noun}] is
give: the {one} [of {noun}|]
"""
)
