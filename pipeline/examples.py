"""An invented row for every column: the filled line of a data sheet, the values of a preview."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.cells import typed
from pipeline.columns import COLUMNS, NESTED

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


def row_of(columns: Iterable[str]) -> dict[str, Any]:
    """The example as a checked row of data: dates as dates, lists as lists."""
    found: dict[str, Any] = {}
    for column in columns:
        value = EXAMPLE.get(column)
        if value is not None:
            found[column] = value if column in NESTED else typed(COLUMNS[column], value)[0]
    return found


def is_example(key: str) -> bool:
    """Whether a row's number says that it is only an example."""
    return key.strip().casefold() in (KEY.casefold(), "example")
