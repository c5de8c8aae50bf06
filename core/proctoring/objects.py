"""Telephones in the picture: a slot for any COCO detector as an ONNX file. None comes with the application.

What a file must be (``docs/phones.md``): one float32 input 1x3xHxW, and one output of one of two shapes.

- 1xNx85, N the cells of strides 8, 16 and 32: YOLOX as in OpenCV's Zoo (Apache-2.0). Per cell the centre and the
  logarithm of the size in strides, objectness, 80 COCO classes. Input BGR, 0 to 255.
- 1x84xN: centre and size in pixels of the input, 80 COCO classes. Input RGB, 0 to 1.

The picture is scaled into the upper left corner of the input, the rest is grey 114.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from core.domain.errors import ModelUnavailable
from core.domain.signals import Signal, SignalStatus
from core.proctoring.picture import as_bgr

_STRIDES = (8, 16, 32)
_CLASSES = 80
_PADDING = 114
_STEP = "Set OBJECT_MODEL to an ONNX file as described in docs/phones.md, or leave it empty."

NOT_CONFIGURED = SignalStatus(Signal.OBJECTS, False, "not monitored: no object model is configured (OBJECT_MODEL)")
"""While no path is set."""


@dataclass(frozen=True, slots=True)
class PhoneParams:
    """Knobs of the telephone detector."""

    class_id: int = 67
    """Number of "cell phone" among the 80 classes of COCO."""
    min_score: float = 0.5
    """Confidence, 0 to 1, from which a box counts."""
    nms_iou: float = 0.45
    """Overlap, 0 to 1, above which two boxes are one telephone."""
    side_px: int = 640
    """Side of the input where the model leaves it open."""
    threads: int = 1
    """Threads of one run; more would take cores from speech."""


class PhoneDetector:
    """Counts telephones.

    Not thread-safe: build one per worker thread. What a run costs depends on the model; YOLOX-S at 640 px takes some
    hundreds of milliseconds of one core, so it is for every few seconds, not for every frame.

    Source: YOLOX, Ge et al. 2021, arXiv:2107.08430; grid and colours as in its own ONNX Runtime demo.
    """

    def __init__(self, model: Path, params: PhoneParams | None = None) -> None:
        """Load the model and try it on an empty picture, which also shows the layout of its output.

        Args:
            model: The ONNX file.
            params: Knobs.

        Raises:
            ModelUnavailable: The file is missing, is no ONNX model, or has other inputs or outputs than expected.
        """
        self._params = params or PhoneParams()
        if not model.is_file():
            raise ModelUnavailable(f"The object model {model.name} is not there.", _STEP)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = self._params.threads
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no common base class for its errors
            raise ModelUnavailable(f"The object model {model.name} is damaged or is no ONNX file.", _STEP) from error
        self._name, self._height, self._width = self._input_of(model.name)
        self._grid, self._stride = _cells(self._height, self._width)
        try:
            shape = self._run(np.zeros((1, 3, self._height, self._width), np.float32)).shape
        except Exception as error:
            raise ModelUnavailable(f"The object model {model.name} fails on an empty picture.", _STEP) from error
        if shape == (1, len(self._grid), 5 + _CLASSES):
            self._yolox = True
        elif len(shape) == 3 and shape[:2] == (1, 4 + _CLASSES):
            self._yolox = False
        else:
            expected = f"1x{len(self._grid)}x{5 + _CLASSES} (YOLOX) or 1x{4 + _CLASSES}xN"
            raise ModelUnavailable(
                f"The object model {model.name} puts out {'x'.join(map(str, shape))}; expected is {expected}.", _STEP
            )

    @property
    def layout(self) -> str:
        """How the output is read, for the screen and the log."""
        return "YOLOX grid" if self._yolox else "plain boxes"

    def count(self, image: NDArray[Any]) -> int | None:
        """Count the telephones of one frame.

        Args:
            image: HxWx3 BGR uint8, or whatever else ``as_bgr`` reads.

        Returns:
            How many; None when there are no pixels to judge.
        """
        boxes = self.find(image)
        return None if boxes is None else len(boxes)

    def find(self, image: NDArray[Any]) -> list[tuple[float, float, float, float]] | None:
        """Boxes (x, y, width, height) of telephones in pixels of the picture, the surest first; None without pixels."""
        bgr = as_bgr(image)
        if bgr.size == 0:
            return None
        p = self._params
        scale = min(self._height / bgr.shape[0], self._width / bgr.shape[1])
        rows = self._decoded(self._run(self._blob(bgr, scale))[0])
        scores = rows[:, 4]
        sure = rows[np.isfinite(rows).all(axis=1) & (scores >= p.min_score)]
        if not len(sure):
            return []
        boxes = np.column_stack([sure[:, :2] - sure[:, 2:4] / 2, sure[:, 2:4]]) / scale
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), sure[:, 4].tolist(), p.min_score, p.nms_iou)
        found = []
        for index in np.asarray(kept, np.int64).ravel():
            x, y, width, height = (float(v) for v in boxes[index])
            found.append((x, y, width, height))
        return found

    def _input_of(self, file: str) -> tuple[str, int, int]:
        inputs = self._session.get_inputs()
        shape = inputs[0].shape if len(inputs) == 1 else []
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(shape) != 4 or shape[1] != 3:
            asked = ", ".join(f"{i.type} {i.shape}" for i in inputs[:3])
            raise ModelUnavailable(f"The object model {file} takes {asked}; expected is one float 1x3xHxW.", _STEP)
        height, width = (s if isinstance(s, int) and s > 0 else self._params.side_px for s in shape[2:])
        return inputs[0].name, height, width

    def _blob(self, bgr: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
        height, width = (max(1, int(side * scale)) for side in bgr.shape[:2])
        placed = np.full((self._height, self._width, 3), _PADDING, np.uint8)
        placed[:height, :width] = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_LINEAR)
        blob = placed if self._yolox else placed[:, :, ::-1]
        values = np.ascontiguousarray(blob.transpose(2, 0, 1)[None], np.float32)
        return values if self._yolox else values / 255.0

    def _run(self, blob: NDArray[np.float32]) -> NDArray[Any]:
        return np.asarray(self._session.run(None, {self._name: blob})[0])

    def _decoded(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """Nx5: centre, size in pixels of the input, score as a telephone."""
        class_id = self._params.class_id
        if not self._yolox:
            return np.asarray(np.vstack([output[:4], output[4 + class_id]]).T, np.float64)
        centre = (output[:, :2] + self._grid) * self._stride
        # A runaway logarithm would be an infinite box; e^10 strides are already far beyond any picture.
        size = np.exp(np.minimum(output[:, 2:4], 10.0)) * self._stride
        return np.asarray(np.column_stack([centre, size, output[:, 4] * output[:, 5 + class_id]]), np.float64)


def load_phone_detector(path: str, params: PhoneParams | None = None) -> tuple[PhoneDetector | None, SignalStatus]:
    """The detector, if there is one to be had, and what the screen and the report say of this signal.

    Args:
        path: ``Settings.object_model``; empty for none.
        params: Knobs.
    """
    if not path:
        return None, NOT_CONFIGURED
    try:
        detector = PhoneDetector(Path(path), params)
    except ModelUnavailable as error:
        return None, SignalStatus(Signal.OBJECTS, False, f"not monitored: {error.message}")
    return detector, SignalStatus(Signal.OBJECTS, True, f"by {Path(path).name}")


def _cells(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column and row of each cell (Nx2), and its stride (Nx1), the finest grid first, row by row."""
    grids, strides = [], []
    for stride in _STRIDES:
        rows, columns = np.mgrid[0 : height // stride, 0 : width // stride]
        grids.append(np.column_stack([columns.ravel(), rows.ravel()]))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(grids).astype(np.float64), np.concatenate(strides).astype(np.float64)
