import re

from hypothesis import given
from hypothesis import strategies as st

from core.domain.transcript import Word
from core.speech.agreement import Agreement, AgreementParams, Guess

PARAMS = AgreementParams(agreed_for_s=1.0, hold_back_words=1, min_confidence=0.4)

guesses = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "b", "c", "A,", "b."]), max_size=6),
        st.sampled_from([0.1, 0.6, 1.1]),
        st.booleans(),
        st.one_of(st.none(), st.lists(st.floats(0, 1), min_size=6, max_size=6)),
    ),
    max_size=20,
)
Plan = list[tuple[list[str], float, bool, list[float] | None]]


def words(text: str, *confidences: float) -> list[Word]:
    return [Word(w, 0.0, 0.0, c) for w, c in zip(text.split(), confidences, strict=True)]


def keys(text: str) -> list[str]:
    return [re.sub(r"[^\w']+", "", word.lower()) for word in text.split()]


def follow(plan: Plan) -> list[tuple[float, list[str], bool, Guess]]:
    machine, at, seen = Agreement(PARAMS), 0.0, []
    for shown, step_s, paused, confidences in plan:
        at += step_s
        sure = [Word(w, 0.0, 0.0, c) for w, c in zip(shown, confidences or [], strict=False)]
        seen.append((at, shown, paused, machine.update(" ".join(shown), at, sure, paused=paused)))
    return seen


@given(guesses)
def test_solid_words_only_grow(plan: Plan) -> None:
    before: list[str] = []
    for *_, guess in follow(plan):
        now = keys(guess.solid)
        assert now[: len(before)] == before
        before = now


@given(guesses)
def test_nothing_is_solid_before_guesses_agreed_long_enough(plan: Plan) -> None:
    seen = follow(plan)
    for at, *_, guess in seen:
        if guess.solid:
            assert at >= seen[0][0] + PARAMS.agreed_for_s
            break


@given(guesses)
def test_what_turns_solid_was_said_by_every_guess_of_the_time(plan: Plan) -> None:
    seen = follow(plan)
    before = 0
    for i, (at, _, _, guess) in enumerate(seen):
        solid = keys(guess.solid)
        if len(solid) > before:
            recent = [shown for when, shown, *_ in seen[: i + 1] if when > at - PARAMS.agreed_for_s]
            assert all(keys(" ".join(shown))[: len(solid)] == solid for shown in recent)
        before = len(solid)


@given(guesses)
def test_solid_and_rest_are_the_guess_when_nothing_contradicts(plan: Plan) -> None:
    for _, shown, _, guess in follow(plan):
        if keys(" ".join(shown))[: len(guess.solid.split())] == keys(guess.solid):
            assert keys(f"{guess.solid} {guess.rest}") == keys(" ".join(shown))


def test_the_last_word_is_held_back() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three", 0.0)
    assert machine.update("one two three", 1.0) == Guess("one two", "three")


def test_a_pause_counts_the_last_word() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three", 0.0)
    assert machine.update("one two three.", 1.0, paused=True) == Guess("one two three.", "")


def test_a_word_that_is_not_sure_holds_back_itself_and_what_follows() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three four", 0.0)
    guess = machine.update("one two three four", 1.0, words("one two three four", 0.9, 0.3, 0.9, 0.9))
    assert guess == Guess("one", "two three four")


def test_confidence_that_does_not_match_the_words_is_not_asked() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three", 0.0)
    assert machine.update("one two three", 1.0, words("one two", 0.1, 0.1)).solid == "one two"


def test_a_contradiction_freezes_what_is_solid() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three", 0.0)
    machine.update("one two three", 1.0)
    for at in (2.0, 3.0, 4.0):
        assert machine.update("won two three four", at).solid == "one two"


def test_after_a_contradiction_is_taken_back_words_must_agree_anew() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three four five", 0.0)
    machine.update("one two tree four five", 0.8)
    assert machine.update("one two three four five", 1.0).solid == "one two"
    assert machine.update("one two three four five", 1.5).solid == "one two"
    assert machine.update("one two three four five", 2.0).solid == "one two three four"


def test_case_and_punctuation_are_no_disagreement() -> None:
    machine = Agreement(PARAMS)
    machine.update("one. Two three", 0.0)
    assert machine.update("One, two three", 1.0).solid == "One, two"


def test_an_empty_guess_takes_nothing_back() -> None:
    machine = Agreement(PARAMS)
    machine.update("one two three", 0.0)
    machine.update("one two three", 1.0)
    assert machine.update("", 2.0) == Guess("one two", "")
