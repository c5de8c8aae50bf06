"""What the speakers of a benchmark say, and when."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.media.audio import SAMPLE_RATE, Samples
from core.media.clip import decode_clip

PAUSE_S = 1.0
TAIL_S = 2.0


@dataclass
class Clip:
    """A file of the manifest."""

    path: Path
    transcript: str
    group: str
    samples: Samples


@dataclass
class Track:
    """What one speaker says: clips one after another, with their place in seconds."""

    clips: list[tuple[Clip, float, float]]
    samples: Samples


def load_manifest(manifest: Path) -> list[Clip]:
    """Files and what is said in them."""
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        Clip(path, row["transcript"], row.get("group") or "", decode_clip(path.read_bytes()))
        for row in rows
        for path in [manifest.parent / row["path"]]
    ]


def make_track(clips: Sequence[Clip], first: int, seconds: float) -> Track:
    """Clips from ``first`` on, round and round, until there are enough seconds."""
    placed: list[tuple[Clip, float, float]] = []
    pieces: list[Samples] = [np.zeros(int(0.5 * SAMPLE_RATE), np.int16)]
    pause = np.zeros(int(PAUSE_S * SAMPLE_RATE), np.int16)
    length = pieces[0].size
    while length < seconds * SAMPLE_RATE:
        clip = clips[(first + len(placed)) % len(clips)]
        placed.append((clip, length / SAMPLE_RATE, (length + clip.samples.size) / SAMPLE_RATE))
        pieces += [clip.samples, pause]
        length += clip.samples.size + pause.size
    pieces.append(np.zeros(int((TAIL_S - PAUSE_S) * SAMPLE_RATE), np.int16))
    return Track(placed, np.concatenate(pieces))


def speaking_spans(track: Track) -> list[tuple[float, float]]:
    """When the source speaks, seconds of the track: Silero on the clean file, pauses from 100 ms cut out."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=100, speech_pad_ms=0)
    spans: list[tuple[float, float]] = []
    for clip, start_s, _ in track.clips:
        for span in get_speech_timestamps(clip.samples.astype(np.float32) / 32_768, options):
            spans.append((start_s + span["start"] / SAMPLE_RATE, start_s + span["end"] / SAMPLE_RATE))
    return spans
