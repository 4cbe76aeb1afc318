"""Pages that are no form of ours: what kind of document each seems to be, its numbers, its name.

Comes in: the words that OCR read on the whole page. Goes out: a ``Content``, a proposal for a
person. The kinds are items of the checklists. A kind is told by what such papers print and others
only mention: headings count where they stand alone in a line, phrases anywhere. A page that speaks
of many kinds (a list of documents, a questionnaire) is of none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rapidfuzz import fuzz
from stdnum.ru import inn

from pipeline.engines.tesseract import Word
from pipeline.forms.rules import parse_date, snils_is_valid
from pipeline.i18n import _
from pipeline.language.lettering import TWINS, folded
from pipeline.others.mrz import Passport
from pipeline.pages.reading import Content

NEEDED = 4  # the least weight that names a kind: more than any heading, which a list may have
MARGIN = 2  # by which it must outweigh every other one; and no other may reach what is needed
ALIKE = 86  # of 100: a heading or phrase with a letter in ten misread is still itself
LONGEST_GAP = 60  # letters that "…" stands for

PASSPORT, PENSION, TAX = "passport", "pension-insurance", "tax-registration"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: by what it is known, each with a weight.

    ``headings`` stand alone in one line, or in two; ``phrases`` anywhere, "…" being some words
    between. Of those parted by "|" any one will do. ``also`` are the other items that it may be
    filed under.
    """

    item: str
    headings: dict[str, int]
    phrases: dict[str, int]
    also: tuple[str, ...] = ()


KINDS = (
    Kind(
        PASSPORT,
        {"место жительства": 2, "зарегистрирован|зарегистрирована": 2, "паспорт выдан": 1,
         "паспорт": 1, "воинская обязанность": 2, "семейное положение": 2},
        {"паспорт выдан": 1, "код подразделения": 1, "личный код": 2, "личная подпись": 1,
         "снят с регистрационного учета": 2, "дата рождения … место рождения": 1,
         "сведения о ранее выданных паспортах": 2, "орган рег": 1},
        ("representative-passport",),
    ),
    Kind(
        PENSION,
        {"страховое свидетельство": 3, "обязательного пенсионного страхования": 2,
         "государственного пенсионного страхования": 2, "форма ади-рег": 3,
         "страховое свидетельство обязательного пенсионного страхования": 3},
        {"уведомление о регистрации в системе индивидуального (персонифицированного) учета": 4,
         "документ подтверждающий регистрацию в системе индивидуального": 4,
         "страховой номер индивидуального лицевого счета": 1, "ади-рег": 1,
         "дата регистрации": 1, "дата и место рождения": 1},
    ),
    Kind(
        TAX,
        {"о постановке на учет физического лица в налоговом органе"
         "|о постановке на учет в налоговом органе|о постановке на учет физического лица"
         "|свидетельство о постановке на учет физического лица в налоговом органе"
         "|свидетельство о постановке на учет в налоговом органе": 3},
        {"настоящее свидетельство подтверждает, что": 2, "настоящее свидетельство выдано": 1,
         "поставлен на учет": 1, "в соответствии с налоговым кодексом российской федерации": 1,
         "инспекции федеральной налоговой службы": 1, "руководитель инспекции": 1,
         "присвоен идентификационный номер налогоплательщика": 2},
    ),
    Kind(
        "education",
        {"диплом|аттестат": 2,
         "диплом бакалавра|диплом специалиста|диплом магистра|диплом о среднем образовании"
         "|приложение к диплому|аттестат о среднем общем образовании"
         "|аттестат об основном общем образовании": 3,
         "о среднем общем образовании|об основном общем образовании": 2,
         "документ об образовании и о квалификации|документ о квалификации": 2},
        {"настоящий диплом свидетельствует|настоящий диплом выдан|настоящий аттестат": 3,
         "решением государственной экзаменационной комиссии"
         "|решением государственной аттестационной комиссии": 2,
         "председатель государственной экзаменационной комиссии": 1,
         "присвоена квалификация": 2, "полный курс": 1, "освоил программу": 1},
        ("training",),
    ),
    Kind(
        "training",
        {"удостоверение о повышении квалификации|диплом о профессиональной переподготовке": 3,
         "о повышении квалификации|о профессиональной переподготовке": 2},
        {"настоящее удостоверение … повышение квалификации|прошел повышение квалификации": 4,
         "на ведение профессиональной деятельности в сфере": 2,
         "дополнительной профессиональной программе": 2},
        ("education",),
    ),
    Kind(
        "work-book",
        {"трудовая книжка|вкладыш в трудовую книжку": 3, "сведения о работе": 2,
         "сведения о награждении": 2, "сведения о трудовой деятельности": 3},
        {"подпись владельца книжки": 3, "ответственного за ведение трудовых книжек": 2,
         "сведения о приеме на работу, переводе на другую постоянную работу": 3,
         "на основании которого внесена запись|на основании чего внесена запись": 2,
         "с указанием причин и ссылкой на статью": 2, "профессия специальность": 1,
         "сведения о трудовой деятельности, предоставляемые": 4, "стд-р": 1, "стд-сфр": 2,
         "наименование работодателя … кадровые мероприятия": 2},
    ),
    Kind(
        "military",
        {"военный билет|справка взамен военного билета"
         "|удостоверение гражданина, подлежащего призыву на военную службу"
         "|гражданина, подлежащего призыву на военную службу": 3,
         "временное удостоверение": 1, "прохождение военной службы": 2},
        {"военным комиссариатом": 1, "военный комиссар": 1, "призывной комиссии": 1,
         "категория годности": 1, "воинское звание": 1, "годен к военной службе": 1,
         "кодовое обозначение вус": 1, "военно-учетная специальность": 1,
         "зачислен в запас": 2, "уволен с военной службы": 1,
         "отметки о приеме на воинский учет": 2, "воинская часть": 1},
        ("work-book",),
    ),
    Kind(
        "medical-conclusion",
        {"медицинская справка|медицинское заключение|справка о состоянии здоровья": 3,
         "заключение": 1},
        {"медицинского учреждения о наличии (отсутствии) заболевания"
         "|медицинской организации о наличии (отсутствии) заболевания": 4,
         "препятствующего поступлению на": 1, "форма № 001-гс": 2,
         "периодического медицинского осмотра": 2, "предварительного … медицинского осмотра": 2,
         "медицинские противопоказания|медицинских противопоказаний": 2,
         "председатель врачебной комиссии": 1, "врачебной комиссии": 1,
         "врачебное профессионально-консультативное заключение": 4,
         "медицинская документация": 2, "главный врач": 1, "врач-терапевт": 1,
         "профилактические прививки": 1, "данные флюорографии": 2},
        ("medical-examination", "health"),
    ),
    Kind(
        "medical-policy",
        {"полис": 2, "обязательного медицинского страхования": 2,
         "полис обязательного медицинского страхования|страховой медицинский полис"
         "|полис обязательного медицинского страхования граждан": 3},
        {"подпись застрахованного лица": 2, "застрахованного лица": 1,
         "страховая медицинская организация|страховой медицинской организации": 1,
         "подтверждающее оформление полиса": 3},
    ),
    Kind(
        "civil-status",
        {"|".join(f"свидетельство {what}|{what}" for what in (
            "о заключении брака", "о браке", "о расторжении брака", "о рождении",
            "о перемене имени", "о смерти", "об установлении отцовства", "об усыновлении")): 3},
        {"составлена запись акта": 3, "место государственной регистрации": 2,
         "записи актов гражданского состояния": 1, "отдел загс": 1},
        ("children", "family"),
    ),
    Kind(
        "hiring-order",
        {"приказ|распоряжение|приказ (распоряжение)": 1,
         "о приеме на работу|о приеме работника на работу|о приеме работников на работу"
         "|приказ (распоряжение) о приеме работника на работу|о приеме"
         "|о приеме на муниципальную службу|о назначении на должность": 3},
        {"форма № т-1": 1, "принять на работу": 1, "приказываю: принять": 2,
         "принять … на должность": 1, "назначить … на должность": 1,
         "с тарифной ставкой (окладом)": 1, "с приказом (распоряжением) работник": 1,
         "с приказом ознакомлен|с распоряжением ознакомлен": 1},
        ("appointment",),
    ),
    Kind(
        "transfers",
        {"о переводе|о переводе работника на другую работу|о переводе на другую должность"
         "|приказ (распоряжение) о переводе работника на другую работу": 4},
        {"форма № т-5": 1, "перевести на другую работу": 2, "вид перевода": 2,
         "перевести … на должность": 2},
    ),
    Kind(
        "dismissal",
        {"об увольнении|о прекращении трудового договора|о расторжении трудового договора"
         "|о прекращении (расторжении) трудового договора с работником (увольнении)"
         "|об освобождении от должности": 4},
        {"форма № т-8": 1, "прекратить действие трудового договора": 2, "уволить": 1,
         "основание прекращения": 1},
    ),
    Kind(
        "application",
        {"заявление": 2, "заявление о приеме на работу": 3},
        {"прошу принять меня|прошу принять … на работу|прошу допустить меня": 3, "прошу": 1},
    ),
    Kind(
        "notes",
        {"объяснительная|объяснительная записка|служебная записка|докладная записка": 5,
         "заявление об увольнении|заявление на отпуск|заявление о переводе": 5},
        {"прошу уволить|прошу перевести|прошу предоставить|прошу перечислять|прошу выдать": 5},
    ),
    # What is none of these, and speaks of them.
    Kind(
        "",
        dict.fromkeys((
            "согласие", "анкета", "автобиография", "доверенность", "протокол", "справка",
            "личная карточка работника", "трудовой договор", "служебный контракт",
            "дополнительное соглашение", "перечень документов", "список документов", "опись",
            "внутренняя опись", "опись документов", "платежное поручение", "счет", "акт",
            "договор", "положение", "инструкция", "памятка", "расписка", "резюме",
            "характеристика", "договор купли-продажи", "кассовый чек",
            "выписка из домовой книги", "адресная справка", "справка о регистрации",
            "свидетельство о регистрации по месту жительства",
            "свидетельство о регистрации по месту пребывания", "о поощрении работника",
            "о премировании", "о дисциплинарном взыскании", "о предоставлении отпуска",
            "о направлении в командировку",
            "согласие на обработку персональных данных"), 5),
        {"именуемый в дальнейшем": 4, "согласие на обработку моих персональных данных": 4,
         "постановке на учет российской организации": 5, "регистрация по месту пребывания": 4,
         "федеральный закон": 1, "утверждаю": 1, "трудовой договор № … именуем": 3},
    ),
)  # fmt: skip
_SNILS = re.compile(r"(?<!\d)\d{3}[- ]\d{3}[- ]\d{3}[- ]{0,3}\d{2}(?!\d)")
_TWELVE = re.compile(r"(?<!\d)\d(?: ?\d){11}(?!\d)")
_INN_BEFORE = re.compile(r"(?:инн|налогоплательщика)\W*(?:\(инн\))?\W*$")
_PASSPORT = re.compile(r"(?<!\d)\d{2} ?\d{2} (?:№ ?)?\d{6}(?!\d)")
_BORN = re.compile(
    r"(?:дата(?: и место)? рождения|\bмуж|\bжен)\W*(\d{2}\.\d{2}\.\d{4}|\d{1,2} [а-яё]+ \d{4})",
    re.I,
)
_PATRONYMIC = re.compile(
    r"(?:[ое]вич|[кмтн]ич|ьич)(?:а|у|ем|е)?$|(?:[ое]вн|ичн|инишн)(?:а|ы|е|у|ой)$"
)
_CAPITAL = re.compile(r"[А-ЯЁ][а-яё-]+|[А-ЯЁ][А-ЯЁ-]+")
_OWNERS = (PASSPORT, PENSION, TAX)  # whose birthday is their owner's
_LABELS = frozenset(("фамилия", "имя", "отчество", "фио"))


def titles() -> dict[str, str]:
    """What each kind is called, in the language in use."""
    return {
        PASSPORT: _("passport"),
        PENSION: _("pension insurance certificate (СНИЛС)"),
        TAX: _("tax registration certificate (ИНН)"),
        "education": _("document about education"),
        "training": _("document about further training"),
        "work-book": _("work book"),
        "military": _("military registration document"),
        "medical-conclusion": _("medical conclusion"),
        "medical-policy": _("medical insurance policy"),
        "civil-status": _("civil status certificate"),
        "hiring-order": _("order about an appointment"),
        "transfers": _("order about a transfer"),
        "dismissal": _("order about a dismissal"),
        "application": _("application"),
        "notes": _("application or note of a worker"),
    }


def are_others(kind: str, item: str) -> bool:
    """Is a document of this kind certainly not what an item of a checklist wants?

    Items that no kind is named after take many kinds: a child's passport lies among ``children``.
    """
    return any(one.item == item for one in KINDS) and item not in items_of(kind)


def items_of(kind: str) -> tuple[str, ...]:
    """The items of the checklists that a document of this kind may be, the likeliest first."""
    return next(((one.item, *one.also) for one in KINDS if one.item == kind), ())


def of(words: Sequence[Word], passport: Passport | None = None) -> Content:
    """What the page seems to be, by its words and the passport's zone on it, where it is sound."""
    lines = _lines(words)
    text = " ".join(lines)
    kind = PASSPORT if passport else _kind(lines)
    numbers = tuple(dict.fromkeys(_numbers(text, kind)))
    printed = tuple(f"birth_date:{day}" for day in _birthday(text)) if kind in _OWNERS else ()
    name = _name(text)
    if passport:
        zone = f"{PASSPORT}:{passport.series}{passport.number}"
        printed = (*(one for one in numbers if one.startswith(PASSPORT)), *printed)
        numbers = (zone, *(one for one in numbers if not one.startswith(PASSPORT)))
    return Content(
        kind=kind,
        numbers=numbers,
        name=(passport.name if passport else "") or name,
        born=passport.born if passport else None,
        printed=printed,
        heard=name if passport and passport.name else "",
    )


def _lines(words: Sequence[Word]) -> list[str]:
    """The words as they stand in lines, in the order of reading."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        middle = (word.box[1] + word.box[3]) / 2
        if last and last.box[1] < middle < last.box[3] and word.box[0] > last.box[0]:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [" ".join(word.text for word in line) for line in lines]


def plain(text: str) -> str:
    """Letters and figures alone: Tesseract parts words one way and another."""
    return re.sub(r"[\W_]+", "", folded(text).translate(TWINS))


def _kind(lines: Sequence[str]) -> str | None:
    alone = [said for line in lines if (said := plain(line))]
    headings = {*alone, *(a + b for a, b in pairwise(alone))}
    text = "".join(alone)
    weights = sorted(
        ((_weight(one, headings, text), one.item) for one in KINDS), key=lambda it: -it[0]
    )
    (most, item), (next_most, _next) = weights[:2]
    sure = next_most < NEEDED <= most and most - next_most >= MARGIN
    return item or None if sure else None


def _weight(kind: Kind, headings: set[str], text: str) -> int:
    standing = sum(
        weight
        for names, weight in kind.headings.items()
        if any(_stands(name, headings) for name in names.split("|"))
    )
    return standing + sum(
        weight
        for phrases, weight in kind.phrases.items()
        if any(_says(text, phrase) for phrase in phrases.split("|"))
    )


def _stands(name: str, headings: set[str]) -> bool:
    wanted = plain(name)
    return any(
        abs(len(one) - len(wanted)) <= 2 and fuzz.ratio(wanted, one) >= ALIKE for one in headings
    )


def _says(text: str, phrase: str) -> bool:
    parts = [plain(part) for part in phrase.split("…")]
    if len(parts) > 1:
        between = f".{{0,{LONGEST_GAP}}}?"
        return re.search(between.join(map(re.escape, parts)), text) is not None
    return parts[0] in text or (
        len(parts[0]) <= len(text) and fuzz.partial_ratio(parts[0], text) >= ALIKE
    )


def _numbers(text: str, kind: str | None) -> Iterator[str]:
    """Numbers whose check digits hold, and a passport's as it is printed, which has none."""
    for found in _SNILS.finditer(text):
        if snils_is_valid(digits := re.sub(r"\D", "", found[0])):
            yield f"snils:{digits}"
    for found in _TWELVE.finditer(text):
        # One in a hundred of any twelve figures would hold: its name has to stand before it.
        named = kind == TAX or _INN_BEFORE.search(text[: found.start()].casefold())
        if named and inn.is_valid(digits := found[0].replace(" ", "")):
            yield f"inn:{digits}"
    for found in _PASSPORT.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        yield f"{PASSPORT}:{digits}"


def _birthday(text: str) -> list[date]:
    """The only day that is called a birthday, or stands beside the gender, as in passports."""
    found = {parse_date(day) for day in _BORN.findall(text)} - {None}
    return [day for day in found if day] if len(found) == 1 else []


def _name(text: str) -> str:
    """The only full name on the page, in the case that it stands in; "" where there are several.

    Whoever is named beside it by a patronymic could be meant as well.
    """
    words = [word for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
             if word.casefold() not in _LABELS]  # fmt: skip
    found = set()
    for last, first, middle in zip(words, words[1:], words[2:], strict=False):
        if _CAPITAL.fullmatch(middle) and _PATRONYMIC.search(middle.casefold()):
            whole = _CAPITAL.fullmatch(last) and _CAPITAL.fullmatch(first)
            found.add(f"{last} {first} {middle}".title() if whole else "")
    return found.pop() if len(found) == 1 else ""
