"""Syllables of English words by rule."""

import re
import unicodedata

_VOWELS = re.compile(r"[aeiouy]+")

# Two syllables written as one run of vowels.
_MORE = re.compile(
    r"(?<![ct])ia|(?<![ct])io(?![un])|(?<![ctx])iou|(?<![ct])ien[ct]|^scien|iu|iet|eo|creat|(?<=[a-z]{2})ea$"
    r"|[aeo]y(?=[aeiou])|[eouy]ing|(?<!g)ua(?!r)|uou|ism"
)
# An e that is written and not spoken.
_FEWER = re.compile(
    r"[^laeiouy]e$|(?<=[aeiouy])le$|[^aeiouytd]ed$|[^aeiouycghsxz]es$|[^laeiouy]e(?=(?:less|ful|ly|ments?|ness)$)|^some(?=.)"
)
_ODD = {"ack": 1, "syn": 1, "json": 2, "every": 2, "everything": 3, "people": 2, "different": 2, "area": 3, "w": 3}
_DIGITS = {"0": 2, "7": 2}


def count_syllables(word: str) -> int:
    """Syllables of one word: its runs of vowels, corrected for common endings.

    A rule of thumb: single words may be off by one, an answer by some percent (``docs/delivery.md``). Digits count as
    read one by one, short capitals without a vowel inside ("SQL") as letters.

    Args:
        word: As written, with its case.

    Returns:
        1 or more; 1 for a word of letters other than Latin.
    """
    if word.isdecimal():
        return sum(_DIGITS.get(digit, 1) for digit in word)
    plain = unicodedata.normalize("NFD", word)
    letters = re.sub(r"[^A-Za-z]", "", plain)
    lower = letters.lower()
    if lower in _ODD:
        return _ODD[lower]
    if letters.isupper() and 1 < len(letters) <= 5 and not (len(letters) >= 4 and _VOWELS.search(lower)):
        return sum(_ODD.get(letter, 1) for letter in lower)
    # The u of "qu" is no vowel of its own: unique, query, queue.
    lower = lower.replace("qu", "q")
    return max(1, len(_VOWELS.findall(lower)) + len(_MORE.findall(lower)) - len(_FEWER.findall(lower)))
