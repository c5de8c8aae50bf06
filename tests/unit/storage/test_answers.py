from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.domain.errors import NotFound
from core.domain.interview import AnswerEnding, AnswerMode, Question
from core.domain.transcript import FinalSegment
from core.domain.watch import FlagKind
from core.storage.attempts import AttemptRepo
from core.storage.database import Database
from core.storage.questions import QuestionRepo
from core.storage.watch import FlagRepo, SnapshotRepo

SUBMITTED, LIVE = AnswerEnding.SUBMITTED, AnswerMode.LIVE


def test_a_question_comes_back_as_it_was_put(database: Database, interview: str, now: datetime) -> None:
    with database.transaction() as session:
        repo = QuestionRepo(session)
        second = repo.add(interview, 1, Question("And a <b>tuple</b>?", "Python"), now, is_followup=True)
        first = repo.add(interview, 0, Question("What is a list?", "Python", "py-1", 1), now)
    with database.reading() as session:
        repo = QuestionRepo(session)
        assert repo.list(interview) == [first, second]
        assert repo.find(interview, 1) == second == repo.get(second.id)
        assert repo.find(interview, 2) is None
        assert (second.question, second.is_followup, second.created_at) == ("And a <b>tuple</b>?", True, now)
    with pytest.raises(IntegrityError), database.transaction() as session:
        QuestionRepo(session).add(interview, 1, Question("Again?", "Python"), now)


@pytest.mark.parametrize(
    "answer", ["'; DROP TABLE questions; --", "<img src=x onerror=alert(1)>", "ä\n\t🎤  ", "word " * 4000]
)
def test_an_answer_is_kept_verbatim(database: Database, question_id: int, now: datetime, answer: str) -> None:
    with database.transaction() as session:
        assert QuestionRepo(session).save_answer(question_id, answer, True, SUBMITTED, LIVE, now)
    with database.reading() as session:
        row = QuestionRepo(session).get(question_id)
    assert row.answer == answer
    assert (row.edited, row.ending, row.mode, row.submitted_at) == (True, SUBMITTED, LIVE, now)


def test_characters_no_database_takes_do_not_lose_the_answer(
    database: Database, question_id: int, now: datetime
) -> None:
    with database.transaction() as session:
        QuestionRepo(session).save_answer(question_id, "half \ud83c and \x00 nul", False, SUBMITTED, LIVE, now)
    with database.reading() as session:
        assert QuestionRepo(session).get(question_id).answer == "half \ufffd and \ufffd nul"


def test_a_double_click_cannot_overwrite_the_answer(
    database: Database, interview: str, question_id: int, now: datetime
) -> None:
    with database.transaction() as session:
        repo = QuestionRepo(session)
        assert repo.get_open(interview, 0) is not None
        repo.mark_asked(question_id, now)
        repo.mark_asked(question_id, now + timedelta(1))
        assert repo.save_answer(question_id, "first", False, SUBMITTED, LIVE, now)
        assert not repo.save_answer(question_id, "", False, AnswerEnding.SKIPPED, AnswerMode.TYPED, now)
        row = repo.get(question_id)
        assert (row.answer, row.ending, row.asked_at) == ("first", SUBMITTED, now)
        assert repo.get_open(interview, 0) is None


@pytest.mark.parametrize(
    ("edited", "ending", "late", "expected"),
    [
        (False, SUBMITTED, "my answer late words", "my answer late words"),
        (False, AnswerEnding.TIME_UP, "my answer late", "my answer late"),
        (False, SUBMITTED, "  ", "my answer"),
        (True, SUBMITTED, "late", "my answer"),
        (False, AnswerEnding.SKIPPED, "late", "my answer"),
    ],
)
def test_late_words_come_only_into_text_left_alone(
    database: Database, question_id: int, now: datetime, edited: bool, ending: AnswerEnding, late: str, expected: str
) -> None:
    with database.transaction() as session:
        repo = QuestionRepo(session)
        assert not repo.replace_unedited(question_id, "too early")
        repo.save_answer(question_id, "my answer", edited, ending, LIVE, now)
        assert repo.replace_unedited(question_id, late) is (expected != "my answer")
        assert repo.get(question_id).answer == expected


def test_late_words_may_be_the_whole_answer(database: Database, question_id: int, now: datetime) -> None:
    with database.transaction() as session:
        repo = QuestionRepo(session)
        repo.save_answer(question_id, "", False, AnswerEnding.TIME_UP, LIVE, now)
        assert repo.replace_unedited(question_id, "all of it")
        assert repo.get(question_id).answer == "all of it"


def test_an_attempt_is_started_once_and_keeps_its_draft(database: Database, question_id: int, now: datetime) -> None:
    with database.transaction() as session:
        repo = AttemptRepo(session)
        first = repo.get_or_add(question_id, 1, now)
        assert repo.get_or_add(question_id, 1, now + timedelta(1)) == first
        retry = repo.get_or_add(question_id, 2, now)
        repo.save_draft(first.id, "half a sen", True)
        repo.end(first.id, now + timedelta(seconds=8))
        repo.end(first.id, now + timedelta(seconds=99))
    with database.reading() as session:
        repo = AttemptRepo(session)
        kept = repo.get(first.id)
        assert (kept.draft, kept.draft_edited, kept.ended_at) == ("half a sen", True, now + timedelta(seconds=8))
        assert repo.list(question_id) == [kept, retry]


def test_segments_are_stored_once_and_joined_in_order(database: Database, question_id: int, now: datetime) -> None:
    early = FinalSegment(0, "hello", 0.1, 1.2, 0.9, "whisper")
    silent = FinalSegment(1, "", 2.0, 2.5)
    late = FinalSegment(2, "world", 3.0, 4.0, None, "whisper")
    with database.transaction() as session:
        repo = AttemptRepo(session)
        attempt = repo.get_or_add(question_id, 1, now)
        assert repo.add_segment(attempt.id, late, now)
        assert repo.add_segment(attempt.id, early, now)
        assert repo.add_segment(attempt.id, silent, now)
        assert not repo.add_segment(attempt.id, FinalSegment(0, "other", 0, 1), now)
        assert repo.segments(attempt.id) == (early, silent, late)
        assert repo.get(attempt.id).transcript == "hello world"


def test_recordings_come_in_order_and_can_be_repaired(database: Database, question_id: int, now: datetime) -> None:
    with database.transaction() as session:
        repo = AttemptRepo(session)
        attempt = repo.get_or_add(question_id, 1, now)
        second = repo.add_recording(attempt.id, 2, "s-1/b.wav", 2.0, 32000, "bb", now)
        repo.add_recording(attempt.id, 1, "s-1/a.wav", 1.0, 16000, "aa", now)
        first = repo.add_recording(attempt.id, 1, "s-1/a.wav", 1.5, 24000, "cc", now)
        assert repo.recordings(attempt.id) == (first, second)
        assert (first.duration_s, first.samples, first.sha256, first.started_at) == (1.5, 24000, "cc", now)


def test_what_does_not_exist_is_not_found(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        questions, attempts = QuestionRepo(session), AttemptRepo(session)
        for call in (
            lambda: questions.get(1),
            lambda: questions.save_answer(1, "x", False, SUBMITTED, LIVE, now),
            lambda: attempts.save_draft(1, "x", False),
            lambda: attempts.add_segment(1, FinalSegment(0, "x", 0, 1), now),
            lambda: FlagRepo(session).close(1, now, 1.0),
        ):
            with pytest.raises(NotFound):
                call()


def test_flags_open_and_close_with_their_evidence(database: Database, interview: str, now: datetime) -> None:
    end = now + timedelta(seconds=7)
    with database.transaction() as session:
        snapshot = SnapshotRepo(session).add(interview, now, "no_face", "s-1/1.jpg", 0)
        SnapshotRepo(session).add(interview, now - timedelta(seconds=5), "regular", "s-1/0.jpg", None)
        flags = FlagRepo(session)
        gone = flags.open(interview, FlagKind.NO_FACE, now, 0.8, "No face for 5 s.", end, snapshot)
        crowd = flags.open(interview, FlagKind.MULTIPLE_FACES, now, 1.0, "Two faces.", end)
        flags.close(gone, end, 0.9)
        flags.close(gone, end + timedelta(1), 0.1)
        assert flags.close_all(interview, end) == 1
        assert flags.close_all(interview, end) == 0
    with database.reading() as session:
        first, second = FlagRepo(session).list(interview)
        assert (first.id, first.kind, first.ended_at, first.strength) == (gone, FlagKind.NO_FACE, end, 0.9)
        assert (first.snapshot_id, first.created_at) == (snapshot, end)
        assert (second.id, second.ended_at, second.snapshot_id) == (crowd, end, None)
        assert [(s.reason, s.faces) for s in SnapshotRepo(session).list(interview)] == [
            ("regular", None),
            ("no_face", 0),
        ]
