import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ProviderFailed
from core.domain.interview import Question
from core.questions.bank import load_bank
from core.questions.source import BankSource, CustomSource, FallbackSource, make_source
from core.questions.subjects import NEIGHBOURS, SUBJECTS

SHIPPED = Path(__file__).parents[3] / "question_bank.json"
QUESTIONS = load_bank(SHIPPED).questions
BANK = BankSource(QUESTIONS)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module of the installation's own and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(code: str, name: str = "question_generator_under_test") -> str:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code), "utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    yield write
    sys.modules.pop("question_generator_under_test", None)


@given(st.sampled_from(SUBJECTS), st.integers(1, 10), st.integers(0, 2**63))
def test_bank_draws_the_subject_rising_seeded_without_repeats(subject, count, seed):
    drawn = BANK.draw(subject, count, seed, frozenset())
    assert len(drawn) == count == len({q.bank_id for q in drawn})
    assert {q.subject for q in drawn} == {subject}
    assert [q.difficulty for q in drawn] == sorted(q.difficulty for q in drawn)
    assert drawn == BANK.draw(subject, count, seed, frozenset())


def test_five_questions_span_the_levels():
    assert [q.difficulty for q in BANK.draw("Python", 5, 7, frozenset())] == [1, 1, 2, 2, 3]


def test_other_seeds_draw_other_questions_and_the_order_of_the_file_does_not_matter():
    assert len({tuple(BANK.draw("Python", 5, seed, frozenset())) for seed in range(20)}) > 10
    assert BankSource(QUESTIONS[::-1]).draw("Python", 5, 1, frozenset()) == BANK.draw("Python", 5, 1, frozenset())


@given(st.integers(0, 1000))
def test_what_was_asked_before_is_not_asked_again_and_neighbours_fill_up(seed):
    known = frozenset(q.bank_id for q in QUESTIONS if q.subject == "Finance")
    drawn = BANK.draw("Finance", 5, seed, known)
    assert {q.subject for q in drawn} == set(NEIGHBOURS["Finance"])
    assert not known & {q.bank_id for q in drawn}


def test_known_questions_on_the_subject_come_before_new_ones_on_something_else():
    near = {"Finance", *NEIGHBOURS["Finance"]}
    known = frozenset(q.bank_id for q in QUESTIONS if q.subject in near)
    assert {q.subject for q in BANK.draw("Finance", 5, 3, known)} == {"Finance"}


def test_nearest_neighbour_fills_a_subject_that_is_too_small():
    few = BankSource(tuple(q for q in QUESTIONS if q.subject != "Python" or q.bank_id == "python-gil"))
    drawn = few.draw("Python", 4, 0, frozenset())
    assert sorted(q.subject == "Python" for q in drawn) == [False, False, False, True]
    assert {q.subject for q in drawn} == {"Python", NEIGHBOURS["Python"][0]}


def test_more_than_there_is_gives_all_once_and_the_same_text_is_not_asked_twice():
    twins = tuple(Question("Why?", "Python", f"q-{n}") for n in range(3))
    assert len(BankSource(twins).draw("Python", 5, 0, frozenset())) == 1
    assert len(BANK.draw("Python", 500, 0, frozenset())) == len(QUESTIONS)


def test_an_empty_bank_says_so_and_an_unknown_subject_still_gets_questions():
    with pytest.raises(ProviderFailed):
        BankSource(()).draw("Python", 5, 0, frozenset())
    assert len(BANK.draw("Cooking", 5, 0, frozenset())) == 5


def test_custom_module_gives_texts_and_dicts(module):
    name = module("""
        def generate_questions(subject, count):
            return ["  What is\\n%s? " % subject, {"question": "Why so?", "difficulty": 3}, "And then?", "Too many?"]
    """)
    assert CustomSource(name).draw("Finance", 3, 0, frozenset()) == [
        Question("What is Finance?", "Finance"),
        Question("Why so?", "Finance", difficulty=3),
        Question("And then?", "Finance"),
    ]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def broken(", "cannot be imported (SyntaxError)"),
        ("import sys; sys.exit(1)", "cannot be imported (SystemExit)"),
        ("x = 1", "has no function generate_questions"),
        ("def generate_questions(subject): return []", "failed (TypeError)"),
        ("def generate_questions(subject, count): raise RuntimeError('secret')", "failed (RuntimeError)"),
        ("def generate_questions(subject, count): return None", "gave a NoneType, not a list"),
        ("def generate_questions(subject, count): return 'Why? What?'", "gave a str, not a list"),
        ("def generate_questions(subject, count): return []", "gave 0 of 2 questions"),
        ("def generate_questions(subject, count): return ['Same one?'] * count", "gave 1 of 2 questions"),
        ("def generate_questions(subject, count): return ['Why?', 3]", "number 2 that is not a question"),
        ("def generate_questions(subject, count): return ['Why?', '  ']", "number 2 that is not a question"),
        ("def generate_questions(subject, count): return [{'text': 'Why?'}] * 2", "number 1 that is not a question"),
        (
            "def generate_questions(subject, count): return [{'question': 'Why?', 'difficulty': 9}]",
            "number 1 that is not a question",
        ),
        ("def generate_questions(subject, count): return ['x' * 5000] * 2", "number 1 that is not a question"),
    ],
)
def test_a_broken_module_falls_back_to_the_bank_and_keeps_the_reason(module, code, says):
    drawn = FallbackSource(CustomSource(module(code)), BANK).draw("Python", 2, 1, frozenset())
    assert drawn.questions == BANK.draw("Python", 2, 1, frozenset())
    assert (drawn.source, drawn.degraded) == ("question bank", True)
    assert says in drawn.reason and "question_generator_under_test" in drawn.reason
    assert "secret" not in drawn.reason


def test_without_a_fallback_the_failure_is_raised():
    with pytest.raises(ProviderFailed, match="no_such_module"):
        FallbackSource(CustomSource("no_such_module")).draw("Python", 2, 1, frozenset())


def test_the_first_source_is_not_degraded(module):
    name = module("def generate_questions(subject, count): return [f'Question {n}?' for n in range(count)]")
    drawn = make_source(SHIPPED, name).draw("Python", 3, 0, frozenset())
    assert (drawn.source, drawn.degraded, drawn.reason, len(drawn.questions)) == (f"module {name}", False, "", 3)


def test_the_house_source_names_the_bank_or_the_builtin_list(tmp_path):
    whole, missing = make_source(SHIPPED), make_source(tmp_path / "question_bank.json")
    assert (whole.draw("Python", 5, 0, frozenset()).source, whole.warnings) == ("question bank", [])
    assert missing.draw("Python", 5, 0, frozenset()).source == "built-in questions"
    assert "missing" in missing.warnings[0]
