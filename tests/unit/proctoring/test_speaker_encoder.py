from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.media.audio import SAMPLE_RATE
from core.proctoring.speaker_checkpoint import read_tensors
from core.proctoring.speaker_encoder import VoiceEncoder
from core.proctoring.speaker_features import FULL_SCALE, compute_mel_power

PIECE = round(VoiceEncoder.piece_s * SAMPLE_RATE)


@pytest.fixture(scope="module")
def encoder() -> VoiceEncoder:
    return VoiceEncoder(weights.resolve(weight_table.VOICE_ENCODER))


def buzz(hz: float = 140.0, amplitude: float = 3000.0) -> np.ndarray:
    t = np.arange(PIECE) / SAMPLE_RATE
    return (amplitude * sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 12))).astype(np.int16)


def by_onnxruntime(spectra: np.ndarray) -> np.ndarray:
    """The same network with another's LSTM; PyTorch orders the gates i, f, g, o and ONNX i, o, f, g."""
    found = read_tensors(weights.resolve(weight_table.VOICE_ENCODER).read_bytes(), "model_state")

    def turned(name: str) -> np.ndarray:
        i, f, g, o = np.split(found[name], 4)
        return np.concatenate([i, o, f, g])[None]

    nodes, constants, name = [], [numpy_helper.from_array(np.array([1]), "axis")], "x"
    for n in range(3):
        both = np.concatenate([turned(f"lstm.bias_ih_l{n}"), turned(f"lstm.bias_hh_l{n}")], axis=1)
        values = {"W": turned(f"lstm.weight_ih_l{n}"), "R": turned(f"lstm.weight_hh_l{n}"), "B": both}
        constants += [numpy_helper.from_array(value, f"{key}{n}") for key, value in values.items()]
        nodes.append(helper.make_node("LSTM", [name, f"W{n}", f"R{n}", f"B{n}"], [f"y{n}", f"h{n}"], hidden_size=256))
        nodes.append(helper.make_node("Squeeze", [f"y{n}", "axis"], [name := f"z{n}"]))
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [160, 1, 40])]
    outputs = [helper.make_tensor_value_info("h2", TensorProto.FLOAT, [1, 1, 256])]
    graph = helper.make_graph(nodes, "lstm", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    hidden = onnxruntime.InferenceSession(model.SerializeToString()).run(["h2"], {"x": spectra[:, None]})[0].reshape(-1)
    raw = np.maximum(0.0, hidden @ found["linear.weight"].T + found["linear.bias"])
    return raw / np.linalg.norm(raw)


def test_it_computes_what_onnxruntime_computes(encoder: VoiceEncoder) -> None:
    samples = buzz().astype(np.float32) / FULL_SCALE
    spectra = compute_mel_power(samples * 10 ** (-30 / 20) / np.sqrt(np.mean(samples**2)))[:160]
    assert encoder.encode(buzz()) == pytest.approx(by_onnxruntime(spectra), abs=1e-5)


def test_an_embedding_has_length_one(encoder: VoiceEncoder) -> None:
    assert np.linalg.norm(encoder.encode(buzz())) == pytest.approx(1.0)


def test_loud_and_soft_are_the_same(encoder: VoiceEncoder) -> None:
    assert float(encoder.encode(buzz()) @ encoder.encode(buzz(amplitude=300.0))) > 0.99


def test_silence_gives_numbers(encoder: VoiceEncoder) -> None:
    assert np.isfinite(encoder.encode(np.zeros(PIECE, np.int16))).all()


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "odd.pt").write_bytes(b"no model")
    with pytest.raises(ModelUnavailable, match=r"odd\.pt"):
        VoiceEncoder(tmp_path / "odd.pt")
