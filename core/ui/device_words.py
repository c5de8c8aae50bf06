"""What can be wrong with a device, and the next step, by the browser's name of the error or by what was measured."""

from core.domain.sound import SoundAlertKind
from core.domain.watch import FlagKind
from core.speech.room_check import Problem

DEVICE_ERRORS = {
    "NotAllowedError": "The browser was not allowed to use your {device}. Press the camera symbol in the address bar, "
    "choose Allow, then press Start check again.",
    "NotFoundError": "No {device} was found. Plug one in, then press Start check again.",
    "NotReadableError": "Another program is using your {device}. Close it, then press Start check again.",
    "OverconstrainedError": "Your {device} cannot do what is needed. Choose another one in the browser's settings.",
    "insecure_context": "This page was not opened by https, so the browser gives no devices. Use the https address.",
}

NOT_HEARD = "We can't hear you. Check that the right microphone is chosen, then speak a few words."
TOO_LOUD = "You are too loud for your microphone. Move back a little, or turn it down in your system's sound settings."
SOUND_PROBLEMS = {
    Problem.NOT_HEARD: NOT_HEARD,
    Problem.TOO_SOFT: "Your voice is soft. Move closer to the microphone, or turn it up in your system's "
    "sound settings.",
    Problem.CLIPPED: TOO_LOUD,
    Problem.DISTORTED: "Your voice sounds distorted. Turn the microphone down in your system's sound settings, or try "
    "another one.",
    Problem.NOISE_OVER_VOICE: "There is much noise under your voice. Close a window, move closer to the microphone, or "
    "use a headset.",
    Problem.SOME_NOISE: "There is some noise. It should be all right.",
    Problem.NOISY: "Your room is noisy. Close a window or move closer to the microphone.",
    Problem.ECHO: "Your microphone hears your loudspeaker. Use headphones or turn the volume down, then play it again.",
    Problem.WRONG_OUTPUT: "The sound went to another device. Choose the one you listen with, then play it again.",
    Problem.NOT_AUDIBLE: "Your microphone heard it. Turn the volume up or choose another device, then play it again.",
    Problem.NO_MICROPHONE: "Your loudspeaker works. Start the check to see whether your microphone hears it.",
}
"""What was found, and the next step."""
LOUDSPEAKER_GOOD = "Your loudspeaker works, and your microphone hears little of it."
NO_OUTPUT_LIST = "This browser leaves the choice to your system's sound settings."

ALERTS = {
    SoundAlertKind.SILENCE: NOT_HEARD,
    SoundAlertKind.CLIPPING: TOO_LOUD,
    SoundAlertKind.NOISE: SOUND_PROBLEMS[Problem.NOISY],
}
"""Said beside the picture while an answer suffers; the most pressing first."""

FLAG_ADVICE = {
    FlagKind.CAMERA_COVERED: "Your camera shows nothing but darkness or one colour. Uncover it, or turn on a light.",
    FlagKind.CAMERA_FROZEN: "Your camera shows a still picture. Unplug it and plug it in again.",
    FlagKind.NO_FACE: "No face in the picture. Move into view.",
    FlagKind.MULTIPLE_FACES: "More than one face is in the picture. Only you should be in view.",
    FlagKind.DIFFERENT_PERSON: "Your face looks different from the start. Face the camera, with light from the front.",
    FlagKind.PHONE: "A telephone is in the picture. Put it out of view.",
    FlagKind.BACKGROUND_PERSON: "Something moves behind you. Close the door, or turn so that only a wall is in view.",
    FlagKind.LOOKING_AWAY: "You are turned away from the screen. Turn back when you can.",
    FlagKind.LOOKING_DOWN: "You have looked down several times. Raise your eyes to the screen when you can.",
    FlagKind.EYES_OFF_SCREEN: "Your eyes have been off the screen for a while. Look back when you can.",
    FlagKind.READING_GAZE: "Your eyes move as in reading. If that is the question itself, all is well.",
}
"""Said beside the picture while a claim of the camera is open; what can be mended comes first."""
VOICE_ADVICE = {
    FlagKind.SECOND_VOICE: "Another voice is heard. Close the door, or ask for quiet where you are.",
    FlagKind.UNRECORDED_VOICE: "We hear a voice, and no answer is being recorded. Press Start recording to answer.",
}
"""Said beside the picture while a claim of the sound is open."""
TOO_DARK = "The picture is very dark. Turn on a light in front of you."
NOT_SEEN = "We cannot see your picture just now. That is noted as not seen, not held against you."
"""Said when the monitor is blind while a question is open."""
