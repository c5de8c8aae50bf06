"""Wires everything but the pages: ``build(settings, **overrides)``."""

import atexit
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.clock import AnchoredClock, Clock
from core.domain.errors import StorageUnavailable
from core.jobs.outbox import Outbox
from core.jobs.runner import JobParams, JobRunner
from core.proctoring.equipment import EquipmentParams, make_analyst
from core.proctoring.speaker_model import choose_speaker_model
from core.proctoring.watcher import Watcher, WatchParams
from core.questions.source import make_source
from core.services.access import AccessService
from core.services.answers import AnswerService
from core.services.delivery import DeliveryService
from core.services.desk import DeskService
from core.services.drawing import QuestionDrawer
from core.services.flag_review import FlagReviewService
from core.services.human_review import HumanReviews
from core.services.interview import InterviewService
from core.services.listeners import Listeners
from core.services.monitor import SessionMonitor
from core.services.monitor_health import MonitorHealth
from core.services.page_monitor import PageMonitor
from core.services.policies import PoliciesService
from core.services.promises import CATCH_UP, DELIVERY, RECOVER, REDECODE, Promises
from core.services.recordings import RecordingStore
from core.services.recovery import Recovery
from core.services.redecoding import Redecoder
from core.services.registration import RegistrationService
from core.services.rooms import LiveRooms
from core.services.sound_watch import SoundWatch
from core.services.spoken_questions import QuestionVoice
from core.services.voice_watch import VoiceWatch
from core.settings import Settings
from core.speech.engines import AUTO, EndpointAddress, EngineParams, Engines, make_engines
from core.speech.models import ModelShelf
from core.speech.pacing import PacingParams
from core.speech.piper import PiperVoice
from core.speech.service import TranscriptionService
from core.speech.service_params import ServiceParams
from core.speech.voices import VoiceChain, chosen_voices
from core.speech.workers import WorkerParams
from core.storage.blobs import BlobStore
from core.storage.database import Database

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """Everything a page may call."""

    settings: Settings
    clock: Clock
    warnings: list[str]
    """What went wrong at start and was put right; shown to recruiters. Grows while speech models are loaded."""
    database: Database
    blobs: BlobStore
    jobs: JobRunner
    outbox: Outbox
    engines: Engines | None
    """What the transcription service hears with; None when the service was replaced."""
    transcription: TranscriptionService
    listeners: Listeners
    watcher: Watcher
    rooms: LiveRooms
    voice: QuestionVoice
    registration: RegistrationService
    access: AccessService
    recordings: RecordingStore
    answers: AnswerService
    interviews: InterviewService
    pages: PageMonitor
    sounds: SoundWatch
    health: MonitorHealth
    desk: DeskService
    delivery: DeliveryService
    reviews: FlagReviewService
    policies: PoliciesService
    human_reviews: HumanReviews

    def monitor(self, session_id: str) -> SessionMonitor:
        """Where flags and snapshots of one interview go."""
        return SessionMonitor(session_id, self.database, self.blobs, self.clock, self.health)

    def close(self) -> None:
        """Stop workers, keep what is being recorded, close the database."""
        self.sounds.close()
        for session_id in self.rooms.open_ids():
            self.answers.close_room(session_id)
        self.answers.clips.stop()
        self.watcher.stop()
        self.health.close()  # after all that beats
        self.jobs.stop()  # before what its handlers use; what it does not finish is done after the next start
        self.listeners.stop()
        self.voice.close()
        self.database.close()


def build(settings: Settings, **overrides: Any) -> House:
    """Make and start all parts.

    Args:
        settings: Of this installation.
        overrides: Replacements by field name of ``House`` (``clock``, ``transcription``, ``watcher``, ``voice``).
    """
    clock = overrides.get("clock") or AnchoredClock()
    database = Database(settings.database_url, settings.data_dir)
    warnings = database.open()
    blobs = BlobStore(settings.blob_url or f"file://{settings.data_dir.resolve() / 'blobs'}")
    engines: Engines | None = None
    here: TranscriptionService | None = None
    if (transcription := overrides.get("transcription")) is None:
        engines = _engines(settings, clock, warnings)
        params = ServiceParams(
            workers=WorkerParams(count=settings.whisper_workers),
            pacing=PacingParams(max_live_speakers=settings.live_caption_speakers),
        )
        transcription = TranscriptionService(engines.live, params, clock, engines.full)
        if settings.voice_goes_to:
            here = TranscriptionService(engines.here, params, clock, engines.here_full)
    listeners = Listeners(database, transcription, here, settings.voice_goes_to)
    watcher = overrides.get("watcher") or _watcher(settings, clock)
    jobs = JobRunner(database, clock, JobParams(workers=settings.job_workers))
    outbox = Outbox(clock, jobs.wake)
    promises = Promises(outbox)
    listeners.start()
    watcher.start()
    health = MonitorHealth(database, clock)
    rooms = LiveRooms(listeners, watcher, clock, health.attend)
    recordings = RecordingStore(database, blobs, settings.data_dir / "spool", promises)
    answers = AnswerService(database, recordings, rooms, listeners, clock, promises)
    source = make_source(settings.question_bank, settings.question_source)
    warnings.extend(source.warnings)
    recovered = recordings.recover()
    if recovered:
        warnings.append(f"{recovered} recording(s) of an interrupted run were recovered.")
    speaker = choose_speaker_model(settings.speaker_model, settings.speaker_unlike_below)
    measured, language = settings.delivery_metrics, settings.interview_language
    delivery = DeliveryService(database, recordings, clock, enabled=measured, language=language)
    jobs.register(DELIVERY, delivery.handle)
    reviews = FlagReviewService(database, clock)
    policies = PoliciesService(database, clock, settings.monitor_policy)
    needed = (database, recordings, listeners, promises, clock)
    _start_jobs(jobs, database, promises, clock, Redecoder(*needed), Recovery(*needed))
    return House(
        settings=settings,
        clock=clock,
        warnings=warnings,
        database=database,
        blobs=blobs,
        jobs=jobs,
        outbox=outbox,
        engines=engines,
        transcription=transcription,
        listeners=listeners,
        watcher=watcher,
        rooms=rooms,
        voice=overrides.get("voice") or QuestionVoice(_voices(settings)),
        registration=RegistrationService(database, settings, clock, policies),
        access=AccessService(database, settings, clock),
        recordings=recordings,
        answers=answers,
        interviews=InterviewService(database, answers, QuestionDrawer(database, source).draw, clock),
        pages=PageMonitor(database, clock, answers),
        sounds=SoundWatch(database, clock, voices=VoiceWatch(database, clock, speaker)),
        health=health,
        desk=DeskService(database, blobs, recordings, delivery, reviews),
        delivery=delivery,
        reviews=reviews,
        policies=policies,
        human_reviews=HumanReviews(database, clock),
    )


def _start_jobs(
    jobs: JobRunner, database: Database, promises: Promises, clock: Clock, redecoder: Redecoder, recovery: Recovery
) -> None:
    """Say who does what, ask for what an earlier process left undone, and begin."""
    jobs.register(REDECODE, redecoder.redecode)
    jobs.register(RECOVER, recovery.recover)
    jobs.register(CATCH_UP, recovery.catch_up)
    try:
        with database.transaction() as tx:
            promises.recover(tx, clock.now())
    except StorageUnavailable as error:  # a full disk must not keep the house shut; the next start asks again
        _LOG.error("what was left undone is not looked for: %s", type(error).__name__)
    jobs.start()


def _engines(settings: Settings, clock: Clock, warnings: list[str]) -> Engines:
    endpoint = EndpointAddress(
        settings.transcription_url, settings.transcription_model, settings.transcription_api_key.get_secret_value()
    )
    params = EngineParams(
        model=settings.whisper_model,
        final_model=settings.final_whisper_model or AUTO,
        language=settings.interview_language,
        device=settings.whisper_device,
        compute_type=settings.whisper_compute_type,
        threads=settings.whisper_threads,
        workers=settings.whisper_workers,
        endpoint=endpoint if settings.transcription_url else None,
        order=tuple(settings.transcription_order.split(",")),
    )
    shelf = ModelShelf(settings.data_dir / "models", settings.whisper_download)
    return make_engines(params, shelf, clock=clock, warnings=warnings)


def _watcher(settings: Settings, clock: Clock) -> Watcher:
    equipment = EquipmentParams(Path(settings.object_model) if settings.object_model else None)
    return Watcher(lambda: make_analyst(equipment), WatchParams(snapshot_every_s=settings.snapshot_every_s), clock)


def _voices(settings: Settings) -> VoiceChain | None:
    if settings.voice == "browser":
        return None
    piper = PiperVoice(settings.piper_program, Path(settings.piper_voice) if settings.piper_voice else None)
    return VoiceChain(settings.data_dir / "voices", voices=chosen_voices(settings.voice, piper))


_HOUSES: dict[Path, House] = {}
_LOCK = threading.Lock()


def shared(settings: Settings) -> House:
    """The one house of this process for a data folder.

    Streamlit runs page scripts many times in many threads; what they share is made once.
    """
    with _LOCK:
        key = settings.data_dir.resolve()
        if key not in _HOUSES:
            house = _HOUSES[key] = build(settings)
            atexit.register(house.close)
            first = house.access.ensure_recruiter_password()
            if first is not None:
                # The only time it is ever shown; the README sends people to the output of the first start.
                print(f"\n  Recruiter password (shown once): {first.password}\n", flush=True)  # noqa: T201
        return _HOUSES[key]
