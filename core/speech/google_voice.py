"""Google Translate's voice over the network."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.domain.errors import InvalidInput, ProviderFailed
from core.speech.spoken_text import clean_text, has_words
from core.speech.voice_engines import VoiceAudio


@dataclass(frozen=True, slots=True)
class GttsParams:
    """Knobs of Google's voice."""

    language: str = "en"
    """gTTS language code."""

    deadline_s: float = 2.0
    """Longest wait for the first piece (100 characters), connecting and name resolution included."""

    piece_deadline_s: float = 2.0
    """Longest wait for each further piece."""

    whole_deadline_s: float = 20.0
    """Longest wait for the whole text: 5000 characters are about 50 requests, one after another."""

    slow_below: float = 0.8
    """The service knows only "slow" beside normal; finer steps are the player's."""


class GttsVoice:
    """Google Translate's voice by gTTS; sounds best, sends the text away.

    gTTS does not verify the certificate of the server it talks to: one more reason to send it questions alone.

    Args:
        params: Knobs.
    """

    local = False

    def __init__(self, params: GttsParams | None = None) -> None:
        self._params = params or GttsParams()

    @property
    def name(self) -> str:
        """Engine and language."""
        return f"gtts-{self._params.language}"

    def speak(self, text: str, speed: float) -> VoiceAudio:
        """Fetch MP3, 24 kHz mono.

        Raises:
            ProviderFailed: Not reachable, refused, or not done by one of the deadlines.
            InvalidInput: The text holds no words.
        """
        text = clean_text(text)
        if not has_words(text):
            raise InvalidInput("text", "The text holds no words to say.")
        arrived: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        given_up = threading.Event()
        # gTTS's own timeout holds per read and not for name resolution; a thread that can be left behind is the
        # only deadline that holds for everything.
        threading.Thread(target=self._fetch, args=(text, speed, arrived, given_up), name="gtts", daemon=True).start()
        try:
            audio = b"".join(self._pieces(arrived))
        finally:
            given_up.set()
        if not audio:
            raise ProviderFailed("Google's voice answered with nothing.")
        return VoiceAudio(audio, "audio/mpeg")

    def close(self) -> None:
        """Nothing runs."""

    def _pieces(self, arrived: "queue.SimpleQueue[bytes | Exception | None]") -> Iterator[bytes]:
        p = self._params
        end = time.monotonic() + p.whole_deadline_s
        wait_s = p.deadline_s
        while True:
            try:
                piece = arrived.get(timeout=max(0.0, min(wait_s, end - time.monotonic())))
            except queue.Empty:
                late = p.whole_deadline_s if time.monotonic() >= end else wait_s
                raise ProviderFailed(f"Google's voice did not answer within {late:g} s.") from None
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise ProviderFailed(f"Google's voice cannot be reached ({_cause(piece)}).") from piece
            yield piece
            wait_s = p.piece_deadline_s

    def _fetch(
        self,
        text: str,
        speed: float,
        arrived: "queue.SimpleQueue[bytes | Exception | None]",
        given_up: threading.Event,
    ) -> None:
        p = self._params
        try:
            from gtts import gTTS  # late: it pulls in requests, which a room without network never needs

            slow = speed < p.slow_below
            for piece in gTTS(text=text, lang=p.language, slow=slow, timeout=p.deadline_s).stream():
                arrived.put(piece)
                if given_up.is_set():
                    return
            arrived.put(None)
        except Exception as error:  # gTTS lets through whatever requests and urllib3 raise
            arrived.put(error)


def _cause(error: Exception) -> str:
    """The kind of error below gTTS's own, which says little; never the address, which holds nothing to act on."""
    response = getattr(error, "rsp", None)
    if response is not None:
        return f"status {response.status_code} from {urlsplit(response.url).hostname}"
    inner = error.__context__ or error
    return type(inner).__name__
