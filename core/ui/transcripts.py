"""What was heard of an attempt: how sure the machine was, who heard it, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.domain.transcript import CaptionMode, CaptionQuality, FinalSegment, Gap, TranscriptSource, Word
from core.services.interview_file import AttemptFile
from core.ui.cards import clock_text

_LOOK_AHEAD_WORDS = 12

_CSS = """
<style>
.heard { line-height: 1.5; overflow-wrap: anywhere; }
.heard .said { display: grid; grid-template-columns: 2.75rem minmax(0, 1fr); margin-bottom: .25rem; }
.heard .at { opacity: .72; font-variant-numeric: tabular-nums; }
.heard .note { opacity: .72; font-size: .875rem; margin-top: .5rem; }
.heard .unsure { text-decoration: underline dotted 2px; text-underline-offset: .2em; }
</style>
"""


@dataclass(frozen=True, slots=True)
class TranscriptParams:
    """Knobs of the marks."""

    unsure_confidence: float = 0.6
    """Confidence of a word, 0 to 1, below which it is marked. Of 938 words read by Americans, tiny.en got 6.6 % wrong;
    below 0.6 lie 7 % of the words, 45 % of them wrong, and half of all wrong ones (below 0.5: 3 %, 55 %, a quarter)."""


PARAMS = TranscriptParams()


def transcript(item: AttemptFile) -> None:
    """Utterances and gaps in order of time, how far they can be trusted, and which transcript this is."""
    pieces: list[FinalSegment | Gap] = [*item.segments, *item.attempt.gaps]
    rows: list[str] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start_s, piece.end_s)):
        if isinstance(piece, FinalSegment):
            rows.append(row_html(piece, heard_live=item.is_from_live(piece), unheard=item.is_unheard(piece)))
            continue
        _show(rows)
        rows = []
        span = f"{clock_text(piece.start_s)} to {clock_text(piece.end_s)}"
        st.warning(f"{span}: {piece.reason}", icon=":material/hearing_disabled:")
    _show([*rows, *(f'<div class="note">{note}</div>' for note in notes_html(item) if note)])


def row_html(
    segment: FinalSegment, *, heard_live: bool = False, unheard: bool = False, params: TranscriptParams = PARAMS
) -> str:
    """An utterance with its time; words heard with little confidence are underlined with dots."""
    if segment.text:
        said = " ".join(_word(text, sure, params) for text, sure in confidences(segment))
        said += ' <span class="at">(heard live)</span>' if heard_live else ""
    elif unheard:
        said = '<span class="at">(speech that no engine could write down; it is in the recording)</span>'
    else:
        return ""
    return f'<div class="said"><span class="at">{clock_text(segment.start_s)}</span><span>{said}</span></div>'


def notes_html(item: AttemptFile) -> tuple[str, str, str]:
    """How sure the machine was, whose transcript this is, what the candidate may not have seen; each may be empty."""
    told = [segment for segment in item.segments if segment.text]
    engines = "; ".join(dict.fromkeys(segment.engine for segment in told if segment.engine))
    heard_by = f"Heard by {escape(engines)}." if engines else ""
    return certainty_html(told), f"{escape(_kind(item))} {heard_by}".strip(), escape(captions_note(item.captions))


def certainty_html(segments: Sequence[FinalSegment], params: TranscriptParams = PARAMS) -> str:
    """How many words are marked and what that means; empty when nothing was heard."""
    known = [sure for segment in segments for _, sure in confidences(segment) if sure is not None]
    unsure = sum(sure < params.unsure_confidence for sure in known)
    if unsure:
        return (
            f'<span class="unsure">Dotted</span>: heard with little confidence ({unsure} of {len(known)} words, '
            f"{unsure / len(known):.0%}). Such words are often wrong and others may be, more so with an accent, noise "
            "or names: listen before you judge the wording."
        )
    if known:
        return f"None of the {len(known)} words was heard with little confidence; some may still be wrong."
    return "The engine does not say how sure it was of each word." if segments else ""


def confidences(segment: FinalSegment) -> list[tuple[str, float | None]]:
    """The words of the text, each with its confidence; None where the engine gave none.

    The text counts: words that the guards took out of it are not in the list, and of a word that the engine gave in
    pieces (``py``, ``-spy``) the least sure piece counts.
    """
    found: list[tuple[str, float | None]] = []
    at = 0
    for text in segment.text.split():
        ahead = range(at, min(len(segment.words), at + _LOOK_AHEAD_WORDS))
        pieces = next((pieces for n in ahead if (pieces := _pieces(text, segment.words[n:]))), ())
        found.append((text, min((piece.confidence for piece in pieces), default=None)))
        if pieces:
            at = segment.words.index(pieces[-1], at) + 1
    return found


def captions_note(quality: CaptionQuality | None) -> str:
    """What the candidate may not have seen while speaking; empty when captions kept up."""
    if quality is None or quality.mode is CaptionMode.LIVE:
        return ""
    if quality.mode is CaptionMode.AFTER:
        note = "Too many spoke at once: captions came after each utterance, so the candidate spoke without seeing them."
    else:
        lasted = f" for {quality.delayed_s:.0f} s" if quality.delayed_s >= 1 else ""
        note = f"Captions were delayed{lasted} while this was said; the candidate may not have seen the words."
    waited = f" Finished words took up to {quality.longest_final_s:.0f} s." if quality.longest_final_s >= 1 else ""
    return note + waited


def _pieces(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """The first words that together are this text; empty when they are not."""
    joined = ""
    for count, word in enumerate(words, 1):
        joined += word.text
        if joined == text:
            return words[:count]
        if not text.startswith(joined):
            break
    return ()


def _show(rows: Sequence[str]) -> None:
    if html := "".join(rows):
        st.html(f'{_CSS}<div class="heard">{html}</div>')


def _word(text: str, sure: float | None, params: TranscriptParams) -> str:
    if sure is None or sure >= params.unsure_confidence:
        return escape(text)
    return f'<span class="unsure" title="Heard with {sure:.0%} confidence">{escape(text)}</span>'


def _kind(item: AttemptFile) -> str:
    if item.attempt.transcript_source is TranscriptSource.RECORDING:
        return "Transcript decoded again from the recording."
    if item.note:
        return f"Transcript as heard live: {item.note}."
    return "Transcript as heard live." if item.segments else ""
