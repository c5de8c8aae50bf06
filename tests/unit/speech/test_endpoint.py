import socket
from collections.abc import Iterator
from math import exp

import numpy as np
import pytest
from fakes.transcription_server import Answer, TranscriptionServer

from core.domain.errors import ProviderFailed
from core.domain.transcript import Word
from core.media.audio import SAMPLE_RATE
from core.speech.endpoint import EndpointEngine, EndpointParams
from core.speech.hearing import Effort, Heard, Piece

KEY = "sk-a-key-nobody-may-see"
QUICK = EndpointParams(live_deadline_s=5.0, full_deadline_s=5.0, retry_pause_s=0.01)
IMPATIENT = EndpointParams(live_deadline_s=0.3, full_deadline_s=5.0, retry_pause_s=0.01)
VERBOSE = {
    "task": "transcribe",
    "text": " An index helps.",
    "duration": 2.0,
    "segments": [
        {"id": 0, "start": 0.0, "end": 1.0, "tokens": [1, 2, 3], "avg_logprob": -0.1, "no_speech_prob": 0.2},
        {"id": 1, "start": 1.0, "end": 2.0, "tokens": [4], "avg_logprob": -0.5, "no_speech_prob": 0.05},
    ],
    "words": [{"word": "An", "start": 0.1, "end": 0.3}, {"word": "index", "start": 1.2, "end": 9.0}],
}


def piece(seconds: float = 2.0) -> Piece:
    return Piece(np.ones(int(seconds * SAMPLE_RATE), np.int16))


@pytest.fixture
def server() -> Iterator[TranscriptionServer]:
    with TranscriptionServer().running() as server:
        yield server


def engine(server: TranscriptionServer, params: EndpointParams = QUICK, key: str = KEY) -> EndpointEngine:
    return EndpointEngine(server.url, "whisper-1", key, "de", params)


def hear(server: TranscriptionServer, answer: Answer, seconds: float = 2.0) -> Heard:
    server.reply = lambda _upload: answer
    return engine(server).decode([piece(seconds)], Effort.LIVE)[0]


def failure(server: TranscriptionServer, answer: Answer, params: EndpointParams = QUICK) -> ProviderFailed:
    server.reply = lambda _upload: answer
    with pytest.raises(ProviderFailed) as caught:
        engine(server, params).decode([piece()], Effort.LIVE)
    return caught.value


def test_the_piece_arrives_as_16_khz_mono(server: TranscriptionServer) -> None:
    hear(server, Answer(), seconds=2.0)
    (upload,) = server.uploads
    assert (upload.rate, upload.channels, upload.audio_s) == (16_000, 1, 2.0)


def test_model_language_and_key_are_sent(server: TranscriptionServer) -> None:
    hear(server, Answer())
    (upload,) = server.uploads
    assert (upload.fields["model"], upload.fields["language"]) == (["whisper-1"], ["de"])
    assert upload.authorization == f"Bearer {KEY}"


def test_without_a_key_no_authorization_is_sent(server: TranscriptionServer) -> None:
    engine(server, key="").decode([piece()], Effort.LIVE)
    assert server.uploads[0].authorization == ""


def test_full_address_is_taken_as_well_as_the_base(server: TranscriptionServer) -> None:
    full = EndpointEngine(f"{server.url}/audio/transcriptions/", "whisper-1", params=QUICK)
    assert full.decode([piece()], Effort.LIVE)[0].text == "hello"


def test_words_carry_times_within_the_piece_and_their_segments_confidence(server: TranscriptionServer) -> None:
    assert hear(server, Answer(VERBOSE)).words == (
        Word("An", 0.1, 0.3, pytest.approx(exp(-0.1))),
        Word("index", 1.2, 2.0, pytest.approx(exp(-0.5))),
    )


def test_confidence_is_the_mean_over_the_tokens_of_all_segments(server: TranscriptionServer) -> None:
    heard = hear(server, Answer(VERBOSE))
    assert heard.confidence == pytest.approx(exp((3 * -0.1 + 1 * -0.5) / 4))
    assert heard.no_speech == 0.05


def test_plain_text_has_no_confidence_and_no_words(server: TranscriptionServer) -> None:
    assert hear(server, Answer({"text": " hello "})) == Heard("hello", None, 0.0, (), "endpoint whisper-1")


def test_words_without_any_confidence_are_left_out(server: TranscriptionServer) -> None:
    words = [{"word": "hello", "start": 0.0, "end": 0.5}]
    assert hear(server, Answer({"text": "hello", "words": words})).words == ()


def test_empty_text_is_an_answer(server: TranscriptionServer) -> None:
    assert hear(server, Answer({"text": ""})).text == ""


def test_a_server_without_the_verbose_form_is_asked_for_less_and_remembered(server: TranscriptionServer) -> None:
    def reply(upload: object) -> Answer:
        form = server.uploads[-1].fields
        if form["response_format"] == ["verbose_json"]:
            return Answer({"error": {"message": "not compatible"}}, 400)
        return Answer({"text": "hello", "logprobs": [{"token": "hello", "logprob": -0.2}]})

    server.reply = reply
    asked = engine(server)
    assert asked.decode([piece()], Effort.LIVE)[0].confidence == pytest.approx(exp(-0.2))
    asked.decode([piece()], Effort.LIVE)
    assert [u.fields["response_format"][0] for u in server.uploads] == ["verbose_json", "json", "json"]


def test_pieces_keep_their_order(server: TranscriptionServer) -> None:
    server.reply = lambda upload: Answer({"text": f"{upload.audio_s:g}"})
    pieces = [piece(s) for s in (3, 1, 2, 5, 4, 6)]
    assert [h.text for h in engine(server).decode(pieces, Effort.FULL)] == ["3", "1", "2", "5", "4", "6"]


def test_a_very_short_piece_is_filled_up_with_silence(server: TranscriptionServer) -> None:
    hear(server, Answer(), seconds=0.02)
    assert server.uploads[0].audio_s == 0.25


def test_an_empty_piece_is_not_sent(server: TranscriptionServer) -> None:
    assert engine(server).decode([piece(0)], Effort.LIVE)[0].text == ""
    assert server.uploads == []


@pytest.mark.parametrize(("status", "sent"), [(401, 1), (403, 1), (404, 1), (413, 1), (307, 1), (429, 2), (500, 2)])
def test_a_refusal_is_final_and_a_failure_is_tried_once_more(
    server: TranscriptionServer, status: int, sent: int
) -> None:
    error = failure(server, Answer({"error": "why"}, status, headers=(("Location", "http://127.0.0.1:9/"),)))
    assert str(status) in error.message
    assert len(server.uploads) == sent


def test_a_server_that_recovers_is_heard_on_the_second_try(server: TranscriptionServer) -> None:
    server.reply = lambda _upload: Answer({"error": ""}, 503) if len(server.uploads) == 1 else Answer()
    assert engine(server).decode([piece()], Effort.LIVE)[0].text == "hello"


@pytest.mark.parametrize(
    "body",
    [b"{broken", b"", b"[]", b'{"text": 5}', b'{"error": "no"}', b"<html><body>Sign in</body></html>",
     b'{"text": "x", "segments": [{"avg_logprob": NaN}]}', b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_transcript_is_refused(server: TranscriptionServer, body: bytes) -> None:
    assert "no transcript" in failure(server, Answer(body)).message


def test_an_endless_reply_is_cut_off(server: TranscriptionServer) -> None:
    assert "more than a transcript" in failure(server, Answer({"text": "x" * 400_000})).message


@pytest.mark.parametrize("answer", [Answer(hang=True), Answer(drip_s=0.05)], ids=["silent", "dripping"])
def test_a_slow_server_is_given_up_at_the_deadline(server: TranscriptionServer, answer: Answer) -> None:
    assert "did not answer" in failure(server, answer, IMPATIENT).message


def test_nobody_listening_is_not_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        EndpointEngine(f"http://127.0.0.1:{port}", "whisper-1", KEY, params=QUICK).decode([piece()], Effort.LIVE)


@pytest.mark.parametrize("key", ["sk-zeilen\numbruch", "sk-ümlaut"])
def test_a_key_that_cannot_be_sent_fails_without_being_shown(server: TranscriptionServer, key: str) -> None:
    with pytest.raises(ProviderFailed) as caught:
        engine(server, key=key).decode([piece()], Effort.LIVE)
    assert key not in f"{caught.value!r} {caught.value.message} {caught.value.next_step}"


def test_neither_words_nor_key_are_logged(server: TranscriptionServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    hear(server, Answer({"text": "my secret answer"}))
    failure(server, Answer({"error": "my secret answer"}, 500))
    failure(server, Answer(b'{"text": ["my secret answer"]}'))
    assert "secret answer" not in caplog.text and KEY not in caplog.text
