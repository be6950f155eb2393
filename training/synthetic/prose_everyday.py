"""Sentences of everyday life, each with what it tells, the questions for it and the answer; read by prose.py."""

from __future__ import annotations

TABLE = """
{name} was born in {city} in {year}.
  city text: birthplace of {name}
    ? where was {name} born
    ? in which city was {name} born
    ! {name} was born in {city}.
  year text: year of birth of {name}
    ? when was {name} born
    ? in [what|which] year was {name} born
    ! {name} was born in {year}.
{name} works as a {job} in {city}.
  job text: job of {name}
    ? what does {name} do
    ? what is {name}'s job
    ? what [job|profession] does {name} have
    ! {name} works as a {job}.
  city text: workplace of {name}
    ? where does {name} work
    ? in which city does {name} work
    ! {name} works in {city}.
The {noun} was moved to {date}.
  date date: new date of the {noun}
    ? when is the {noun}
    ? [what|which] date was the {noun} moved to
    ! The {noun} was moved to {date}.
The {adjective} {noun} costs {money} euros.
  money money: price of the {adjective} {noun}
    ? how much [is|does] the {adjective} {noun} [cost|]
    ? what does the {adjective} {noun} cost
    ! The {adjective} {noun} costs {money} euros.
{name} will bring {n} {items}.
  name text: person bringing {items}
    ? who will bring [the|] {items}
    ? who brings the {items}
    ! {name} will bring the {items}.
  n number: number of {items}
    ? how many {items} will {name} bring
    ! {name} will bring {n} {items}.
Please call {name} at {phone}.
  phone text: phone number of {name}
    ? [what|which] number should I call
    ? what is {name}'s [phone number|number]
    ! The number of {name} is {phone}.
Our train leaves {city} at {clock} from platform {n}.
  clock text: departure time
    ? when does the train leave
    ? what time does [our|the] train leave {city}
    ! The train leaves at {clock}.
  n number: platform
    ? [what|which] platform does the train leave from
    ! The train leaves from platform {n}.
The {noun} is kept in the {colour} {other}.
  colour text: place of the {noun}
    ? what colour is the {other}
    ? [which|what] {other} is the {noun} kept in
    ! The {noun} is kept in the {colour} {other}.
{company} was founded in {year} by {name}.
  name text: founder of {company}
    ? who founded {company}
    ? who is the founder of {company}
    ! {company} was founded by {name}.
  year text: founding year of {company}
    ? when was {company} founded
    ? in [what|which] year was {company} founded
    ! {company} was founded in {year}.
We agreed that {name} takes over the {noun} on {date}.
  name text: person taking over the {noun}
    ? who takes over the {noun}
    ? who will take over the {noun}
    ! {name} takes over the {noun}.
  date date: handover date
    ? when does {name} take over [the {noun}|]
    ! {name} takes over on {date}.
The meeting with {company} is on {weekday} at {clock} in {city}.
  weekday text: day of the meeting
    ? [what|which] day is the meeting [with {company}|]
    ? on which day do we meet {company}
    ! The meeting is on {weekday}.
  clock text: time of the meeting
    ? [what time|when] is the meeting [with {company}|]
    ? at what time do we meet
    ! The meeting is at {clock}.
  city text: place of the meeting
    ? where is the meeting [with {company}|]
    ? in which city do we meet {company}
    ! The meeting is in {city}.
From {city} to {city2} it is {n} km.
  n number: distance from {city} to {city2}
    ? how far is it [from {city} to {city2}|to {city2}]
    ? how many km is it to {city2}
    ! It is {n} km from {city} to {city2}.
{n} people signed up for the {noun}, {number} more than last year.
  n number: number of people for the {noun}
    ? how many people signed up [for the {noun}|]
    ! {n} people signed up for the {noun}.
The {noun} code is {code}.
  code text: {noun} code
    ? what is the {noun} code
    ? what code is for the {noun}
    ! The {noun} code is {code}.
The winner of the {noun} was {name} with {n} points.
  name text: winner of the {noun}
    ? who won [the {noun}|]
    ? who was the winner
    ! {name} won the {noun}.
  n number: points of {name}
    ? how many points did {name} have
    ? with how many points
    ! {name} had {n} points.
Send the {noun} to {email} before {date}.
  email text: email address
    ? where do I send the {noun}
    ? [which|what] [address|email address] should I send the {noun} to
    ! The {noun} goes to {email}.
  date date: deadline for the {noun}
    ? by when must I send the {noun}
    ? when is the {noun} due
    ! The {noun} must be sent before {date}.
{name} paid {money} for the {adjective} {noun}.
  money money: amount {name} paid
    ? how much did {name} pay [for the {adjective} {noun}|]
    ! {name} paid {money}.
  name text: buyer of the {noun}
    ? who paid for the {adjective} {noun}
    ! {name} paid for the {adjective} {noun}.
{name} lives at {street} in {city}.
  street text: address of {name}
    ? where does {name} live
    ? what is {name}'s address
    ! {name} lives at {street}.
The invoice from {company} comes to {money}.
  money money: invoice from {company}
    ? how much is the invoice [from {company}|]
    ? what does {company} charge
    ! The invoice comes to {money}.
The shop opens at {clock} and closes at {clock2}.
  clock text: opening time
    ? when does the shop open
    ! The shop opens at {clock}.
  clock2 text: closing time
    ? when does the shop close
    ! The shop closes at {clock2}.
{name}'s favourite {noun} is the {adjective} one from {city}.
  city text: origin of {name}'s favourite {noun}
    ? where is {name}'s favourite {noun} from
    ! The favourite {noun} of {name} is from {city}.
The {adjective} {noun} weighs {n} kg and belongs to {name}.
  name text: owner of the {adjective} {noun}
    ? whose is the {adjective} {noun}
    ? who owns the {adjective} {noun}
    ! The {adjective} {noun} belongs to {name}.
  n number: weight of the {noun}
    ? how [heavy is the {adjective} {noun}|much does the {adjective} {noun} weigh]
    ! The {adjective} {noun} weighs {n} kg.
"""
