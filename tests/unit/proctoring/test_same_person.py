import numpy as np
import pytest

from core.proctoring.faces import Face
from core.proctoring.pose import HeadPose
from core.proctoring.same_person import IdentityMemory, IdentityParams

AHEAD = HeadPose(0.0, 0.0)
PICTURE = np.random.default_rng(0).integers(0, 256, (240, 320, 3)).astype(np.uint8)


class Scripted:
    """Gives the vector it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.angle, self.asked = 0.0, 0

    def embed(self, bgr: np.ndarray, face: Face) -> np.ndarray:
        self.asked += 1
        vector = np.zeros(128, np.float32)
        vector[:2] = np.cos(self.angle), np.sin(self.angle)
        return vector


def face(x: float = 100.0, height: float = 90.0) -> Face:
    return Face(np.array([x, 60.0, 70.0, height]), np.zeros((5, 2)), 0.9)


def enrolled(embedder: Scripted) -> tuple[IdentityMemory, float]:
    memory, at = IdentityMemory(IdentityParams()), 0.0
    while not memory.enrolled:
        assert memory.compare(at, PICTURE, face(), AHEAD, embedder) is None
        at += 0.5
    return memory, at


def test_five_faces_make_the_start():
    embedder = Scripted()
    enrolled(embedder)
    assert embedder.asked == 5


def test_nothing_is_compared_more_often_than_every_five_seconds_while_all_is_well():
    embedder = Scripted()
    memory, at = enrolled(embedder)
    found = [memory.compare(at + n * 0.5, PICTURE, face(), AHEAD, embedder) for n in range(41)]
    assert [n for n, similarity in enumerate(found) if similarity is not None] == [0, 10, 20, 30, 40]
    assert found[0] == pytest.approx(1.0)


def test_an_unlike_face_is_compared_on_every_frame():
    embedder = Scripted()
    memory, at = enrolled(embedder)
    embedder.angle = 1.4
    found = [memory.compare(at + n * 0.5, PICTURE, face(), AHEAD, embedder) for n in range(4)]
    assert all(similarity < 0.33 for similarity in found)


@pytest.mark.parametrize("what", ["jump", "gap", "look"])
def test_a_jump_a_gap_and_another_look_are_compared_at_once(what):
    embedder = Scripted()
    memory, at = enrolled(embedder)
    memory.compare(at, PICTURE, face(), AHEAD, embedder)
    assert memory.compare(at + 0.5, PICTURE, face(), AHEAD, embedder) is None
    picture = PICTURE[:, ::-1] if what == "look" else PICTURE
    later = at + (2.6 if what == "gap" else 1.0)
    where = face(220.0) if what == "jump" else face()
    assert memory.compare(later, np.ascontiguousarray(picture), where, AHEAD, embedder) is not None


@pytest.mark.parametrize(("pose", "height"), [(HeadPose(30.0, 0.0), 90.0), (HeadPose(0.0, -25.0), 90.0), (AHEAD, 20.0)])
def test_a_turned_bent_or_tiny_face_is_compared_with_nothing(pose, height):
    embedder = Scripted()
    memory, at = enrolled(embedder)
    assert [memory.compare(at + n, PICTURE, face(height=height), pose, embedder) for n in range(8)] == [None] * 8
    assert embedder.asked == 5
