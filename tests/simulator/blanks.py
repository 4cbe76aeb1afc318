"""What other people's documents say: passports, cards, diplomas, certificates, orders.

The wording is that of their own statutory blanks; whoever they are about is a row of invented
data. A line begins with ``^`` (a heading), ``=`` (in the middle), ``>`` (to the right) or ``|`` (a
zone for machines); what stands behind ``~`` a pen wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from pipeline.language.wording import long_date, short_date
from pipeline.others import mrz
from tests.simulator.dice import one_of

Row = Mapping[str, Any]
Lines = list[str]

_TOWNS = ("Синеозёрск", "Каменный Брод", "Лугоград", "Верхнереченск")


def _name(row: Row) -> str:
    return f"{row['last_name']} {row['first_name']} {row['middle_name']}"


def _is_woman(row: Row) -> bool:
    return bool(row["gender"] == "ж")


def _day(row: Row, column: str = "birth_date") -> str:
    return short_date(date.fromisoformat(row[column]))


def _number(rng: np.random.Generator, digits: int) -> str:
    return "".join(str(int(d)) for d in rng.integers(0, 10, digits))


def _some_day(rng: np.random.Generator, first: int, before: int) -> date:
    return date(
        int(rng.integers(first, before)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    )


def _passport(row: Row, rng: np.random.Generator) -> Lines:
    issued = date.fromisoformat(row["passport_issued_on"])
    code = f"{_number(rng, 3)}-{_number(rng, 3)}"
    zone: Lines = []
    if issued.year > 2011:
        zone = [f"|{line}" for line in mrz.written(mrz.Passport(
            _name(row), date.fromisoformat(row["birth_date"]), "f" if _is_woman(row) else "m",
            row["passport_series"], row["passport_number"], issued, code,
        ))]  # fmt: skip
    series = f"{row['passport_series'][:2]} {row['passport_series'][2:]} {row['passport_number']}"
    return [
        "=РОССИЙСКАЯ ФЕДЕРАЦИЯ", "", f"Паспорт выдан  {str(row['passport_issued_by']).upper()}", "",
        f"Дата выдачи  {short_date(issued)}     Код подразделения  {code}", "Личный код",
        "Личная подпись", "", f">{series}", "",
        f"Фамилия          {row['last_name'].upper()}",
        f"Имя              {row['first_name'].upper()}",
        f"Отчество         {row['middle_name'].upper()}",
        f"Пол  {'ЖЕН.' if _is_woman(row) else 'МУЖ.'}   Дата рождения  {_day(row)}",
        f"Место рождения   ГОР. {one_of(rng, _TOWNS).upper()}", "", *zone,
    ]  # fmt: skip


def _registration(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "^МЕСТО ЖИТЕЛЬСТВА", "", "ЗАРЕГИСТРИРОВАН", f"Регион ~{one_of(rng, _TOWNS)}ская обл.",
        f"Пункт ~{one_of(rng, _TOWNS)}", "Улица ~Приречная",
        f"Дом ~{_number(rng, 2)}   кв. {_number(rng, 2)}",
        f"~{short_date(_some_day(rng, 2005, 2024))}", "Отделом УФМС России",
        "", "СНЯТ С РЕГИСТРАЦИОННОГО УЧЕТА", f"~{short_date(_some_day(rng, 2005, 2024))}",
        "Паспортист ~Громова",
    ]  # fmt: skip


def _pension_card(row: Row, rng: np.random.Generator) -> Lines:
    kind = one_of(rng, ("ОБЯЗАТЕЛЬНОГО", "ГОСУДАРСТВЕННОГО"))
    return [
        "=РОССИЙСКАЯ ФЕДЕРАЦИЯ", "^СТРАХОВОЕ СВИДЕТЕЛЬСТВО", f"={kind} ПЕНСИОННОГО СТРАХОВАНИЯ", "",
        f"^{row['snils']}", "", f"Ф.И.О. {row['last_name'].upper()}", row["first_name"].upper(),
        row["middle_name"].upper(), "Дата и место рождения",
        long_date(date.fromisoformat(row["birth_date"])).upper(),
        f"ГОР. {one_of(rng, _TOWNS).upper()}", f"Пол {'женский' if _is_woman(row) else 'мужской'}",
        f"Дата регистрации {long_date(_some_day(rng, 1998, 2018))}",
    ]  # fmt: skip


def _pension_notice(row: Row, rng: np.random.Generator) -> Lines:
    return [
        ">Форма АДИ-РЕГ", "", "^УВЕДОМЛЕНИЕ",
        "=о регистрации в системе индивидуального (персонифицированного) учета", "",
        f"Страховой номер индивидуального лицевого счета (СНИЛС) {row['snils']}",
        f"Фамилия {row['last_name']}", f"Имя {row['first_name']}", f"Отчество {row['middle_name']}",
        f"Дата рождения {_day(row)}", f"Место рождения г. {one_of(rng, _TOWNS)}",
        f"Пол {'женский' if _is_woman(row) else 'мужской'}",
        f"Дата регистрации в системе {short_date(_some_day(rng, 2019, 2026))}",
    ]  # fmt: skip


def _tax(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "=ФЕДЕРАЛЬНАЯ НАЛОГОВАЯ СЛУЖБА", "^СВИДЕТЕЛЬСТВО",
        "=О ПОСТАНОВКЕ НА УЧЕТ ФИЗИЧЕСКОГО ЛИЦА В НАЛОГОВОМ ОРГАНЕ", "",
        "Настоящее свидетельство подтверждает, что физическое лицо", _name(row),
        f"пол {'женский' if _is_woman(row) else 'мужской'}  дата рождения {_day(row)}",
        f"место рождения г. {one_of(rng, _TOWNS)}",
        "в соответствии с положениями Налогового кодекса Российской Федерации поставлено на учет "
        f"{short_date(_some_day(rng, 1999, 2024))}",
        f"в налоговом органе по месту жительства: Инспекция ФНС России по г. {one_of(rng, _TOWNS)}",
        f"ИНН {' '.join(row['inn'])}", "",
        "Свидетельство применяется во всех предусмотренных законодательством случаях и "
        "предъявляется "
        "вместе с документом, удостоверяющим личность физического лица и место его жительства",
        "Начальник инспекции ~Ветров",
    ]  # fmt: skip


def _degree(row: Row, rng: np.random.Generator) -> Lines:
    level = one_of(rng, (("БАКАЛАВРА", "бакалавриата"), ("СПЕЦИАЛИСТА", "специалитета"),
                         ("МАГИСТРА", "магистратуры")))  # fmt: skip
    done = _some_day(rng, 2014, 2025)
    return [
        "=РОССИЙСКАЯ ФЕДЕРАЦИЯ", f"=«{one_of(rng, _TOWNS)}ский государственный университет»", "",
        f"^ДИПЛОМ {level[0]}", f"=1077{_number(rng, 2)} {_number(rng, 7)}",
        "=ДОКУМЕНТ ОБ ОБРАЗОВАНИИ И О КВАЛИФИКАЦИИ", f"Регистрационный номер {_number(rng, 4)}",
        f"Дата выдачи {long_date(done)}", "", "Настоящий диплом свидетельствует о том, что",
        f"^{_name(row)}",
        f"освоил(а) программу {level[1]} по направлению подготовки 38.03.04 "
        "Государственное и муниципальное управление",
        "и успешно прошел(ла) государственную итоговую аттестацию",
        "Решением Государственной экзаменационной комиссии присвоена квалификация",
        f"=Протокол № {_number(rng, 2)} от {long_date(done)}",
        "Председатель Государственной экзаменационной комиссии ~Рудь",
        "Руководитель организации, осуществляющей образовательную деятельность ~Босых",
    ]  # fmt: skip


def _old_diploma(row: Row, rng: np.random.Generator) -> Lines:
    done = _some_day(rng, 1984, 2008)
    return [
        f"^ДИПЛОМ  СБ {_number(rng, 7)}", "", f"Настоящий диплом выдан ~{_name(row)}",
        f"в том, что он(а) в {done.year - 4} году поступил(а) в {one_of(rng, _TOWNS)}ский техникум",
        f"и в {done.year} году окончил(а) полный курс названного учебного заведения",
        "по специальности ~Бухгалтерский учёт",
        f"Решением Государственной аттестационной комиссии от {long_date(done)}",
        "присвоена квалификация ~бухгалтер", "Председатель комиссии ~Ершов", "Директор ~Лаптева",
        f"Регистрационный № {_number(rng, 4)}",
    ]  # fmt: skip


def _course(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "=РОССИЙСКАЯ ФЕДЕРАЦИЯ", "^УДОСТОВЕРЕНИЕ", "^О ПОВЫШЕНИИ КВАЛИФИКАЦИИ",
        f"={_number(rng, 12)}",
        "=Документ о квалификации", f"Регистрационный номер {_number(rng, 4)}",
        "Настоящее удостоверение свидетельствует о том, что", f"^{_name(row)}",
        "прошел(а) повышение квалификации в Институте управления",
        "по дополнительной профессиональной программе «Кадровое делопроизводство»",
        f"в объеме {one_of(rng, ('16', '36', '72'))} часов", "Руководитель ~Тихонова  Секретарь ~",
    ]  # fmt: skip


def _work_title(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "^ТРУДОВАЯ КНИЖКА", f"=ТК-{one_of(rng, ('I', 'II', 'III'))} № {_number(rng, 7)}", "",
        f"Фамилия ~{row['last_name']}", f"Имя ~{row['first_name']}",
        f"Отчество ~{row['middle_name']}",
        f"Дата рождения ~{_day(row)}", "Образование ~среднее профессиональное",
        "Профессия, специальность ~бухгалтер",
        f"Дата заполнения ~{short_date(_some_day(rng, 1995, 2019))}", "",
        "Подпись владельца книжки ~",
        "М.П.  Подпись лица, ответственного за ведение трудовых книжек ~Лаптева",
    ]  # fmt: skip


def _work_entries(row: Row, rng: np.random.Generator) -> Lines:
    day = _some_day(rng, 2000, 2019)
    return [
        "^СВЕДЕНИЯ О РАБОТЕ", "",
        "№ записи  Дата  Сведения о приеме на работу, переводе на другую постоянную работу, "
        "квалификации, увольнении (с указанием причин и ссылкой на статью, пункт закона)",
        "Наименование, дата и номер документа, на основании которого внесена запись", "",
        "~Общество «Кедр-Страхование»", f"1 ~{short_date(day)} Принята на должность лаборанта",
        f"~Приказ № {_number(rng, 2)}", "2 ~Уволена по собственному желанию",
        f"~Приказ № {_number(rng, 2)}",
    ]  # fmt: skip


def _military_card(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "^ВОЕННЫЙ БИЛЕТ", f"=АН № {_number(rng, 7)}", "", f"1. Фамилия ~{row['last_name']}",
        f"Имя ~{row['first_name']}", f"Отчество ~{row['middle_name']}",
        f"2. Дата рождения ~{_day(row)}", f"Выдан военным комиссариатом ~г. {one_of(rng, _TOWNS)}",
        f"«{_number(rng, 1)}» ~мая {rng.integers(1985, 2015)} г.", "Военный комиссар ~Ершов",
        "М.П.",
        "Личная подпись владельца военного билета ~",
    ]  # fmt: skip


def _military_notice(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "^УДОСТОВЕРЕНИЕ", "=ГРАЖДАНИНА, ПОДЛЕЖАЩЕГО ПРИЗЫВУ НА ВОЕННУЮ СЛУЖБУ", "",
        f"Фамилия ~{row['last_name']}", f"Имя ~{row['first_name']}",
        f"Отчество ~{row['middle_name']}",
        f"Дата рождения ~{_day(row)}",
        "Решением комиссии по постановке граждан на воинский учет принят на воинский учет",
        "Категория годности к военной службе ~А", "Военный комиссар ~Ершов",
    ]  # fmt: skip


def _medical_service(row: Row, rng: np.random.Generator) -> Lines:
    return [
        ">Учетная форма № 001-ГС/у", "^ЗАКЛЮЧЕНИЕ",
        "=медицинского учреждения о наличии (отсутствии) заболевания, препятствующего поступлению "
        "на "
        "государственную гражданскую службу Российской Федерации и муниципальную службу или ее "
        "прохождению", f"=от {long_date(_some_day(rng, 2024, 2027))}",
        f"1. Выдано городской поликлиникой № {_number(rng, 1)} г. {one_of(rng, _TOWNS)}",
        "2. Наименование, почтовый адрес органа, куда представляется Заключение ~Администрация",
        f"3. Фамилия, имя, отчество {_name(row)}", f"4. Пол {row['gender']}",
        f"5. Дата рождения {_day(row)}", f"6. Адрес места жительства {row['address']}",
        "7. Заключение: выявлено отсутствие заболевания", "Врач-терапевт ~Рудь",
        "Главный врач учреждения здравоохранения ~Босых",
    ]  # fmt: skip


def _medical_note(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "Министерство здравоохранения Российской Федерации", ">Медицинская документация",
        ">Учетная форма № 086/у", f"^МЕДИЦИНСКАЯ СПРАВКА № {_number(rng, 3)}",
        "=(врачебное профессионально-консультативное заключение)",
        f"1. Фамилия, имя, отчество {_name(row)}", f"2. Дата рождения {_day(row)}",
        f"3. Место регистрации: {row['address']}", "4. Место учебы, работы ~техникум",
        "5. Перенесенные заболевания ~без особенностей",
        "6. Профилактические прививки ~согласно календарю",
        "7. Данные флюорографии ~без патологии",
        "8. Заключение о профессиональной пригодности ~годен",
        "Подпись лица, заполнившего справку ~", "Подпись главного врача ~Босых",
    ]  # fmt: skip


def _policy(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "=РОССИЙСКАЯ ФЕДЕРАЦИЯ", "^ПОЛИС", "=ОБЯЗАТЕЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ",
        " ".join(_number(rng, 4) for _part in range(4)), "", f"Фамилия {row['last_name']}",
        f"Имя {row['first_name']}", f"Отчество {row['middle_name']}", f"Дата рождения {_day(row)}",
        f"Пол {'женский' if _is_woman(row) else 'мужской'}", "Срок действия не ограничен",
        "Подпись застрахованного лица ~",
        f"Наименование страховой медицинской организации {row['insurer']}",
    ]  # fmt: skip


def _birth(row: Row, rng: np.random.Generator) -> Lines:
    day = _some_day(rng, 2005, 2025)
    return [
        "^СВИДЕТЕЛЬСТВО О РОЖДЕНИИ", "", f"Фамилия {row['last_name']}",
        f"Имя, отчество {one_of(rng, ('Мария', 'Вера', 'Софья'))} Олеговна",
        f"родилась {short_date(day)} {long_date(day)}",
        f"Место рождения гор. {one_of(rng, _TOWNS)}",
        f"о чем {long_date(day)} составлена запись акта о рождении № {_number(rng, 3)}",
        "Отец Пнёв Олег Ильич", f"Мать {_name(row)}",
        f"Место государственной регистрации Отдел ЗАГС г. {one_of(rng, _TOWNS)}",
        f"Дата выдачи {long_date(day)}",
        "Руководитель органа записи актов гражданского состояния ~Тихонова",
        f"=II-ТН № {_number(rng, 6)}",
    ]  # fmt: skip


def _marriage(row: Row, rng: np.random.Generator) -> Lines:
    day = _some_day(rng, 1990, 2025)
    return [
        "^СВИДЕТЕЛЬСТВО", "^О ЗАКЛЮЧЕНИИ БРАКА", "", "Пнёв Олег Ильич, гражданин России",
        f"{_name(row)}, гражданка России", f"заключили брак {short_date(day)} {long_date(day)}",
        f"о чем {long_date(day)} составлена запись акта о заключении брака № {_number(rng, 3)}",
        "После заключения брака присвоены фамилии: ему Пнёв, ей Пнёва",
        f"Место государственной регистрации Отдел ЗАГС г. {one_of(rng, _TOWNS)}",
        "Руководитель органа записи актов гражданского состояния ~Тихонова",
    ]  # fmt: skip


def _order_form(row: Row, rng: np.random.Generator) -> Lines:
    return [
        ">Унифицированная форма № Т-1", ">Утверждена постановлением Госкомстата России", "",
        "Муниципальное учреждение «Городской архив»", f"Номер документа {_number(rng, 2)}-к",
        "^ПРИКАЗ", "=(распоряжение)", "=о приеме работника на работу", "",
        f"Принять на работу с {short_date(_some_day(rng, 2015, 2026))}",
        f"{_name(row)}   Табельный номер {_number(rng, 4)}", "=(фамилия, имя, отчество)",
        f"в отдел комплектования, {row['position']}", "=(должность, разряд, класс квалификации)",
        f"с тарифной ставкой (окладом) {_number(rng, 2)} 000 руб. 00 коп.",
        "с испытанием на срок три месяца", "Основание: Трудовой договор",
        "Руководитель организации ~Лаптева", "С приказом (распоряжением) работник ознакомлен ~",
    ]  # fmt: skip


def _order(row: Row, rng: np.random.Generator) -> Lines:
    return [
        "=МУНИЦИПАЛЬНОЕ УЧРЕЖДЕНИЕ «ГОРОДСКОЙ АРХИВ»", "^ПРИКАЗ",
        f"{short_date(_some_day(rng, 2015, 2026))}            № {_number(rng, 2)}-к", "",
        "О приёме на работу", "",
        "ПРИКАЗЫВАЮ:", f"Принять {_name(row)} на должность: {row['position']}, с окладом согласно "
        "штатному расписанию, с испытательным сроком три месяца.",
        "Основание: заявление, трудовой договор.", "", "Директор ~Лаптева",
        "С приказом ознакомлен(а) ~",
    ]  # fmt: skip


def _application(row: Row, rng: np.random.Generator) -> Lines:
    return _wish(row, rng, f"принять меня на работу на должность «{row['position']}»")


def _note(row: Row, rng: np.random.Generator) -> Lines:
    leave = "предоставить мне ежегодный оплачиваемый отпуск на 14 календарных дней"
    return _wish(row, rng, one_of(rng, (leave, "уволить меня по собственному желанию")))


def _wish(row: Row, rng: np.random.Generator, what: str) -> Lines:
    return [
        ">Директору учреждения", ">Лаптевой Н.П.", f">от {_name(row)}", "", "", "^ЗАЯВЛЕНИЕ", "",
        f"Прошу {what} с {short_date(_some_day(rng, 2015, 2026))}.", "",
        f"{short_date(_some_day(rng, 2015, 2026))} ~{row['last_name']}",
    ]  # fmt: skip


PAPERS: dict[str, tuple[Callable[[Row, np.random.Generator], Lines], ...]] = {
    "passport": (_passport, _passport, _registration),
    "pension-insurance": (_pension_card, _pension_notice),
    "tax-registration": (_tax,),
    "education": (_degree, _old_diploma),
    "training": (_course,),
    "work-book": (_work_title, _work_entries),
    "military": (_military_card, _military_notice),
    "medical-conclusion": (_medical_service, _medical_note),
    "medical-policy": (_policy,),
    "civil-status": (_birth, _marriage),
    "hiring-order": (_order_form, _order),
    "application": (_application,),
    "notes": (_note,),
}

LATIN = [
    "^CONSENT TO THE PROCESSING OF PERSONAL DATA", "",
    "I, the undersigned, holder of passport no. 533380006 issued in Utopia, hereby give my consent "
    "to the processing of my personal data by Northern Star Insurance Ltd.", "",
    "The data comprise my surname, given names, date of birth, address, telephone number and "
    "occupation. The consent is valid for three years and may be withdrawn at any time in writing.",
    "", "Signature                                Date",
]  # fmt: skip
