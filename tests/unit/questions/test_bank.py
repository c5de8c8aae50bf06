import json
import re
from collections import Counter
from pathlib import Path

import pytest

from core.questions.bank import BankEntry, load_bank
from core.questions.builtin import BUILTIN
from core.questions.subjects import SUBJECTS

SHIPPED = Path(__file__).parents[3] / "question_bank.json"


def entry(**changes: object) -> dict[str, object]:
    plain = {
        "id": "python-one",
        "subject": "Python",
        "difficulty": 1,
        "question": "What is a list?",
        "reference_answer": "A sequence that can change.",
        "key_points": ["It can change"],
        "tags": [],
        "licence": "MIT",
    }
    return plain | changes


def write(folder: Path, content: object) -> Path:
    path = folder / "question_bank.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def bank_of(folder: Path, *entries: object) -> Path:
    return write(folder, {"version": 1, "questions": list(entries)})


def test_shipped_bank_is_whole_and_valid():
    loaded = load_bank(SHIPPED)
    assert (loaded.warning, loaded.builtin) == ("", False)
    raw = json.loads(SHIPPED.read_text("utf-8"))
    assert set(raw) == {"version", "questions"}
    assert len(loaded.questions) == len(raw["questions"])


def test_shipped_bank_covers_every_subject_at_every_level():
    levels = Counter((q.subject, q.difficulty) for q in load_bank(SHIPPED).questions)
    assert all(levels[subject, level] >= 3 for subject in SUBJECTS for level in (1, 2, 3))
    assert all(sum(levels[subject, level] for level in (1, 2, 3)) >= 10 for subject in SUBJECTS)


def test_shipped_questions_are_short_enough_to_be_spoken_and_say_what_a_good_answer_holds():
    for raw in json.loads(SHIPPED.read_text("utf-8"))["questions"]:
        shipped = BankEntry.model_validate(raw)
        assert len(shipped.question) <= 220, shipped.id
        assert len(re.findall(r"[.?!](?:\s|$)", shipped.question)) <= 2, shipped.id
        assert 2 <= len(re.findall(r"[.?!](?:\s|$)", shipped.reference_answer)) <= 4, shipped.id
        assert 3 <= len(shipped.key_points) <= 5, shipped.id
        assert shipped.tags and shipped.licence == "MIT", shipped.id


def test_shipped_questions_are_all_different():
    questions = load_bank(SHIPPED).questions
    assert len({q.text.lower() for q in questions}) == len({q.bank_id for q in questions}) == len(questions)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not a JSON file"),
        ("{", "not a JSON file"),
        ("[" * 100_000, "not a JSON file"),
        ("[]", "no list"),
        ("null", "no list"),
        ('{"questions": {}}', "no list"),
        ('{"version": 1}', "no list"),
        ('{"questions": []}', "no usable question"),
        ('{"questions": [null, 3, "x", {}]}', "no usable question"),
    ],
)
def test_a_broken_file_gives_the_builtin_list_with_a_plain_warning_and_stays_as_it_is(tmp_path, content, says):
    path = write(tmp_path, content)
    loaded = load_bank(path)
    assert loaded.questions == BUILTIN and loaded.builtin
    assert says in loaded.warning and "question_bank.json" in loaded.warning
    assert path.read_text("utf-8") == content


def test_missing_unreadable_and_binary_files_give_the_builtin_list(tmp_path):
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00\x80")
    for path, says in ((tmp_path / "none.json", "missing"), (tmp_path, "opened"), (binary, "JSON")):
        loaded = load_bank(path)
        assert loaded.builtin and says in loaded.warning
    assert not (tmp_path / "none.json").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "Bad Id"},
        {"subject": "Cooking"},
        {"difficulty": 4},
        {"difficulty": "1"},
        {"question": ""},
        {"key_points": []},
        {"unknown": 1},
        {"id": "python-one"},  # a second time
    ],
)
def test_a_bad_entry_is_left_out_and_named(tmp_path, changes):
    bad = entry(**({"id": "bad-one"} | changes))
    loaded = load_bank(bank_of(tmp_path, entry(), bad))
    assert [q.bank_id for q in loaded.questions] == ["python-one"]
    assert not loaded.builtin
    assert "1 question is not usable" in loaded.warning and str(bad["id"]) in loaded.warning


def test_many_bad_entries_make_a_short_warning(tmp_path):
    loaded = load_bank(bank_of(tmp_path, entry(), *([{"id": "x" * 500}] * 50)))
    assert "50 questions are not usable" in loaded.warning
    assert len(loaded.warning) < 500


def test_a_byte_order_mark_does_not_matter(tmp_path):
    path = tmp_path / "question_bank.json"
    path.write_text(json.dumps({"version": 1, "questions": [entry()]}), "utf-8-sig")
    assert load_bank(path).warning == ""


def test_builtin_list_serves_every_subject_at_every_level():
    assert {(q.subject, q.difficulty) for q in BUILTIN} == {(s, d) for s in SUBJECTS for d in (1, 2, 3)}
    assert len({q.bank_id for q in BUILTIN}) == len(BUILTIN)
    assert len({q.text for q in BUILTIN}) == len(BUILTIN)
