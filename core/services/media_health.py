"""Whether a candidate's sound and picture arrive."""

from dataclasses import dataclass

MEDIA_STALE_S = 3.0
"""No audio for this long means the connection is gone; the browser itself is noticed only after 20 s or more."""


@dataclass(frozen=True, slots=True)
class MediaHealth:
    """Whether media arrive. ``None`` means that kind has never arrived."""

    audio_age_s: float | None
    video_age_s: float | None

    @property
    def audio_live(self) -> bool:
        """Sound is arriving now."""
        return self.audio_age_s is not None and self.audio_age_s < MEDIA_STALE_S

    @property
    def video_live(self) -> bool:
        """Pictures are arriving now."""
        return self.video_age_s is not None and self.video_age_s < MEDIA_STALE_S
