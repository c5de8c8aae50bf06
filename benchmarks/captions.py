"""Live captions under load: how right, how late, how steady, at what cost.

``python -m benchmarks.captions --manifest FILE --speakers N --out F.json`` plays the files of a manifest (CSV with
``path``, relative to it, ``transcript`` and optionally ``group``) into N live rooms at once, at the pace of a
microphone, from another process. ``docs/speech.md`` defines each figure.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.feeding import Speaker, play
from benchmarks.tracks import PAUSE_S, Clip, Track, load_manifest, make_track, speaking_spans
from core import weight_table, weights
from core.domain.transcript import FinalSegment, Word
from core.media.audio import SAMPLE_RATE
from core.speech.captions import CaptionStream
from core.speech.service import TranscriptionService
from core.speech.utterance import InterimCut
from core.speech.whisper import WhisperEngine


@dataclass
class Heard:
    """What came out of one stream beside its finals."""

    interims: dict[int, str] = field(default_factory=dict)
    """Last interim of each segment, all of it."""
    solid: dict[int, str] = field(default_factory=dict)
    published: dict[int, float] = field(default_factory=dict)
    """Monotonic time of each final."""


class ObservedService(TranscriptionService):
    """The service as it is, with a note taken of what its streams publish and when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard: list[Heard] = []

    def open_stream(self, *args: Any, **kwargs: Any) -> CaptionStream:
        """As the service's own."""
        stream = super().open_stream(*args, **kwargs)
        heard = Heard()
        self.heard.append(heard)
        show, deliver = stream.show_interim, stream.deliver

        def note(number: int) -> None:
            if (guess := stream.guess(number)) is not None:
                heard.interims[number] = f"{guess.solid} {guess.rest}"
                heard.solid[number] = guess.solid

        def note_interim(cut: InterimCut, text: str, words: Sequence[Word] = ()) -> None:
            show(cut, text, words)
            note(cut.number)

        def note_final(segment: FinalSegment, *, presumed: bool = False) -> None:
            deliver(segment, presumed=presumed)
            note(segment.number)
            for number in range(len(stream.view().finals)):  # a predecessor sets free what waited for it
                heard.published.setdefault(number, time.monotonic())

        stream.show_interim, stream.deliver = note_interim, note_final  # type: ignore[method-assign]
        return stream


def look(
    speakers: list[Speaker], now: float, *, spans: list[list[tuple[float, float]]], staleness: list[float]
) -> None:
    """Each 100 ms: how old is the newest sound behind the words on screen of those who are speaking?"""
    for speaker, speaking in zip(speakers, spans, strict=True):
        at = speaker.fed_s
        if speaker.arrivals and any(start <= at <= end for start, end in speaking):
            staleness.append(now - speaker.arrived_at(min(at, speaker.view().heard_to_s)))


def text_between(segments: Sequence[FinalSegment], texts: dict[int, str], start_s: float, end_s: float) -> str:
    """Texts of the segments that lie mostly within a span."""
    inside = [s for s in segments if start_s - PAUSE_S / 2 <= (s.start_s + s.end_s) / 2 <= end_s + PAUSE_S / 2]
    return " ".join(texts.get(s.number, "") for s in inside)


def offline_texts(clips: Sequence[Clip], engine_dir: Path) -> dict[Path, str]:
    """Each file whole by plain ``WhisperModel.transcribe``, same model."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(engine_dir), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    texts: dict[Path, str] = {}
    for clip in clips:
        if clip.path not in texts:
            found, _ = model.transcribe(clip.samples.astype(np.float32) / 32_768, language="en")
            texts[clip.path] = " ".join(segment.text.strip() for segment in found)
    return texts


def quantile(values: Sequence[float], q: float) -> float | None:
    """A quantile, rounded to milliseconds."""
    return round(float(np.quantile(values, q)), 3) if values else None


def measure(manifest: Path, count: int, seconds: float) -> dict[str, Any]:
    """Play, listen, compare."""
    clips = load_manifest(manifest)
    # Each speaker begins elsewhere in the manifest, so that few say the same at the same time.
    tracks = [make_track(clips, i * max(1, len(clips) // count), seconds) for i in range(count)]
    spans = [speaking_spans(track) for track in tracks]
    model = weights.resolve(weight_table.WHISPER_TINY_EN)
    service = ObservedService(WhisperEngine(model))
    service.start()
    if not service.wait_ready(120):
        raise SystemExit(f"The speech model is not ready: {service.load_error}")
    staleness: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        cpu, began = time.process_time(), time.monotonic()
        watch = partial(look, spans=spans, staleness=staleness)
        speakers = play([track.samples for track in tracks], service, Path(folder), watch)
        cpu, wall = time.process_time() - cpu, time.monotonic() - began
        recorded_s = sum(speaker.path.stat().st_size / 2 / SAMPLE_RATE for speaker in speakers)
    service.stop()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fed_s = sum(speaker.fed_s for speaker in speakers)
    result: dict[str, Any] = {"speakers": count, "audio_s": round(fed_s, 1)}
    result |= accuracy(tracks, speakers, service.heard, offline_texts(clips, model))
    finals = [
        heard.published[s.number] - speaker.arrived_at(s.end_s - _pad_s())
        for speaker, heard in zip(speakers, service.heard, strict=True)
        for s in speaker.finals
    ]
    result |= {
        "interim_staleness_p50_s": quantile(staleness, 0.5),
        "interim_staleness_p95_s": quantile(staleness, 0.95),
        "final_p50_s": quantile(finals, 0.5),
        "final_p95_s": quantile(finals, 0.95),
        "segments": len(finals),
        "failed_segments": sum(s.engine == "failed" for speaker in speakers for s in speaker.finals),
        "lost_audio_s": round(fed_s - recorded_s, 2),
        "cpu_s_per_audio_s": round(cpu / fed_s, 4),
        "cores_busy": round(cpu / wall, 2),
        "peak_rss_mb": round(peak_mb, 1),
    }
    return result


def _pad_s() -> float:
    from core.speech.segmenter import SegmenterParams

    return SegmenterParams().speech_pad_ms / 1000


def accuracy(
    tracks: list[Track], speakers: list[Speaker], heards: list[Heard], offline: dict[Path, str]
) -> dict[str, Any]:
    """Word errors and steadiness. Imported late: the normaliser's memory is not the captions'."""
    from benchmarks import wording

    final, whole, interim = [], [], []
    groups: dict[str, list[tuple[str, str]]] = {}
    confidences: dict[str, list[float]] = {}
    shown = total = changed = 0
    for track, speaker, heard in zip(tracks, speakers, heards, strict=True):
        texts = {s.number: s.text for s in speaker.finals}
        for clip, start_s, end_s in track.clips:
            mine = clip.transcript, text_between(speaker.finals, texts, start_s, end_s)
            final.append(mine)
            whole.append((clip.transcript, offline[clip.path]))
            interim.append((clip.transcript, text_between(speaker.finals, heard.interims, start_s, end_s)))
            groups.setdefault(clip.group, []).append(mine)
            confidences.setdefault(clip.group, []).extend(
                s.confidence for s in speaker.finals if s.confidence is not None and start_s <= s.start_s + 0.5 <= end_s
            )
        for s in speaker.finals:
            solid, words = wording.words(heard.solid.get(s.number, "")), wording.words(s.text)
            shown, total = shown + len(solid), total + len(words)
            changed += wording.changed(solid, words)
    result: dict[str, Any] = {
        "words": total,
        "wer_final": wording.error_rate(final),
        "wer_offline": wording.error_rate(whole),
        "interim_wer": wording.error_rate(interim),
        "flicker": round(changed / shown, 4) if shown else 0.0,
        "solid_share": round(shown / total, 3) if total else 0.0,
    }
    if any(groups):
        result["wer_by_group"] = {group: wording.error_rate(pairs) for group, pairs in sorted(groups.items())}
        result["confidence_by_group"] = {
            group: round(statistics.median(values), 3) for group, values in sorted(confidences.items()) if values
        }
    return result


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--speakers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long each speaker speaks, at least 60")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if missing := [name for name in ("jiwer", "whisper_normalizer") if find_spec(name) is None]:
        raise SystemExit(f"Missing: {', '.join(missing)}. Run “pip install -r requirements-dev.txt”.")
    result = measure(arguments.manifest, arguments.speakers, max(60.0, arguments.seconds))
    for name, value in result.items():
        print(f"{name:26} {value}")
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
