"""Terms as a calendar that any office program takes in (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from pipeline.personnel.terms import Term

AHEAD = timedelta(days=7)  # the reminder comes a week before


def to_ical(terms: Iterable[Term], today: date) -> bytes:
    """One all-day event a term, under its stable name: taken in again, it is changed, not doubled.

    ``today`` is the day on which the calendar is made.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Paperloop//terms//")
    calendar.add("version", "2.0")
    for term in terms:
        calendar.add_component(_event(term, today))
    return bytes(calendar.to_ical())


def _event(term: Term, today: date) -> Event:
    event = Event()
    event.add("uid", f"{term.id}@paperloop")
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", term.day)
    event.add("summary", f"{term.who}: {term.what}" if term.who else term.what)
    event.add("description", f"{term.subject}; {term.ground}")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", term.what)
    alarm.add("trigger", -AHEAD)
    event.add_component(alarm)
    return event
