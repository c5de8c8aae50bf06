from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain.errors import ModelUnavailable
from core.proctoring.analyst import Analyst
from core.proctoring.faces import FaceDetector, FaceParams
from core.proctoring.light import LightParams, measure_light
from core.proctoring.picture import as_bgr, resize_to


@pytest.mark.parametrize(("scene", "count"), [("one_face", 1), ("two_faces", 2), ("no_face", 0)])
@pytest.mark.parametrize("size", [(640, 480), (320, 240)])
def test_faces_are_counted(detector, request, scene, count, size):
    image = cv2.resize(request.getfixturevalue(scene), size, interpolation=cv2.INTER_AREA)
    signal = detector.analyse(image, 12.5)
    assert (signal.count, signal.too_dark, signal.at) == (count, False, 12.5)


def test_box_lies_on_the_face_in_pixels_of_the_frame(detector, one_face):
    large = cv2.resize(one_face, (1280, 960))
    (x, y, w, h) = detector.analyse(large, 0.0).boxes[0]
    eyes_x, eyes_y = 2 * (80 + 224 * 480 // 512), 2 * (110 * 480 // 512)  # the astronaut's face is about there
    assert x < eyes_x < x + w and y < eyes_y < y + h


def test_boxes_stay_in_the_picture(detector, one_face):
    cut = one_face[40:, 250:]
    height, width = cut.shape[:2]
    for x, y, w, h in detector.analyse(cut, 0.0).boxes:
        assert 0 <= x <= x + w <= width and 0 <= y <= y + h <= height


@pytest.mark.parametrize("share", [0.3, 0.12])
def test_face_in_a_dim_room_is_found_and_not_called_too_dark(detector, one_face, share):
    noise = np.random.default_rng(1).normal(0, 4, one_face.shape)
    dim = np.clip(one_face * share + noise, 0, 255).astype(np.uint8)
    signal = detector.analyse(dim, 0.0)
    assert (signal.count, signal.too_dark) == (1, False)


def test_without_brightening_that_face_would_be_lost(model, one_face):
    noise = np.random.default_rng(1).normal(0, 4, one_face.shape)
    dim = np.clip(one_face * 0.04 + noise, 0, 255).astype(np.uint8)
    params = FaceParams(light=LightParams(brighten_below_level=0.0))
    analyst = Analyst(FaceDetector(model, params))
    plain = analyst.analyse(dim, 0.0, analyst.new_person())
    assert plain.count == 0
    assert plain.too_dark, "nothing found in the dark is unknown, never 'no face'"


@pytest.mark.parametrize("level", [0, 12, 128, 255])
def test_a_covered_lens_is_too_dark_to_judge_whatever_its_colour(detector, level):
    signal = detector.analyse(np.full((240, 320, 3), level, np.uint8), 0.0)
    assert (signal.count, signal.too_dark) == (0, True)


def test_bright_noise_is_no_face(detector):
    noise = np.random.default_rng(2).integers(0, 256, (240, 320, 3)).astype(np.uint8)
    signal = detector.analyse(noise, 0.0)
    assert (signal.count, signal.too_dark) == (0, False)


@pytest.mark.parametrize("shape", [(0, 0), (0, 0, 3), (0, 640, 3), (480, 0, 3), (4, 4, 2), (7,), ()])
def test_what_is_no_picture_gives_no_face_and_too_dark(detector, shape):
    signal = detector.analyse(np.zeros(shape, np.uint8), 3.0)
    assert (signal.count, signal.boxes, signal.too_dark) == (0, (), True)


def test_odd_pictures_are_read_like_the_plain_one(detector, one_face):
    grey = cv2.cvtColor(one_face, cv2.COLOR_BGR2GRAY)
    forms = {
        "grey": grey,
        "grey with a channel": grey[:, :, None],
        "BGRA": cv2.cvtColor(one_face, cv2.COLOR_BGR2BGRA),
        "4K": cv2.resize(one_face, (3840, 2160)),
        "portrait": np.pad(one_face[:, 160:480], ((0, 240), (0, 0), (0, 0)), constant_values=140),
        "every second pixel": np.repeat(np.repeat(one_face, 2, 0), 2, 1)[::2, ::2],
        "mirrored": one_face[:, ::-1],
        "float": one_face.astype(np.float32),
    }
    assert {name: detector.analyse(image, 0.0).count for name, image in forms.items()} == dict.fromkeys(forms, 1)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 2000, 3), (2000, 1, 3), (3, 5), (31, 33, 4)])
def test_tiny_and_thin_pictures_do_not_break_it(detector, shape):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert detector.analyse(image, 0.0).count == 0


def test_the_frame_itself_is_not_changed(detector, one_face):
    dim = (one_face * 0.1).astype(np.uint8)
    before = dim.copy()
    detector.analyse(dim, 0.0)
    assert np.array_equal(dim, before)


def test_bad_numbers_in_a_float_picture_become_black():
    assert as_bgr(np.full((2, 2), np.nan)).max() == 0


def test_a_bright_face_before_a_dark_wall_is_not_bleached():
    grey = np.full((100, 100), 5, np.uint8)
    grey[:20] = 190
    assert measure_light(grey, LightParams()).gain == 1.0


def test_resizing_keeps_proportions_and_never_reaches_zero():
    assert resize_to(np.zeros((480, 640, 3), np.uint8), 320).shape == (240, 320, 3)
    assert resize_to(np.zeros((1, 5000, 3), np.uint8), 320).shape == (1, 320, 3)


def test_missing_and_broken_model_say_so(tmp_path: Path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    for path in (tmp_path / "none.onnx", broken):
        with pytest.raises(ModelUnavailable):
            FaceDetector(path)
