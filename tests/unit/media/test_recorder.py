import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInput, StorageUnavailable
from core.media.audio import SAMPLE_RATE
from core.media.clip import decode_clip
from core.media.encoding import encode_flac, encode_wav
from core.media.recorder import AnswerRecorder, load_pcm

NOISE = np.random.default_rng(1).integers(-32768, 32767, 3 * SAMPLE_RATE, endpoint=True).astype(np.int16)


def test_what_is_fed_is_on_disk_byte_for_byte(tmp_path: Path) -> None:
    recorder = AnswerRecorder(tmp_path / "deep" / "answer.pcm")
    for start in range(0, NOISE.size, 317):
        recorder.write(NOISE[start : start + 317])
    done = recorder.close()
    assert done.path.read_bytes() == NOISE.astype("<i2").tobytes()
    assert done.samples == NOISE.size
    assert done.duration_s == recorder.seconds == 3.0
    assert np.array_equal(load_pcm(done.path), NOISE)


def test_each_write_can_be_read_at_once(tmp_path: Path) -> None:
    recorder = AnswerRecorder(tmp_path / "a.pcm")
    recorder.write(NOISE[:320])
    assert np.array_equal(load_pcm(tmp_path / "a.pcm"), NOISE[:320])
    recorder.close()


def test_killed_process_loses_nothing_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.pcm"
    code = (
        "import os, sys, numpy as np; from pathlib import Path; from core.media.recorder import AnswerRecorder\n"
        "AnswerRecorder(Path(sys.argv[1])).write(np.arange(8000, dtype=np.int16)); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert np.array_equal(load_pcm(path), np.arange(8000, dtype=np.int16))


def test_file_of_a_killed_server_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "a.pcm"
    path.write_bytes(NOISE[:100].tobytes() + b"\x01")  # half a sample at the end
    recorder = AnswerRecorder(path)
    recorder.write(NOISE[100:200])
    assert recorder.close().samples == 200
    assert np.array_equal(load_pcm(path), NOISE[:200])


def test_full_disk_is_reported_once_and_loses_nothing(tmp_path: Path) -> None:
    recorder = AnswerRecorder(tmp_path / "a.pcm")
    recorder.write(NOISE[:1000])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, hard))  # the kernel refuses to let the file grow
    try:
        with pytest.raises(StorageUnavailable):
            recorder.write(NOISE[1000:2000])
        recorder.write(NOISE[2000:3000])  # silent: already reported
        with pytest.raises(StorageUnavailable):
            recorder.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    recorder.write(NOISE[3000:4000])
    assert recorder.close().samples == 4000
    assert np.array_equal(load_pcm(tmp_path / "a.pcm"), NOISE[:4000])


def test_write_after_close_is_refused(tmp_path: Path) -> None:
    recorder = AnswerRecorder(tmp_path / "a.pcm")
    assert recorder.close() is recorder.close()
    with pytest.raises(StorageUnavailable):
        recorder.write(NOISE[:1])


def test_target_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        AnswerRecorder(tmp_path)


def test_missing_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        load_pcm(tmp_path / "none.pcm")


@given(st.integers(1, 20_000))
def test_flac_gives_back_the_same_samples(size: int) -> None:
    assert np.array_equal(decode_clip(encode_flac(NOISE[:size])), NOISE[:size])


def test_flac_of_speech_like_sound_is_smaller_than_wav() -> None:
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = (3000 * np.sin(2 * np.pi * 200 * t) * np.sin(2 * np.pi * 3 * t)).astype(np.int16)
    assert len(encode_flac(tone)) < 0.6 * len(encode_wav(tone))
