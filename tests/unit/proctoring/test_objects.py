"""The telephone slot, with small ONNX models that compute boxes from the picture: a blue cell is a telephone."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from core.domain.errors import ModelUnavailable
from core.domain.signals import Signal
from core.proctoring.objects import NOT_CONFIGURED, PhoneDetector, PhoneParams, load_phone_detector

PHONE = 67
REMOTE = 65
BLUE, RED = (255, 0, 0), (0, 0, 255)
SIZE = (96, 128)
"""Height and width of the models' input."""


def save(path: Path, nodes: list[Any], constants: dict[str, np.ndarray], inputs: dict[str, list[Any]], rank: int = 3):
    graph = helper.make_graph(
        nodes,
        "cells",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, list("nmkj"[:rank]))],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def yolox(path: Path, *, class_id: int = PHONE, cells_wide: float = 1.0, size: Any = SIZE) -> Path:
    """Objectness is how blue a cell is; the box is the cell, or ``cells_wide`` of them."""
    nodes, constants = [], {"shape": np.array([1, 85, -1], np.int64)}
    for stride in (8, 16, 32):
        weight = np.zeros((85, 3, stride, stride), np.float32)
        weight[4, 0], weight[4, 2] = 1 / (255 * stride**2), -1 / (255 * stride**2)  # BGR, 0 to 255
        bias = np.zeros(85, np.float32)
        bias[:2], bias[2:4], bias[5 + class_id] = 0.5, np.log(cells_wide), 1.0
        constants |= {f"w{stride}": weight, f"b{stride}": bias}
        nodes += [
            helper.make_node("Conv", ["image", f"w{stride}", f"b{stride}"], [f"c{stride}"], strides=[stride, stride]),
            helper.make_node("Reshape", [f"c{stride}", "shape"], [f"r{stride}"]),
            helper.make_node("Transpose", [f"r{stride}"], [f"t{stride}"], perm=[0, 2, 1]),
        ]
    nodes.append(helper.make_node("Concat", ["t8", "t16", "t32"], ["out"], axis=1))
    return save(path, nodes, constants, {"image": [1, 3, *size]})


def plain(path: Path, *, rows: int = 84) -> Path:
    """Cells of 8 pixels with their boxes in pixels of the input."""
    weight = np.zeros((rows, 3, 8, 8), np.float32)
    weight[4 + PHONE, 2], weight[4 + PHONE, 0] = 1 / 64, -1 / 64  # RGB, 0 to 1
    height, width = SIZE[0] // 8, SIZE[1] // 8
    boxes = np.zeros((1, rows, height, width), np.float32)
    boxes[0, 0], boxes[0, 1] = np.arange(width) * 8 + 4, (np.arange(height) * 8 + 4)[:, None]
    boxes[0, 2:4] = 8
    constants = {"w": weight, "boxes": boxes, "shape": np.array([1, rows, -1], np.int64)}
    nodes = [
        helper.make_node("Conv", ["image", "w"], ["c"], strides=[8, 8]),
        helper.make_node("Add", ["c", "boxes"], ["a"]),
        helper.make_node("Reshape", ["a", "shape"], ["out"]),
    ]
    return save(path, nodes, constants, {"image": [1, 3, *SIZE]})


def picture(*patches: tuple[int, int, tuple[int, int, int]], factor: int = 2, side: int = 8) -> np.ndarray:
    """A grey picture ``factor`` times the input, with patches in cell coordinates (column, row)."""
    image = np.full((SIZE[0] * factor, SIZE[1] * factor, 3), 120, np.uint8)
    for column, row, colour in patches:
        x, y = column * 8 * factor, row * 8 * factor
        image[y : y + side * factor, x : x + side * factor] = colour
    return image


@pytest.fixture(params=[yolox, plain], ids=["yolox", "plain"])
def detector(request: pytest.FixtureRequest, tmp_path: Path) -> PhoneDetector:
    return PhoneDetector(request.param(tmp_path / "cells.onnx"))


def test_the_layout_is_recognised_by_the_shape_of_the_output(tmp_path: Path) -> None:
    layouts = [PhoneDetector(make(tmp_path / "cells.onnx")).layout for make in (yolox, plain)]
    assert layouts == ["YOLOX grid", "plain boxes"]


def test_a_picture_without_a_telephone_has_none(detector: PhoneDetector) -> None:
    assert detector.count(picture()) == 0


def test_each_telephone_is_counted(detector: PhoneDetector) -> None:
    assert detector.count(picture((2, 3, BLUE), (9, 1, BLUE), (5, 8, BLUE))) == 3


def test_colours_reach_the_model_in_its_order(detector: PhoneDetector) -> None:
    assert detector.count(picture((2, 3, RED), (9, 1, RED))) == 0


def test_boxes_are_in_pixels_of_the_picture(detector: PhoneDetector) -> None:
    assert detector.find(picture((3, 6, BLUE), factor=4)) == [pytest.approx((96, 192, 32, 32), abs=0.01)]


def test_a_picture_of_other_proportions_keeps_its_own(detector: PhoneDetector) -> None:
    tall = np.full((384, 128, 3), 120, np.uint8)  # scaled by a quarter, beside it grey
    tall[64:96, 32:64] = BLUE
    assert detector.find(tall) == [pytest.approx((32, 64, 32, 32), abs=0.01)]


def test_a_weaker_one_counts_only_below_its_score(tmp_path: Path) -> None:
    model = yolox(tmp_path / "cells.onnx")
    half = picture((2, 3, (180, 60, 60)))  # 120 of 255
    assert [PhoneDetector(model, PhoneParams(min_score=s)).count(half) for s in (0.4, 0.6)] == [1, 0]


def test_boxes_over_each_other_are_one_telephone(tmp_path: Path) -> None:
    detector = PhoneDetector(yolox(tmp_path / "cells.onnx", cells_wide=4), PhoneParams(nms_iou=0.2, min_score=0.9))
    assert detector.count(picture((4, 4, BLUE), side=16)) == 1


def test_other_objects_are_not_telephones(tmp_path: Path) -> None:
    assert PhoneDetector(yolox(tmp_path / "cells.onnx", class_id=REMOTE)).count(picture((2, 3, BLUE))) == 0


def test_a_model_that_leaves_its_size_open_gets_640(tmp_path: Path) -> None:
    detector = PhoneDetector(yolox(tmp_path / "cells.onnx", size=("height", "width")))
    image = np.full((480, 640, 3), 120, np.uint8)
    image[80:88, 632:640] = BLUE  # the last cell of a row that is 640 wide
    assert detector.find(image) == [pytest.approx((632, 80, 8, 8), abs=0.01)]


def test_a_grid_whose_cells_number_84_is_still_a_grid(tmp_path: Path) -> None:
    assert PhoneDetector(yolox(tmp_path / "cells.onnx", size=(64, 64))).layout == "YOLOX grid"


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 640, 3), (480, 640, 7)])
def test_a_picture_without_pixels_is_unknown_not_clean(detector: PhoneDetector, shape: tuple[int, ...]) -> None:
    assert detector.count(np.zeros(shape, np.uint8)) is None


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 4), (2160, 3840, 3), (1, 1, 3), (2, 900, 3)])
def test_odd_pictures_are_judged(detector: PhoneDetector, shape: tuple[int, ...]) -> None:
    assert detector.count(np.full(shape, 120, np.uint8)) == 0


def test_a_missing_file_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="is not there") as refused:
        PhoneDetector(tmp_path / "none.onnx")
    assert "OBJECT_MODEL" in refused.value.next_step


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("not a model")
    with pytest.raises(ModelUnavailable, match="damaged or is no ONNX file"):
        PhoneDetector(tmp_path / "text.onnx")


def test_another_number_of_classes_is_refused_with_both_shapes(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"puts out 1x95x192; expected is 1x252x85 \(YOLOX\) or 1x84xN"):
        PhoneDetector(plain(tmp_path / "cells.onnx", rows=95))


def test_a_model_with_other_inputs_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("Add", ["a", "b"], ["out"])]
    model = save(tmp_path / "two.onnx", nodes, {}, {"a": [1, 3, 8, 8], "b": [1, 3, 8, 8]}, rank=4)
    with pytest.raises(ModelUnavailable, match="expected is one float 1x3xHxW"):
        PhoneDetector(model)


def test_without_a_path_the_signal_says_that_it_is_not_monitored() -> None:
    assert load_phone_detector("") == (None, NOT_CONFIGURED)


def test_with_a_wrong_path_the_signal_says_why(tmp_path: Path) -> None:
    detector, status = load_phone_detector(str(tmp_path / "none.onnx"))
    assert detector is None
    assert (status.signal, status.measured) == (Signal.OBJECTS, False)
    assert status.reason == "not monitored: The object model none.onnx is not there."


def test_with_a_model_the_signal_is_measured(tmp_path: Path) -> None:
    detector, status = load_phone_detector(str(plain(tmp_path / "cells.onnx")))
    assert detector is not None and status.measured
