"""The subjects an interview can be about, and the nearest one to free text."""

import difflib
import re

SUBJECTS = (
    "Python", "Web development", "Data science", "Machine learning", "Databases and SQL", "Computer networks",
    "Operating systems", "System design", "Object-oriented programming", "Finance", "Human resources", "Behavioural",
)  # fmt: skip
GENERAL = "Behavioural"
"""Asked when nothing is near."""

_ALIASES = {
    "Python": "py django flask pandas numpy pytest fastapi",
    "Web development": "web html css javascript js typescript react vue angular node front frontend backend php http",
    "Data science": "data analytics analyst statistics stats analysis visualisation visualization",
    "Machine learning": "ml ai deep neural nlp llm vision pytorch tensorflow learning",
    "Databases and SQL": "sql database databases db postgres postgresql mysql sqlite oracle nosql mongodb redis query",
    "Computer networks": "network networks networking tcp ip dns routing router protocol",
    "Operating systems": "os linux unix windows kernel thread threads process scheduling memory",
    "System design": "architecture scalability distributed microservices cloud aws kubernetes devops design",
    "Object-oriented programming": "oop object objects oriented java c# cpp c++ classes patterns solid",
    "Finance": "accounting banking bank invest investment audit tax economics financial",
    "Human resources": "hr recruiting recruitment people talent payroll personnel",
    "Behavioural": "behavioral soft leadership teamwork communication general management",
}


def nearest_subject(text: str) -> tuple[str, bool]:
    """The subject that fits free text best.

    Args:
        text: What the candidate wrote, any length.

    Returns:
        The subject, and whether it is what was written (True) or only the nearest (False).
    """
    wanted = " ".join(text.lower().split())[:80]
    for subject in SUBJECTS:
        if wanted == subject.lower():
            return subject, True
    words = set(re.findall(r"[a-z+#]+", wanted))
    hits = {subject: len(words & _words(subject)) for subject in SUBJECTS}
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
    own = set(re.findall(r"[a-z]+", subject.lower())) - {"and", "development", "computer", "programming", "science"}
    return own | set(_ALIASES[subject].split())
