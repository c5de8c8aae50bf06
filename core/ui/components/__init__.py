"""Browser components: each a Python function that mounts it and returns what happened in it, as frozen types."""

from core.ui.components.answer import Action, ActionPressed, AnswerEvent, Draft, answer
from core.ui.components.clock import ClockRanOut, clock
from core.ui.components.guard import GuardBeat, GuardReport, PageEvent, guard
from core.ui.components.lock import FullScreenUnavailable, LockEvent, LockStart, lock
from core.ui.components.probe import BrowserProbe, probe
from core.ui.components.speaker import Spoken, speaker
from core.ui.components.stage import (
    DevicesChanged,
    StageEvent,
    Started,
    StartFailed,
    TrackEnded,
    TrackMuted,
    TrackUnmuted,
    stage,
)
from core.ui.components.vault import Credentials, VaultReply, vault

__all__ = [
    "Action",
    "ActionPressed",
    "AnswerEvent",
    "BrowserProbe",
    "ClockRanOut",
    "Credentials",
    "DevicesChanged",
    "Draft",
    "FullScreenUnavailable",
    "GuardBeat",
    "GuardReport",
    "LockEvent",
    "LockStart",
    "PageEvent",
    "Spoken",
    "StageEvent",
    "StartFailed",
    "Started",
    "TrackEnded",
    "TrackMuted",
    "TrackUnmuted",
    "VaultReply",
    "answer",
    "clock",
    "guard",
    "lock",
    "probe",
    "speaker",
    "stage",
    "vault",
]
