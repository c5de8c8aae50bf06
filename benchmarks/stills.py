"""People for made-up webcam pictures: photographs of one face, found, judged and set before a camera."""

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core import weights

Image = NDArray[np.uint8]
WIDTH, HEIGHT, MARGIN = 640, 480, 48
"""Size of a frame, and what a plate has more on each side so that a person can move."""
USUAL = ("frontal", "webcam")
TURNED = ("turned-left", "turned-right", "up")
_ALIGNED = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]], np.float32)
"""Where SFace wants the five points in its 112x112 picture."""


@dataclass(frozen=True, slots=True)
class Still:
    """One face in a photograph.

    Attributes:
        name: Of the file.
        image: BGR, as it was.
        points: 5x2 float32: eyes (left in the picture first), nose, corners of the mouth.
        width_px: Width of the face's box.
        turned: The same person in other directions, by label; the camera stood still.
        grey: The photograph has no colour.
    """

    name: str
    image: Image
    points: NDArray[np.float32]
    width_px: float
    turned: dict[str, Image] = field(default_factory=dict)
    grey: bool = False

    @property
    def straight(self) -> bool:
        """Whether the head is upright and looks at the camera, so that a turn begins from there."""
        left, right, nose, *mouth = self.points
        across = (right - left) / (np.linalg.norm(right - left) + 1e-6)
        middle = (left + right) / 4 + (mouth[0] + mouth[1]) / 4
        return bool(abs((nose - middle) @ across) < 0.1 * np.linalg.norm(right - left) and abs(across[1]) < 0.2)


@dataclass(frozen=True, slots=True)
class Plate:
    """A still as a webcam would frame it: BGR, a margin wider than the frame on each side, and its five points.

    ``turned`` has the other directions in the same place.
    """

    image: Image
    points: NDArray[np.float32]
    turned: dict[str, Image]


class FaceFinder:
    """YuNet at the size of the picture, for choosing material; not what is measured."""

    def __init__(self) -> None:
        self._net = cv2.FaceDetectorYN.create(str(weights.resolve("yunet")), "", (320, 320), 0.6, 0.3)

    def faces(self, image: Image) -> list[NDArray[np.float32]]:
        """Rows of x, y, w, h, five points, score; the surest first."""
        self._net.setInputSize((image.shape[1], image.shape[0]))
        _, found = self._net.detect(image)
        return [] if found is None else sorted(found, key=lambda row: -row[-1])


def load_stills(manifest: Path | None, *, min_score: float = 0.89, min_face_px: int = 38) -> list[Still]:
    """People of a manifest (``path, n_faces, label``), else of the development packages; the largest faces first.

    Rows whose label is not frontal or webcam, that show more or less than one face to YuNet, or a small or unsure
    one, are left out.
    """
    finder = FaceFinder()
    if manifest is None:
        return _keep(finder, [(n, i, {}) for n, i in packaged().items()], 0.6, 20)
    with manifest.open(newline="") as file:
        csv.field_size_limit(1 << 28)
        rows = list(csv.DictReader(file))
    by_person: dict[str, dict[str, Image]] = {}
    for row in rows:
        if row["label"] in TURNED and row.get("eyes", "open") == "open":
            picture = cv2.imread(str(manifest.parent / row["path"]))
            if picture is not None:
                by_person.setdefault(_person(row["path"]), {}).setdefault(row["label"], picture)
    chosen, seen = [], set()
    for row in rows:
        if row["n_faces"] != "1" or row["label"] not in USUAL or row.get("eyes", "open") != "open":
            continue
        turned = by_person.get(_person(row["path"]), {})
        if turned and _person(row["path"]) in seen:
            continue
        seen.add(_person(row["path"]))
        picture = cv2.imread(str(manifest.parent / row["path"]))
        if picture is not None:
            chosen.append((row["path"], picture, turned))
    stills = _keep(finder, chosen, min_score, min_face_px)
    return stills or _keep(finder, chosen, 0.6, 20) or load_stills(None)


def packaged() -> dict[str, Image]:
    """What scikit-image's wheel has of people: one good photograph, and its mirror image as somebody else."""
    from skimage import data

    face = np.ascontiguousarray(data.astronaut()[:, :, ::-1])
    return {"astronaut": face, "astronaut, mirrored": np.ascontiguousarray(face[:, ::-1])}


def plate_of(still: Still, rng: np.random.Generator, widest_px: float = 185.0) -> Plate:
    """The still before a camera: size and place of the face are drawn, what lies outside it is a blurred wall."""
    enlarged = 3.2 if not still.grey else 6.0
    face_px = float(np.clip(rng.uniform(105, widest_px), 70, enlarged * still.width_px))
    scale = face_px / still.width_px
    centre = still.points.mean(axis=0)
    to = np.array([rng.uniform(255, 385), rng.uniform(175, 240)]) + MARGIN
    matrix = np.array([[scale, 0, to[0] - scale * centre[0]], [0, scale, to[1] - scale * centre[1]]], np.float64)
    # No wall where the photograph can cover the frame: push it until its borders are outside.
    size = (WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
    for axis, length in enumerate(size):
        extent = scale * still.image.shape[1 - axis]
        if extent >= length:
            matrix[axis, 2] = np.clip(matrix[axis, 2], length - extent, 0)
    matrix[1, 2] = max(matrix[1, 2], size[1] - scale * still.image.shape[0])  # nobody floats above the lower edge
    points = (still.points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    return Plate(
        _placed(still.image, matrix, size, still.grey),
        points,
        {label: _placed(picture, matrix, size, still.grey) for label, picture in still.turned.items()},
    )


class Likeness:
    """Whether two stills show the same person, by SFace, so that a stranger in a scene is one."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # it warns of each of the inputs below
        self._net = onnxruntime.InferenceSession(
            str(weights.resolve("sface")), options, providers=["CPUExecutionProvider"]
        )
        # All inputs but the picture are left over from training: asked for, and used by nothing.
        kinds = {"tensor(float)": np.float32, "tensor(int8)": np.int8, "tensor(uint8)": np.uint8}
        self._feed = {i.name: np.zeros(i.shape, kinds[i.type]) for i in self._net.get_inputs() if i.name != "data"}
        self._known: dict[str, NDArray[Any]] = {}

    def between(self, one: Still, other: Still) -> float:
        """Cosine similarity, -1 to 1; the same person from about .36."""
        return float(self._vector(one) @ self._vector(other))

    def stranger_to(self, one: Still, stills: Sequence[Still], rng: np.random.Generator) -> Still:
        """Somebody else, clearly; the least like when nobody is."""
        others = [stills[i] for i in rng.permutation(len(stills)) if stills[i] is not one]
        clear = (o for o in others if self.between(one, o) < 0.15)
        return next(clear, None) or min(others, key=lambda o: self.between(one, o))

    def _vector(self, still: Still) -> NDArray[Any]:
        if still.name not in self._known:
            matrix, _ = cv2.estimateAffinePartial2D(still.points, _ALIGNED, method=cv2.LMEDS)
            face = cv2.warpAffine(still.image, matrix, (112, 112))
            blob = cv2.dnn.blobFromImage(face, swapRB=True)
            vector = np.asarray(self._net.run(None, self._feed | {"data": blob})[0]).ravel()
            self._known[still.name] = vector / np.linalg.norm(vector)
        return self._known[still.name]


def seed_of(name: str) -> int:
    """A number that stays the same for a name."""
    return zlib.crc32(name.encode())


def _person(path: str) -> str:
    name = Path(path).name
    return (
        name.split("_")[0] if "_left_" in name or "_right_" in name or "_up_" in name or "_straight_" in name else name
    )


def _keep(
    finder: FaceFinder, chosen: Sequence[tuple[str, Image, dict[str, Image]]], min_score: float, min_face_px: int
) -> list[Still]:
    kept = []
    for name, image, turned in chosen:
        # A thumbnail is searched enlarged: YuNet wants faces of some 30 px at the least.
        zoom = 4.0 if max(image.shape) < 200 else 1.0
        found = finder.faces(cv2.resize(image, None, fx=zoom, fy=zoom) if zoom > 1 else image)
        sure = [row for row in found if row[-1] >= min_score]
        if len(sure) != 1 or len(found) > 1 or sure[0][2] < min_face_px:
            continue
        grey = bool(np.abs(image[..., 0].astype(int) - image[..., 2]).max() < 8)
        points = (sure[0][4:14].reshape(5, 2) / zoom).astype(np.float32)
        kept.append(Still(Path(name).name, image, points, float(sure[0][2]) / zoom, turned, grey))
    return sorted(kept, key=lambda s: -s.width_px)


def _placed(image: Image, matrix: NDArray[Any], size: tuple[int, int], grey: bool) -> Image:
    if grey:  # a tint, so that colour is something to measure
        image = np.clip(image * np.array([0.86, 0.96, 1.08]), 0, 255).astype(np.uint8)
    placed = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(image.shape[:2], 255, np.uint8), matrix, size)
    if inside.min() == 255:
        return np.asarray(placed, np.uint8)
    wall = cv2.resize(cv2.GaussianBlur(cv2.resize(placed, (92, 72)), (0, 0), 9), size, interpolation=cv2.INTER_CUBIC)
    share = cv2.GaussianBlur(cv2.erode(inside, np.ones((25, 25))), (0, 0), 8)[..., None] / 255.0
    return np.asarray(placed * share + wall * (1 - share), np.uint8)
