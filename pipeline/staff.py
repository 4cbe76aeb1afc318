"""The register of municipal servants: who serves on a day.

Comes in: dossiers. Goes out: the data of its two forms, one by name, one by department (seed 000,
п. 10; 25-ФЗ, art. 31). A servant is in it while the file is not closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline import archive
from pipeline.dossier import Dossier
from pipeline.terms import SERVANT
from pipeline.wording import day_of, short_date

REGISTER = "servants-register"
CONSOLIDATED = "servants-register-consolidated"


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


def _serves(dossier: Dossier, day: date) -> bool:
    """Hired by that day, as far as the data tell, and not dismissed by it."""
    hired, closed = archive.hired_on(dossier), archive.closed_on(dossier)
    return not (hired and hired > day) and not (closed and closed <= day)


def _row(dossier: Dossier) -> dict[str, Any]:
    data = dossier.person.data
    born, hired = day_of(data.get("birth_date")), archive.hired_on(dossier)
    return {
        "subject": dossier.person.subject,
        "full_name": dossier.person.full_name,
        "birth_date": short_date(born) if born else "",
        "position": " ".join(str(data.get("position") or "").split()),
        "department": " ".join(str(data.get("department") or "").split()),
        "hired_on": short_date(hired) if hired else "",
    }
