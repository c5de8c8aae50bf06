"""Content richness: how varied and how dense the words are, whatever they say."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from core.domain.delivery import Figure, FigureName
from core.speech.lexicon import LexiconParams
from core.speech.terms import Part, Scale, compute_score
from core.speech.wording import lower_words

_HOW = (
    "Weighted sum of lexical variety (MATTR), information words and length. Counts forms of words, not sense: "
    "a fluent answer that is wrong is as rich as a right one. Set by hand, not validated."
)


@dataclass(frozen=True, slots=True)
class RichnessParams:
    """Scales and weights; the weights add up to 1."""

    window_words: int = 50
    """Window of the moving-average type-token ratio; also the shortest text that is judged."""

    variety: Scale = field(default_factory=lambda: Scale(0.55, 0.80))
    """MATTR over 50 words; unprepared speech is mostly 0.65 to 0.80."""
    variety_weight: float = 0.4

    information_percent: Scale = field(default_factory=lambda: Scale(25, 50))
    """Share of words that are no function words; speech about 40 %, text about 50 % (Ure 1971)."""
    information_weight: float = 0.35

    length_words: Scale = field(default_factory=lambda: Scale(20, 150))
    """Words; 150 are about a minute."""
    length_weight: float = 0.25


def compute_mattr(words: Sequence[str], window_words: int) -> float:
    """Moving-average type-token ratio (Covington and McFall 2010): does not fall with length as the plain ratio does.

    Args:
        words: In lower case, at least ``window_words`` of them.
        window_words: Words in a window.

    Returns:
        Mean share of different words over all windows, above 0 to 1.
    """
    counts = Counter(words[:window_words])
    total = distinct = len(counts)
    for old, new in zip(words, words[window_words:], strict=False):
        counts[new] += 1
        counts[old] -= 1
        distinct += (counts[new] == 1 and new != old) - (counts[old] == 0 and new != old)
        total += distinct
    return total / ((len(words) - window_words + 1) * window_words)


def compute_information_share(words: Sequence[str], function_words: Collection[str]) -> float:
    """Share of words that carry content rather than grammar, 0 to 1; 0 when there are none."""
    return sum(word not in function_words for word in words) / len(words) if words else 0.0


def score_richness(
    text: str, refused: str = "", params: RichnessParams | None = None, lexicon: LexiconParams | None = None
) -> Figure:
    """0 to 100 from variety, information words and length.

    Args:
        text: English; its fillers of one word are left out.
        refused: Why there is nothing to measure; empty when there is.
        params: Scales and weights.
        lexicon: Word lists.
    """
    p, lists = params or RichnessParams(), lexicon or LexiconParams()
    words = [w for w in lower_words(text) if w not in lists.fillers]
    if not refused and len(words) < p.window_words:
        refused = f"fewer than {p.window_words} words"
    if refused:
        return Figure(FigureName.RICHNESS, None, "of 100", _HOW, refused)
    share = 100.0 * compute_information_share(words, lists.function_words)
    parts = (
        _part("Lexical variety", compute_mattr(words, p.window_words), "MATTR", p.variety, p.variety_weight),
        _part("Information words", share, "% of words", p.information_percent, p.information_weight),
        _part("Length", float(len(words)), "words", p.length_words, p.length_weight),
    )
    return compute_score(FigureName.RICHNESS, parts, _HOW)


def _part(name: str, value: float, unit: str, scale: Scale, weight: float) -> Part:
    return Part(name, Figure(FigureName.RICHNESS, value, unit), scale, weight)
