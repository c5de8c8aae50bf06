"""Where the questions of an interview come from, behind one port."""

import importlib
import itertools
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.domain.errors import ProviderFailed
from core.domain.interview import Question
from core.questions.bank import load_bank
from core.questions.subjects import NEIGHBOURS, SUBJECTS

MIN_QUESTION_CHARS = 3
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

    def __init__(self, questions: tuple[Question, ...], name: str = "question bank") -> None:
        self._questions = tuple(sorted(questions, key=lambda q: q.bank_id))  # the order in the file must not matter
        self.name = name

    def draw(self, subject: str, count: int, seed: int, exclude: frozenset[str]) -> list[Question]:
        """See the port.

        All three levels are drawn from in turn. A subject with too few fresh questions is filled up from its
        neighbours; questions this person knows come only when nothing near is left. Fewer than ``count`` are
        given when the whole list is shorter.
        """
        shuffled = list(self._questions)
        random.Random(seed).shuffle(shuffled)
        near = NEIGHBOURS.get(subject, ())

        def distance(question: Question) -> tuple[bool, int, bool]:
            known = question.bank_id in exclude
            if question.subject == subject:
                return known, 0, known
            place = near.index(question.subject) + 1 if question.subject in near else len(near) + 1
            # An old question on the subject is better than a new one on something else altogether.
            return known or place > len(near), place, known

        picked: list[Question] = []
        texts: set[str] = set()
        for _, group in itertools.groupby(sorted(shuffled, key=distance), key=distance):
            for question in _levels_in_turn(list(group)):
                if len(picked) < count and question.text not in texts:
                    texts.add(question.text)
                    picked.append(question)
        if not picked:
            raise ProviderFailed("There is no question to ask.", "Add questions to question_bank.json.")
        return sorted(picked, key=lambda q: (q.difficulty, q.subject != subject))


class CustomSource:
    """Draws from a module of the installation's own, for example ``question_generator.py``.

    The module has one function, ``generate_questions(subject: str, count: int) -> list[str | dict]``; a dict has
    ``question`` and may have ``difficulty`` (1 to 3) and ``subject`` (one of ours). It is asked for ``count``
    different questions, which are put in the order it gives; more are ignored, fewer refused.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self.name = f"module {module}"

    def draw(self, subject: str, count: int, seed: int, exclude: frozenset[str]) -> list[Question]:
        """See the port. Whatever goes wrong in the module becomes a ``ProviderFailed`` that names it."""
        raw = self._generate(subject, count)
        if not isinstance(raw, list | tuple):
            raise self._failed(f"gave a {type(raw).__name__}, not a list")
        questions: dict[str, Question] = {}
        for number, item in enumerate(raw, 1):
            try:
                question = _as_question(item, subject)
            except (KeyError, TypeError, ValueError) as error:
                raise self._failed(f"gave something as number {number} that is not a question") from error
            questions.setdefault(question.text, question)
        if not questions or len(questions) < count:
            raise self._failed(f"gave {len(questions)} of {count} questions")
        return list(questions.values())[:count]

    def _generate(self, subject: str, count: int) -> object:
        try:
            module = importlib.import_module(self._module)
        except (Exception, SystemExit) as error:  # anything may stand in somebody's module
            raise self._failed(f"cannot be imported ({type(error).__name__})") from error
        generate = getattr(module, "generate_questions", None)
        if not callable(generate):
            raise self._failed("has no function generate_questions")
        try:
            return generate(subject, count)
        except (Exception, SystemExit) as error:
            raise self._failed(f"failed ({type(error).__name__})") from error

    def _failed(self, what: str) -> ProviderFailed:
        return ProviderFailed(f"The question {self.name} {what}.", "See generate_questions in the README.")


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
    bank_source = BankSource(loaded.questions, "built-in questions" if loaded.builtin else "question bank")
    warnings = [loaded.warning] if loaded.warning else []
    if not custom_module:
        return FallbackSource(bank_source, warnings=warnings)
    return FallbackSource(CustomSource(custom_module), bank_source, warnings)


def _levels_in_turn(questions: list[Question]) -> list[Question]:
    """The questions reordered so that any first few of them span the levels: easy, medium, hard, easy ..."""
    by_level = [[q for q in questions if q.difficulty == level] for level in (1, 2, 3)]
    return [q for row in itertools.zip_longest(*by_level) for q in row if q is not None]


def _as_question(item: object, subject: str) -> Question:
    if isinstance(item, dict):
        text, difficulty = item["question"], item.get("difficulty", 2)
        subject = item["subject"] if item.get("subject") in SUBJECTS else subject
    else:
        text, difficulty = item, 2
    if not isinstance(text, str) or difficulty not in (1, 2, 3):
        raise TypeError("not a question")
    text = " ".join(text.split())
    if not MIN_QUESTION_CHARS <= len(text) <= MAX_QUESTION_CHARS:
        raise ValueError("too short or too long for a question")
    return Question(text=text, subject=subject, difficulty=int(difficulty))
