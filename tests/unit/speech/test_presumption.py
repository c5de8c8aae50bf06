import numpy as np

from core.domain.transcript import FinalSegment
from core.speech.presumption import Presumption
from core.speech.utterance import Utterance


def utterance(number: int = 0, end_s: float = 2.0) -> Utterance:
    return Utterance(number, np.zeros(0, np.int16), 0.0, end_s, "", presumed=True)


def segment(number: int = 0, end_s: float = 2.0) -> FinalSegment:
    return FinalSegment(number, "words", 0.0, end_s)


def test_decoded_before_the_end_it_is_kept_for_it() -> None:
    presumption = Presumption()
    presumption.begin(utterance())
    assert not presumption.take(segment())
    assert presumption.ended(utterance()) == (True, segment())


def test_decoded_after_the_end_it_is_the_final() -> None:
    presumption = Presumption()
    presumption.begin(utterance())
    assert presumption.ended(utterance()) == (True, None)
    assert presumption.wants(utterance())
    assert presumption.take(segment())
    assert not presumption.wants(utterance())


def test_an_end_that_was_not_presumed_is_decoded_afresh() -> None:
    presumption = Presumption()
    assert presumption.ended(utterance()) == (False, None)
    presumption.begin(utterance(end_s=2.0))
    presumption.take(segment(end_s=2.0))
    assert presumption.ended(utterance(end_s=5.0)) == (False, None)


def test_an_earlier_presumption_is_not_wanted_once_there_is_another() -> None:
    presumption = Presumption()
    presumption.begin(utterance(end_s=2.0))
    presumption.begin(utterance(end_s=3.0))
    assert not presumption.wants(utterance(end_s=2.0))
    assert not presumption.take(segment(end_s=2.0))
    assert presumption.ended(utterance(end_s=3.0)) == (True, None)


def test_an_earlier_presumption_is_not_taken_for_the_one_that_came_true() -> None:
    """Its decode may still be under way, and it lacks the words said since."""
    presumption = Presumption()
    presumption.begin(utterance(end_s=2.0))
    presumption.begin(utterance(end_s=3.0))
    presumption.ended(utterance(end_s=3.0))
    assert not presumption.wants(utterance(end_s=2.0))
    assert not presumption.take(segment(end_s=2.0))
    assert presumption.take(segment(end_s=3.0))


def test_giving_up_an_earlier_presumption_leaves_the_one_that_came_true() -> None:
    presumption = Presumption()
    presumption.begin(utterance(end_s=2.0))
    presumption.begin(utterance(end_s=3.0))
    presumption.ended(utterance(end_s=3.0))
    assert not presumption.drop(utterance(end_s=2.0))
    assert presumption.take(segment(end_s=3.0))


def test_given_up_before_the_end_the_end_is_decoded_afresh() -> None:
    presumption = Presumption()
    presumption.begin(utterance())
    assert not presumption.drop(utterance())
    assert presumption.ended(utterance()) == (False, None)


def test_given_up_after_the_end_somebody_must_be_told_once() -> None:
    presumption = Presumption()
    presumption.begin(utterance())
    presumption.ended(utterance())
    assert presumption.drop(utterance())
    assert not presumption.drop(utterance())
