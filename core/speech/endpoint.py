"""Speech to text by an OpenAI-compatible endpoint. The candidate's voice leaves this server: used by setting only."""

import queue
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from core.domain.errors import ProviderFailed
from core.media.audio import SAMPLE_RATE
from core.media.encoding import encode_wav
from core.speech.endpoint_reply import EndpointReply
from core.speech.hearing import Effort, Heard, Piece

_FORMS: tuple[dict[str, Any], ...] = (
    {"response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]},
    {"response_format": "json", "include[]": ["logprobs"]},  # gpt-4o-transcribe has no verbose form
    {"response_format": "json"},
)
"""What is asked for, from most to least; a server that refuses a form is asked for the next."""

_REFUSED_FORM = (400, 422)
_RETRIED = (408, 429, 500, 502, 503, 504)
_REASONS = {
    400: ("did not accept the request", "Check TRANSCRIPTION_MODEL."),
    401: ("refused the key", "Correct TRANSCRIPTION_API_KEY."),
    403: ("refused the key", "Correct TRANSCRIPTION_API_KEY."),
    404: ("knows no such address or model", "Check TRANSCRIPTION_URL and TRANSCRIPTION_MODEL."),
    429: ("is busy, or its quota is used up", "Check the account with the provider."),
}


@dataclass(frozen=True, slots=True)
class EndpointParams:
    """Knobs of the endpoint."""

    live_deadline_s: float = 8.0
    """Longest wait for a live decode, retry included; after it the words come from elsewhere."""

    full_deadline_s: float = 60.0
    """Longest wait for a decode before scoring, retry included."""

    tries: int = 2
    """How often a request is sent when the network or the server fails; a refusal is never repeated."""

    retry_pause_s: float = 0.5
    """Pause before the second try."""

    max_parallel: int = 4
    """Requests of one decode that run at once."""

    min_audio_s: float = 0.25
    """Shorter pieces are filled up with silence: OpenAI refuses those below 0.1 s."""

    max_reply_bytes: int = 256_000
    """Longest reply; 30 s of speech with word times take about 20 kB."""

    use_vocabulary: bool = False
    """Whether the caller's vocabulary is sent as ``prompt``; not measured here, and tiny.en got worse by it."""


class EndpointEngine:
    """``POST {url}/audio/transcriptions``, a WAV file for each piece. Thread-safe.

    Args:
        url: Base address with its version, like ``https://api.openai.com/v1``.
        model: As the server calls it.
        key: Sent as bearer token; empty sends none. Never logged, never in a message.
        language: Of the speech, ISO 639-1.
        params: Knobs.
    """

    def __init__(
        self, url: str, model: str, key: str = "", language: str = "en", params: EndpointParams | None = None
    ) -> None:
        self._address = f"{url.rstrip('/').removesuffix('/audio/transcriptions')}/audio/transcriptions"
        self._model = model
        self._key = key
        self._language = language
        self._params = params or EndpointParams()
        self._lock = threading.Lock()
        self._client: Any = None
        self._form = 0  # index of the richest form the server has not refused

    @property
    def name(self) -> str:
        """Short name for transcripts and reports."""
        return f"endpoint {self._model}"

    def load(self) -> None:
        """Nothing to load; whether the endpoint answers is seen with the first piece."""

    def decode(self, pieces: Sequence[Piece], effort: Effort) -> list[Heard]:
        """Send the pieces, a few at once, and wait for all.

        Raises:
            ProviderFailed: One of them was not answered as agreed, or not by the deadline of the effort.
        """
        p = self._params
        allowed_s = p.full_deadline_s if effort is Effort.FULL else p.live_deadline_s
        deadline = time.monotonic() + allowed_s
        results: dict[int, Heard] = {
            i: Heard("", None, 0.0, engine=self.name) for i, piece in enumerate(pieces) if not piece.samples.size
        }
        todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        for i in range(len(pieces)):
            if i not in results:
                todo.put(i)
        done: queue.SimpleQueue[tuple[int, Heard | ProviderFailed]] = queue.SimpleQueue()
        # Threads that can be left behind are the only deadline that also holds for name resolution.
        for _ in range(min(p.max_parallel, todo.qsize())):
            threading.Thread(
                target=self._lane, args=(pieces, todo, done, deadline), name="transcription-endpoint", daemon=True
            ).start()
        while len(results) < len(pieces):
            try:
                i, result = done.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                _drain(todo)
                raise self._failed(f"did not answer within {allowed_s:g} s") from None
            if isinstance(result, ProviderFailed):
                _drain(todo)
                raise result
            results[i] = result
        return [results[i] for i in range(len(pieces))]

    def _lane(
        self,
        pieces: Sequence[Piece],
        todo: "queue.SimpleQueue[int]",
        done: "queue.SimpleQueue[tuple[int, Heard | ProviderFailed]]",
        deadline: float,
    ) -> None:
        while True:
            try:
                i = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((i, self._transcribe(pieces[i], deadline)))
            except ProviderFailed as error:
                done.put((i, error))
                return
            except Exception as error:  # whatever it was, the caller must not wait for the deadline
                done.put((i, self._failed(f"could not be used ({type(error).__name__})")))
                return

    def _transcribe(self, piece: Piece, deadline: float) -> Heard:
        p = self._params
        samples = piece.samples
        if (short := int(p.min_audio_s * SAMPLE_RATE) - samples.size) > 0:
            samples = np.pad(samples, (0, short))
        wav = encode_wav(samples)
        fields: dict[str, Any] = {"model": self._model, "language": self._language, "temperature": "0"}
        if p.use_vocabulary and piece.vocabulary.strip():
            fields["prompt"] = piece.vocabulary.strip()
        for form in range(self._form, len(_FORMS)):
            status, body = self._send(wav, fields | _FORMS[form], deadline)
            if status in _REFUSED_FORM and form + 1 < len(_FORMS):
                continue
            self._require_success(status)
            self._form = max(self._form, form)  # learnt only from success: a bad request is not the form's fault
            return self._read(body, piece.samples.size / SAMPLE_RATE)
        raise AssertionError("the last form either succeeds or raises")

    def _send(self, wav: bytes, fields: dict[str, Any], deadline: float) -> tuple[int, bytes]:
        """Status and body; failures of the network and the server are tried again while there is time."""
        import httpx2  # late: a room without endpoint never needs it

        p = self._params
        for attempt in range(1, p.tries + 1):
            last = attempt == p.tries or time.monotonic() + p.retry_pause_s >= deadline
            try:
                status, body = self._post(wav, fields, deadline)
            except httpx2.TimeoutException:
                raise self._failed("did not answer in time") from None
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                if last or isinstance(error, httpx2.UnsupportedProtocol):
                    raise self._failed(f"cannot be reached ({type(error).__name__})") from None
            else:
                if last or status not in _RETRIED:
                    return status, body
            time.sleep(p.retry_pause_s)
        raise AssertionError("the last try either returns or raises")

    def _post(self, wav: bytes, fields: dict[str, Any], deadline: float) -> tuple[int, bytes]:
        import httpx2

        left = max(0.001, deadline - time.monotonic())
        request = {
            "data": fields,
            "files": {"file": ("speech.wav", wav, "audio/wav")},
            "headers": {"Authorization": f"Bearer {self._key}"} if self._key else {},
        }
        with self._http().stream("POST", self._address, timeout=left, **request) as response:
            body = bytearray()
            for block in response.iter_bytes():
                body += block
                # The client's timeout holds for each read; a server that drips would never end.
                if time.monotonic() > deadline:
                    raise httpx2.ReadTimeout("deadline")
                if len(body) > self._params.max_reply_bytes:
                    raise self._failed("answered with far more than a transcript")
            return int(response.status_code), bytes(body)

    def _http(self) -> Any:
        import httpx2

        with self._lock:
            if self._client is None:
                # Redirects are not followed: voice and key go to the address of the settings and nowhere else.
                self._client = httpx2.Client(follow_redirects=False)
                weakref.finalize(self, self._client.close)
            return self._client

    def _require_success(self, status: int) -> None:
        if not 200 <= status < 300:
            what, step = _REASONS.get(status, ("answered with an error", "Check the server behind TRANSCRIPTION_URL."))
            raise self._failed(f"{what} ({status})", step)

    def _read(self, body: bytes, audio_s: float) -> Heard:
        try:
            return EndpointReply.model_validate_json(body).heard(self.name, audio_s)
        except ValidationError:
            # Its message would quote the reply, which may hold what the candidate said.
            raise self._failed("answered with something that is no transcript", "Check TRANSCRIPTION_URL.") from None

    def _failed(self, what: str, next_step: str = "") -> ProviderFailed:
        return ProviderFailed(f"The transcription endpoint {what}.", next_step)


def _drain(todo: "queue.SimpleQueue[int]") -> None:
    """Pieces not sent yet stay unsent."""
    while True:
        try:
            todo.get_nowait()
        except queue.Empty:
            return
