"""What is remembered of one candidate between frames, and the knobs of what is measured."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.proctoring.background import BackgroundMemory, BackgroundParams
from core.proctoring.baseline import ANGLES, GAZE, Baseline, BaselineParams
from core.proctoring.picture import Image
from core.proctoring.pose import PoseParams
from core.proctoring.same_person import IdentityMemory, IdentityParams


@dataclass(frozen=True, slots=True)
class AnalystParams:
    """Knobs of what is measured."""

    largest_side_px: int = 1280
    """A larger picture is made smaller first: a 4K camera costs no more than others."""
    near_s: float = 1.5
    """A face this long ago still counts as a moment ago; see ``FaceParams.keep_score``."""
    phones_every_s: float = 2.0
    """Time between two looks for telephones."""
    closed_below: float = 0.14
    """Distance of the lids, in eye widths, below which eyes are shut."""
    closed_share: float = 0.55
    """The same as a share of the person's usual opening: narrow eyes are not shut."""
    gaze_within_deg: float = 25.0
    """A head turned further hides one eye: no gaze then."""
    gaze_apart: float = 0.2
    """Eyes that disagree by more than this, in eye widths, look nowhere: something covers one of them."""
    further_score: float = 0.86
    """Confidence from which a further face counts without a second opinion: an open hand reaches .85."""
    further_presence: float = 0.1
    """The mesh's word, 0 to 1, below which a further face that is less sure is no face."""
    sharpness_side_px: int = 320
    """Size at which sharpness is measured."""
    pose: PoseParams = field(default_factory=PoseParams)
    """Constants of the five-point pose."""
    angles: BaselineParams = ANGLES
    """The person's usual position."""
    gaze: BaselineParams = GAZE
    """The person's usual gaze."""
    identity: IdentityParams = field(default_factory=IdentityParams)
    """The comparison with the start."""
    background: BackgroundParams = field(default_factory=BackgroundParams)
    """Movement behind the person."""


class Person:
    """What is remembered of one candidate between frames. Used by one thread; never stored."""

    def __init__(self, params: AnalystParams, *, faces_only: bool = False) -> None:
        self.faces_only = faces_only
        self._params = params
        # Mesh and points measure the same angles with zeros of their own: each has a baseline of its own.
        self.by_mesh = Baseline(params.angles), Baseline(params.angles)
        self.by_points = Baseline(params.angles), Baseline(params.angles)
        self.gaze_x, self.gaze_y = Baseline(params.gaze), Baseline(params.gaze)
        self.opening = Baseline(BaselineParams(limit=1.0, follow_within=0.0, drift=0.0))
        self.identity = IdentityMemory(params.identity)
        self.background = BackgroundMemory(params.background)
        self.grey: Image | None = None
        self.box: NDArray[np.float64] | None = None
        self.box_at = float("-inf")
        self.phones_due_at = float("-inf")

    @property
    def calibrated(self) -> bool:
        """Whether the usual position of the head is known."""
        return all(zero.known for zero in self.by_points)

    def come_back(self) -> None:
        """The watching goes on after a pause. The face of the start stays; what moved meanwhile does not count."""
        for zero in (*self.by_mesh, *self.by_points, self.gaze_x, self.gaze_y, self.opening):
            zero.settle_again()
        self.identity.look_again()
        self.background = BackgroundMemory(self._params.background)
        self.grey = self.box = None
        self.box_at = self.phones_due_at = float("-inf")
