"""What was heard of an attempt, with what could not be read marked as missing."""

import streamlit as st

from core.domain.transcript import FinalSegment, Gap, TranscriptSource
from core.services.desk import AttemptFile
from core.ui.cards import clock_text


def transcript(item: AttemptFile) -> None:
    """Utterances and gaps in order of time, and which transcript this is."""
    pieces: list[FinalSegment | Gap] = [*item.segments, *item.attempt.gaps]
    for piece in sorted(pieces, key=lambda piece: (piece.start_s, piece.end_s)):
        if isinstance(piece, Gap):
            span = f"{clock_text(piece.start_s)} to {clock_text(piece.end_s)}"
            st.warning(f"{span}: {piece.reason}", icon=":material/hearing_disabled:")
        elif piece.text:
            st.text(
                f"{clock_text(piece.start_s)}  {piece.text}" + ("  (heard live)" if item.is_from_live(piece) else "")
            )
    st.caption(_kind(item))


def _kind(item: AttemptFile) -> str:
    if item.attempt.transcript_source is TranscriptSource.RECORDING:
        return "Transcript decoded again from the recording."
    if item.note:
        return f"Transcript as heard live: {item.note}."
    return "Transcript as heard live." if item.segments else ""
