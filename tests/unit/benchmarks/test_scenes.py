"""Made-up video: what the truth says is what the frames show."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.acting import HonestActor
from benchmarks.scenes import FPS, Scene, honest_frames, make_clip, read_script
from benchmarks.stills import FaceFinder, Still, load_stills


@pytest.fixture(scope="module")
def stills() -> list[Still]:
    return load_stills(None)


def frames_of(script: str, stills: list[Still], seed: int = 1) -> list[np.ndarray]:
    return list(Scene(read_script(script), stills, seed).frames())


@pytest.mark.parametrize(("label", "faces"), [("one_face", 1), ("no_face", 0), ("two_faces", 2)])
def test_as_many_faces_are_seen_as_the_truth_says(label: str, faces: int, stills: list[Still]) -> None:
    last = frames_of(f"{label}:0.2", stills)[-1]
    assert len([f for f in FaceFinder().faces(last) if f[-1] > 0.8]) == faces


def test_no_two_live_frames_are_alike(stills: list[Still]) -> None:
    frames = frames_of("one_face:0.6", stills)
    assert all((a != b).any() for a, b in itertools.pairwise(frames))


def test_a_frozen_picture_is_the_last_one_again(stills: list[Still]) -> None:
    frames = frames_of("one_face:0.2,frozen:0.2", stills)
    assert all((f == frames[2]).all() for f in frames[3:])


def test_the_same_seed_makes_the_same_frames(stills: list[Still]) -> None:
    once, again = frames_of("one_face:0.2", stills), frames_of("one_face:0.2", stills)
    assert all((a == b).all() for a, b in zip(once, again, strict=True))


def test_a_mirror_image_is_nobody_to_change_to(stills: list[Still]) -> None:
    assert Scene(read_script("identity_change:1"), stills, 0).truth()["segments"][0]["label"] == "one_face"


@pytest.mark.parametrize("name", ["clip.avi", "clip.mjpeg"])
def test_a_clip_has_every_frame_of_its_truth(name: str, tmp_path: Path, stills: list[Still]) -> None:
    truth = make_clip("one_face:0.6,dark:0.4", tmp_path / name, stills)
    with av.open(str(tmp_path / name)) as clip:
        assert sum(1 for _ in clip.decode(video=0)) == truth["duration"] * FPS


@pytest.mark.parametrize("text", ["", "sleeping:3", "one_face", "one_face:long", "one_face:1,:2"])
def test_a_script_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a script is one of"):
        read_script(text)


def test_an_honest_person_never_looks_away_for_two_seconds() -> None:
    actor = HonestActor(600, seed=3)
    away = [a for a in actor.acts if a.kind == "turns"]
    assert away and all(a.end - a.start < 2 for a in away)


def test_looks_away_are_apart(stills: list[Still]) -> None:
    head = sorted((a.start, a.end) for a in HonestActor(600, seed=3).acts if a.kind in ("turns", "downs", "ups"))
    assert all(b - a_end >= 2 for (_, a_end), (b, _) in itertools.pairwise(head))


def test_no_frame_comes_while_the_stream_stands_still(stills: list[Still]) -> None:
    actor, frames = honest_frames(stills[0], 40, 2.0, seed=5)
    seen = dict(frames)
    assert [t for t, f in seen.items() if f is None] == [t for t in seen if actor.dropped(t)]
