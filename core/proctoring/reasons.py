"""What a flag says to its reviewer: what was seen and for how long. No verdicts, no guesses at why."""

from collections.abc import Callable

from core.domain.watch import FlagKind

_SENTENCES: dict[FlagKind, Callable[[str, float], str]] = {
    FlagKind.NO_FACE: lambda span, _: f"No face was visible for {span}.",
    FlagKind.MULTIPLE_FACES: lambda span, faces: f"{max(2, round(faces))} faces were visible for {span}.",
    FlagKind.LOOKING_AWAY: lambda span, deg: (
        f"The head was turned aside by some {round(deg, -1):.0f} degrees from its usual position for {span}."
    ),
    FlagKind.LOOKING_DOWN: lambda span, times: f"The head was bent down {times:.0f} times within {span}.",
    FlagKind.EYES_OFF_SCREEN: lambda span, share: f"Head or eyes pointed beside the screen for {share:.0%} of {span}.",
    FlagKind.READING_GAZE: lambda span, lines: (
        f"The eyes went along and jumped back {lines:.0f} times within {span}, as in reading lines."
    ),
    FlagKind.DIFFERENT_PERSON: lambda span, alike: (
        f"The face was unlike the one at the start (similarity {alike:.2f} of 1) for {span}."
    ),
    FlagKind.CAMERA_COVERED: lambda span, _: f"The picture was black, nearly black, or one flat colour for {span}.",
    FlagKind.CAMERA_FROZEN: lambda span, _: f"The camera sent the same picture again and again for {span}.",
    FlagKind.BACKGROUND_PERSON: lambda span, _: (
        f"Something the size of a person moved behind the candidate for {span}."
    ),
    FlagKind.PHONE: lambda span, _: f"A telephone was visible for {span}.",
}


def reason_for(kind: FlagKind, seconds: float, measured: float, *, lasting: bool) -> str:
    """One plain sentence about what a camera saw.

    Args:
        kind: What is claimed.
        seconds: How long it lasted, or has lasted so far.
        measured: What the claim rests on, in the unit of its kind (``core.proctoring.votes``).
        lasting: Whether it still goes on. The sentence stays true if its end is never seen.
    """
    span = f"{'at least ' if lasting else ''}{spoken(seconds)}"
    return _SENTENCES[kind](span, measured)


def spoken(seconds: float) -> str:
    """A length of time as people say it: ``14 s``, ``2 min 5 s``."""
    whole = max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{whole} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
