"""What a flag says to its reviewer: what was seen and for how long. No verdicts, no guesses at why."""

from core.domain.watch import FlagKind


def reason_for(kind: FlagKind, seconds: float, faces: int, *, lasting: bool) -> str:
    """One plain sentence.

    Args:
        kind: What is claimed.
        seconds: How long it lasted, or has lasted so far.
        faces: Most usual number of faces in that time; used for ``multiple_faces`` only.
        lasting: Whether it still goes on. The sentence stays true if its end is never seen.
    """
    span = f"{'at least ' if lasting else ''}{_spoken(seconds)}"
    if kind is FlagKind.NO_FACE:
        return f"No face was visible for {span}."
    return f"{max(2, faces)} faces were visible for {span}."


def _spoken(seconds: float) -> str:
    whole = max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{whole} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
