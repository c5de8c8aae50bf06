"""What of the monitor applies to one interview, by its plan and by the words that were agreed to."""

from core.domain.interview import ConsentKind, InterviewPlan
from core.domain.watch import FlagKind
from core.privacy.consent import NAMES_SIGNALS
from core.proctoring.options import WatchOptions
from core.storage.consents import ConsentRepo
from core.storage.database import Database

_KINDS = frozenset(FlagKind)


def watch_options(database: Database, session_id: str, plan: InterviewPlan) -> WatchOptions:
    """Options of the camera's watch.

    Args:
        database: Where the consents are.
        session_id: The interview.
        plan: Its rules; names of kinds that are not known (an older or newer plan) are passed over.

    Raises:
        StorageUnavailable: The consents cannot be read.
    """
    return WatchOptions(
        rules_off=frozenset(FlagKind(name) for name in plan.rules_off if name in _KINDS),
        window_factor=max(1.0, plan.window_factor),
        faces_only=not _signals_named(database, session_id, ConsentKind.VIDEO),
    )


def sound_flags_agreed(database: Database, session_id: str) -> bool:
    """Whether the voice was agreed to be recorded by a text that names what is noted of the sound.

    Under an older text the sound level is watched for the candidate's own good, and nothing is claimed from it.

    Raises:
        StorageUnavailable: The consents cannot be read.
    """
    return _signals_named(database, session_id, ConsentKind.AUDIO)


def _signals_named(database: Database, session_id: str, kind: ConsentKind) -> bool:
    with database.reading() as tx:
        latest = ConsentRepo(tx).latest(session_id, kind)
    return latest is not None and latest.granted and latest.version in NAMES_SIGNALS
