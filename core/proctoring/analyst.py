"""Everything that is measured of one frame, each signal at its own pace."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.signals import FrameSignal, Signal, SignalStatus
from core.proctoring.baseline import Baseline
from core.proctoring.eyes import EyesFound, eyes_of
from core.proctoring.faces import Face, FaceDetector, FacesFound
from core.proctoring.light import is_covered
from core.proctoring.mesh import FaceMesh
from core.proctoring.person import AnalystParams, Person
from core.proctoring.picture import Image, as_bgr, grey_of, resize_to
from core.proctoring.pose import HeadPose, pose_from_mesh, pose_from_points
from core.proctoring.same_person import Embedder
from core.proctoring.stillness import changes, sharpness


class PhoneCounter(Protocol):
    """What finds telephones; see ``PhoneDetector``."""

    def count(self, image: Image) -> int | None:
        """Telephones in an HxWx3 BGR picture; None when it cannot tell."""
        ...


class Analyst:
    """Measures frames of all candidates, one at a time.

    Not thread-safe: build one per worker thread. Some 15 ms a frame of 640x480 with every model.

    Args:
        faces: Finds faces.
        mesh: Fits the mesh; None when it is not installed.
        embedder: Compares faces; None when it is not here.
        phones: Finds telephones; None when no model is configured.
        missing: Why the others are not here, by signal.
        params: Knobs.
    """

    def __init__(
        self,
        faces: FaceDetector,
        mesh: FaceMesh | None = None,
        embedder: Embedder | None = None,
        phones: PhoneCounter | None = None,
        missing: Sequence[SignalStatus] = (),
        params: AnalystParams | None = None,
    ) -> None:
        self._faces, self._mesh, self._embedder, self._phones = faces, mesh, embedder, phones
        self._params = params or AnalystParams()
        self._statuses = _statuses(missing)

    def statuses(self) -> tuple[SignalStatus, ...]:
        """What of the picture is measured here, and why the rest is not."""
        return self._statuses

    @property
    def faces(self) -> FaceDetector:
        """What finds faces."""
        return self._faces

    def new_person(self, *, faces_only: bool = False) -> Person:
        """The memory of a candidate who begins now."""
        return Person(self._params, faces_only=faces_only)

    def analyse(self, image: NDArray[Any], at: float, person: Person) -> FrameSignal:
        """Measure one frame.

        Args:
            image: HxWx3 BGR uint8; grey, BGRA, empty, huge and non-contiguous pictures are taken as well.
            at: Monotonic seconds when the frame arrived; must not fall for one person.
            person: Whose frame it is; learns from it.

        Returns:
            The signal; boxes are in pixels of ``image``. An empty picture is too dark and shows nothing.
        """
        whole = as_bgr(image)
        if whole.size == 0:
            return FrameSignal(at, 0, (), 0.0, too_dark=True, covered=True)
        bgr = resize_to(whole, min(self._params.largest_side_px, max(whole.shape[:2])))
        found = self._faces.find(bgr, person.box if at - person.box_at <= self._params.near_s else None)
        found = self._without_hands(bgr, found)
        light, knobs = found.light, self._faces.params.light
        flat = light.mean < knobs.dark_mean_level or light.std < knobs.flat_std_level
        one = found.faces[0] if len(found.faces) == 1 else None
        if one is not None:
            person.box, person.box_at = one.box, at
        scale = whole.shape[1] / bgr.shape[1]
        boxes = tuple(_scaled(face, scale).inside(*whole.shape[:2]) for face in found.faces)
        told: dict[str, Any] = {}
        if not person.faces_only:
            told = self._about_picture(bgr, at, one, person) | self._about_person(bgr, at, found, one, person)
        return FrameSignal(
            at,
            len(boxes),
            boxes,
            light.mean,
            too_dark=not boxes and flat,
            covered=not person.faces_only and is_covered(light, knobs),
            **told,
        )

    def _without_hands(self, bgr: Image, found: FacesFound) -> FacesFound:
        """A hand beside the face can pass for a second one: a doubtful further face needs the mesh's word as well."""
        p = self._params
        if len(found.faces) < 2 or found.light.gain >= self._faces.params.light.dim_gain:
            return found
        surest = max(found.faces, key=lambda face: face.score)
        kept = [
            face
            for face in found.faces
            if face is surest
            or face.score >= p.further_score
            or (self._mesh is not None and self._mesh.presence(bgr, face) >= p.further_presence)
        ]
        return replace(found, faces=tuple(kept))

    def _about_picture(self, bgr: Image, at: float, one: Face | None, person: Person) -> dict[str, Any]:
        grey = grey_of(bgr)
        small = resize_to(grey, self._params.sharpness_side_px)
        changed = changes(grey, person.grey)
        told: dict[str, Any] = {
            "change": None if changed is None else changed[0],
            "mean_change": None if changed is None else changed[1],
            "sharpness": sharpness(small),
            "motion_behind": person.background.movement(small, one, bgr.shape[1] / small.shape[1]),
        }
        person.grey = grey
        if self._phones is not None and at >= person.phones_due_at:
            person.phones_due_at = at + self._params.phones_every_s
            told["phones"] = self._phones.count(bgr)
        return told

    def _about_person(
        self, bgr: Image, at: float, found: FacesFound, one: Face | None, person: Person
    ) -> dict[str, Any]:
        gain = found.light.gain
        # A face that only a brightened copy shows is a face; its angles and likeness would be those of the noise.
        if one is None or gain >= self._faces.params.light.dim_gain:
            return {}
        lit = np.asarray(cv2.convertScaleAbs(bgr, alpha=gain), np.uint8) if gain > 1 else bgr
        fitted = self._mesh.fit(lit, one) if self._mesh is not None else None
        eyes = None if fitted is None else eyes_of(fitted.points)
        pose = pose_from_points(one, self._params.pose)
        yaw, pitch = _offsets(at, pose, person.by_points)
        if fitted is not None:
            pose = pose_from_mesh(fitted.points)
            yaw, pitch = _offsets(at, pose, person.by_mesh)
        told: dict[str, Any] = {"yaw_deg": yaw, "pitch_deg": pitch}
        if eyes is not None:
            told |= self._about_eyes(at, eyes, yaw, person)
        if self._embedder is not None:
            # Before the usual position is known, the camera's own zero has to do for the first faces.
            off = HeadPose(pose.yaw_deg if yaw is None else yaw, 0.0 if pitch is None else pitch)
            told["similarity"] = person.identity.compare(at, lit, one, off, self._embedder)
        return told

    def _about_eyes(self, at: float, eyes: EyesFound, yaw: float | None, person: Person) -> dict[str, Any]:
        p = self._params
        wider = person.opening.offset(at, eyes.opening)
        usual = eyes.opening - wider if wider is not None else None
        closed = eyes.opening < p.closed_below and (usual is None or eyes.opening < p.closed_share * usual)
        hidden = eyes.apart > p.gaze_apart or (yaw is not None and abs(yaw) > p.gaze_within_deg)
        if closed or hidden:
            return {"eyes_closed": closed}
        x, y = person.gaze_x.offset(at, eyes.gaze_x), person.gaze_y.offset(at, eyes.gaze_y)
        return {"eyes_closed": closed, "gaze_x": x, "gaze_y": y}


def _statuses(missing: Sequence[SignalStatus]) -> tuple[SignalStatus, ...]:
    """One status for each signal of the picture: those given, and the rest as measured."""
    given = {status.signal: status for status in missing}
    seen = (Signal.FACES, Signal.HEAD, Signal.GAZE, Signal.EYES, Signal.IDENTITY, Signal.PICTURE)
    return tuple(given.get(signal, SignalStatus(signal, True)) for signal in (*seen, Signal.BACKGROUND, Signal.OBJECTS))


def _offsets(at: float, pose: HeadPose, zeros: tuple[Baseline, Baseline]) -> tuple[float | None, float | None]:
    return zeros[0].offset(at, pose.yaw_deg), zeros[1].offset(at, pose.pitch_deg)


def _scaled(face: Face, scale: float) -> Face:
    return face if scale == 1.0 else Face(face.box * scale, face.points * scale, face.score)
