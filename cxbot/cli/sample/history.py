"""What the sample's customers did and answered before the demo begins: the same at every start, week by week."""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from statistics import NormalDist
from zoneinfo import ZoneInfo

from cxbot.cli.sample.words import WORDS, Words
from cxbot.core.csv_files.columns import Row
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Survey

WEEKS = 40  # before the current one
CHANGED = 4  # weeks before the current one, in which the support team began to call back on the same day
OUTAGE = 9  # weeks before the current one, on its Tuesday and Wednesday
SEED = 12
CUSTOMERS = 700  # at the beginning
COLLEAGUES = 14
ANSWERED = 0.45  # of surveys

ANSWERS = (
    "external_id", "survey", "metric", "score", "reasons", "comment", "asked_by", "sent_at", "answered_at", "team",
    "agent", "customer", "company", "touchpoint", "channel", "topic", "opened_at", "closed_at", "handling_seconds",
    "first_contact_resolution",
)  # fmt: skip
UNANSWERED = ("score", "reasons", "comment", "answered_at", "first_contact_resolution")
"""The columns that are empty without an answer."""
CUSTOMER = (
    "customer", "company", "started_on", "lost_on", "complaints", "returns", "repeat_purchases", "money",
)  # fmt: skip
TOUCHPOINT = ("touchpoint", "stage", "contact", "ours")

SUPPORT = (("nps", 62), ("experience", 22), ("csat", 60), ("ces", 22))
"""The surveys of a week of the support team. Who gets experience is asked for NPS, too."""
SALES = (("nps", 26),)
CAMPAIGNS = (
    ("promise", 40, range(1, 7)), ("expectation", 40, range(1, 7)), ("still_solved", 40, range(1, 7)),
    ("levels", 24, range(1, 4)), ("enps", COLLEAGUES, range(1, 10)), ("disciplines", COLLEAGUES, range(1, 8, 3)),
)  # fmt: skip
"""What is asked in campaigns: the survey, how many get it, and how many months ago."""

RATED_5 = (6, 6, 11, 31, 46)
SHAPES: Mapping[str, Sequence[int]] = {
    "nps": (1, 1, 1, 3, 3, 5, 7, 13, 18, 25, 23),
    "enps": (1, 1, 1, 2, 3, 7, 9, 18, 24, 20, 14),
    "csat": RATED_5,
    "ces": (3, 4, 7, 10, 18, 29, 29),
    "expectation": (16, 58, 26),
    "promise": (9, 22, 69),
    "still_solved": (14, 86),
}
"""How often each score is given, lowest first."""

DAYS, HOURS = (24, 22, 20, 18, 16), range(8, 17)
TOPICS = (30, 22, 18, 14, 16)
OF_TOPIC = (-0.45, 0.0, -0.1, 0.1, 0.15)
LENGTH_OF_TOPIC = (0.35, 0.0, -0.3, 0.2, 0.0)
TOUCHPOINTS = (6, 3, 8, 14, 12, 12, 30, 15)
OF_TOUCHPOINT = (0.1, 0.0, 0.1, 0.2, -0.25, 0.05, 0.15, -0.4)
CHANNELS, OF_CHANNEL = (45, 35, 20), (0.05, -0.1, 0.05)
AGENTS, OF_AGENT = (30, 28, 24, 18), (0.15, 0.05, -0.4, 0.2)
COMPANIES, OF_COMPANY = (20, 16, 14, 12, 12, 10, 9, 7), (0.0, 0.1, 0.0, -0.1, -0.4, 0.1, 0.0, 0.2)
BEGINNING = 0.0  # the satisfaction of everybody before the change, in standard deviations
CHANGE, IN_OUTAGE = 0.4, -1.5
OF_ITEM = {"emotion": 0.3}  # how far the items of a survey are from how satisfied somebody is; 0.8 for all others
REASONS = {
    "long_wait": 9, "not_solved": 3, "hard_to_follow": 3, "tone": 1,
    "speed": 2, "expertise": 3, "attitude": 3, "solved": 3,
}  # fmt: skip
SINCE_THE_CHANGE = REASONS | {"long_wait": 2, "speed": 6}


@dataclass(frozen=True, slots=True)
class Cast:
    """The people and places of the local Slack that answers are about: agents of the support team and its channel."""

    agents: Sequence[str]
    channel: str


@dataclass(frozen=True, slots=True)
class History:
    """The rows of three files with their headers, the first and last day of the outage, and the day of the change."""

    answers: Sequence[Row]
    customers: Sequence[Row]
    touchpoints: Sequence[Row]
    outage: tuple[date, date]
    changed: date


@dataclass(slots=True)
class _Customer:
    """A customer; `mood` is how much more satisfied than others they are, in standard deviations."""

    name: str
    company: int
    mood: float
    started_on: date
    lost_on: date | None = None
    complaints: int = 0
    purchases: float = 0.0


@dataclass(frozen=True, slots=True)
class _Contact:
    """A conversation with a customer, and how satisfied the customer is with it. The numbers are places in the words'
    lists."""

    customer: _Customer
    agent: str
    topic: int
    touchpoint: int
    channel: str
    day: date
    opened: datetime
    closed: datetime
    seconds: int
    satisfied: float


def history(words: Words, cast: Cast, now: datetime, zone: str) -> History:
    """The history of 40 weeks and the current one, as it is known at `now`, on the clock of `zone`."""
    return _Telling(words, cast, now.astimezone(ZoneInfo(zone))).told()


def _table(header: Sequence[str], records: Sequence[Mapping[str, object]]) -> list[Row]:
    lines: list[Sequence[str]] = [header]
    lines += [[_cell(record.get(name)) for name in header] for record in records]
    return list(enumerate(lines, start=1))


def _cell(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _cuts(weights: Sequence[int]) -> list[float]:
    """Where a standard normal value has to be cut so that the pieces have these weights."""
    total = sum(weights)
    return [NormalDist().inv_cdf(part / total) for part in list(accumulate(weights))[:-1]]


CUTS = {metric: _cuts(weights) for metric, weights in SHAPES.items()}


@dataclass(slots=True)
class _Telling:
    """Tells the history.

    Chance is drawn in the same order whatever the date, so that only dates depend on `now`. Customers who come back
    have a chance of their own, so that how many they are moves nothing else.
    """

    words: Words
    cast: Cast
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    repeats: random.Random = field(default_factory=lambda: random.Random(SEED))
    customers: list[_Customer] = field(default_factory=list)
    waiting: deque[_Customer] = field(default_factory=deque)
    answers: list[dict[str, object]] = field(default_factory=list)

    def told(self) -> History:
        """The whole history."""
        first = self._monday(WEEKS)
        for _ in range(CUSTOMERS):
            self._join(first - timedelta(days=self.chance.randint(1, 900)))
        self.chance.shuffle(self.waiting)
        for ago in range(WEEKS, -1, -1):
            self._week(ago)
        for survey, people, months in CAMPAIGNS:
            for ago in months:
                self._campaign(SURVEYS[survey], people, ago)
        outage = self._monday(OUTAGE) + timedelta(days=1)
        return History(
            answers=_table(ANSWERS, self.answers),
            customers=_table(CUSTOMER, [self._registered(customer) for customer in self.customers]),
            touchpoints=_table(TOUCHPOINT, [
                {"touchpoint": place.name, "stage": place.stage, "contact": place.contact, "ours": place.ours}
                for place in self.words.touchpoints
            ]),
            outage=(outage, outage + timedelta(days=1)),
            changed=self._monday(CHANGED),
        )  # fmt: skip

    def _monday(self, ago: int) -> date:
        """The Monday of the week so many weeks before the current one."""
        today = self.now.date()
        return today - timedelta(days=today.weekday(), weeks=ago)

    def _moment(self, day: date) -> datetime:
        """A moment in the working hours of a day, in UTC."""
        clock = time(self.chance.choice(HOURS), self.chance.randrange(60), self.chance.randrange(60))
        return datetime.combine(day, clock, self.now.tzinfo).astimezone(UTC)

    def _pick(self, weights: Sequence[int]) -> int:
        return self.chance.choices(range(len(weights)), weights)[0]

    # Customers

    def _join(self, day: date) -> None:
        number = len(self.customers) + 1
        customer = _Customer(self.words.customer % number, self._pick(COMPANIES), self.chance.gauss(0, 0.5), day)
        if day <= self.now.date():
            self.customers.append(customer)
            self.waiting.append(customer)

    def _leave(self, monday: date) -> None:
        """Customers who leave in a week; those who are less satisfied are more likely to."""
        for customer in list(self.waiting):
            goes, day = self.chance.random(), monday + timedelta(days=self.chance.randrange(5))
            if goes < 0.0025 * math.exp(-2.5 * customer.mood) and day <= self.now.date():
                customer.lost_on = day
                self.waiting.remove(customer)

    def _next(self) -> _Customer:
        """The customer who was not asked for the longest time."""
        customer = self.waiting.popleft()
        self.waiting.append(customer)
        return customer

    def _registered(self, customer: _Customer) -> dict[str, object]:
        purchases = max(0, round(2 + 2 * customer.mood + customer.purchases))
        return {
            "customer": customer.name,
            "company": self.words.companies[customer.company],
            "started_on": customer.started_on,
            "lost_on": customer.lost_on,
            "complaints": customer.complaints,
            "returns": int(customer.mood < -0.6),
            "repeat_purchases": purchases,
            "money": f"{(purchases + 1) * 85:.2f}",
        }

    # Weeks

    def _week(self, ago: int) -> None:
        monday = self._monday(ago)
        self._leave(monday)
        for _ in range(self.chance.randint(2, 5)):
            self._join(monday + timedelta(days=self.chance.randrange(5)))
        for survey, n in SUPPORT:
            for _ in range(n):
                self._support(survey, monday)
        for survey, n in SALES:
            for _ in range(n):
                self._sales(survey, monday)

    def _support(self, survey: str, monday: date) -> None:
        contact = self._contact(self._next(), self.cast.agents[self._pick(AGENTS)], monday)
        row = self._about(contact, self.words.support)
        asked = ("nps", survey) if survey == "experience" else (survey,)
        self._ask(row, asked, contact)
        if self.repeats.random() < 0.11 - 0.05 * contact.satisfied:
            self._again(contact)

    def _sales(self, survey: str, monday: date) -> None:
        contact = self._contact(self._next(), self.chance.choice(self.words.sellers), monday, support=False)
        row = self._about(contact, self.words.sales)
        order = self.chance.choice((2, 3))
        row |= {"topic": self.words.topics[4], "touchpoint": self.words.touchpoints[order].name}
        row |= {"channel": self.words.channels[1], "handling_seconds": None}
        self._ask(row, (survey,), contact)

    def _contact(self, customer: _Customer, agent: str, monday: date, *, support: bool = True) -> _Contact:
        """A conversation in a week. What moves the customers of the support team moves no others."""
        topic, touchpoint, channel = (self._pick(weights) for weights in (TOPICS, TOUCHPOINTS, CHANNELS))
        day = monday + timedelta(days=self._pick(DAYS))
        closed = self._moment(day)
        opened = closed - timedelta(minutes=round(self.chance.lognormvariate(4.6, 0.9)))
        satisfied = BEGINNING + customer.mood + OF_COMPANY[customer.company] + self.chance.gauss(0, 0.85)
        if support:
            satisfied += OF_TOPIC[topic] + OF_TOUCHPOINT[touchpoint] + OF_CHANNEL[channel]
            satisfied += OF_AGENT[self.cast.agents.index(agent)]
            satisfied += CHANGE if day >= self._monday(CHANGED) else 0.0
            satisfied += IN_OUTAGE if (day - self._monday(OUTAGE)).days in (1, 2) else 0.0
        where = (self.cast.channel, *self.words.channels)[channel]
        seconds = round(self.chance.lognormvariate(6.1 + LENGTH_OF_TOPIC[topic], 0.6))
        customer.purchases += self.chance.random() / 3
        return _Contact(customer, agent, topic, touchpoint, where, day, opened, closed, seconds, satisfied)

    def _about(self, contact: _Contact, team: str) -> dict[str, object]:
        """The columns that say what an answer is about."""
        return {
            "external_id": f"sample-{len(self.answers)}",
            "team": team,
            "agent": contact.agent,
            "customer": contact.customer.name,
            "company": self.words.companies[contact.customer.company],
            "touchpoint": self.words.touchpoints[contact.touchpoint].name,
            "channel": contact.channel,
            "topic": self.words.topics[contact.topic],
            "opened_at": contact.opened,
            "closed_at": contact.closed,
            "handling_seconds": contact.seconds,
            "asked_by": "automatic",
        }

    def _again(self, contact: _Contact) -> None:
        """The customer comes back about the same topic within a few days."""
        opened = contact.closed + timedelta(hours=self.repeats.randint(3, 120))
        closed = opened + timedelta(minutes=self.repeats.randint(5, 90))
        seconds = round(contact.seconds * self.repeats.uniform(0.4, 1.2))
        row = self._about(contact, self.words.support)
        if closed <= self.now:
            self.answers.append(row | {"opened_at": opened, "closed_at": closed, "handling_seconds": seconds})

    # Answers

    def _ask(self, row: dict[str, object], surveys: Sequence[str], contact: _Contact) -> None:
        """Send surveys about a conversation ten minutes after its end; some are answered."""
        sent = contact.closed + timedelta(minutes=10)
        answered = sent + timedelta(minutes=2 + round(self.chance.expovariate(1 / 60)))
        given = self.chance.random() < ANSWERED
        known = answered if given and answered <= self.now else None
        first, *_ = made = [row | item for survey in surveys for item in self._items(SURVEYS[survey], contact)]
        first |= self._resolution(contact)
        for one in made:
            one |= {"sent_at": sent, "answered_at": known}
        if known is None:
            for one in made:
                one |= dict.fromkeys(UNANSWERED)
        elif str(first["reasons"]).startswith(("long_wait", "not_solved")):
            contact.customer.complaints += 1
        if sent <= self.now:
            self.answers += made

    def _items(self, survey: Survey, contact: _Contact) -> Iterator[dict[str, object]]:
        """The answers to a survey: a score for each item, reasons and a comment with the first one."""
        for item in survey.items:
            spread = OF_ITEM.get(item.metric.name, 0.8)
            noise = self.chance.gauss(0, spread) if survey.several else 0.0
            cuts = CUTS.get(item.metric.name) or CUTS["csat"]
            score = item.metric.low + bisect(cuts, contact.satisfied + noise)
            row: dict[str, object] = {"survey": survey.name, "metric": item.metric.name, "score": score}
            yield row | (self._words(survey, score, contact) if item == survey.first else {})

    def _words(self, survey: Survey, score: int, contact: _Contact) -> dict[str, object]:
        """The reasons that the customer taps, and what they write."""
        fitting = [reason.code for reason in survey.reasons([(survey.first, score)])]
        changed = contact.day >= self._monday(CHANGED)
        weights = SINCE_THE_CHANGE if changed else REASONS
        tapped = self.chance.choices(fitting, [weights[code] for code in fitting]) if fitting else []
        low, high = score in survey.first.alarm, score in survey.first.praise
        praises = self.chance.random() < 0.5 and changed
        kind = "low" if low else "middling" if not high else "new" if praises else "high"
        comment = self._comment(kind, contact.topic)
        taps, writes = self.chance.random() < (0.75 if low else 0.5), self.chance.random() < (0.5 if low else 0.25)
        return {"reasons": ",".join(tapped) if taps else "", "comment": comment if writes and fitting else ""}

    def _comment(self, kind: str, topic: int) -> str:
        """A comment, in the team's language in nine of ten cases."""
        others = [words for words in WORDS.values() if words is not self.words]
        words = self.chance.choice(others) if self.chance.random() < 0.1 else self.words
        line = self.chance.choice(words.lines[kind])
        return f"{self.words.mark} {words.tail % (line, words.about[topic]) if self.chance.random() < 0.4 else line}."

    def _resolution(self, contact: _Contact) -> dict[str, object]:
        """Whether the matter was solved at the first contact, as the customer says."""
        said, sure = self.chance.random() < 0.6, self.chance.random() > 0.06
        yes = contact.satisfied + self.chance.gauss(0, 0.5) > -0.75
        return {"first_contact_resolution": ("yes" if yes else "no") if said and sure else "unsure" if said else ""}

    # Campaigns

    def _campaign(self, survey: Survey, people: int, ago: int) -> None:
        """A survey that many people get on the second Tuesday of a month, so many months ago."""
        month = self.now.date().replace(day=1)
        for _ in range(ago):
            month = (month - timedelta(days=1)).replace(day=1)
        tuesday = month + timedelta(days=(1 - month.weekday()) % 7 + 7)
        sent = datetime.combine(tuesday, time(9), self.now.tzinfo).astimezone(UTC)
        asked = [self.words.colleague % number for number in range(1, people + 1)]
        if not survey.employees:
            asked = [customer.name for customer in self.chance.sample(self.customers[:CUSTOMERS], people)]
        for name in asked:
            person = _Customer(name, 0, self.chance.gauss(0, 0.5), tuesday)
            contact = self._contact(person, self.cast.agents[0], tuesday, support=False)
            answered = sent + timedelta(minutes=round(self.chance.expovariate(1 / 540)))
            about = {"external_id": f"sample-{len(self.answers)}", "team": self.words.support, "customer": name}
            given = self.chance.random() < (0.9 if survey.employees else 0.55)
            for item in self._items(survey, contact):
                row = about | item | {"asked_by": "campaign", "sent_at": sent, "answered_at": answered}
                self.answers.append(row if given else row | dict.fromkeys(UNANSWERED))
