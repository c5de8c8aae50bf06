"""A few questions that need no file: what is asked when the bank cannot be read."""

from core.domain.interview import Question
from core.questions.subjects import SUBJECTS

_TEXTS = (
    (1, "What drew you to {subject}, and what have you done with it so far?"),
    (1, "Explain one idea from {subject} that you find important, as you would to a new colleague."),
    (2, "Describe a problem you solved in {subject}. What did you try, and what worked?"),
    (2, "Which mistake do beginners often make in {subject}, and how would you help them avoid it?"),
    (3, "Tell us about a hard decision between two approaches in {subject}. What spoke for and against each?"),
    (3, "How do you find out that something you did in {subject} was wrong, and what do you do then?"),
)

BUILTIN = tuple(
    Question(
        text=text.format(subject="your field of work" if subject == "Behavioural" else subject),
        subject=subject,
        bank_id=f"builtin-{number}-{subject.lower().replace(' ', '-')}",
        difficulty=difficulty,
    )
    for subject in SUBJECTS
    for number, (difficulty, text) in enumerate(_TEXTS, 1)
)
