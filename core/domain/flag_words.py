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
    FlagKind.CAMERA_COVERED: "Camera covered or dark",
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

FLAG_NOTES = {
    FlagKind.NO_FACE: "No face was found in a picture that was light enough. Leaning out of view looks the same.",
    FlagKind.MULTIPLE_FACES: "More than one face was found. A poster, a screen or a passer-by counts as well.",
    FlagKind.LOOKING_AWAY: "Head or eyes were turned from where they usually are. People do this when they think.",
    FlagKind.LOOKING_DOWN: "3 or more glances down within a minute; possible phone use is your reading, not the "
    "machine's.",
    FlagKind.EYES_OFF_SCREEN: "A large share of the time was spent looking elsewhere, short glances included.",
    FlagKind.READING_GAZE: "The eyes moved as along lines of text. The question on the screen is text as well.",
    FlagKind.DIFFERENT_PERSON: "A program found the face unlike the one at the start. Light, glasses and angle do that "
    "too: compare the pictures yourself.",
    FlagKind.CAMERA_COVERED: "The picture was black, nearly black or one colour. A hand, a lid, a dark room or a "
    "fault look alike.",
    FlagKind.CAMERA_FROZEN: "The picture did not change at all. Slow computers and connections do this by themselves.",
    FlagKind.BACKGROUND_PERSON: "Something moved outside the person. A curtain or a pet moves too.",
    FlagKind.PHONE: "A program took something for a telephone. Other dark rectangles look alike.",
    FlagKind.SECOND_VOICE: "A voice unlike the candidate's was heard. A television is one too: listen yourself.",
    FlagKind.UNRECORDED_VOICE: "Somebody spoke while no answer was recorded. Thinking aloud is allowed.",
    FlagKind.SUSTAINED_NOISE: "The room was loud for a while. This is about the recording, not about the person.",
    FlagKind.TAB_SWITCHING: "The page was hidden or lost the focus. What was on the screen instead is not known.",
    FlagKind.FULLSCREEN_EXIT: "Full screen was left. A key, a notification or the system can do it.",
    FlagKind.COPY_PASTE: "Text was copied, cut or pasted. Its length is known, not what it said.",
    FlagKind.WINDOW_RESIZED: "The page shrank while its window did not, as when developer tools open beside it.",
    FlagKind.EXTRA_SCREEN: "The browser says that more than one screen is connected. What it shows is not known.",
}
"""For the reviewer: what was measured, and how else it may come about."""
