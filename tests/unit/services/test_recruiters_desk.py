import io
import json
import zipfile
from collections.abc import Callable

import pytest
from fakes.clock import ManualClock
from holding import Holder

from core.bootstrap import House
from core.domain.delivery import DeliveryFigures, Figure, FigureName
from core.domain.errors import NotFound
from core.domain.transcript import CaptionMode, CaptionQuality, FinalSegment, Gap, Word
from core.domain.watch import Flag, FlagKind, Snapshot
from core.services.tokens import hash_token
from core.storage.attempts import AttemptRepo
from core.storage.deliveries import DeliveryRepo
from core.storage.logs import LogRepo

HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture
def done(held: Holder, clock: ManualClock) -> Holder:
    """A completed interview with a picture, a flag and one answer longer than the rest."""
    held.begin().submit(f"A list can change. {HTML}")
    monitor = held.house.monitor(held.session_id)
    monitor.flag_opened(Flag(FlagKind.NO_FACE, clock.now(), None, 1.0, "No face."), None)
    monitor.snapshot(Snapshot(b"\xff\xd8 jpeg", clock.now(), "routine", 1))
    for _ in range(4):
        held.submit("An answer.")
    return held


def package(holder: Holder) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(holder.house.desk.package(holder.session_id)))


def content(holder: Holder) -> dict:
    return json.loads(package(holder).read("interview.json"))


def test_without_a_search_all_are_listed_newest_first(house: House, clock: ManualClock) -> None:
    for name in ("ada", "bob", "eve"):
        Holder.registered(house, clock, f"{name}@example.org")
        clock.tick(1)
    listed, total = house.desk.search()
    assert ([c.candidate.email[:3] for c in listed], total) == (["eve", "bob", "ada"], 3)


@pytest.mark.parametrize("text", ["grace", "HOPPER", "grace@navy", "Finan"])
def test_search_finds_by_name_email_and_subject(house: House, clock: ManualClock, text: str) -> None:
    house.registration.register("Grace Hopper", "grace@navy.example", "Finance")
    Holder.registered(house, clock)
    assert [c.candidate.name for c in house.desk.search(text)[0]] == ["Grace Hopper"]


def test_search_finds_by_number(house: House, held: Holder, clock: ManualClock) -> None:
    Holder.registered(house, clock, "eve@example.org")
    assert [c.candidate.session_id for c in house.desk.search(held.session_id)[0]] == [held.session_id]


@pytest.mark.parametrize("text", ["%", "_", "' OR '1'='1", "nobody"])
def test_search_finds_nothing_by_what_is_not_there(house: House, held: Holder, text: str) -> None:
    assert house.desk.search(text) == ([], 0)


def test_a_listing_counts_answers_and_flags(done: Holder) -> None:
    (line,), _ = done.house.desk.search()
    assert (line.answered, line.questions, line.flags, line.phase) == (5, 5, 1, "completed")


def test_an_html_name_is_listed_as_it_was_typed(house: House) -> None:
    house.registration.register(f"Ada {HTML}", "ada@example.org", "Python")
    assert house.desk.search(HTML)[0][0].candidate.name == f"Ada {HTML}"


def test_a_file_holds_questions_consents_flags_and_pictures(done: Holder) -> None:
    file = done.file
    assert (len(file.questions), len(file.consents), len(file.flags), len(file.snapshots)) == (5, 3, 1, 1)


def test_an_unknown_file_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.desk.open_file("iv-000000000000")


def test_an_unknown_package_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.desk.package("iv-000000000000")


def test_a_package_of_an_interview_not_begun_can_be_made(held: Holder) -> None:
    assert content(held)["questions"] == []


def test_the_package_names_the_candidate(done: Holder) -> None:
    assert content(done)["candidate"]["name"] == "Ada Lovelace"


def test_the_package_holds_each_answer_word_for_word(done: Holder) -> None:
    answers = [q["question"]["answer"] for q in content(done)["questions"]]
    assert answers == [f"A list can change. {HTML}"] + ["An answer."] * 4


def test_the_package_holds_consents_flags_and_the_log(done: Holder) -> None:
    data = content(done)
    assert [bool(data[k]) for k in ("consents", "flags", "logs")] == [True] * 3


def test_the_transcript_of_the_package_has_questions_and_answers(done: Holder) -> None:
    text = package(done).read("transcript.txt").decode()
    assert done.file.questions[0].question.question in text and HTML in text


def test_the_package_holds_the_pictures(done: Holder) -> None:
    (picture,) = [n for n in package(done).namelist() if n.endswith(".jpg")]
    assert package(done).read(picture) == b"\xff\xd8 jpeg"


def test_missing_media_are_named(done: Holder) -> None:
    (shot,) = done.file.snapshots
    done.house.blobs.delete(shot.blob_key)
    assert shot.blob_key in package(done).read("missing.txt").decode()


def test_with_nothing_missing_no_list_of_missing_media_is_made(done: Holder) -> None:
    assert "missing.txt" not in package(done).namelist()


def test_the_package_holds_neither_the_token_nor_its_hash(done: Holder) -> None:
    archive = package(done)
    everything = b"".join(archive.read(n) for n in archive.namelist())
    assert done.token.encode() not in everything and hash_token(done.token).encode() not in everything


@pytest.fixture
def spoken(done: Holder) -> Holder:
    """The same, its first answer with words, a gap, late captions and figures; and a noisy room."""
    now, attempt_id = done.clock.now(), done.file.questions[0].attempts[0].attempt.id
    segment = FinalSegment(0, "A list.", 0, 1.5, 0.8, "whisper-tiny.en", (Word("A", 0, 0.2, 0.9),))
    with done.house.database.transaction() as tx:
        attempts = AttemptRepo(tx)
        attempts.replace_transcript(attempt_id, [segment], [Gap(2, 3, "Damaged.")], now)
        attempts.save_captions(attempt_id, CaptionQuality(CaptionMode.DELAYED, 12, 7))
        pace = Figure(FigureName.PACE, 151.6, "words/min")
        DeliveryRepo(tx).save(attempt_id, DeliveryFigures((pace,)), now)
        detail = {"from": now.isoformat(), "to": now.isoformat(), "measured": -36.0, "unit": "dBFS"}
        LogRepo(tx).add(done.session_id, "sound_noise", detail, now)
    return done


def attempt_in(data: dict) -> dict:
    return data["questions"][0]["attempts"][0]


def own_copy(holder: Holder) -> dict:
    return json.loads(holder.house.desk.own_copy(holder.session_id))


BOTH = pytest.mark.parametrize("read", [content, own_copy])
"""What a recruiter takes away and what a candidate does."""


@BOTH
def test_a_copy_holds_words_with_times_and_engine(spoken: Holder, read: Callable[[Holder], dict]) -> None:
    (segment,) = attempt_in(read(spoken))["segments"]
    word = {"text": "A", "start_s": 0, "end_s": 0.2, "confidence": 0.9}
    assert (segment["engine"], segment["words"]) == ("whisper-tiny.en", [word])


@BOTH
def test_a_copy_holds_gaps(spoken: Holder, read: Callable[[Holder], dict]) -> None:
    assert attempt_in(read(spoken))["attempt"]["gaps"] == [{"start_s": 2, "end_s": 3, "reason": "Damaged."}]


@BOTH
def test_a_copy_holds_what_the_captions_were_worth(spoken: Holder, read: Callable[[Holder], dict]) -> None:
    quality = {"mode": "delayed", "delayed_s": 12, "longest_final_s": 7}
    assert attempt_in(read(spoken))["captions"] == quality


@BOTH
def test_a_copy_holds_delivery_figures(spoken: Holder, read: Callable[[Holder], dict]) -> None:
    (figure,) = attempt_in(read(spoken))["delivery"]["figures"]
    assert (figure["name"], figure["value"], figure["unit"]) == ("pace", 151.6, "words/min")


@BOTH
def test_a_copy_holds_sound_alerts(spoken: Holder, read: Callable[[Holder], dict]) -> None:
    (alert,) = read(spoken)["sound_alerts"]
    assert (alert["kind"], alert["measured"], alert["unit"]) == ("noise", -36.0, "dBFS")


@BOTH
def test_a_copy_holds_no_figures_where_delivery_is_turned_off(spoken: Holder, read: Callable[[Holder], dict]) -> None:
    spoken.house.delivery.enabled = False
    assert attempt_in(read(spoken))["delivery"] is None


def test_what_a_candidate_takes_away_is_their_own(spoken: Holder) -> None:
    assert set(own_copy(spoken)) == {"candidate", "consents", "questions", "sound_alerts", "flags", "health"}


def test_what_a_candidate_takes_away_does_not_open_the_interview(spoken: Holder) -> None:
    copy = spoken.house.desk.own_copy(spoken.session_id).decode()
    assert spoken.token not in copy and hash_token(spoken.token) not in copy


def test_no_name_in_the_package_leaves_its_folder(done: Holder) -> None:
    assert all(not n.startswith("/") and ".." not in n for n in package(done).namelist())


def test_a_picture_that_is_gone_is_none(done: Holder) -> None:
    (shot,) = done.file.snapshots
    done.house.blobs.delete(shot.blob_key)
    assert done.house.desk.picture(shot.blob_key) is None


def test_the_sound_of_a_typed_answer_is_none(done: Holder) -> None:
    assert done.house.desk.sound(done.file.questions[0].attempts[0].attempt.id) is None
