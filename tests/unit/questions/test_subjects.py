import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.questions.subjects import GENERAL, NEIGHBOURS, SUBJECTS, nearest_subject


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_of_the_list_is_itself_in_any_case_and_spacing(subject):
    assert nearest_subject(f"  {subject.upper()}\n") == (subject, True)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("ML", "Machine learning"),
        ("postgres", "Databases and SQL"),
        ("java script front end", "Web development"),
        ("networking", "Computer networks"),
        ("data base administrator", "Databases and SQL"),
        ("Data analyst", "Data science"),
        ("OOP", "Object-oriented programming"),
        ("C++ developer", "Object-oriented programming"),
        ("Linux", "Operating systems"),
        ("distributed systems", "System design"),
        ("accountant", "Finance"),
        ("HR", "Human resources"),
        ("Behavioral", "Behavioural"),
        ("pyhton", "Python"),
        ("machin lerning", "Machine learning"),
        ("Django back-end", "Web development"),
        ("<b>sql</b>'; DROP TABLE", "Databases and SQL"),
    ],
)
def test_free_text_goes_to_the_nearest_and_says_so(text, subject):
    assert nearest_subject(text) == (subject, False)


@pytest.mark.parametrize("text", ["", "   ", "cooking", "12345", "料理", "\0", "🙂"])
def test_nothing_near_is_general_and_says_so(text):
    assert nearest_subject(text) == (GENERAL, False)


@given(st.text(max_size=20_000))
def test_any_text_gives_a_subject(text):
    assert nearest_subject(text)[0] in SUBJECTS


def test_neighbours_are_other_subjects_of_the_list():
    assert set(NEIGHBOURS) == set(SUBJECTS)
    for subject, near in NEIGHBOURS.items():
        assert set(near) <= set(SUBJECTS) - {subject}
