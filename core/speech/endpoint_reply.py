"""What an OpenAI-compatible transcription endpoint answers, and what is taken from it. Pure."""

import math

from pydantic import BaseModel, ConfigDict

from core.domain.transcript import Word
from core.speech.hearing import Heard


class _Part(BaseModel):
    # Other people's servers add fields as they like, so the unknown ones are ignored, not refused.
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, hide_input_in_errors=True)


class _Token(_Part):
    logprob: float


class _Word(_Part):
    word: str
    start: float
    end: float
    probability: float | None = None


class _Segment(_Part):
    start: float = 0.0
    end: float = 0.0
    tokens: list[int] | None = None
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    words: list[_Word] | None = None

    @property
    def weight(self) -> float:
        """Its share in a mean: tokens where they are told, else seconds."""
        return float(len(self.tokens)) if self.tokens else max(0.01, self.end - self.start)


class EndpointReply(_Part):
    """``json`` and ``verbose_json`` of ``/audio/transcriptions`` in one; all but the text may be missing."""

    text: str
    segments: list[_Segment] | None = None
    words: list[_Word] | None = None
    logprobs: list[_Token] | None = None

    def heard(self, engine: str, audio_s: float) -> Heard:
        """The result of a piece.

        Args:
            engine: Name for the transcript.
            audio_s: Seconds of audio that were sent; word times are kept within.

        Returns:
            Confidence None and no words when the reply does not tell them: nothing is made up.
        """
        silences = [s.no_speech_prob for s in self.segments or () if s.no_speech_prob is not None]
        return Heard(
            self.text.strip(),
            self._confidence(),
            min(1.0, max(0.0, min(silences, default=0.0))),
            self._placed(audio_s),
            engine,
        )

    def _confidence(self) -> float | None:
        if self.logprobs:
            mean = sum(token.logprob for token in self.logprobs) / len(self.logprobs)
            return math.exp(min(0.0, mean))
        known = [(s.avg_logprob, s.weight) for s in self.segments or () if s.avg_logprob is not None]
        if not known:
            return None
        return math.exp(min(0.0, sum(value * weight for value, weight in known) / sum(weight for _, weight in known)))

    def _placed(self, audio_s: float) -> tuple[Word, ...]:
        """Words with times; a word without a probability of its own has its segment's, and none means no words."""
        segments = self.segments or []
        words = self.words or [word for segment in segments for word in segment.words or ()]
        placed: list[Word] = []
        for word in words:
            sure = word.probability
            if sure is None:
                home = next((s for s in segments if s.start <= word.start <= s.end), None)
                if home is not None and home.avg_logprob is not None:
                    sure = math.exp(min(0.0, home.avg_logprob))
                else:
                    sure = self._confidence()
            if sure is None:
                return ()
            start = min(max(0.0, word.start), audio_s)
            end = min(max(start, word.end), audio_s)
            if word.word.strip():
                placed.append(Word(word.word.strip(), start, end, min(1.0, max(0.0, sure))))
        return tuple(placed)
