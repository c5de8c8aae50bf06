import numpy as np
import pytest

from core.proctoring.background import BackgroundMemory, BackgroundParams
from core.proctoring.faces import Face

ROOM = np.random.default_rng(3).integers(60, 180, (15, 20)).repeat(16, 0).repeat(16, 1).astype(np.uint8)
"""240x320, with edges everywhere."""


def face(x: float = 60.0) -> Face:
    return Face(np.array([x, 90.0, 40.0, 50.0]), np.zeros((5, 2)), 0.9)


def visitor(x: int, height: int = 160) -> np.ndarray:
    image = ROOM.copy()
    image[240 - height :, x : x + 40] = 20
    return image


def moves(*pictures: np.ndarray, where: Face | None = None) -> list[float | None]:
    memory = BackgroundMemory(BackgroundParams())
    return [memory.movement(p, where or face(), 1.0) for p in pictures]


def test_somebody_walking_behind_is_measured():
    assert all(share > 0.04 for share in moves(ROOM, visitor(200), visitor(240), visitor(270))[1:])


def test_a_still_room_does_not_move():
    noise = np.random.default_rng(0)
    noisy = [np.clip(ROOM + noise.normal(0, 3, ROOM.shape), 0, 255).astype(np.uint8) for _ in range(4)]
    assert moves(*noisy)[1:] == [0.0, 0.0, 0.0]


def test_the_person_may_move_as_they_like():
    gesture = ROOM.copy()
    gesture[120:240, 30:130] = 30
    assert moves(ROOM, gesture, ROOM)[1:] == [0.0, 0.0]


def test_something_small_is_not_the_size_of_a_person():
    assert moves(ROOM, visitor(220, height=30), ROOM)[1:] == [0.0, 0.0]


def test_a_desk_that_shakes_is_nobody():
    assert moves(ROOM, np.roll(ROOM, (2, 3), (0, 1)), ROOM)[1:] == [0.0, 0.0]


def test_a_light_switched_on_is_nobody():
    assert moves(ROOM, np.clip(ROOM.astype(int) + 60, 0, 255).astype(np.uint8))[1] is None


def test_a_camera_that_is_turned_says_nothing():
    other = np.random.default_rng(9).integers(60, 180, (15, 20)).repeat(16, 0).repeat(16, 1).astype(np.uint8)
    assert moves(ROOM, other)[1] is None


@pytest.mark.parametrize("size", [(240, 320), (120, 160), (480, 640)])
def test_without_a_person_or_a_picture_before_nothing_can_be_said(size):
    memory = BackgroundMemory(BackgroundParams())
    assert memory.movement(ROOM, None, 1.0) is None
    assert memory.movement(ROOM, face(), 1.0) is None
    assert BackgroundMemory(BackgroundParams()).movement(np.zeros(size, np.uint8), face(), 1.0) is None


def test_a_face_that_fills_the_picture_leaves_nothing_to_say():
    assert moves(ROOM, ROOM, where=Face(np.array([60.0, 10.0, 200.0, 220.0]), np.zeros((5, 2)), 0.9))[1] is None
