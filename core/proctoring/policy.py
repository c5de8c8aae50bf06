"""Policies of the monitor: the built-in ones, and those an installation edits as JSON."""

from core.domain.interview import InterviewPlan
from core.domain.policy import LeaveRule, MonitorPolicy, Severity, Stakes
from core.domain.watch import FlagKind

MEDIUM_STAKES = MonitorPolicy(
    name="medium",
    stakes=Stakes.MEDIUM,
    severity={
        FlagKind.NO_FACE: Severity.MEDIUM,
        FlagKind.MULTIPLE_FACES: Severity.HIGH,
        FlagKind.LOOKING_AWAY: Severity.LOW,
        FlagKind.LOOKING_DOWN: Severity.MEDIUM,
        FlagKind.EYES_OFF_SCREEN: Severity.LOW,
        FlagKind.READING_GAZE: Severity.INFO,
        FlagKind.DIFFERENT_PERSON: Severity.HIGH,
        FlagKind.CAMERA_COVERED: Severity.MEDIUM,
        FlagKind.CAMERA_FROZEN: Severity.MEDIUM,
        FlagKind.BACKGROUND_PERSON: Severity.LOW,
        FlagKind.PHONE: Severity.HIGH,
        FlagKind.SECOND_VOICE: Severity.MEDIUM,
        FlagKind.UNRECORDED_VOICE: Severity.INFO,
        FlagKind.SUSTAINED_NOISE: Severity.INFO,
        FlagKind.TAB_SWITCHING: Severity.MEDIUM,
        FlagKind.FULLSCREEN_EXIT: Severity.LOW,
        FlagKind.COPY_PASTE: Severity.MEDIUM,
        FlagKind.WINDOW_RESIZED: Severity.INFO,
        FlagKind.EXTRA_SCREEN: Severity.INFO,
    },
    leave=LeaveRule(),
)


def policy_of(plan: InterviewPlan) -> MonitorPolicy:
    """The policy an interview is held by."""
    return MEDIUM_STAKES
