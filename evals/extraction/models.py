"""The records of the shipped extraction set as pydantic models: what `schemas.jsonl` is made from. Needs pydantic,
which measuring does not: the schemas are shipped.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Clock = Annotated[str, Field(pattern=r"^\d{2}:\d{2}$", description="24 hours, like 09:30")]


class Strict(BaseModel):
    """Keys that are not declared are not accepted."""

    model_config = ConfigDict(extra="forbid")


class Contact(Strict):
    name: str
    email: str
    phone: str | None = None
    employer: str | None = None


class Meeting(Strict):
    subject: str = Field(description="What the meeting is about")
    day: date
    start: Clock
    room: str | None = None
    attendees: list[str] = Field(min_length=1)


class Expense(Strict):
    merchant: str
    amount: float = Field(ge=0)
    currency: Literal["EUR", "GBP", "USD"]
    category: Literal["travel", "meals", "office"]
    billable: bool = False


class OrderLine(Strict):
    product: str
    quantity: int = Field(ge=1)
    unit_price: float = Field(ge=0)


class Order(Strict):
    number: str = Field(pattern=r"^[A-Z]{2}-\d{4}$")
    customer: str
    lines: list[OrderLine] = Field(min_length=1)


class Address(Strict):
    street: str
    town: str
    postcode: str


class Parcel(Strict):
    recipient: str
    address: Address
    weight_kg: float = Field(gt=0)
    insured: bool


class Defect(Strict):
    component: str
    severity: Literal["low", "medium", "high"]
    version: str
    reproducible: bool
    reporter: str | None = None


class Flight(Strict):
    flight_number: str = Field(pattern=r"^[A-Z]{2}\d{3,4}$")
    origin: str
    destination: str
    departs: Clock
    passengers: int = Field(ge=1, le=9)


class Recipe(Strict):
    dish: str
    servings: int = Field(ge=1)
    minutes: int = Field(ge=1)
    ingredients: list[str] = Field(min_length=2)


class Flat(Strict):
    district: str
    rooms: float
    monthly_rent: int
    furnished: bool
    available: date


class Book(Strict):
    title: str
    author: str
    year: int = Field(ge=1450, le=2100)
    isbn: str | None = None


class Wind(Strict):
    speed_kmh: int
    direction: Literal["north", "east", "south", "west"]


class Reading(Strict):
    station: str
    temperature: float
    humidity: int = Field(ge=0, le=100)
    wind: Wind


class Course(Strict):
    code: str = Field(pattern=r"^[A-Z]{3}\d{3}$")
    title: str
    credits: int
    lecturer: str
    online: bool


class Repair(BaseModel):
    """Open to more keys, as most models in the wild are."""

    device: str
    serial: str
    fault: str
    cost: float | None = None
    ready_on: date | None = None


MODELS: tuple[type[BaseModel], ...] = (
    Contact, Meeting, Expense, Order, Parcel, Defect, Flight, Recipe, Flat, Book, Reading, Course, Repair,
)  # fmt: skip
