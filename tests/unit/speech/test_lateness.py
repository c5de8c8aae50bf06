import pytest

from core.domain.transcript import CaptionMode, CaptionQuality
from core.speech.lateness import Lateness

LIVE, DELAYED, AFTER = CaptionMode.LIVE, CaptionMode.DELAYED, CaptionMode.AFTER


@pytest.mark.parametrize(
    ("modes", "worst"),
    [
        ([], LIVE),
        ([LIVE, LIVE], LIVE),
        ([LIVE, DELAYED, LIVE], DELAYED),
        ([AFTER, DELAYED, LIVE], AFTER),
        ([DELAYED, AFTER, LIVE], AFTER),
    ],
)
def test_the_worst_mode_is_remembered(modes: list[CaptionMode], worst: CaptionMode) -> None:
    lateness = Lateness()
    for mode in modes:
        lateness.note(mode, 1.0)
    assert lateness.quality(0.0).mode is worst


def test_every_second_not_live_counts() -> None:
    lateness = Lateness()
    for mode in (LIVE, DELAYED, AFTER, LIVE):
        lateness.note(mode, 0.5)
    assert lateness.quality(1.234) == CaptionQuality(AFTER, 1.0, 1.23)
