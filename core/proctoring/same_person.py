"""When a face is compared with the start, and with what result. Faces stay numbers in memory and are never stored."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.proctoring.faces import Face, overlap
from core.proctoring.identity import Embedding
from core.proctoring.picture import Image, grey_of
from core.proctoring.pose import HeadPose


class Embedder(Protocol):
    """What turns a face into numbers; see ``FaceEmbedder``."""

    def embed(self, bgr: Image, face: Face) -> Embedding:
        """A vector of unit length."""
        ...


@dataclass(frozen=True, slots=True)
class IdentityParams:
    """Knobs of the comparison with the start."""

    every_s: float = 5.0
    """Time between comparisons while nothing happens."""
    enrol_faces: int = 5
    """Frontal faces the start is made of."""
    min_height: float = 0.12
    """A face lower than this share of the picture has too little in it to be compared."""
    max_yaw_deg: float = 22.0
    """A face turned further, off the person's own baseline, is compared with nothing: half of it is missing."""
    max_pitch_deg: float = 18.0
    """The same for nods."""
    gap_s: float = 1.5
    """Without one face for this long, the next is compared at once."""
    jump_iou: float = 0.5
    """A box that overlaps the one before by less than this has jumped: compared at once."""
    look_correlation: float = 0.86
    """A face whose rough picture correlates with the one before by less than this is compared at once."""
    different_below: float = 0.33
    """Cosine similarity below which two faces are of two people: of 10 people in front of one camera 4 % of the pairs
    lie above it, and nobody's own frontal face, with sunglasses or without, below."""
    again_below: float = 0.45
    """Below this the next frames are compared too, until it is clear."""


class IdentityMemory:
    """The face of the start, of one candidate. Used by one thread.

    Args:
        params: Knobs.
    """

    def __init__(self, params: IdentityParams) -> None:
        self._params = params
        self._start: list[Embedding] = []
        self._due_at = float("-inf")
        self._last_at = float("-inf")
        self._last_box: NDArray[np.float64] | None = None
        self._last_look: NDArray[np.float32] | None = None

    @property
    def enrolled(self) -> bool:
        """Whether the start is known."""
        return len(self._start) >= self._params.enrol_faces

    def look_again(self) -> None:
        """Nobody was watched for a while: whoever comes next is compared at once."""
        self._last_box = self._last_look = None

    def compare(self, at: float, bgr: Image, face: Face, pose: HeadPose, embedder: Embedder) -> float | None:
        """Similarity to the start, when it is time for it.

        Args:
            at: Monotonic seconds of the frame.
            bgr: HxWx3 BGR uint8.
            face: The one face in it.
            pose: Off the person's own baseline.
            embedder: Turns faces into numbers.

        Returns:
            Cosine similarity, -1 to 1; None when nothing was compared.
        """
        p = self._params
        look = _look(bgr, face)
        news = self._is_news(at, face, look)
        self._last_at, self._last_box, self._last_look = at, face.box, look
        if news:
            self._due_at = at
        if at < self._due_at or not self._is_fit(bgr, face, pose):
            return None
        found = embedder.embed(bgr, face)
        if not self.enrolled:
            self._start.append(found)
            return None
        mean = np.mean(self._start, axis=0)
        # The start's mean is steadier; one of its faces may be nearer in light or expression.
        similarity = max(float(found @ mean / np.linalg.norm(mean)), *(float(found @ one) for one in self._start))
        self._due_at = at if similarity < p.again_below else at + p.every_s
        return similarity

    def _is_news(self, at: float, face: Face, look: NDArray[np.float32]) -> bool:
        p = self._params
        if self._last_box is None or self._last_look is None or at - self._last_at > p.gap_s:
            return True
        alike = float((look * self._last_look).mean())
        return overlap(face.box, self._last_box) < p.jump_iou or alike < p.look_correlation

    def _is_fit(self, bgr: Image, face: Face, pose: HeadPose) -> bool:
        p = self._params
        tall = float(face.box[3]) >= p.min_height * bgr.shape[0]
        return tall and abs(pose.yaw_deg) <= p.max_yaw_deg and abs(pose.pitch_deg) <= p.max_pitch_deg


def _look(bgr: Image, face: Face) -> NDArray[np.float32]:
    """The face as 16x16 grey values of mean 0 and spread 1: enough to notice that something changed."""
    x, y, width, height = face.inside(*bgr.shape[:2])
    if width < 2 or height < 2:
        return np.zeros((16, 16), np.float32)
    small = cv2.resize(grey_of(bgr[y : y + height, x : x + width]), (16, 16), interpolation=cv2.INTER_AREA)
    values = small.astype(np.float32)
    return np.asarray((values - values.mean()) / max(1.0, float(values.std())), np.float32)
