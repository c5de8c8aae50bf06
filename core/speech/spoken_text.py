"""Texts made fit to be spoken: what no voice can say taken out, long ones in pieces."""

import re
import unicodedata

# Control characters, the marks that turn the direction of writing, and those without any width that join nothing.
_UNSPOKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SENTENCE = re.compile(r"(?<=[.!?;:。！？؟])\s+")


def clean_text(text: str) -> str:
    """One line without control characters; half surrogate pairs become ``?``, since no file or pipe takes them."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join(_UNSPOKEN.sub(" ", whole).split())


def has_words(text: str) -> bool:
    """Whether there is anything to say: a letter, a digit or a symbol with a name. Punctuation alone is silence."""
    return any(unicodedata.category(c)[0] in "LN" or unicodedata.category(c) in ("So", "Sm", "Sc") for c in text)


def without_phonemes(text: str) -> str:
    """``[[`` begins phoneme input for espeak-ng and Piper: a question that holds it is to be read, not sung."""
    return re.sub(r"\[(?=\[)", "[ ", text)


def split_sentences(text: str, max_chars: int) -> list[str]:
    """Sentences of a cleaned text, longer ones broken at a comma, else at a space, else anywhere.

    Returns:
        Pieces of 1 to ``max_chars`` characters that hold words; joined by spaces they are the text, but for
        pieces of punctuation alone.
    """
    pieces: list[str] = []
    for sentence in _SENTENCE.split(text):
        rest = sentence.strip()
        while len(rest) > max_chars:
            cut = rest.rfind(", ", 0, max_chars) + 1 or rest.rfind(" ", 0, max_chars + 1)
            if cut <= 0:
                cut = max_chars
            pieces.append(rest[:cut].strip())
            rest = rest[cut:].strip()
        pieces.append(rest)
    return [piece for piece in pieces if has_words(piece)]
