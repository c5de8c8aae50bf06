"""The subjects an interview can be about, and the nearest one to free text."""

import difflib
import itertools
import re

SUBJECTS = (
    "Python", "Web development", "Data science", "Machine learning", "Databases and SQL", "Computer networks",
    "Operating systems", "System design", "Object-oriented programming", "Finance", "Human resources", "Behavioural",
)  # fmt: skip
GENERAL = "Behavioural"
"""Asked when nothing is near."""

_ALIASES = {
    "Python": "py django flask pandas numpy pytest fastapi",
    "Web development": (
        "web website html css javascript js typescript ts react vue angular node front frontend backend fullstack php "
        "http browser rest api"
    ),
    "Data science": "data analytics analyst statistics stats analysis visualisation visualization",
    "Machine learning": "ml ai deep neural nlp llm vision pytorch tensorflow learning artificial",
    "Databases and SQL": (
        "sql database databases db dbms rdbms postgres postgresql mysql sqlite oracle nosql mongodb redis query"
    ),
    "Computer networks": "network networks networking tcp ip dns routing router protocol wifi telecommunications",
    "Operating systems": "os linux unix windows kernel thread threads process scheduling memory",
    "System design": "architecture architect scalability distributed microservices cloud aws kubernetes devops",
    "Object-oriented programming": "oop object objects oriented java c# cpp c++ classes patterns solid uml",
    "Finance": "accounting accountant banking bank invest investment audit tax economics financial controlling",
    "Human resources": "hr recruiting recruitment recruiter people talent payroll personnel",
    "Behavioural": "behavioral behaviour behavior soft leadership teamwork communication general management",
}

NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "Python": ("Object-oriented programming", "Data science", "Web development"),
    "Web development": ("Computer networks", "Databases and SQL", "System design"),
    "Data science": ("Machine learning", "Databases and SQL", "Python"),
    "Machine learning": ("Data science", "Python"),
    "Databases and SQL": ("Data science", "System design"),
    "Computer networks": ("Operating systems", "Web development", "System design"),
    "Operating systems": ("Computer networks", "System design"),
    "System design": ("Databases and SQL", "Computer networks", "Operating systems"),
    "Object-oriented programming": ("System design", "Python"),
    "Finance": ("Behavioural",),
    "Human resources": ("Behavioural",),
    "Behavioural": ("Human resources",),
}
"""Subjects to take from, nearest first, when one has too few questions left."""


def nearest_subject(text: str) -> tuple[str, bool]:
    """The subject that fits free text best.

    Args:
        text: What the candidate wrote, any length.

    Returns:
        The subject, and whether it is what was written (True) or only the nearest (False). Where nothing is
        near it is ``GENERAL``.
    """
    wanted = " ".join(text.lower().split())[:80]
    for subject in SUBJECTS:
        if wanted == subject.lower():
            return subject, True
    parts = re.findall(r"[a-z+#]+", wanted)
    # "data base", "java script" and "front end" are common spellings of one word.
    words = set(parts) | {first + second for first, second in itertools.pairwise(parts)}
    # Long words say more: "database" outweighs "data".
    hits = {subject: sum(map(len, words & _words(subject))) for subject in SUBJECTS}
    best = max(hits, key=lambda s: hits[s])
    if hits[best]:
        return best, False
    names = {w: s for s in SUBJECTS for w in _words(s)}
    for word in sorted(words):
        close = difflib.get_close_matches(word, names, n=1, cutoff=0.78)
        if close:
            return names[close[0]], False
    return GENERAL, False


def _words(subject: str) -> set[str]:
    own = set(re.findall(r"[a-z]+", subject.lower())) - {
        "and",
        "development",
        "computer",
        "programming",
        "science",
        "design",
    }
    return own | set(_ALIASES[subject].split())
