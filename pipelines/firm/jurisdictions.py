"""What the rules of a place ask of client money each month: a reminder for a calendar, not advice.

Short, in our own words, and each with where it comes from and how sure that is. Most of it was read in what others
write about a rule, not in the rule: the rule's own text wins, and it changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

NOT_ADVICE = "A reminder, not advice: the rule's own text wins. Public holidays are not counted."
FREE_DAYS = (5, 6)  # Saturday and Sunday


@dataclass(frozen=True)
class Deadline:
    """By when a month's reconciliation is to be done, as a place says it."""

    kind: Literal["day of the next month", "working days", "days"]
    count: int

    @property
    def words(self) -> str:
        """As it stands in a sentence."""
        if self.kind == "day of the next month":
            return f"by the {self.count}th of the next month"
        return f"within {self.count} {self.kind} of the month's end"

    def after(self, month_end: date) -> date:
        """The last day on which it is in time."""
        if self.kind == "day of the next month":
            return month_end + timedelta(days=self.count)
        if self.kind == "days":
            return month_end + timedelta(days=self.count)
        day, left = month_end, self.count
        while left:
            day += timedelta(days=1)
            left -= day.weekday() not in FREE_DAYS
        return day


@dataclass(frozen=True)
class Duty:
    """What one place asks. `deadline` is None where none was found to be named: nothing is invented in its place."""

    place: str
    reconcile: str
    deadline: Deadline | None
    signed_by: str
    keep: str
    besides: str
    source: str
    how_sure: str


SECOND_HAND = "read in articles about the rule, not in the rule"
RULE_TEXT = "read in a copy of the rule's text"

# By the name that `jurisdiction` in tieout.toml has.
DUTIES: dict[str, Duty] = {
    "us-ca": Duty(
        "California",
        "each month",
        None,
        "",
        "5 years",
        "Register the accounts each year, with a self-assessment and a certification. A client hears within 14 days of "
        "money that came in; money held back for more than 45 days is presumed to be late.",
        "State Bar of California, rule 1.15 and the Client Trust Account Protection Program, as told in the Daily "
        "Journal and by the Orange County Bar Association",
        f"{SECOND_HAND}; the 5 years are general knowledge",
    ),
    "us-ny": Duty(
        "New York",
        "no interval was found in the rule; each month is good practice",
        None,
        "",
        "7 years",
        "Certify every two years that the rule was read. A bounced trust cheque is reported to the fund. Records that "
        "are missing are an offence in themselves.",
        "New York Rules of Professional Conduct, rule 1.15, as told by New York Legal Ethics and LawLedgers",
        SECOND_HAND,
    ),
    "us-fl": Duty(
        "Florida",
        "each month, three ways, with a comparison; once a year besides",
        None,
        "",
        "6 years",
        "A certificate each year; a written plan that names who signs and who reconciles where there is more than one "
        "lawyer. A shortage is reported at once, with its cause.",
        "Rules Regulating The Florida Bar, rule 5-1.2",
        f"{RULE_TEXT}; the yearly list of clients is general knowledge",
    ),
    "us-tx": Duty(
        "Texas",
        "each month, by the bar's guidance",
        None,
        "",
        "5 years",
        "Only earned fees leave the trust account, and the firm's own money stays out of it.",
        "State Bar of Texas, guides to client trust accounts (rule 1.14 until 2024, 1.15 in the guide of 2025)",
        "read in the bar's guides; the 5 years are general knowledge",
    ),
    "ca-on": Duty(
        "Ontario",
        "each month: a comparison with reasons for every difference, a listing of clients, the bank reconciled",
        Deadline("day of the next month", 25),
        "",
        "10 years and the current one for trust records, 6 for others",
        "",
        "Law Society of Ontario, By-Law 9, and its pages on books and records",
        "read on the law society's pages and in an article about the by-law",
    ),
    "ca-bc": Duty(
        "British Columbia",
        "each month",
        Deadline("days", 30),
        "",
        "not found",
        "A trust report each year, by the firm itself or with an accountant's report.",
        "Law Society of British Columbia, trust report and its accountant's form",
        "the yearly report was read in its form; the 30 days are general knowledge: check them",
    ),
    "gb-ew": Duty(
        "England and Wales",
        "at least every five weeks, three ways",
        None,
        "the COFA or a manager of the firm",
        "6 years",
        "Differences are looked into and put right promptly. A bill, or notice in writing, comes before costs leave "
        "the client account.",
        "SRA Accounts Rules, rule 8, as told by Numero and by Yorkshire Legal News",
        SECOND_HAND,
    ),
    "au-nsw": Duty(
        "New South Wales",
        "at the end of each named month: the bank against the cash book, the ledgers against the cash book, with a "
        "list of ledgers (name, reference, balance, what the matter is about) and the day it was made",
        Deadline("working days", 15),
        "",
        "for a time that was not found",
        "The trust year runs from 1 April to 31 March and is examined from outside.",
        "Legal Profession Uniform General Rules 2015, rule 48",
        RULE_TEXT,
    ),
    "au-vic": Duty(
        "Victoria",
        "at the end of each named month: the bank against the cash book, the ledgers against the cash book, with a "
        "list of ledgers (name, reference, balance, what the matter is about) and the day it was made",
        Deadline("working days", 15),
        "",
        "for a time that was not found",
        "The trust year runs from 1 April to 31 March and is examined from outside.",
        "Legal Profession Uniform General Rules 2015, rule 48",
        RULE_TEXT,
    ),
    "au-qld": Duty(
        "Queensland",
        "at the end of each named month: the bank against the cash book, the ledgers against the cash book, with a "
        "list of ledgers",
        Deadline("working days", 15),
        "a principal reviews it and notes on it that it was reviewed",
        "for a time that was not found",
        "",
        "Legal Profession Regulation 2017 (Queensland), section 44",
        RULE_TEXT,
    ),
}


def known(name: str) -> str:
    """The name of a jurisdiction of the table. Raises ValueError, which says what there is."""
    if name not in DUTIES:
        there = ", ".join(f'"{key}" ({duty.place})' for key, duty in DUTIES.items())
        raise ValueError(f"should be one of {there}; leave the line out for another place")
    return name
