import zipfile

import numpy as np
import pytest

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.proctoring.eyes import eyes_of
from core.proctoring.faces import FaceDetector
from core.proctoring.mesh import FaceMesh
from core.proctoring.pose import pose_from_mesh


@pytest.fixture(scope="module")
def mesh() -> FaceMesh:
    return FaceMesh(weights.resolve(weight_table.FACE_MESH))


def fitted(mesh: FaceMesh, model, image: np.ndarray):
    image = np.ascontiguousarray(image)
    return mesh.fit(image, FaceDetector(model).find(image).faces[0])


def test_a_real_face_gets_478_points_inside_its_crop(mesh, model, one_face):
    found = fitted(mesh, model, one_face)
    assert found.points.shape == (478, 3)
    assert found.presence > 0.9
    assert 0 < found.points[:, :2].min() < found.points[:, :2].max() < 256


def test_the_mirror_image_is_turned_and_looks_the_other_way(mesh, model, one_face):
    there, back = (fitted(mesh, model, image).points for image in (one_face, one_face[:, ::-1]))
    assert pose_from_mesh(there).yaw_deg == pytest.approx(-pose_from_mesh(back).yaw_deg, abs=4)
    assert eyes_of(there).gaze_x == pytest.approx(-eyes_of(back).gaze_x, abs=0.06)


def test_open_eyes_stand_open(mesh, model, one_face):
    assert eyes_of(fitted(mesh, model, one_face).points).opening > 0.2


def test_where_no_face_is_no_points_are_believed(mesh, model, one_face, no_face):
    face = FaceDetector(model).find(one_face).faces[0]
    assert mesh.fit(no_face, face) is None


def test_irises_moved_aside_and_lids_brought_together_are_measured(mesh, model, one_face):
    points = fitted(mesh, model, one_face).points.copy()
    before = eyes_of(points)
    width = np.linalg.norm(points[133, :2] - points[33, :2])
    points[[468, 473], 0] += 0.2 * width
    assert eyes_of(points).gaze_x - before.gaze_x == pytest.approx(0.2, abs=0.04)
    points[[159, 386]] = points[[145, 374]]
    assert eyes_of(points).opening == pytest.approx(0, abs=0.01)


def test_a_damaged_file_is_refused_with_the_next_step(tmp_path):
    empty = tmp_path / "empty.task"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("something.else", b"")
    broken = tmp_path / "broken.task"
    broken.write_bytes(b"no zip")
    for path in (empty, broken, tmp_path / "gone.task"):
        with pytest.raises(ModelUnavailable) as caught:
            FaceMesh(path)
        assert "make setup" in caught.value.next_step
