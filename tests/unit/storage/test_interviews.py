from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from core.domain.errors import NotFound
from core.domain.flow import Phase, begin
from core.domain.interview import AnswerMode, Consent, ConsentKind, InterviewPlan
from core.storage.consents import ConsentRepo
from core.storage.database import Database
from core.storage.facts import FactRepo
from core.storage.interviews import InterviewRepo
from core.storage.invites import InviteRepo
from core.storage.logs import LogRepo
from core.storage.people import CandidateRepo
from core.storage.seats import SeatRepo

HOSTILE = "Robert'); DROP TABLE candidates;-- <script>alert(1)</script> \"%_\\ ünï 🎤"


def test_an_interview_comes_back_as_it_was(database: Database, now: datetime) -> None:
    plan = InterviewPlan("SQL", question_count=2, answer_mode=AnswerMode.TYPED, watch_camera=False)
    deadline = datetime(2026, 12, 1, 18, tzinfo=timezone(timedelta(hours=2)))
    with database.transaction() as session:
        invite = InviteRepo(session).add(plan, "invite-hash", now, deadline)
        added = InterviewRepo(session).add(
            "s", plan, begin(now), "h", now, question_source="bank", deadline_at=deadline, invite_id=invite.id
        )
    with database.reading() as session:
        row = InterviewRepo(session).get("s")
        assert InterviewRepo(session).by_token_hash("h") == row
        assert InterviewRepo(session).by_token_hash("other") is None
    assert row == added
    assert (row.plan, row.state, row.version) == (plan, begin(now), 1)
    assert row.deadline_at == deadline
    assert row.created_at == now
    assert row.created_at.utcoffset() == timedelta(0)


def test_the_second_writer_loses(database: Database, interview: str, now: datetime) -> None:
    with database.reading() as session:
        seen = InterviewRepo(session).get(interview)
    first, second = (replace(seen.state, phase=p) for p in (Phase.CONSENTED, Phase.TERMINATED))
    with database.transaction() as session:
        assert InterviewRepo(session).save_state(interview, seen.version, first)
    with database.transaction() as session:
        assert not InterviewRepo(session).save_state(interview, seen.version, second)
        row = InterviewRepo(session).get(interview)
        assert (row.state, row.version) == (first, seen.version + 1)
        assert session.execute(text("SELECT phase FROM interviews")).scalar() == "consented"


def test_completion_is_timed_once(database: Database, interview: str, now: datetime) -> None:
    with database.transaction() as session:
        repo = InterviewRepo(session)
        done = replace(repo.get(interview).state, phase=Phase.COMPLETED, updated_at=now + timedelta(minutes=9))
        assert repo.save_state(interview, 1, done)
        assert repo.save_state(interview, 2, replace(done, updated_at=now + timedelta(days=9)))
        assert repo.get(interview).completed_at == now + timedelta(minutes=9)


def test_plan_source_and_token_can_change(database: Database, interview: str, now: datetime) -> None:
    with database.transaction() as session:
        repo = InterviewRepo(session)
        repo.save_plan(interview, InterviewPlan("Python", time_factor=1.5))
        repo.save_question_source(interview, "built-in list")
        repo.revoke_token(interview, now)
        repo.revoke_token(interview, now + timedelta(1))
        row = repo.get(interview)
        assert (row.plan.time_factor, row.question_source, row.token_revoked_at) == (1.5, "built-in list", now)
        repo.save_token(interview, "hash-2")
        assert repo.by_token_hash("hash-1") is None
        assert repo.get(interview).token_revoked_at is None


def test_an_unknown_interview_is_not_found(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        repo = InterviewRepo(session)
        assert repo.find("nobody") is None
        for call in (
            lambda: repo.get("nobody"),
            lambda: repo.save_state("nobody", 1, begin(now)),
            lambda: repo.save_plan("nobody", InterviewPlan("x")),
        ):
            with pytest.raises(NotFound):
                call()


def test_a_naive_time_is_refused(database: Database, interview: str) -> None:
    with pytest.raises(Exception, match="timezone"), database.transaction() as session:
        SeatRepo(session).take(interview, "seat", datetime(2026, 1, 1))


def test_an_invite_is_used_once(database: Database, interview: str, now: datetime) -> None:
    with database.transaction() as session:
        repo = InviteRepo(session)
        first = repo.add(InterviewPlan("SQL", retries=2), "h1", now)
        second = repo.add(InterviewPlan("Go"), "h2", now + timedelta(seconds=1))
        assert repo.use(first.id, interview)
        assert not repo.use(first.id, "s-2")
        assert not repo.use(999, "s-3")
        found = repo.by_token_hash("h1")
        assert found is not None and found.session_id == interview and found.plan == InterviewPlan("SQL", retries=2)
        assert repo.by_token_hash("h3") is None
        assert [row.id for row in repo.list()] == [second.id, first.id]


def test_attempts_are_counted_by_address_whatever_the_capitals(database: Database, interview: str) -> None:
    with database.reading() as session:
        assert CandidateRepo(session).count_by_email(" ada@EXAMPLE.org ") == 1
        assert CandidateRepo(session).count_by_email("bob@example.org") == 0


def test_search_takes_wildcards_and_code_as_characters(database: Database, now: datetime) -> None:
    people = {"a": "Ada 100%", "b": "Bob_B", "c": HOSTILE, "d": "Émile", "e": "BobXB 100 percent"}
    with database.transaction() as session:
        for number, (sid, name) in enumerate(people.items()):
            InterviewRepo(session).add(sid, InterviewPlan("Go"), begin(now), f"hash {sid}", now)
            CandidateRepo(session).add(name, f"{sid}@example.org", "Go", sid, now + timedelta(seconds=number))
    with database.reading() as session:
        repo = CandidateRepo(session)

        def found(wanted: str) -> str:
            assert repo.count(wanted) == len(repo.search(wanted))
            return "".join(line.candidate.session_id for line in repo.search(wanted))

        assert found("") == "edcba"
        assert found("100%") == "a"
        assert found("bob_b") == "b"
        assert found("émile") == "d"
        assert found("B@EXAMPLE") == "b"
        assert found("' OR 1=1 --") == ""
        assert found("\\") == "c"
        assert [line.candidate.session_id for line in repo.search(limit=2, offset=1)] == ["d", "c"]
        [line] = repo.search("DROP TABLE")
        assert line.candidate.name == HOSTILE
        assert line.phase is Phase.REGISTERED and line.completed_at is None
        by_session = repo.by_session("c")
        assert by_session.name == HOSTILE and by_session.created_at.tzinfo is not None


def test_consents_keep_their_words_and_the_latest_counts(database: Database, interview: str, now: datetime) -> None:
    yes = Consent(ConsentKind.VIDEO, True, HOSTILE, "v1", now)
    no = Consent(ConsentKind.VIDEO, False, "changed my mind", "v1", now + timedelta(seconds=1))
    with database.transaction() as session:
        repo = ConsentRepo(session)
        repo.add(interview, yes)
        assert repo.granted(interview, ConsentKind.VIDEO)
        repo.add(interview, no)
        assert not repo.granted(interview, ConsentKind.VIDEO)
        assert not repo.granted(interview, ConsentKind.AUDIO)
        assert repo.list(interview) == [yes, no]


def test_a_seat_is_held_by_one_page(database: Database, interview: str, now: datetime) -> None:
    later = now + timedelta(seconds=5)
    with database.transaction() as session:
        repo = SeatRepo(session)
        assert repo.get(interview) is None
        assert not repo.touch(interview, "first", now)
        repo.take(interview, "first", now)
        assert repo.touch(interview, "first", later)
        seat = repo.get(interview)
        assert seat is not None and (seat.taken_at, seat.seen_at) == (now, later)
        assert repo.take(interview, "second", later).seat_id == "second"
        assert not repo.touch(interview, "first", later)
        repo.release(interview, "first")
        assert repo.get(interview) is not None
        repo.release(interview, "second")
        assert repo.get(interview) is None


def test_logs_keep_order_and_odd_values(database: Database, interview: str, now: datetime) -> None:
    with database.transaction() as session:
        repo = LogRepo(session)
        repo.add(interview, "paste", {"text": HOSTILE, "n": 1, "phase": Phase.ASKING, "at": now, "half": "\ud83c"}, now)
        repo.add(interview, "blur", {}, now)
        repo.add("", "recruiter_login", {"ok": False}, now)
    with database.reading() as session:
        repo = LogRepo(session)
        paste, blur = repo.list(interview)
        assert (paste.kind, blur.kind) == ("paste", "blur")
        assert paste.detail["text"] == HOSTILE and paste.detail["phase"] == "asking"
        assert paste.detail["at"] == now.isoformat()
        assert [row.id for row in repo.list(interview, ["blur"])] == [blur.id]
        assert repo.count(interview, ["blur", "paste"]) == 2
        assert len(repo.list("")) == 1


def test_the_first_default_of_a_fact_counts(database: Database) -> None:
    with database.transaction() as session:
        repo = FactRepo(session)
        assert repo.set_default("password", "one") == "one"
        assert repo.set_default("password", "two") == "one"
        repo.set("password", "three")
        assert repo.get("password") == "three"
