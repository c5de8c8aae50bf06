import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.media.encoding import encode_flac
from core.media.salvage import Salvaged, salvage_flac

SECOND = 16_000
SOUND = (3000 * np.random.default_rng(1).normal(size=10 * SECOND)).astype(np.int16)
FILE = encode_flac(SOUND)


def read_right(result: Salvaged) -> bool:
    """Outside the holes each sample is the one recorded."""
    read = np.ones(result.samples.size, np.bool_)
    for start, end in result.holes:
        read[start:end] = False
    return result.samples.size == SOUND.size and np.array_equal(result.samples[read], SOUND[read])


def test_a_whole_recording_has_no_hole() -> None:
    result = salvage_flac(FILE, SOUND.size)
    assert (result.holes, np.array_equal(result.samples, SOUND)) == ((), True)


def test_of_a_truncated_recording_the_beginning_is_read_and_the_rest_is_a_hole() -> None:
    result = salvage_flac(FILE[: len(FILE) // 2], SOUND.size)
    ((start, end),) = result.holes
    assert (read_right(result), end) == (True, SOUND.size) and 4 * SECOND < start < 5 * SECOND


@pytest.mark.parametrize("damage", ["zeros", "noise"])
def test_behind_a_damage_reading_goes_on_at_the_right_place(damage: str) -> None:
    middle, size = len(FILE) // 2, 20_000
    junk = bytes(size) if damage == "zeros" else np.random.default_rng(2).bytes(size)
    result = salvage_flac(FILE[:middle] + junk + FILE[middle + size :], SOUND.size)
    ((start, end),) = result.holes
    assert read_right(result) and 4 * SECOND < start < end < 7 * SECOND


def test_a_piece_cut_out_is_a_hole_and_moves_nothing() -> None:
    middle = len(FILE) // 2
    result = salvage_flac(FILE[:middle] + FILE[middle + 20_000 :], SOUND.size)
    assert read_right(result) and len(result.holes) == 1


@pytest.mark.parametrize("data", [b"", b"fLaC", b"no sound at all" * 99, FILE[:60]])
def test_of_what_cannot_be_read_all_is_a_hole(data: bytes) -> None:
    result = salvage_flac(data, SOUND.size)
    assert (result.holes, result.is_empty) == (((0, SOUND.size),), True)


def test_without_its_header_all_is_read() -> None:
    result = salvage_flac(b"\0" * 200 + FILE[200:], SOUND.size)
    assert (read_right(result), result.holes) == (True, ())


def test_a_long_recording_with_a_damage_is_read_at_the_right_place() -> None:
    long = np.tile(SOUND // 64, 18)  # frame numbers of two bytes
    file = bytearray(encode_flac(long))
    file[20_000] ^= 0xFF
    result = salvage_flac(bytes(file), long.size)
    ((_, end),) = result.holes
    assert end < SECOND and np.array_equal(result.samples[end:], long[end:])


def test_sound_of_another_rate_is_not_taken_for_ours() -> None:
    assert salvage_flac(encode_flac(SOUND, 48_000), SOUND.size).is_empty


@example([(11, 0)])  # frames as long as they are refused: the short last one alone is read
@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), max_size=20))
def test_no_damage_makes_it_raise_or_give_a_wrong_sample(damage: list[tuple[int, int]]) -> None:
    data = bytearray(FILE)
    for place, value in damage:
        data[place] = value
    result = salvage_flac(bytes(data), SOUND.size)
    assert read_right(result)
