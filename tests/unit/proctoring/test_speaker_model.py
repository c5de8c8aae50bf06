"""The slot, with small ONNX models that really compute: the mean over time is the embedding."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from core import weights
from core.domain.errors import ModelUnavailable
from core.domain.signals import Signal, SignalStatus
from core.media.audio import SAMPLE_RATE
from core.proctoring.speaker_encoder import VoiceEncoder
from core.proctoring.speaker_features import compute_fbank
from core.proctoring.speaker_model import NOT_AGREED, choose_speaker_model, sound_statuses
from core.proctoring.speaker_onnx import OnnxSpeakerEncoder

SPEECH = np.random.default_rng(2).normal(0, 2000, round(3.2 * SAMPLE_RATE)).astype(np.int16)


def save(path: Path, nodes: list, shape: list, constants: dict[str, np.ndarray] | None = None) -> Path:
    graph = helper.make_graph(
        nodes,
        "speaker",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["b", "d"])],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


@pytest.fixture
def spectral(tmp_path: Path) -> Path:
    """Loudest value of each band."""
    return save(
        tmp_path / "bands.onnx", [helper.make_node("ReduceMax", ["in"], ["out"], axes=[1], keepdims=0)], ["b", "t", 80]
    )


@pytest.fixture
def waveform(tmp_path: Path) -> Path:
    """The first and the last sample."""
    pick = {"where": np.array([0, -1], np.int64)}
    return save(
        tmp_path / "wave.onnx", [helper.make_node("Gather", ["in", "where"], ["out"], axis=1)], ["b", "n"], pick
    )


def test_a_model_of_spectra_gets_kaldis_bands(spectral: Path) -> None:
    loudest = compute_fbank(SPEECH).max(axis=0)
    expected = loudest / np.linalg.norm(loudest)
    assert OnnxSpeakerEncoder(spectral, 0.2).encode(SPEECH) == pytest.approx(expected, abs=1e-5)


def test_a_model_of_waves_gets_the_samples(waveform: Path) -> None:
    ends = SPEECH[[0, -1]].astype(np.float32)
    assert OnnxSpeakerEncoder(waveform, 0.2).encode(SPEECH) == pytest.approx(ends / np.linalg.norm(ends), abs=1e-5)


def test_a_file_that_is_no_model_is_refused_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "odd.onnx").write_bytes(b"no model")
    with pytest.raises(ModelUnavailable, match=r"odd\.onnx does not fit") as refused:
        OnnxSpeakerEncoder(tmp_path / "odd.onnx", 0.2)
    assert "SPEAKER_MODEL" in refused.value.next_step


def test_a_model_with_another_number_of_bands_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("ReduceMax", ["in"], ["out"], axes=[1], keepdims=0)
    with pytest.raises(ModelUnavailable, match="does not fit"):
        OnnxSpeakerEncoder(save(tmp_path / "narrow.onnx", [node], ["b", "t", 40]), 0.2)


def test_a_model_that_gives_one_number_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("ReduceMax", ["in"], ["out"], axes=[1], keepdims=1)
    with pytest.raises(ModelUnavailable, match="no embedding"):
        OnnxSpeakerEncoder(save(tmp_path / "one.onnx", [node], ["b", "n"]), 0.2)


def test_a_configured_model_is_taken_and_named(spectral: Path) -> None:
    make, status = choose_speaker_model(str(spectral), 0.3)
    assert make is not None
    assert make().unlike_below == 0.3
    assert (status.measured, "bands.onnx" in status.reason) == (True, True)


def test_a_configured_model_that_is_missing_is_not_replaced_by_another(tmp_path: Path) -> None:
    make, status = choose_speaker_model(str(tmp_path / "gone.onnx"), 0.3)
    assert (make, status.measured) == (None, False)
    assert "gone.onnx is not there" in status.reason


def test_without_a_setting_the_bundled_encoder_is_taken_and_its_limits_are_said() -> None:
    make, status = choose_speaker_model("", 0.2)
    assert make is not None
    assert isinstance(make(), VoiceEncoder)
    assert status.reason == "voices that sound alike are not told apart"


def test_without_any_model_voices_are_not_monitored(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise ModelUnavailable("The model for comparing voices is not installed.", "Run “make setup”.")

    monkeypatch.setattr(weights, "resolve", missing)
    make, status = choose_speaker_model("", 0.2)
    assert make is None
    assert status.reason.startswith("not monitored: ")


def test_both_signals_of_the_sound_are_told() -> None:
    voices = SignalStatus(Signal.VOICES, True, "somehow")
    assert sound_statuses(voices) == (SignalStatus(Signal.SOUND, True), voices)


def test_voices_are_not_monitored_where_that_was_not_agreed_to() -> None:
    _, voices = sound_statuses(SignalStatus(Signal.VOICES, True), agreed=False)
    assert voices == SignalStatus(Signal.VOICES, False, NOT_AGREED)
