"""Sentences about people and their appointments, each with what it tells, the questions and the answer; read by
prose.py."""

from __future__ import annotations

TABLE = """
{name} has been our {job} since {year}.
  name text: {job}
    ? who is [our|the] {job}
    ? what is the name of [our|the] {job}
    ! The {job} is {name}.
    ~ is {x} [our|the] {job}
  year text: year {name} started
    ? since when has {name} been here
    ? [in which year|when] did {name} start
    ! {name} has been here since {year}.
Room {n} is reserved for {name} from {clock} to {clock2}.
  n number: room of {name}
    ? [which|what] room is reserved for {name}
    ? where is {name}
    ! Room {n} is reserved for {name}.
    ~ is it room {x}
  name text: person who reserved the room
    ? who [has|reserved] room {n}
    ? for whom is [the room|room {n}] reserved
    ! Room {n} is reserved for {name}.
    ~ is the room reserved for {x}
  clock text: start of the reservation
    ? from when is [the room|room {n}] reserved
    ? at what time does the reservation start
    ! The room is reserved from {clock}.
  clock2 text: end of the reservation
    ? until when is [the room|room {n}] reserved
    ? when does the reservation end
    ! The room is reserved to {clock2}.
{name} replaced {other_person} as {job} on {date}.
  name text: new {job}
    ? who is the new {job}
    ? who replaced {other_person}
    ? who took over from {other_person}
    ! {name} replaced {other_person} as {job}.
  other_person text: former {job}
    ? who was {job} before
    ? whom did {name} replace
    ! {name} replaced {other_person}.
  date date: date of the change
    ? when did {name} [become {job}|replace {other_person}]
    ? since when is {name} {job}
    ! {name} replaced {other_person} on {date}.
    ~ did {name} start on {x}
{name} speaks to {other_person} every {weekday} at {clock}.
  other_person text: person {name} speaks to
    ? who does {name} speak to
    ? with whom does {name} speak every {weekday}
    ! {name} speaks to {other_person}.
  weekday text: weekday of the talk
    ? on which day do {name} and {other_person} speak
    ? [which|what] day does {name} speak to {other_person}
    ! They speak every {weekday}.
    ~ do they speak on {x}
  clock text: time of the talk
    ? at what time do they speak
    ? when on {weekday} does {name} speak to {other_person}
    ! They speak at {clock}.
Birthday list: {name} on {date}, {other_person} on {date2}.
  date date: birthday of {name}
    ? when is the birthday of {name}
    ? when does {name} have [a|his or her] birthday
    ! The birthday of {name} is on {date}.
    ~ is the birthday of {name} on {x}
  date2 date: birthday of {other_person}
    ? when is {other_person}'s birthday
    ? what is the birthday of {other_person}
    ! The birthday of {other_person} is on {date2}.
{name} is away until {date}; {other_person} answers in the meantime.
  date date: return of {name}
    ? when is {name} back
    ? until when is {name} away
    ! {name} is away until {date}.
    ~ is {name} away until {x}
  other_person text: stand-in of {name}
    ? who [stands in|answers|is there] for {name}
    ? who do I ask while {name} is away
    ! {other_person} answers while {name} is away.
The team has {n} members and is led by {name} from {city}.
  n number: size of the team
    ? how [many members does the team have|big is the team|large is the team]
    ? how many people are in the team
    ! The team has {n} members.
    ~ does the team have {x} members
  name text: team lead
    ? who [leads|is leading|runs] the team
    ? who is the [leader of the team|team lead|boss]
    ! The team is led by {name}.
    ~ does {x} lead the team
  city text: home of the team lead
    ? where is {name} from
    ? which city does {name} come from
    ! {name} is from {city}.
{name} earned {n} euros more than {other_person} in {month}.
  n number: difference in pay
    ? how much more did {name} earn
    ? by how many euros
    ! {name} earned {n} euros more.
  month text: month of the pay
    ? [in which|which] month was that
    ? when did {name} earn more
    ! That was in {month}.
    ~ was that in {x}
Dr. {name} can see you on {date} at {clock} in room {n}.
  name text: doctor
    ? [who|which doctor] will I see
    ? who is the doctor
    ! The doctor is {name}.
    ~ will I see {x}
  date date: date of the visit
    ? [when|on what date] can the doctor see me
    ? when is my appointment
    ! The appointment is on {date}.
    ~ is my appointment on {x}
  clock text: time of the visit
    ? at what time [is my appointment|can the doctor see me|should I be there]
    ! The appointment is at {clock}.
  n number: room of the doctor
    ? [which|what] room [is it|do I go to|is the doctor in]
    ! The doctor is in room {n}.
{name}, {n} years old, won the {noun} in {city} last {weekday}.
  n number: age of {name}
    ? how old is {name}
    ? what age is {name}
    ! {name} is {n} years old.
    ~ is {name} {x} years old
  city text: place of the {noun}
    ? where did {name} win
    ? in which city was the {noun}
    ! {name} won in {city}.
    ~ did {name} win in {x}
  weekday text: day of the {noun}
    ? on which day did {name} win
    ? when did {name} win the {noun}
    ! {name} won last {weekday}.
{name} studied in {city} before moving to {city2} in {year}.
  city text: place where {name} studied
    ? where did {name} study
    ? in which city did {name} study
    ! {name} studied in {city}.
    ~ did {name} study in {x}
  city2 text: new home of {name}
    ? where did {name} move
    ? where does {name} live now
    ! {name} moved to {city2}.
  year text: year of the move
    ? when did {name} move [to {city2}|]
    ? in which year did {name} leave {city}
    ! {name} moved in {year}.
{name} borrowed the {adjective} {noun} and returns it on {date}.
  name text: borrower of the {noun}
    ? who [borrowed|has] the {adjective} {noun}
    ? who borrowed it
    ! {name} borrowed the {adjective} {noun}.
    ~ did {x} borrow the {noun}
  date date: return of the {noun}
    ? when [does the {noun} come back|will the {noun} be returned]
    ? when does {name} return it
    ! {name} returns it on {date}.
The emergency contact is {name}, {phone}.
  name text: emergency contact
    ? who is the emergency contact
    ? whom do I call in an emergency
    ! The emergency contact is {name}.
    ~ is {x} the emergency contact
  phone text: emergency number
    ? [what is|what's] the number of the emergency contact
    ? which number do I call in an emergency
    ! The number is {phone}.
{name} and {other_person} share the {colour} {noun} with {n} others.
  other_person text: person sharing with {name}
    ? who shares [with {name}|the {noun} with {name}]
    ? with whom does {name} share the {noun}
    ! {name} shares it with {other_person}.
  colour text: colour of the {noun}
    ? [what|which] colour is the {noun}
    ! The {noun} is {colour}.
    ~ is the {noun} {x}
  n number: others sharing the {noun}
    ? how many others share [it|the {noun}]
    ! {n} others share the {noun}.
Interviewed: {name}, {job}, on {date} by {other_person}.
  job text: profession of the person interviewed
    ? what does {name} do for a living
    ? which job does {name} have
    ! {name} is a {job}.
    ~ is {name} a {x}
  other_person text: interviewer
    ? who interviewed {name}
    ? who did the interview
    ! {name} was interviewed by {other_person}.
  date date: date of the interview
    ? when was {name} interviewed
    ? when was the interview
    ! The interview was on {date}.
In {year} {name} moved from {company} to {company2}.
  company text: former employer
    ? where did {name} work before
    ? which company did {name} leave
    ! {name} was at {company} before.
  company2 text: new employer
    ? which company did {name} move to
    ? where does {name} work now
    ! {name} moved to {company2}.
    ~ did {name} move to {x}
  year text: year of the change
    ? when did {name} change jobs
    ? in [what|which] year did {name} leave {company}
    ! {name} moved in {year}.
"""
