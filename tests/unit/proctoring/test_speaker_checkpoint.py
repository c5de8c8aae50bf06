import io
import pickle
import struct

import numpy as np
import pytest

from core import weight_table, weights
from core.proctoring.speaker_checkpoint import read_tensors


def opcodes(module: str, name: str, argument: str) -> bytes:
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + pickle.dumps((argument,), 2)[2:-1] + b"R."


def checkpoint(body: bytes) -> bytes:
    header = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    return header + body + pickle.dumps([], 2)


def test_the_encoders_tensors_have_their_shapes() -> None:
    tensors = read_tensors(weights.resolve(weight_table.VOICE_ENCODER).read_bytes(), "model_state")
    assert tensors["lstm.weight_hh_l2"].shape == (1024, 256)
    assert tensors["linear.weight"].shape == (256, 256)
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())


def test_a_pickle_that_would_run_a_program_is_refused() -> None:
    with pytest.raises(ValueError, match="no place in a checkpoint"):
        read_tensors(checkpoint(opcodes("os", "system", "true")), "model_state")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02", struct.pack("<q", 7) * 20])
def test_what_is_no_checkpoint_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        read_tensors(content, "model_state")


def test_a_checkpoint_that_was_cut_off_is_refused() -> None:
    whole = weights.resolve(weight_table.VOICE_ENCODER).read_bytes()
    with pytest.raises(ValueError, match="not a checkpoint"):
        read_tensors(whole[:100_000], "model_state")


def test_an_entry_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        read_tensors(checkpoint(pickle.dumps({}, 2)), "model_state")


def test_entries_that_are_no_tensors_are_left_out() -> None:
    body = io.BytesIO()
    pickle.dump({"model_state": {"step": 3}}, body, 2)
    assert read_tensors(checkpoint(body.getvalue()), "model_state") == {}
