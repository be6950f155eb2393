"""The sentences people put around a sum: orders, questions, asides, little stories that end in "what is {x}".

`{x}` is the sum itself, as it is to be handed to the calculator. The sums are made elsewhere.
"""

from __future__ import annotations

from dataclasses import fields

from training.synthetic.phrases import Forms

# Around a sum that stands as a number would: "12 * 7", "15% of 240", "half of 92".
SUM_FORMS = Forms(
    do=(
        "[calculate|compute|work out|evaluate|solve|do|determine|figure out|find|resolve|reckon|tot up] {x}",
        "[calculate|compute|work out|evaluate|tell me|give me|get] [the result of|the value of|the answer to] {x}",
        "[run|put|type|enter|punch|feed|key] {x} [through|into|in] [the|a|your|my] calculator",
        "[get|give|find] me [the answer to|the result of|the figure for|the outcome of|] {x}",
        "do the [maths|math|arithmetic|sum|sums|calculation] [on|for|behind|in] {x}",
        "[do|run|solve] [this sum|the following|this one|this calculation|this]: {x}",
        "[work|figure|calculate|puzzle] this out: {x}",
        "use the calculator [for|on|to get|and tell me] {x}",
        "[check|double-check|verify] what {x} [is|comes to|makes]",
        "[simplify|crunch|process] {x}",
        "tell me how much {x} [is|makes|comes to|works out at]",
        "[return|report|print|show|display|output|state] [the value of|] {x}",
        "[write down|say|name] [the answer to|the result of] {x}",
        "help me [with|work out|calculate|understand what] {x}",
        "get the calculator out: {x}",
    ),
    ask=(
        "[what is|what's|whats|wats|what does|how much is|what do you get for|so what is|what would be] {x}",
        "[what's|what is] the [answer to|result of|value of|outcome of|solution to|result for] {x}",
        "{x} [is|makes|equals|comes to|gives|would be|works out to|adds up to] [what|how much]",
        "how much [does {x} make|do you get from {x}|would {x} be|is {x} exactly|is {x} in total|does {x} come to]",
        "what does {x} [come to|equal|make|give|work out to|evaluate to|work out at|result in|produce|yield]",
        "what [number|figure|value|amount] [is|equals|do I get for|comes out of] {x}",
        "what [do|would|will|should] [I|you|we|one] get [for|from|with|out of|if I work out|as the result of] {x}",
        "how [big|large|high|small] is {x}",
        "what [should|must|would|will] {x} [be|come to|give|equal]",
        "can you [do|work out|calculate|solve|tell me] {x} [for me|quickly|in your head|]",
        "could you [do|compute|tell me|run|check] {x}",
        "what, [exactly|precisely|roughly|then|please], is {x}",
        "is it [hard|possible|easy] to [work out|calculate|compute] {x}",
        "do you know [what {x} is|how much {x} is|the answer to {x}]",
        "any [chance|way] you can [work out|calculate|tell me] {x}",
        "who can tell me what {x} [is|makes]",
        "what would a calculator [say|show|give] for {x}",
        "{x}, what is [it|that|this|the answer|the result]",
        "{x}, how much is [it|that|this]",
        "[and|so|ok,|well,] what is {x}",
        "would you [work out|calculate|do|compute|tell me] {x}",
        "mind [working out|calculating|doing|computing|telling me] {x}",
        "how do I [calculate|work out] {x} and what is it",
    ),
    know=(
        "[what|how much] {x} [is|equals|makes|comes to|gives|would be]",
        "what {x} [works out to|amounts to|evaluates to|works out at|results in]",
        "what I get [for|from] {x}",
        "what the answer to {x} is",
        "the [answer to|result of|value of] {x}",
        "how [high|big|large] {x} is",
    ),
    give=(
        "{x}",
        "{x}",
        "[the result of|the value of|the answer to|the outcome of|the total for] {x}",
        "a [quick|rough|quick and exact|proper] [answer to|calculation of|figure for|result for] {x}",
        "the exact value of {x}",
    ),
    say=(
        "{x}",
        "{x}",
        "{x}?",
        "{x} =",
        "{x} = ?",
        "{x} = what?",
        "= {x}",
        "[calc|calculate|compute|solve|eval|evaluate|sum|maths|math|sums|arithmetic|calculator]: {x}",
        "[calc|compute|solve|eval|maths|math] {x}",
        "{x}[, please| please| pls| plz| thanks|, thanks|, thank you|, ta]",
        "{x}[, quickly| quick| now| asap|, if you can|, go]",
        "[I wonder|Any idea|No idea|Not sure|I forgot|I always forget] [how much|what] {x} is[.|?|]",
        "[Homework|Maths homework|Exercise 3|Question 7|A riddle|Next sum|The sum|Task]: {x}[.|?|]",
        "I [need|want|am after|would like] {x}[.|| worked out.| computed.| calculated, please.| solved.]",
        "I'd like to know what {x} [is|makes|comes to][.|]",
        "I [have to|need to|must|want to|should] [work out|calculate|compute|solve] {x}[.|; what is it?|, help|]",
        "[My|The] [son|daughter|teacher|boss|colleague|neighbour] [asks|wants to know|asked me|needs to know] "
        "what {x} [is|comes to|makes][.|?|]",
        "[Help me|Give me a hand] with [my|this|the] [homework|sum|sheet|quiz|budget][: |. What is |; what's ]{x}[?|]",
        "[For|In] [my|the] [budget|report|spreadsheet|recipe|invoice|plan|estimate|quote|order][, | ]I need {x}[.|]",
        "[My|The] calculator [is broken|died|has no battery|is at home][. What is |, so what is |; I need ]{x}[?|.|]",
        "[Let's see|Let me think|Hmm|Okay|Right|Well|So][, |: |... ]{x}[?| is what?| makes?|]",
        "[In numbers|As a number|Exactly|To be exact], {x} is [how much|what]?",
        "[I get stuck at|I cannot do|I'm stuck on|I can't work out] {x}[.|; can you?|, what is it?|]",
        "[I think I need|What I need is|All I want is|Just] {x}[.|, nothing else.|]",
        "The [answer|result] [to|of] {x}[?|, please.| is what?|]",
        "[If I type|If you take|Suppose we take|Take] {x}, what [comes out|do you get|is it|is the result]?",
        "[Tell me|Say] quickly: {x}[?|]",
        "[Would|Could|Can] you be so kind as to [calculate|work out|compute] {x}?",
        "[It would be great|It'd help|I'd be glad|I would be grateful] if you could "
        "[tell me|work out|calculate|compute] {x}[.|]",
    ),
)


def _with_article(forms: Forms) -> Forms:
    """The same frames around a noun: "what is the sum of 3 and 4"."""
    noun = {
        one.name: tuple(t.replace("{x}", "[the|the|] {x}") for t in getattr(forms, one.name)) for one in fields(forms)
    }
    return Forms(**noun)


# Around a sum that is a noun: "sum of 3 and 4", "square root of 81".
NOUN_FORMS = _with_article(SUM_FORMS)

# Around an order the calculator reads as it stands: "add 3 and 4".
ORDER_FORMS = Forms(
    do=(
        "{x}",
        "{x}",
        "{x}",
        "{x} and [tell me|give me|show me|report|say] [the result|what you get|the answer|the total]",
        "{x}, then [tell me|show me|report] [the result|what you get|the answer]",
        "use the calculator to {x}",
        "[take the calculator|grab a calculator] and {x}",
        "help me {x}",
        "try to {x}",
    ),
    know=(
        "what I get if I {x}",
        "what comes out when I {x}",
        "what happens if you {x}",
        "how much it makes if you {x}",
    ),
    ask=(
        "what [do|would|will] [I|you|we] get [if I|if you|if we|when I|when you|when we] {x}",
        "what [happens|comes out|is the result|is the answer|is left|is it] [when|if] [I|you|we|one] {x}",
        "what is the [result|answer|outcome|total] [if|when] [I|you|we|they] {x}",
        "how much is it [if|when] [I|you|we] {x}",
        "how much [do|will] I [have|get] [if|when] I {x}",
        "what number [do I get|results|comes out] [if|when] I {x}",
        "mind if I ask you to {x}",
        "would you {x}",
        "if [I|you|we] {x}, what [do I get|is it|is the result|comes out]",
        "can the calculator {x}",
        "what must I get when I {x}",
    ),
    say=(
        "{x}",
        "{x}.",
        "{x}[, please| please| pls|, thanks|, quickly| for me|, will you?|, would you?|, can you?|!]",
        "[Sum|Task|Maths|Next|Exercise|Homework|Step 1|Now]: {x}[.|]",
        "I [need to|want to|have to|must|should|would like to] {x}[.|. What do I get?|; what is it?|, help me.|]",
        "[My homework says|The sheet says|The teacher says|The exercise is|The task is] to {x}[.|; what is it?|]",
        "[Let's|Let us] {x}[.|]",
        "[All you have to do is|Your job is to|Just] {x}[.|]",
    ),
)

# Around an order or a story that must be put in symbols, where the wording is the template's own.
TOLD_TAILS = (
    "",
    "",
    "",
    "",
    "[, please|, thanks|, would you|, if you can|, thank you]",
)
