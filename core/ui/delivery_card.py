"""How an answer was given, for the recruiter: quiet tables with units, and the arithmetic behind them."""

from html import escape
from itertools import groupby

import streamlit as st

from core.bootstrap import House
from core.domain.delivery import DeliveryFigures, Figure, FigureName, Term
from core.services.interview_file import InterviewFile, QuestionFile

NOT_A_SCORE = "Describes how the answer was given. Not part of any score."
OFF = "How answers were given is not measured here: DELIVERY_METRICS is off."
DECLINED = "How answers were given is not measured: the candidate did not agree to it, or was not asked about it."

GROUPS: dict[str, dict[FigureName, str]] = {
    "Pace and pauses": {
        FigureName.PACE: "Pace",
        FigureName.ARTICULATION: "Articulation",
        FigureName.PAUSES: "Pauses",
        FigureName.PAUSES_IN_PHRASE: "Pauses within a phrase",
        FigureName.PAUSE_MEAN: "Mean pause",
        FigureName.PAUSE_LONGEST: "Longest pause",
        FigureName.PAUSE_SHARE: "Time in pauses",
    },
    "Words": {
        FigureName.FILLERS: "Fillers, at least",
        FigureName.REPAIRS: "Repairs, at least",
        FigureName.HEDGES: "Hedges",
        FigureName.WORDING: "Wording, not feeling",
    },
    "Voice": {
        FigureName.PITCH_MEDIAN: "Pitch, median",
        FigureName.PITCH_LOW: "Pitch, low",
        FigureName.PITCH_HIGH: "Pitch, high",
        FigureName.PITCH_RANGE: "Pitch range",
        FigureName.ENERGY_RANGE: "Energy range",
        FigureName.SIGNAL_TO_NOISE: "Voice over noise",
    },
    "Sums of the above": {
        FigureName.FLUENCY: "Fluency",
        FigureName.RICHNESS: "Content richness",
        FigureName.CONFIDENCE_INDEX: "Confidence index",
    },
}
_DECIMALS = {"s": 2, "per 100 words": 1, "semitones": 1, "syllables/s": 1, "-1 to 1": 2, "MATTR": 2}

_CSS = """
<style>
.delivery {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15.5rem), 1fr)); gap: 1rem 2rem;
  align-items: start;
}
.delivery table, .sums table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.35; }
.delivery caption, .sums caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
.delivery :is(th, td), .sums :is(th, td) {
  border: 0; border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent); padding: .3rem 0;
  text-align: left; vertical-align: baseline; font-weight: 400;
}
.delivery .n, .sums .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.delivery .u, .sums .u { opacity: .72; }
.delivery td.u { padding-left: .4rem; width: 6.4rem; white-space: nowrap; }
.sums table { margin-bottom: 1rem; }
.sums :is(th, td) + :is(th, td) { padding-left: .75rem; }
.sums tfoot :is(th, td) { font-weight: 600; }
</style>
"""


def notice(house: House, file: InterviewFile) -> None:
    """Say once a page why there are no delivery figures, when there can be none."""
    if not house.delivery.enabled:
        st.caption(OFF)
    elif file.consents and not house.delivery.agreed(file.candidate.session_id):
        st.caption(DECLINED)


def render(house: House, entry: QuestionFile) -> None:
    """Delivery of the attempt that is the answer; nothing where it must not be measured."""
    if not entry.attempts or not house.delivery.enabled or not house.delivery.agreed(entry.question.session_id):
        return
    latest = entry.attempts[-1]
    figures = house.delivery.figures(latest.attempt.id)
    st.markdown("**How the answer was given**")
    if figures is None:
        waiting = latest.recordings and entry.question.submitted_at
        why = "not yet; it follows once the recording is decoded again" if waiting else "nothing was recorded"
        st.caption(f"Not measured: {why}. {NOT_A_SCORE}")
        return
    st.caption(NOT_A_SCORE)
    st.html(_CSS + figures_html(figures))
    with st.expander("How each figure is made"):
        st.html(sums_html(figures))


def figures_html(figures: DeliveryFigures) -> str:
    """One small table a group; a reason that a whole group shares is said once."""
    groups = ((title, _named(figures, names)) for title, names in GROUPS.items())
    return f'<div class="delivery">{"".join(_group(title, rows) for title, rows in groups)}</div>'


def sums_html(figures: DeliveryFigures) -> str:
    """The weighted sums line by line, then how the other figures are measured."""
    named = [row for names in GROUPS.values() for row in _named(figures, names)]
    sums = "".join(_sum(label, figure) for label, figure in sorted(named, key=_scores_first) if figure.terms)
    hows = "".join(f'<tr><th scope="row">{escape(n)}</th><td class="u">{escape(f.how)}</td></tr>' for n, f in named)
    return f'<div class="sums">{sums}<table><caption>How it is measured</caption><tbody>{hows}</tbody></table></div>'


def value_text(value: float, unit: str) -> str:
    """A number with as many decimals as its unit deserves."""
    return _signed(value, _DECIMALS.get(unit, 0))


def _scores_first(row: tuple[str, Figure]) -> bool:
    return row[1].unit != "of 100"


def _named(figures: DeliveryFigures, names: dict[FigureName, str]) -> list[tuple[str, Figure]]:
    found = ((label, figures.find(name)) for name, label in names.items())
    return [(label, figure) for label, figure in found if figure is not None]


def _group(title: str, rows: list[tuple[str, Figure]]) -> str:
    """Rows in order; neighbours that share a reason share a row, and a whole group needs no names."""
    shared = {figure.reason for _, figure in rows}
    if len(shared) == 1 and (reason := shared.pop()):
        body = _refused("", reason)
    else:
        runs = groupby(rows, key=lambda row: row[1].reason)
        body = "".join(
            _refused(", ".join(label for label, _ in run), reason) if reason else "".join(_row(*row) for row in run)
            for reason, run in runs
        )
    return f"<table><caption>{escape(title)}</caption><tbody>{body}</tbody></table>"


def _refused(labels: str, reason: str) -> str:
    names = f"{escape(labels)}<br>" if labels else ""
    return f'<tr><th scope="row" colspan="3">{names}<span class="u">not measured: {escape(reason)}</span></th></tr>'


def _row(label: str, figure: Figure) -> str:
    number, unit = value_text(figure.value or 0.0, figure.unit), escape(figure.unit.replace("-", "−"))
    return f'<tr><th scope="row">{escape(label)}</th><td class="n">{number}</td><td class="u">{unit}</td></tr>'


def _sum(label: str, figure: Figure) -> str:
    decimals = 2 if figure.unit == "-1 to 1" else 1
    head = "".join(f'<th scope="col" class="n">{name}</th>' for name in ("Points", "Weight", "Adds"))
    lines = "".join(_term(term, decimals) for term in figure.terms)
    total = _signed(figure.value or 0.0, decimals)
    foot = f'<tr><th scope="row" colspan="3">{escape(label)}</th><td class="n">{total}</td></tr>'
    body = f'<thead><tr><th scope="col">Part</th>{head}</tr></thead><tbody>{lines}</tbody><tfoot>{foot}</tfoot>'
    return f"<table><caption>{escape(label)}, {escape(figure.unit)}: points × weight, added up</caption>{body}</table>"


def _term(term: Term, decimals: int) -> str:
    cells = (_signed(term.points, decimals), f"{term.weight:.2f}", _signed(term.contribution, decimals))
    numbers = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    measured = f"{escape(term.name)}: {value_text(term.value, term.unit)} {escape(term.unit)}"
    return f'<tr><th scope="row">{measured}<br><span class="u">{escape(term.scale)}</span></th>{numbers}</tr>'


def _signed(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "−")
