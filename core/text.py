"""What people typed: cleaned before it is kept, masked before it is shown."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from core.timekeeping import local_day, now

# Zero-width joiner and non-joiner hold emoji and minority scripts together; variation selectors
# and flag tags are not in category Cf's dangerous part either. The rest of Cf is invisible and
# can hide or turn text round (U+202E), so it goes.
KEPT_FORMAT = {"\u200c", "\u200d"} | {chr(c) for c in range(0xE0020, 0xE0080)}
LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
ID_FORM = re.compile(r"[0-9]{17}[0-9X]")
OLDEST_BIRTH_YEAR = 1880


def _is_kept(char: str) -> bool:
    if char in "\n\t" or char in KEPT_FORMAT:
        return True
    category = unicodedata.category(char)
    # Cn holds characters newer than this Python's tables (new emoji, new CJK extensions);
    # only the 66 code points that can never be characters are dropped from it.
    if category == "Cn":
        return not ((ord(char) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF)
    return category not in {"Cc", "Cf", "Cs"}


def words_differ(one: str, other: str) -> bool:
    """Whether two texts say something else; spaces and line breaks say nothing."""
    return "".join(one.split()) != "".join(other.split())


#: What people and word processors write between figures, as the inside of a character class.
DASHES = "\u2010-\u2015\u2212\u30fc\\-"


def names_in(text: str) -> tuple[str, ...]:
    """Names that were typed behind one another, divided by 、 or a comma."""
    parts = text.replace("，", "、").replace(",", "、").split("、")
    return tuple(part.strip() for part in parts if part.strip())


def clean_text(s: str) -> str:
    """The text without what cannot be seen or stored: NUL, controls, bidi marks, lone surrogates.

    Line breaks become ``\\n``; newline and tab stay; emoji, 䶮 and the middle dot · stay; the form
    is NFC; white space at both ends goes. Cleaning a second time changes nothing.
    """
    lines = LINE_ENDS.sub("\n", s)
    kept = "".join(c for c in lines if (c.isascii() and c.isprintable()) or _is_kept(c))
    return unicodedata.normalize("NFC", kept).strip()


def mask_name(name: str) -> str:
    """张三 → 张*, 张小三 → 张*三, longer → first, two stars, last (domain E)."""
    name = name.strip()
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * min(len(name) - 2, 2)}{name[-1]}"


def mask_id_number(number: str) -> str:
    """110105199001010021 → 110***********0021; shorter papers keep one sign in front, two behind."""
    number = number.strip()
    if len(number) >= 15:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    if len(number) >= 6:
        return f"{number[0]}{'*' * (len(number) - 3)}{number[-2:]}"
    return "*" * len(number)


def mask_phone(phone: str) -> str:
    """13812341234 → 138****1234; numbers under nine digits keep their last two."""
    phone = phone.strip()
    if len(phone) >= 9:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) > 3 else "*" * len(phone)


@dataclass(frozen=True)
class IdFacts:
    """What an 18-sign citizen number (GB 11643) says of its holder.

    ``sex`` is "m", "f" or "". ``number`` is the number in its normal form (half-width, upper-case
    X). ``problem`` is the warning for the clerk, empty when the number is valid. A failed number
    warns and never blocks a registration.
    """

    valid: bool
    birth_on: date | None = None
    sex: str = ""
    number: str = ""
    problem: str = ""


def id_check_digit(first_17: str) -> str:
    """The 18th sign by ISO 7064 MOD 11-2, as GB 11643 prescribes."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11]


def _birth_of(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= OLDEST_BIRTH_YEAR and born <= local_day(now()) else None


def id_number_facts(s: str) -> IdFacts:
    """Read a citizen number, a residence permit 81/82/83, or a new foreigner's card (9…).

    The area code is not looked up: abolished counties live on in millions of numbers. Birth date
    and sex are given even when only the check sign is wrong, for the clerk to compare.
    """
    number = re.sub(rf"[\s{DASHES}]", "", unicodedata.normalize("NFKC", s)).upper()
    if not ID_FORM.fullmatch(number):
        return IdFacts(False, number=number, problem="证件号不是 18 位，请核对；也可以直接登记。")
    born = _birth_of(number)
    if born is None:
        return IdFacts(False, number=number, problem="证件号中的出生日期不存在，请核对；也可以直接登记。")
    sex = "m" if int(number[16]) % 2 else "f"
    if id_check_digit(number[:17]) != number[17]:
        return IdFacts(False, born, sex, number, "证件号最后一位校验不符，请核对；也可以直接登记。")
    return IdFacts(True, born, sex, number)
