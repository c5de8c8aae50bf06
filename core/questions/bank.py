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


def load_bank(path: Path) -> LoadedBank:
    """Read the bank.

    A missing or broken file gives the built-in list; single bad or doubled entries are left out. Either way
    the warning says so, and the file stays as it is for a person to mend.
    """
    try:
        raw = json.loads(path.read_text("utf-8"))
        entries = raw["questions"]
        if not isinstance(entries, list):
            raise TypeError("questions is not a list")
    except FileNotFoundError:
        return LoadedBank(BUILTIN, f"{path.name} is missing. The built-in questions are used.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return LoadedBank(
            BUILTIN, f"{path.name} cannot be read ({type(error).__name__}). The built-in questions are used."
        )
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
        return LoadedBank(BUILTIN, f"{path.name} holds no usable question. The built-in questions are used.")
    shown = ", ".join(bad[:5]) + (" ..." if len(bad) > 5 else "")
    return LoadedBank(tuple(good.values()), f"{path.name}: {len(bad)} entries are left out: {shown}." if bad else "")
