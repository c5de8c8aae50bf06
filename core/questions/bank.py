"""The question bank file: read, checked, never overwritten."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.interview import Question
from core.questions.builtin import BUILTIN
from core.questions.subjects import SUBJECTS

Text = Annotated[str, Field(min_length=3, max_length=4000)]


class BankEntry(BaseModel):
    """One question of the bank, with what a good answer holds."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,60}$")]
    subject: str
    difficulty: Literal[1, 2, 3]
    question: Text
    reference_answer: Text
    key_points: Annotated[list[Text], Field(min_length=1, max_length=8)]
    tags: list[str] = []
    licence: str = "MIT"

    def as_question(self) -> Question:
        """As it is put to a candidate."""
        return Question(text=self.question, subject=self.subject, bank_id=self.id, difficulty=self.difficulty)


@dataclass(frozen=True, slots=True)
class LoadedBank:
    """The questions that can be used, and what a recruiter should know about the file."""

    questions: tuple[Question, ...]
    warning: str = ""
    builtin: bool = False
    """The list is the built-in one, because the file gave none."""


def load_bank(path: Path) -> LoadedBank:
    """Read the bank.

    A missing or broken file gives the built-in list; single bad or doubled entries are left out. Either way
    the warning says so, and the file stays as it is for a person to mend.
    """
    try:
        raw = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return _instead(f"{path.name} is missing.")
    except OSError:
        return _instead(f"{path.name} cannot be opened.")
    except (ValueError, RecursionError):
        return _instead(f"{path.name} is not a JSON file.")
    entries = raw.get("questions") if isinstance(raw, dict) else None
    if not isinstance(entries, list):
        return _instead(f'{path.name} has no list named "questions".')
    good: dict[str, Question] = {}
    bad: list[str] = []
    for number, item in enumerate(entries, 1):
        name = str(item.get("id", f"number {number}")) if isinstance(item, dict) else f"number {number}"
        try:
            entry = BankEntry.model_validate(item)
        except ValidationError:
            bad.append(name)
            continue
        if entry.id in good or entry.subject not in SUBJECTS:
            bad.append(name)
            continue
        good[entry.id] = entry.as_question()
    if not good:
        return _instead(f"{path.name} holds no usable question.")
    return LoadedBank(tuple(good.values()), _left_out(path.name, bad))


def _instead(problem: str) -> LoadedBank:
    return LoadedBank(BUILTIN, f"{problem} The built-in questions are used.", builtin=True)


def _left_out(file: str, bad: list[str]) -> str:
    if not bad:
        return ""
    named = ", ".join(name[:60] for name in bad[:5]) + (" ..." if len(bad) > 5 else "")
    return f"{file}: {len(bad)} {'question is' if len(bad) == 1 else 'questions are'} not usable and left out: {named}."
