from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from core import weight_table, weights
from core.domain.signals import Signal, SignalStatus
from core.proctoring.analyst import Analyst
from core.proctoring.equipment import EquipmentParams, make_analyst
from core.proctoring.eyes import EyesFound
from core.proctoring.faces import Face, FaceDetector
from core.proctoring.mesh import FaceMesh


def test_the_usual_position_is_zero_and_known_after_five_pictures(live, one_face):
    signals = live.show(one_face, 5)
    assert [s.yaw_deg for s in signals[:5]] == [None] * 5
    assert not any(s is None for s in (signals[5].yaw_deg, signals[5].pitch_deg, signals[5].gaze_x))
    assert all(abs(s.yaw_deg) < 5 and abs(s.pitch_deg) < 5 and abs(s.gaze_x) < 0.06 for s in signals[5:])
    assert live.person.calibrated


def test_open_eyes_are_not_shut(live, one_face):
    assert [s.eyes_closed for s in live.show(one_face, 4)] == [False] * 8


def test_the_same_face_is_like_the_start_and_compared_every_five_seconds(live, one_face):
    signals = live.show(one_face, 14)
    compared = [(s.at, s.similarity) for s in signals if s.similarity is not None]
    assert all(similarity > 0.8 for _, similarity in compared)
    assert 2 <= len(compared) <= 4
    assert all(b - a == pytest.approx(5.0) for (a, _), (b, _) in pairwise(compared))


def test_another_face_in_the_same_place_is_noticed_at_once_and_looked_at_until_it_is_clear(
    live, one_face, somebody_else
):
    live.show(one_face, 7)
    signals = live.show(somebody_else, 4)
    assert all(s.similarity is not None and s.similarity < 0.33 for s in signals)


def test_after_a_gap_the_next_face_is_compared_at_once(live, one_face, no_face):
    live.show(one_face, 8)
    live.show(no_face, 3)
    assert live.show(one_face, 0.5)[0].similarity is not None


def test_a_picture_that_repeats_does_not_change_and_sensor_noise_does(analyst, one_face):
    person = analyst.new_person()
    assert analyst.analyse(one_face, 0.0, person).change is None
    assert analyst.analyse(one_face, 0.5, person).change == 0.0
    noisy = np.clip(one_face + np.random.default_rng(0).normal(0, 2, one_face.shape), 0, 255).astype(np.uint8)
    assert analyst.analyse(noisy, 1.0, person).change > 3


def test_a_covered_camera_is_covered_and_says_nothing_of_a_person(live, one_face):
    live.show(one_face, 4)
    black = np.full_like(one_face, 6)
    signal = live.show(black, 0.5)[0]
    assert (signal.covered, signal.too_dark, signal.count, signal.yaw_deg) == (True, True, 0, None)


def test_in_a_dim_picture_a_face_is_counted_and_its_angles_are_not_guessed(live, one_face):
    live.show(one_face, 4)
    signal = live.show((one_face * 0.15).astype(np.uint8), 0.5)[0]
    assert signal.count == 1
    assert (signal.yaw_deg, signal.similarity, signal.gaze_x) == (None, None, None)


def test_who_agreed_to_counting_only_is_only_counted(analyst, one_face):
    person = analyst.new_person(faces_only=True)
    for n in range(8):
        signal = analyst.analyse(cv2.add(one_face, n), n * 0.5, person)
        measured = (signal.yaw_deg, signal.gaze_x, signal.similarity, signal.change, signal.motion_behind)
        assert (signal.count, measured) == (1, (None,) * 5)
    assert not person.identity.enrolled


def test_a_blurred_picture_is_less_sharp(live, one_face):
    sharp = live.show(one_face)[0].sharpness
    blurred = live.show(cv2.GaussianBlur(one_face, (0, 0), 6))[0].sharpness
    assert blurred < 0.5 * sharp


def test_a_4k_frame_has_its_boxes_in_its_own_pixels(analyst, one_face):
    large = cv2.resize(one_face, (3840, 2880))
    (x, y, width, height) = analyst.analyse(large, 0.0, analyst.new_person()).boxes[0]
    assert x < 6 * (80 + 224 * 480 // 512) < x + width and y < 6 * 105 < y + height


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((480, 0), np.uint8),
        np.full((7, 2000), 90, np.uint8),
        np.random.default_rng(0).integers(0, 256, (480, 640), np.uint8),
    ],
    ids=["0x0", "1x1", "no columns", "a stripe", "grey noise"],
)
def test_pictures_that_are_none_do_not_stop_a_session(live, one_face, image):
    live.show(one_face, 4)
    live.show(image, 1)
    assert live.show(one_face, 0.5)[0].count == 1


def test_frames_of_changing_size_and_turned_ones_go_through(live, one_face):
    live.show(one_face, 4)
    for image in (np.rot90(one_face), cv2.resize(one_face, (320, 240)), one_face[:300], np.rot90(one_face, 2)):
        live.show(np.ascontiguousarray(image), 0.5)
    assert live.show(one_face, 0.5)[0].count == 1


def test_every_signal_has_a_status_and_what_is_missing_a_reason(model):
    bare = make_analyst(EquipmentParams(mesh=False)).statuses()
    assert {s.signal for s in bare} >= {Signal.FACES, Signal.HEAD, Signal.GAZE, Signal.IDENTITY, Signal.OBJECTS}
    missing = {s.signal for s in bare if not s.measured}
    assert missing == {Signal.GAZE, Signal.EYES, Signal.OBJECTS}
    assert all(s.reason for s in bare if not s.measured)


def test_without_the_mesh_heads_are_measured_by_five_points_and_gaze_is_not(model, one_face):
    analyst = Analyst(FaceDetector(model), missing=[SignalStatus(Signal.GAZE, False, "not installed")])
    person = analyst.new_person()
    for n in range(7):
        signal = analyst.analyse(cv2.add(one_face, n), n * 0.5, person)
    assert (signal.yaw_deg, signal.gaze_x, signal.eyes_closed) == (pytest.approx(0, abs=3), None, None)


class SeesMore(FaceDetector):
    """Takes a corner of the room for a further face, as a hand can be taken."""

    def __init__(self, model, score: float) -> None:
        super().__init__(model)
        self._score = score

    def find(self, bgr, near=None):
        found = super().find(bgr, near)
        corner = np.array([20.0, 330.0, 90.0, 110.0])
        points = corner[:2] + np.array([[25, 35], [65, 35], [45, 60], [30, 85], [60, 85]])
        return replace(found, faces=(*found.faces, Face(corner, points, self._score)))


@pytest.mark.parametrize(("score", "count"), [(0.82, 1), (0.9, 2)])
def test_a_doubtful_further_face_needs_the_meshs_word(model, one_face, score, count):
    mesh = FaceMesh(weights.resolve(weight_table.FACE_MESH))
    analyst = Analyst(SeesMore(model, score), mesh)
    assert analyst.analyse(one_face, 0.0, analyst.new_person()).count == count


def test_eyes_that_disagree_look_nowhere(live, one_face, monkeypatch):
    live.show(one_face, 4)
    monkeypatch.setattr("core.proctoring.analyst.eyes_of", lambda points: EyesFound(0.3, 0.0, 0.3, apart=0.5))
    assert live.show(one_face, 0.5)[0].gaze_x is None
