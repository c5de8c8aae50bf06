"""Where the questions of an interview come from, behind one port."""

import importlib
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.domain.errors import ProviderFailed
from core.domain.interview import Question
from core.questions.bank import load_bank
from core.questions.subjects import SUBJECTS

MAX_QUESTION_CHARS = 2000


class QuestionSourcePort(Protocol):
    """Something that draws questions."""

    @property
    def name(self) -> str:
        """Shown to the recruiter."""
        ...

    def draw(self, subject: str, count: int, seed: int, exclude: frozenset[str]) -> list[Question]:
        """Draw questions.

        Args:
            subject: One of the subjects.
            count: How many are wanted.
            seed: Same seed, same questions.
            exclude: Bank ids this person was asked before.

        Raises:
            ProviderFailed: None can be drawn.
        """
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """Questions with where they came from and, when it was not the first choice, why."""

    questions: list[Question]
    source: str
    degraded: bool = False
    reason: str = ""


class BankSource:
    """Draws from a list: rising difficulty, seeded, nothing twice."""

    name = "question bank"

    def __init__(self, questions: tuple[Question, ...]) -> None:
        self._questions = questions

    def draw(self, subject: str, count: int, seed: int, exclude: frozenset[str]) -> list[Question]:
        """See the port. A subject with too few fresh questions is filled up from its repeats, then from the others."""
        shuffled = list(self._questions)
        random.Random(seed).shuffle(shuffled)
        order = sorted(shuffled, key=lambda q: (q.subject != subject, q.bank_id in exclude))
        picked = order[:count]
        if not picked:
            raise ProviderFailed("There is no question to ask.", "Add questions to question_bank.json.")
        return sorted(picked, key=lambda q: (q.subject != subject, q.difficulty))


class CustomSource:
    """Draws from a module of the installation's own.

    The module has one function, ``generate_questions(subject: str, count: int) -> list[str | dict]``; a dict has
    ``question`` and may have ``difficulty`` (1 to 3) and ``subject``.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self.name = f"module {module}"

    def draw(self, subject: str, count: int, seed: int, exclude: frozenset[str]) -> list[Question]:
        """See the port. Whatever the module raises becomes a ``ProviderFailed`` that names it."""
        try:
            raw = importlib.import_module(self._module).generate_questions(subject, count)
            questions = [_as_question(item, subject) for item in list(raw)[:count]]
        except Exception as error:
            reason = f"{self.name} failed ({type(error).__name__})"
            raise ProviderFailed(f"{reason}.", "See generate_questions in the README.") from error
        if len(questions) < count:
            raise ProviderFailed(f"{self.name} gave {len(questions)} of {count} questions.")
        return questions


@dataclass(frozen=True, slots=True)
class FallbackSource:
    """The first source, else the second with the reason."""

    primary: QuestionSourcePort
    fallback: QuestionSourcePort | None = None
    warnings: list[str] = field(default_factory=list)

    def draw(self, subject: str, count: int, seed: int, exclude: frozenset[str]) -> Drawn:
        """Draw questions and say where they came from.

        Raises:
            ProviderFailed: No source has any.
        """
        try:
            return Drawn(self.primary.draw(subject, count, seed, exclude), self.primary.name)
        except ProviderFailed as error:
            if self.fallback is None:
                raise
            questions = self.fallback.draw(subject, count, seed, exclude)
            return Drawn(questions, self.fallback.name, degraded=True, reason=error.message)


def make_source(bank: Path, custom_module: str = "") -> FallbackSource:
    """The sources of an installation: a custom module when named, behind it the bank or the built-in list."""
    loaded = load_bank(bank)
    bank_source = BankSource(loaded.questions)
    warnings = [loaded.warning] if loaded.warning else []
    if not custom_module:
        return FallbackSource(bank_source, warnings=warnings)
    return FallbackSource(CustomSource(custom_module), bank_source, warnings)


def _as_question(item: object, subject: str) -> Question:
    if isinstance(item, dict):
        text, difficulty = str(item["question"]).strip(), int(item.get("difficulty", 2))
        subject = str(item.get("subject", subject)) if item.get("subject") in SUBJECTS else subject
    else:
        text, difficulty = str(item).strip(), 2
    if not 3 <= len(text) <= MAX_QUESTION_CHARS or difficulty not in (1, 2, 3):
        raise ValueError("not a question")
    return Question(text=text, subject=subject, difficulty=difficulty)
