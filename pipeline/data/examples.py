"""An invented row for every column: the filled line of a data sheet, the values of a preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pipeline.data.cells import typed
from pipeline.forms.columns import COLUMNS, NESTED

KEY = "Пример"  # a row with this number is nobody's: loading passes over it

# As a clerk types them. Nobody of this name exists; the check digits are right.
EXAMPLE: dict[str, Any] = {
    "personnel_number": KEY,
    "last_name": "Прибрежная",
    "first_name": "Алевтина",
    "middle_name": "Ростиславовна",
    "gender": "ж",
    "birth_date": "17.05.1988",
    "address": "630000, Новозареченская область, г. Новозареченск, ул. Озерная, д. 14, кв. 3",
    "passport_series": "5009",
    "passport_number": "417263",
    "passport_issued_by": "Отделом УФМС России по Новозареченской области",
    "passport_issued_on": "02.06.2009",
    "passport_code": "540-002",
    "birth_certificate": "I-НЗ № 000014, выдано 02.06.2012 отделом ЗАГС г. Новозареченска",
    "position": "старший преподаватель",
    "department": "кафедра математики",
    "phone": "+7 383 000-00-14",
    "email": "example@example.org",
    "snils": "112-233-446 96",
    "inn": "540100012351",
    "hired_on": "01.09.2026",
    "insurer": "Акционерное общество «Страховая компания «Ясень-Мед»",
    "category": "работник",
    "representative_last_name": "Прибрежный",
    "representative_first_name": "Ростислав",
    "representative_middle_name": "Андреевич",
    "representative_address": (
        "630000, Новозареченская область, г. Новозареченск, ул. Озерная, д. 14, кв. 3"
    ),
    "representative_passport": "5008 112233, выдан 04.03.2008 отделом милиции г. Новозареченска",
    "representative_authority": "свидетельство о рождении I-НЗ № 000014",
    "third_party": "Общество с ограниченной ответственностью «Северный берег»",
    "third_party_address": "630000, г. Новозареченск, ул. Лесная, д. 2",
    "resources": "https://example.org",
    "act": KEY,
    "basis": "договор",
    "basis_date": "12.01.2026",
    "basis_number": "14-Д",
    "recipient": "Общество с ограниченной ответственностью «Северный берег»",
    "recipient_representative": "Лесная Варвара Петровна",
    "recipient_position": "начальник отдела",
    "until": "31.12.2026",
    "purpose": "оформления медицинского страхования",
    "handed_by": "Озерная Инна Павловна",
    "handed_by_position": "специалист по кадрам",
    "received_by": "Лесная Варвара Петровна",
    "received_by_position": "начальник отдела",
    "subjects": KEY,
    "letter_date": "01.09.2026",
    "letter_number": "14/01-28",
    "requested_data": "период работы и должность; сведения о дополнительном образовании",
    "missing": "копия диплома с приложением; копия документа воинского учета",
    "sheet": KEY,
    "document": "Положение об обработке и защите персональных данных",
    "document_date": "12.01.2026",
    "document_number": "3-П",
    "approved_by": "приказ директора",
    "approved_on": "01.09.2026",
    "approved_number": KEY,
    "items": [
        {"name": "Личная карточка работника", "quantity": 1},
        {"name": "Копия диплома", "quantity": 2},
    ],
    "positions": [{"position": "специалист по кадрам", "scope": "личные дела"}],
    "people": [
        {"full_name": "Прибрежная Алевтина Ростиславовна", "position": "старший преподаватель"},
        {"full_name": "Озерная Инна Павловна", "position": "специалист по кадрам"},
    ],
}
# Whoever needs a representative is a child.
_CHILD: dict[str, Any] = {
    "birth_date": "17.05.2012",
    "passport_series": "5026",
    "passport_issued_on": "02.06.2026",
    "category": "обучающийся",
}


def shown(columns: Collection[str]) -> dict[str, Any]:
    """The example as a clerk would type it into a sheet of these columns."""
    return EXAMPLE | (_CHILD if "representative_last_name" in columns else {})


def row_of(columns: Collection[str]) -> dict[str, Any]:
    """The example as a checked row of data: dates as dates, lists as lists."""
    example = shown(columns)
    found: dict[str, Any] = {}
    for column in columns:
        value = example.get(column)
        if value is not None:
            found[column] = value if column in NESTED else typed(COLUMNS[column], value)[0]
    return found


def is_key(key: str) -> bool:
    """Whether a row's number is still the example's, ``KEY``."""
    return key.strip().casefold() in (KEY.casefold(), "example")


def is_untouched(cells: Mapping[str, Any], table: str = "") -> bool:
    """Whether a row of a sheet, or of a nested ``table``'s, says only what the example says."""
    examples = (EXAMPLE, _CHILD, EXAMPLE[table][0] if table else {})
    return all(
        _says_key(column, cell)
        or any(_same(column, cell, one[column]) for one in examples if column in one)
        for column, cell in cells.items()
    )


def _says_key(column: str, cell: Any) -> bool:
    return column in COLUMNS and COLUMNS[column].kind == "key" and is_key(str(cell))


def _same(column: str, cell: Any, shown: Any) -> bool:
    if column in NESTED:
        return bool(cell == shown)
    return typed(COLUMNS[column], cell)[0] == typed(COLUMNS[column], shown)[0]
