"""The columns of data: keys, Russian headings, and what a cell of each must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language.lettering import folded, mend_lookalikes
from pipeline.settings import CASES


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``also`` are other headings that people write.

    ``kind`` is text, name, person, date, digits, snils, count, list (of single words), phrases
    (a list too, but a comma belongs to the phrase), gender, category, answer (yes or no) or key.
    """

    key: str
    title: str
    kind: str = "text"
    also: tuple[str, ...] = ()


_GENITIVE_OF_CASES = {
    "nominative": "именительном",
    "genitive": "родительном",
    "dative": "дательном",
    "accusative": "винительном",
    "instrumental": "творительном",
    "prepositional": "предложном",
}

PERSON = (
    Column("personnel_number", "Табельный номер", "key", ("Табельный №", "Таб. №", "Таб. номер")),
    Column("last_name", "Фамилия", "name"),
    Column("first_name", "Имя", "name"),
    Column("middle_name", "Отчество", "name", ("Отчество (при наличии)",)),
    Column("gender", "Пол", "gender"),
    Column("birth_date", "Дата рождения", "date", ("Родился", "Д.р.")),
    Column("address", "Адрес", "text", ("Адрес регистрации", "Место жительства")),
    Column("passport_series", "Серия паспорта", "digits", ("Паспорт серия", "Серия")),
    Column("passport_number", "Номер паспорта", "digits", ("Паспорт номер", "№ паспорта")),
    Column("passport_issued_by", "Кем выдан", "text", ("Паспорт кем выдан", "Паспорт выдан")),
    Column(
        "passport_issued_on", "Дата выдачи", "date", ("Дата выдачи паспорта", "Паспорт дата выдачи")
    ),
    Column("passport_code", "Код подразделения", "text", ("Паспорт код подразделения",)),
    Column("birth_certificate", "Свидетельство о рождении"),
    Column("position", "Должность"),
    Column("department", "Подразделение", "text", ("Отдел", "Структурное подразделение")),
    Column("phone", "Телефон", "text", ("Номер телефона",)),
    Column("email", "Эл. почта", "text", ("Электронная почта", "E-mail")),
    Column("snils", "СНИЛС", "snils"),
    Column("inn", "ИНН", "digits"),
    Column("hired_on", "Дата приема", "date", ("Дата приема на работу", "Принят")),
    Column("insurer", "Страховая компания"),
    Column("category", "Категория", "category"),
    Column("representative_last_name", "Фамилия представителя", "name"),
    Column("representative_first_name", "Имя представителя", "name"),
    Column("representative_middle_name", "Отчество представителя", "name"),
    Column("representative_address", "Адрес представителя"),
    Column("representative_passport", "Паспорт представителя"),
    Column(
        "representative_authority", "Документ представителя", "text", ("Полномочия представителя",)
    ),
    # What the checklists ask of a person (seed 000, п. 15 в, л, у, ф).
    Column("competition", "Назначен по конкурсу", "answer", ("По конкурсу", "Конкурс")),
    Column("military_duty", "Военнообязанный", "answer", ("Воинская обязанность",)),
    Column("secrets_access", "Допуск к тайне", "answer", ("Допуск к гостайне",)),
    Column("married", "Есть супруг (супруга)", "answer", ("Состоит в браке", "В браке")),
    Column("minor_children", "Есть несовершеннолетние дети", "answer", ("Дети до 18 лет",)),
    Column("third_party", "Третье лицо"),
    Column("third_party_address", "Адрес третьего лица"),
    Column("resources", "Информационные ресурсы", "list", ("Адреса сайтов", "Ресурсы")),
    *(Column(f"full_name_{c}", f"ФИО в {_GENITIVE_OF_CASES[c]} падеже") for c in CASES[1:]),
    *(Column(f"position_{c}", f"Должность в {_GENITIVE_OF_CASES[c]} падеже") for c in CASES[1:]),
)
ACT = (
    Column("act", "Акт", "key", ("Номер акта", "Акт №")),
    Column("basis", "Основание"),
    Column("basis_date", "Дата основания", "date"),
    Column("basis_number", "Номер основания", "text", ("№ основания",)),
    Column("recipient", "Организация-получатель", "text", ("Получатель",)),
    Column("recipient_representative", "Представитель получателя", "person"),
    Column("recipient_position", "Должность представителя получателя"),
    Column("until", "Срок до", "date"),
    Column("purpose", "Цель"),
    Column("handed_by", "Передал", "person"),
    Column("handed_by_position", "Должность передавшего"),
    Column("received_by", "Принял", "person"),
    Column("received_by_position", "Должность принявшего"),
    Column("subjects", "Табельные номера", "list", ("Чьи данные",)),
)
# A letter about one person; its purpose and its term stand in the columns of the act.
LETTER = (
    Column("letter_date", "Дата письма", "date"),
    Column("letter_number", "Номер письма", "text", ("Исходящий номер", "№ письма")),
    Column("requested_data", "Запрашиваемые данные", "phrases", ("Какие данные",)),
    Column("missing", "Недостающие документы", "phrases", ("Не хватает документов",)),
)
FAMILIARISATION = (
    Column("sheet", "Лист ознакомления", "key", ("Номер листа", "Лист №")),
    Column("document", "Документ", "text", ("Название документа",)),
    Column("document_date", "Дата документа", "date"),
    Column("document_number", "Номер документа", "text", ("№ документа",)),
)
LIST_OF_POSITIONS = (
    Column("approved_by", "Кем утвержден"),
    Column("approved_on", "Дата утверждения", "date"),
    Column("approved_number", "Номер утверждения", "key"),
)
ITEM = (
    Column("name", "Наименование", "text", ("Наименование документа",)),
    Column("quantity", "Количество", "count", ("Кол-во",)),
)
SCOPE = (Column("scope", "Полномочия", "text", ("Объем полномочий",)),)
WHO = (Column("full_name", "Фамилия, имя, отчество", "text", ("ФИО", "Ф.И.О.")),)

_GROUPS = (PERSON, ACT, LETTER, FAMILIARISATION, LIST_OF_POSITIONS, ITEM, SCOPE, WHO)
COLUMNS = {column.key: column for group in _GROUPS for column in group}
# Lists inside a row: the columns of their own sheet, the key of the rows that the lists belong
# to, and what the sheets are called.
NESTED = {
    "items": ("name", "quantity"),
    "positions": ("position", "scope"),
    "people": ("full_name", "position"),
}
OWNER = {"items": "act", "positions": "approved_number", "people": "sheet"}
SHEET_NAMES = {
    "act": ("acts", "акты"),
    "sheet": ("sheets", "листы ознакомления"),
    "items": ("items", "документы"),
    "positions": ("positions",),
    "people": ("people", "люди"),
}
CATEGORIES = {
    "municipal-servant": ("муниципальный служащий", "служащий"),
    "employee": ("работник", "сотрудник"),
    "student": ("студент", "обучающийся", "учащийся"),
    "citizen": ("гражданин", "заявитель"),
    "contractor": ("подрядчик", "исполнитель"),
}
GENDERS = {
    "m": ("м", "муж", "муж.", "мужской", "male"),
    "f": ("ж", "жен", "жен.", "женский", "female"),
}
ANSWERS = {
    "yes": ("да", "д", "есть", "+", "1", "y"),
    "no": ("нет", "н", "-", "0", "n"),
}


def heading_key(heading: str) -> str | None:
    """The column that a heading names: a key or a Russian heading in any case, ё = е; else None."""
    return _by_heading().get(_plain(heading))


@lru_cache(maxsize=1)
def _by_heading() -> dict[str, str]:
    answer = {}
    for column in COLUMNS.values():
        for heading in (column.key, column.title, *column.also):
            answer[_plain(heading)] = column.key
    return answer


@lru_cache(maxsize=4096)
def _plain(heading: str) -> str:
    text = folded(mend_lookalikes(heading)[0])
    text = re.sub(r"(?<=\w)\s*-\s*(?=\w)", "-", text)
    return " ".join(text.strip(" \t\r\n*:").split())


def one_of(choices: Mapping[str, tuple[str, ...]], text: str) -> str | None:
    """The key of ``choices`` (CATEGORIES, GENDERS, ANSWERS) that a cell means, or None."""
    word = _plain(text)
    return next((key for key, also in choices.items() if word == key or word in also), None)
