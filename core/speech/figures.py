"""Unit and manner of each plain delivery figure, and how one is made with a value or with a reason."""

from collections.abc import Mapping, Sequence

from core.domain.delivery import Figure, FigureName

_LOWER_BOUND = "A lower bound: the speech engine leaves many out."
_VOICED = "of the voiced frames of 16 ms, errors of an octave left out"

_SPECS: Mapping[FigureName, tuple[str, str]] = {
    FigureName.PACE: ("words/min", "Words heard over the time from first to last speech, pauses included."),
    FigureName.ARTICULATION: (
        "syllables/s",
        "Syllables over speaking time, pauses left out. Counted by a spelling rule, so approximate.",
    ),
    FigureName.PAUSES: ("pauses", "Silences of a quarter second or more between first and last speech."),
    FigureName.PAUSE_MEAN: ("s", "Mean length of these pauses."),
    FigureName.PAUSE_LONGEST: ("s", "The longest of these pauses."),
    FigureName.PAUSE_SHARE: ("% of time", "Pauses over the time from first to last speech."),
    FigureName.PAUSES_IN_PHRASE: (
        "pauses",
        "Pauses after a word that no punctuation mark follows; the marks are the speech engine's guess.",
    ),
    FigureName.FILLERS: ("per 100 words", f"“um”, “uh”, “you know” and the like, from a list. {_LOWER_BOUND}"),
    FigureName.HEDGES: ("per 100 words", "Words that soften a claim (“maybe”, “I think”), from a list."),
    FigureName.REPAIRS: ("per 100 words", f"Words said again, broken off or corrected. {_LOWER_BOUND}"),
    FigureName.PITCH_MEDIAN: ("Hz", f"Median {_VOICED}."),
    FigureName.PITCH_LOW: ("Hz", f"10th percentile {_VOICED}."),
    FigureName.PITCH_HIGH: ("Hz", f"90th percentile {_VOICED}."),
    FigureName.PITCH_RANGE: ("semitones", "12 log2(high / low), from the 10th to the 90th percentile."),
    FigureName.ENERGY_RANGE: ("dB", "Level of speech in frames of 32 ms, 90th less 10th percentile."),
    FigureName.SIGNAL_TO_NOISE: (
        "dB",
        "Mean power of speech over the median power outside it, the noise taken off the former.",
    ),
    FigureName.WORDING: (
        "-1 to 1",
        "Mean VADER value of the sentences: which words are used, not what anybody feels. "
        "Misled by technical words (“kill”, “deadlock”).",
    ),
}


def measured(values: Mapping[FigureName, float]) -> list[Figure]:
    """Figures with values, in order."""
    return [Figure(name, float(value), *_SPECS[name]) for name, value in values.items()]


def refused(names: Sequence[FigureName], reason: str) -> list[Figure]:
    """Figures that were not measured, all for the same reason."""
    return [Figure(name, None, *_SPECS[name], reason=reason) for name in names]
