import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.proctoring.faces import FaceDetector
from core.proctoring.identity import FaceEmbedder, similarity_transform
from core.proctoring.onnx_file import keep_inputs


@pytest.fixture(scope="module")
def embed(model):
    detector, embedder = FaceDetector(model), FaceEmbedder(weights.resolve(weight_table.SFACE))

    def numbers(image: np.ndarray) -> np.ndarray:
        image = np.ascontiguousarray(image)
        return embedder.embed(image, detector.find(image).faces[0])

    return numbers


def test_a_face_is_a_vector_of_unit_length(embed, one_face):
    found = embed(one_face)
    assert (found.shape, found.dtype) == ((128,), np.float32)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


def test_one_person_is_near_and_two_are_far(embed, one_face, somebody_else):
    usual = embed(one_face)
    assert usual @ embed(one_face[:, ::-1]) > 0.7
    assert usual @ embed((one_face * 0.5).astype(np.uint8)) > 0.7
    assert usual @ embed(somebody_else) < 0.25


def test_a_damaged_model_is_refused(tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"\x07nothing")
    for path in (broken, tmp_path / "gone.onnx"):
        with pytest.raises(ModelUnavailable):
            FaceEmbedder(path)


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=5, max_size=5, unique=True),
    st.floats(-3, 3),
    st.floats(0.2, 5),
    st.floats(-100, 100),
)
def test_turn_scale_and_shift_are_found_again(points, angle, scale, shift):
    source = np.array(points)
    if source.std(axis=0).min() < 1:
        return
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = source @ turn.T + shift
    found = similarity_transform(source, target)
    assert np.allclose(source @ found[:, :2].T + found[:, 2], target, atol=1e-6 * max(1, np.abs(target).max()))


def test_a_models_weights_are_taken_from_its_inputs_and_stay_in_it():
    import onnx

    whole = weights.resolve(weight_table.SFACE).read_bytes()
    kept = onnx.load_from_string(keep_inputs(whole, frozenset({"data"})))
    before = onnx.load_from_string(whole)
    assert [i.name for i in kept.graph.input] == ["data"]
    assert len(before.graph.input) > 1
    assert kept.graph.initializer == before.graph.initializer
    assert kept.graph.node == before.graph.node
    assert kept.opset_import == before.opset_import


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_refused_or_copied(data):
    try:
        assert isinstance(keep_inputs(data, frozenset()), bytes)
    except ValueError:
        pass
