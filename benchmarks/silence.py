"""Words nobody said: ``python -m benchmarks.silence --out F.json``.

Plays 60 s each of digital silence, white noise, babble and keyboard-like clicks into live rooms, at the pace of a
microphone, and counts the words of the finals. Words that were only ever shown as an interim are counted apart.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import noises
from benchmarks.feeding import Speaker, play
from core import weight_table, weights
from core.speech.service import TranscriptionService
from core.speech.whisper import WhisperEngine

SECONDS = 60.0


def measure() -> dict[str, Any]:
    """Listen to nothing."""
    makers = {"silence": noises.silence, "white": noises.white, "babble": noises.babble, "clicks": noises.clicks}
    service = TranscriptionService(WhisperEngine(weights.resolve(weight_table.WHISPER_TINY_EN)))
    service.start()
    if not service.wait_ready(120):
        raise SystemExit(f"The speech model is not ready: {service.load_error}")
    shown = dict.fromkeys(range(len(makers)), 0)

    def look(speakers: list[Speaker], _now: float) -> None:
        for number, speaker in enumerate(speakers):
            view = speaker.view()
            shown[number] = max(shown[number], len(f"{view.solid} {view.interim}".split()))

    with tempfile.TemporaryDirectory() as folder:
        speakers = play([make(SECONDS) for make in makers.values()], service, Path(folder), look)
    service.stop()
    kinds = {
        kind: {
            "phantom_words": sum(len(s.text.split()) for s in speaker.finals),
            "interim_words": shown[number],
            "segments": len(speaker.finals),
        }
        for number, (kind, speaker) in enumerate(zip(makers, speakers, strict=True))
    }
    return {"phantom_words": sum(k["phantom_words"] for k in kinds.values()), "seconds_each": SECONDS, "kinds": kinds}


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    result = measure()
    for kind, row in result["kinds"].items():
        print(f"{kind:10} " + "  ".join(f"{name} {value}" for name, value in row.items()))
    print(f"phantom_words {result['phantom_words']}")
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
