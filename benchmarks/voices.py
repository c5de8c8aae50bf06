"""How soon a question can be heard: each voice that runs on this machine, from the text to its sound in hand.

``python -m benchmarks.voices --out voices.json``. Every voice goes through the chain the interview uses, alone in it.
``first_s`` is the very first text of a fresh voice (Piper starts and loads); then medians over texts and repeats:
``cold_s`` with nothing in the cache, ``cached_s`` with the sound on disk. Nothing is streamed: the first byte is in
hand when the last one is.
"""

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from core.domain.errors import InterviewError
from core.media.audio import SAMPLE_RATE
from core.media.clip import decode_clip
from core.speech.espeak import EspeakVoice
from core.speech.google_voice import GttsVoice
from core.speech.piper import PiperParams, PiperVoice
from core.speech.voice_engines import VoicePort
from core.speech.voices import SpokenAudio, VoiceChain

QUESTIONS = (
    "What is a deadlock?",
    "How does a B-tree index speed up a range query, and what does it cost?",
    "Tell me about a time when a release went wrong. What did you notice first, what did you do, and what has your "
    "team changed since then so that it does not happen again?",
)
PATIENT = PiperParams(turn_timeout_s=60.0)  # a busy machine is measured, not given up


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """One voice; figures are None where it is not available.

    Attributes:
        available: It spoke.
        reason: Why it did not.
        first_s: First text of a fresh voice, seconds.
        cold_s: Median without cache, seconds.
        cached_s: Median from the cache, seconds.
        bytes: Median size of the sound.
        seconds_of_audio: Median length of the sound.
        cold_s_per_audio_s: Seconds of making for each second of sound, over all texts.
        n: Texts spoken, over all repeats.
    """

    available: bool
    reason: str = ""
    first_s: float | None = None
    cold_s: float | None = None
    cached_s: float | None = None
    bytes: float | None = None
    seconds_of_audio: float | None = None
    cold_s_per_audio_s: float | None = None
    n: int = 0


def measure(voice: VoicePort, repeats: int, folder: Path) -> VoiceFigures:
    """One voice, alone in a chain, its cache emptied by a new folder for each repeat."""
    try:
        started = time.perf_counter()
        voice.speak("Ready.", 1.0)
        first_s = time.perf_counter() - started
    except InterviewError as error:
        return VoiceFigures(False, error.message)
    cold, cached, sounds = [], [], []
    try:
        for repeat in range(repeats):
            chain = VoiceChain(folder / f"{voice.name}-{repeat}", voices=[voice])
            for text in QUESTIONS:
                sound, cold_s = _timed(chain, text)
                again, cached_s = _timed(chain, text)
                if sound is None or again is None:
                    return VoiceFigures(False, "; ".join(chain.outages()))
                cold.append(cold_s)
                cached.append(cached_s)
                sounds.append((len(sound.data), decode_clip(sound.data).size / SAMPLE_RATE))
    finally:
        voice.close()
    lengths = [length for _, length in sounds]
    return VoiceFigures(
        True,
        "",
        first_s,
        statistics.median(cold),
        statistics.median(cached),
        statistics.median(size for size, _ in sounds),
        statistics.median(lengths),
        sum(cold) / sum(lengths),
        len(cold),
    )


def _timed(chain: VoiceChain, text: str) -> tuple[SpokenAudio | None, float]:
    started = time.perf_counter()
    sound = chain.speak(text)
    return sound, time.perf_counter() - started


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    voices: dict[str, VoicePort] = {"gtts": GttsVoice(), "piper": PiperVoice(params=PATIENT), "espeak": EspeakVoice()}
    with tempfile.TemporaryDirectory() as folder:
        figures = {name: measure(voice, max(1, arguments.repeats), Path(folder)) for name, voice in voices.items()}
    figures["browser"] = VoiceFigures(False, "Speaks in the candidate's browser; no sound passes through the server.")
    names = ("first_s", "cold_s", "cached_s", "bytes", "seconds_of_audio", "cold_s_per_audio_s")
    print(f"{'voice':9}" + "".join(f"{name:>20}" for name in names))
    for voice_name, found in figures.items():
        row = [getattr(found, name) for name in names]
        cells = "".join(f"{value:20.0f}" if value > 1000 else f"{value:20.4f}" for value in row if value is not None)
        print(f"{voice_name:9}" + (cells if found.available else f"  not available: {found.reason}"))
    if arguments.out:
        document = {name: asdict(found) for name, found in figures.items()}
        arguments.out.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
