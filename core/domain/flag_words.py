"""What each kind of flag is called, and what it does and does not say."""

from core.domain.watch import FlagKind

FLAG_TITLES = {
    FlagKind.NO_FACE: "No face in the picture",
    FlagKind.MULTIPLE_FACES: "More than one face",
    FlagKind.LOOKING_AWAY: "Looking away",
    FlagKind.LOOKING_DOWN: "Looking down repeatedly",
    FlagKind.EYES_OFF_SCREEN: "Eyes off the screen",
    FlagKind.READING_GAZE: "Eyes moving as in reading",
    FlagKind.DIFFERENT_PERSON: "A different face",
    FlagKind.CAMERA_COVERED: "Camera covered",
    FlagKind.CAMERA_FROZEN: "Picture standing still",
    FlagKind.BACKGROUND_PERSON: "Movement in the background",
    FlagKind.PHONE: "Telephone in the picture",
    FlagKind.SECOND_VOICE: "Another voice",
    FlagKind.UNRECORDED_VOICE: "Voice while not recording",
    FlagKind.SUSTAINED_NOISE: "Sustained noise",
    FlagKind.TAB_SWITCHING: "Leaving the page",
    FlagKind.FULLSCREEN_EXIT: "Leaving full screen",
    FlagKind.COPY_PASTE: "Copying or pasting",
    FlagKind.WINDOW_RESIZED: "Window resized",
    FlagKind.EXTRA_SCREEN: "A second screen",
}
"""A short plain name."""
