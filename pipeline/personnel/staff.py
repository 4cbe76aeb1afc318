"""The register of municipal servants, who serves on a day; and who is in the personnel reserve.

Comes in: dossiers. Goes out: the data of the register's two forms, one by name, one by department
(seed 000, п. 10; 25-ФЗ, art. 31), and of the list of the reserve (п. 11; art. 33). A servant is in
them while the file is not closed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline.language.wording import day_of, short_date
from pipeline.personnel import archive
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.terms import SERVANT
from pipeline.records.binding import Entry

REGISTER = "servants-register"
CONSOLIDATED = "servants-register-consolidated"
RESERVE = "reserve-list"
# The items of the checklist that put somebody in the reserve, and take out again.
INCLUDED, EXCLUDED = "reserve", "reserve-exclusion"
# «… на должность начальника отдела», as a decision's title may say.
_FOR = re.compile(r"\bна (?:замещение )?(?:вакантной )?должност[ьи] (?P<what>.+)", re.IGNORECASE)


def register(
    dossiers: Iterable[Dossier], as_of: date, *, consolidated: bool = False
) -> dict[str, Any]:
    """The values of the register on a day; consolidated: by department, with how many in each.

    What the data do not tell is left for a pen; those of no known department come last.
    """
    serving = [one for one in dossiers if one.person.category == SERVANT and _serves(one, as_of)]
    rows = [_row(one) for one in sorted(serving, key=archive.by_name)]
    if not consolidated:
        return {"as_of": as_of, "people": rows}
    rows.sort(key=lambda row: (not row["department"], archive.alphabetical(row["department"])))
    counted = Counter(row["department"] for row in rows)
    return {
        "as_of": as_of,
        "people": rows,
        "departments": [{"department": name, "people": n} for name, n in counted.items()],
    }


def reserve(dossiers: Iterable[Dossier], as_of: date) -> dict[str, Any]:
    """The values of the list of the reserve on a day: by name, by the decision that holds now."""
    found = [
        (one, decision)
        for one in dossiers
        if _serves(one, as_of) and (decision := _included(one, as_of))
    ]
    found.sort(key=lambda it: archive.by_name(it[0]))
    return {"as_of": as_of, "people": [_reserve_row(*it) for it in found]}


def _included(dossier: Dossier, as_of: date) -> Entry | None:
    """The last decision about the reserve up to a day, if it puts the person in."""
    entries = [line.entry for line in dossier.bound.present]
    decisions = [it for it in entries if it.item in (INCLUDED, EXCLUDED) and it.known_day <= as_of]
    last = max(decisions, key=lambda it: (it.known_day, it.at), default=None)
    return last if last and last.item == INCLUDED else None


def _reserve_row(dossier: Dossier, decision: Entry) -> dict[str, Any]:
    person = _row(dossier)
    wanted = _FOR.search(decision.title)
    return {
        "subject": person["subject"],
        "full_name": person["full_name"],
        "birth_date": person["birth_date"],
        "position": ", ".join(filter(None, (person["position"], person["department"]))),
        "included_on": short_date(decision.day) if decision.day else "",
        "index": decision.index,
        "reserve_for": wanted["what"].rstrip(". ") if wanted else "",
    }


def _serves(dossier: Dossier, day: date) -> bool:
    """Hired by that day, as far as the data tell, and not dismissed by it; the file is here."""
    if dossier.sent:
        return False
    hired, closed = dossier.hired_on, dossier.closed_on
    return not (hired and hired > day) and not (closed and closed <= day)


def _row(dossier: Dossier) -> dict[str, Any]:
    data = dossier.person.data
    born, hired = day_of(data.get("birth_date")), dossier.hired_on
    return {
        "subject": dossier.person.subject,
        "full_name": dossier.person.full_name,
        "birth_date": short_date(born) if born else "",
        "position": " ".join(str(data.get("position") or "").split()),
        "department": " ".join(str(data.get("department") or "").split()),
        "hired_on": short_date(hired) if hired else "",
    }
