"""Another voice in an answer: ``python -m benchmarks.second_voice [--manifest FILE.csv] --out F.json``.

The whole chain of the live monitor: voice activity, the bundled encoder, the rule. Every voice is enrolled under every
condition (microphone, room, level, noise) and heard under every other: each claim is a false one. Then, enrolled and
heard under one condition, each other voice is listened to: each claim is a right one.

The voices are synthetic (Piper's Joe and some of espeak-ng); a manifest (CSV ``path, speaker``) adds real ones.
``same``: pairs of conditions, minutes of speech, pairs with a claim and which; ``other``: pairs of voices, share found,
and those missed; ``too_noisy``: share of windows that were not judged; ``cpu_ms_per_speech_s``. ``--classical`` does
the same with mean and spread of 20 cepstra instead of the encoder, at the threshold that makes as few false claims.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rooms import CONDITIONS, heard
from core import weight_table, weights
from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import decode_clip
from core.proctoring.second_voice import SecondVoiceRule
from core.proctoring.speaker_encoder import Embedding, SpeakerEncoder, VoiceEncoder, unit
from core.proctoring.speaker_features import FULL_SCALE, compute_mel_power
from core.proctoring.voices import VoiceComparison, VoiceVote
from core.speech.vad import SileroStream
from core.speech.voiced_windows import VoicedWindow, VoicedWindows
from core.weights import is_installed

ENROLLED_S, HEARD_S = 16.0, 30.0
_FIRST_OF_ALL = 1.0  # a second of the room before anybody speaks
_TEXT = (
    "I would begin by writing down what the system has to do, and for how many people at once. Then I would look at "
    "the data: what is written often, what is read often, and what may be late. A hash table keeps its keys in "
    "buckets, so that a look up takes about the same time however many there are. When two keys fall into one bucket, "
    "we either keep a list there or look for the next free place. Deadlocks need four things at once: mutual "
    "exclusion, holding while waiting, no taking away, and a circle of those who wait. Break one of them and it "
    "cannot happen; the easiest is to take the locks in one fixed order. For testing I write small tests first, and a "
    "few large ones which run the whole thing as a person would."
)
ESPEAK = ("en-us", "en-us+f3", "en-us+f5", "en-us+m7", "en-us+klatt2")


@dataclass
class Cached:
    """An encoder that remembers what it was asked: the same second is heard in many pairs."""

    encoder: SpeakerEncoder
    known: dict[bytes, Embedding] = field(default_factory=dict)
    cpu_s: float = 0.0

    def __post_init__(self) -> None:
        self.piece_s, self.pieces = self.encoder.piece_s, self.encoder.pieces
        self.unlike_below = self.encoder.unlike_below

    def encode(self, speech: Samples) -> Embedding:
        key = speech.tobytes()
        if key not in self.known:
            began = time.thread_time()
            self.known[key] = self.encoder.encode(speech)
            self.cpu_s += time.thread_time() - began
        return self.known[key]


class Cepstra:
    """The classical way: mean and spread of 20 cepstra of 40 mel bands; pieces of 3.2 s."""

    piece_s, pieces, unlike_below = 3.2, 1, 0.0

    def encode(self, speech: Samples) -> Embedding:
        bands = np.log(compute_mel_power(speech.astype(np.float32) / FULL_SCALE) + 1e-8)
        n = bands.shape[1]
        cosines = np.cos(np.pi / n * (np.arange(n) + 0.5)[None, :] * np.arange(1, 21)[:, None])
        cepstra = bands @ cosines.T / n
        return unit(np.concatenate([cepstra.mean(axis=0), cepstra.std(axis=0)]).astype(np.float32))


def synthetic(folder: Path) -> dict[str, Samples]:
    """One text in several voices; Piper where it is installed."""
    commands = {f"espeak {name}": ["espeak-ng", "-v", name, "-s", "150", "--stdin", "-w"] for name in ESPEAK}
    if is_installed(weight_table.PIPER_JOE):
        voice = weights.resolve(weight_table.PIPER_JOE) / "en_US-joe-medium.onnx"
        commands["piper joe"] = [sys.executable, "-m", "piper", "-m", str(voice), "-f"]
    voices = {}
    for number, (name, command) in enumerate(commands.items()):
        path = folder / f"{number}.wav"
        subprocess.run([*command, str(path)], input=_TEXT.encode(), check=True, capture_output=True, timeout=120)
        voices[name] = decode_clip(path.read_bytes())
    return voices


def from_manifest(manifest: Path) -> dict[str, Samples]:
    """All recordings of each speaker, one after the other."""
    found = defaultdict(list)
    for row in csv.DictReader(manifest.open(encoding="utf-8")):
        found[row["speaker"]].append(decode_clip((manifest.parent / row["path"]).read_bytes()))
    return {speaker: np.concatenate(pieces) for speaker, pieces in found.items()}


def cut(samples: Samples) -> list[VoicedWindow]:
    """Windows with their voice activity, as the live monitor finds them."""
    windows, found = VoicedWindows(SileroStream().probability), []
    for start in range(0, samples.size, 1600):
        piece = samples[start : start + 1600]
        found += windows.feed(piece, (start + piece.size) / SAMPLE_RATE)
    return found


def listen(encoder: SpeakerEncoder, first: list[VoicedWindow], then: list[VoicedWindow]) -> tuple[list[VoiceVote], int]:
    """Two answers, the voice enrolled in the first: the votes of both, and the claims made."""
    comparison, rule, votes, claims = VoiceComparison(encoder), SecondVoiceRule(), [], 0
    for offset_s, answer in ((0.0, first), (1000.0, then)):
        for window in answer:
            if not window.beside:
                comparison.note_quiet(window.samples)
                claims += sum(c.ended_at is None for c in rule.pass_time(offset_s + window.end_s))
            elif (vote := comparison.hear(offset_s + window.end_s, window.samples)) is not None:
                votes.append(vote)
                claims += sum(claim.ended_at is None for claim in rule.observe(vote))
        comparison.forget_piece()
        rule.close()
    return [vote for vote in votes if vote.started_at >= 900.0], claims


def measure(voices: dict[str, Samples], encoder: Cached) -> dict[str, Any]:
    """Every voice against itself under all conditions, and against every other."""
    parts: dict[tuple[str, str], tuple[list[VoicedWindow], list[VoicedWindow]]] = {}
    for voice, samples in voices.items():
        for name in CONDITIONS:
            sound = heard(name, samples)
            # What a noisy room sounds like before the first word.
            room = np.random.default_rng(5).choice(sound[:1600], int(_FIRST_OF_ALL * SAMPLE_RATE)) // 8
            cut_at = round(ENROLLED_S * SAMPLE_RATE)
            first = np.concatenate([room.astype(np.int16), sound[:cut_at]])
            parts[voice, name] = cut(first), cut(sound[cut_at : cut_at + round(HEARD_S * SAMPLE_RATE)])
    long_enough = [voice for voice, samples in voices.items() if samples.size >= (ENROLLED_S + 10) * SAMPLE_RATE]
    same: list[tuple[str, str, str]] = []
    likeness, votes_n, unknown_n, pairs = [], 0, 0, 0
    for voice in long_enough:
        for one in CONDITIONS:
            for other in CONDITIONS:
                votes, claims = listen(encoder, parts[voice, one][0], parts[voice, other][1])
                pairs += 1
                votes_n += len(votes)
                unknown_n += sum(vote.unlike is None for vote in votes)
                likeness += [vote.similarity for vote in votes if vote.similarity is not None]
                same += [(voice, one, other)] * bool(claims)
    found: dict[str, list[str]] = {}
    total = 0
    for condition in ("clean", "small room", "pink noise 20 dB"):
        missed = []
        for voice in long_enough:
            for other in voices:
                if (
                    other == voice
                    or voices[other].size < 12 * SAMPLE_RATE
                    or (voice.startswith("espeak") and other.startswith("espeak"))
                ):
                    continue
                whole = parts[other, condition][0] + parts[other, condition][1]
                _, claims = listen(encoder, parts[voice, condition][0], whole)
                total += 1
                missed += [] if claims else [f"{voice} > {other}"]
        found[condition] = missed
    missed_n = sum(len(pairs) for pairs in found.values())
    speech_s = len(encoder.known) * encoder.piece_s
    return {
        "threshold": encoder.unlike_below,
        "same": {
            "pairs": pairs,
            "minutes": round(votes_n * encoder.piece_s / 60, 1),
            "false": len(same),
            "which": same[:20],
            "likeness": {p: round(float(np.percentile(likeness, p)), 3) for p in (0, 1, 5, 50)},
        },
        "too_noisy": round(unknown_n / max(1, votes_n), 3),
        "other": {"pairs": total, "found": round(1 - missed_n / max(1, total), 3), "missed": found},
        "cpu_ms_per_speech_s": round(1000 * encoder.cpu_s / max(1e-9, speech_s), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="False and right claims of another voice.")
    parser.add_argument("--manifest", type=Path, help="CSV: path, speaker")
    parser.add_argument("--threshold", type=float, help="instead of the encoder's own")
    parser.add_argument("--classical", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        voices = synthetic(Path(folder))
    voices |= from_manifest(args.manifest) if args.manifest else {}
    encoder = Cached(Cepstra() if args.classical else VoiceEncoder(weights.resolve(weight_table.VOICE_ENCODER)))
    if args.threshold is not None:
        encoder.unlike_below = args.threshold
    figures = measure(voices, encoder)
    args.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
