"""What there is to measure with: builds the analyst from the models that are here, and says why others are not."""

from dataclasses import dataclass, field
from pathlib import Path

from core import weight_table, weights
from core.domain.errors import ModelUnavailable
from core.domain.signals import Signal, SignalStatus
from core.proctoring.analyst import Analyst
from core.proctoring.faces import FaceDetector, FaceParams
from core.proctoring.identity import FaceEmbedder
from core.proctoring.mesh import FaceMesh
from core.proctoring.objects import NOT_CONFIGURED, PhoneDetector
from core.proctoring.person import AnalystParams


@dataclass(frozen=True, slots=True)
class EquipmentParams:
    """Which models are used.

    Attributes:
        object_model: ONNX file that finds telephones; None leaves them out.
        mesh: Whether the face mesh is used where it is installed.
        faces: Knobs of the face count.
        analyst: Knobs of what is measured.
    """

    object_model: Path | None = None
    mesh: bool = True
    faces: FaceParams = field(default_factory=FaceParams)
    analyst: AnalystParams = field(default_factory=AnalystParams)


def make_analyst(params: EquipmentParams | None = None) -> Analyst:
    """Load what is here. Takes some 100 ms; call it on the thread that will use it.

    Raises:
        ModelUnavailable: Not even faces can be found.
    """
    p = params or EquipmentParams()
    faces = FaceDetector(weights.resolve(weight_table.YUNET), p.faces)
    missing: list[SignalStatus] = []
    mesh: FaceMesh | None = None
    embedder: FaceEmbedder | None = None
    phones: PhoneDetector | None = None
    try:
        mesh = FaceMesh(weights.resolve(weight_table.FACE_MESH)) if p.mesh else None
    except ModelUnavailable as error:
        missing += _without_mesh(f"{error.message} {error.next_step}".strip())
    if not p.mesh:
        missing += _without_mesh("The face mesh is switched off.")
    try:
        embedder = FaceEmbedder(weights.resolve(weight_table.SFACE))
    except ModelUnavailable as error:
        missing.append(SignalStatus(Signal.IDENTITY, False, f"{error.message} {error.next_step}".strip()))
    if p.object_model is None:
        missing.append(NOT_CONFIGURED)
    else:
        try:
            phones = PhoneDetector(p.object_model)
        except ModelUnavailable as error:
            missing.append(SignalStatus(Signal.OBJECTS, False, f"{error.message} {error.next_step}".strip()))
    return Analyst(faces, mesh, embedder, phones, missing, p.analyst)


def _without_mesh(why: str) -> list[SignalStatus]:
    return [
        SignalStatus(Signal.HEAD, True, "from five points of the face only, which is coarse for nods"),
        SignalStatus(Signal.GAZE, False, why),
        SignalStatus(Signal.EYES, False, why),
    ]
