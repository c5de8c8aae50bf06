import pytest

from core.domain.watch import FlagKind
from core.proctoring.reasons import reason_for


@pytest.mark.parametrize(
    ("kind", "seconds", "faces", "lasting", "text"),
    [
        (FlagKind.NO_FACE, 4.2, 0, False, "No face was visible for 4 s."),
        (FlagKind.NO_FACE, 2.0, 0, True, "No face was visible for at least 2 s."),
        (FlagKind.MULTIPLE_FACES, 3.0, 2, False, "2 faces were visible for 3 s."),
        (FlagKind.MULTIPLE_FACES, 90.0, 4, False, "4 faces were visible for 1 min 30 s."),
        (FlagKind.NO_FACE, 119.9, 0, False, "No face was visible for 2 min."),
        (FlagKind.NO_FACE, 0.2, 0, False, "No face was visible for 1 s."),
    ],
)
def test_sentences(kind, seconds, faces, lasting, text):
    assert reason_for(kind, seconds, faces, lasting=lasting) == text
