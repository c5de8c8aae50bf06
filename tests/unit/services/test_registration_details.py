from datetime import timedelta

import pytest
from fakes.clock import ManualClock
from holding import MakeHouse

from core.bootstrap import House
from core.domain.errors import AccessDenied, AttemptsUsed, InvalidInput
from core.domain.interview import InterviewPlan


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_an_empty_name_is_asked_for(house: House, name: str) -> None:
    with pytest.raises(InvalidInput, match="enter your name") as caught:
        house.registration.register(name, "ada@example.org", "Python")
    assert caught.value.field == "name"


def test_a_name_of_121_characters_is_too_long(house: House) -> None:
    with pytest.raises(InvalidInput, match="longer than 120") as caught:
        house.registration.register("a" * 121, "ada@example.org", "Python")
    assert caught.value.field == "name"


def test_a_name_of_120_characters_is_taken(house: House) -> None:
    assert house.registration.register("a" * 120, "ada@example.org", "Python").session_id


@pytest.mark.parametrize("name", ["12345", "!?", "🙂"])
def test_a_name_without_a_letter_is_refused(house: House, name: str) -> None:
    with pytest.raises(InvalidInput, match="at least one letter") as caught:
        house.registration.register(name, "ada@example.org", "Python")
    assert caught.value.next_step


@pytest.mark.parametrize("name", ["李小龙", "Zoë", "X Æ A-12", "O'Brien", "محمد"])
def test_names_of_any_script_are_kept_as_they_are(house: House, name: str) -> None:
    session_id = house.registration.register(name, "ada@example.org", "Python").session_id
    assert house.desk.open_file(session_id).candidate.name == name


@pytest.mark.parametrize(
    "name", ["Robert'); DROP TABLE candidates;--", "<script>alert(1)</script>", "' OR '1'='1", "{{7*7}} **bold**"]
)
def test_sql_and_html_in_a_name_are_kept_as_text(house: House, name: str) -> None:
    session_id = house.registration.register(name, "ada@example.org", "Python").session_id
    assert house.desk.open_file(session_id).candidate.name == name


def test_an_empty_email_is_asked_for(house: House) -> None:
    with pytest.raises(InvalidInput, match="enter your e-mail") as caught:
        house.registration.register("Ada", "  ", "Python")
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    "email",
    ["ada", "ada@", "@example.org", "ada@example", "ada@@example.org", "a da@example.org", "ada@exa..mple.org",
     "ada@example.org, eve@example.org", "<ada@example.org>", "ada@example.org\nBcc: eve@example.org",
     "a" * 250 + "@example.org"],
)  # fmt: skip
def test_what_is_no_email_address_is_refused_with_the_form_it_should_have(house: House, email: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        house.registration.register("Ada", email, "Python")
    assert (caught.value.field, "name@example.org" in caught.value.next_step) == ("email", True)


@pytest.mark.parametrize("email", ["ada+test@mail.example.co.uk", "a.b-c_d@x-y.example", " ada@example.org "])
def test_usual_email_addresses_are_taken(house: House, email: str) -> None:
    session_id = house.registration.register("Ada", email, "Python").session_id
    assert house.desk.open_file(session_id).candidate.email == email.strip()


def test_an_empty_subject_is_asked_for(house: House) -> None:
    with pytest.raises(InvalidInput, match="choose a subject") as caught:
        house.registration.register("Ada", "ada@example.org", " ")
    assert caught.value.field == "subject"


def test_a_refused_registration_leaves_nothing_behind(house: House) -> None:
    with pytest.raises(InvalidInput):
        house.registration.register("Ada", "ada@example.org", "")
    assert house.desk.search()[1] == 0


def test_a_subject_of_the_list_is_exact(house: House) -> None:
    admission = house.registration.register("Ada", "ada@example.org", "python ")
    assert (admission.subject, admission.subject_is_exact) == ("Python", True)


def test_free_text_is_mapped_to_the_nearest_subject_and_said_so(house: House) -> None:
    admission = house.registration.register("Ada", "ada@example.org", "PostgreSQL tuning")
    assert (admission.subject, admission.subject_is_exact) == ("Databases and SQL", False)


def test_the_mapped_subject_is_what_the_interview_is_about(house: House) -> None:
    session_id = house.registration.register("Ada", "ada@example.org", "PostgreSQL tuning").session_id
    assert house.interviews.load(session_id).plan.subject == "Databases and SQL"


def test_a_mapped_subject_is_noted_in_the_log(house: House) -> None:
    session_id = house.registration.register("Ada", "ada@example.org", "postgres").session_id
    (entry,) = [e for e in house.desk.open_file(session_id).logs if e.kind == "registered"]
    assert entry.detail == {"subject": "Databases and SQL", "subject_exact": False}


def test_the_same_address_may_register_as_often_as_the_setting_says(make_house: MakeHouse) -> None:
    house = make_house(attempts_per_email=2)
    house.registration.register("Ada", "ada@example.org", "Python")
    house.registration.register("Ada", "ada@example.org", "Python")
    with pytest.raises(AttemptsUsed, match="all the interviews") as caught:
        house.registration.register("Ada", "ada@example.org", "Python")
    assert "link" in caught.value.next_step


@pytest.mark.parametrize("again", ["ADA@EXAMPLE.ORG", " Ada@Example.org "])
def test_addresses_are_counted_without_regard_to_case(make_house: MakeHouse, again: str) -> None:
    house = make_house(attempts_per_email=1)
    house.registration.register("Ada", "ada@example.org", "Python")
    with pytest.raises(AttemptsUsed):
        house.registration.register("Ada", again, "Python")


def test_another_address_has_attempts_of_its_own(make_house: MakeHouse) -> None:
    house = make_house(attempts_per_email=1)
    house.registration.register("Ada", "ada@example.org", "Python")
    assert house.registration.register("Eve", "eve@example.org", "Python").session_id


def test_two_registrations_have_different_sessions_and_tokens(house: House) -> None:
    first = house.registration.register("Ada", "ada@example.org", "Python")
    second = house.registration.register("Ada", "ada@example.org", "Python")
    assert first.session_id != second.session_id and first.token != second.token


def test_an_invite_gives_its_own_plan_and_subject(house: House) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance", question_count=2, answer_s=45), None)
    session_id = house.registration.register("Ada", "ada@example.org", "Python", token).session_id
    plan = house.interviews.load(session_id).plan
    assert (plan.subject, plan.question_count, plan.answer_s) == ("Finance", 2, 45)


def test_an_invite_is_readable_until_it_is_used(house: House) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    before = house.registration.read_invite(token)
    house.registration.register("Ada", "ada@example.org", "", token)
    assert (before and before.subject, house.registration.read_invite(token)) == ("Finance", None)


def test_an_invite_is_used_once(house: House) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    house.registration.register("Ada", "ada@example.org", "", token)
    with pytest.raises(AccessDenied, match="not valid any more"):
        house.registration.register("Eve", "eve@example.org", "", token)


def test_an_unknown_invite_is_refused_like_a_used_one(house: House) -> None:
    with pytest.raises(AccessDenied, match="not valid any more"):
        house.registration.register("Ada", "ada@example.org", "Python", "no-such-token")


def test_an_invite_past_its_date_is_refused(house: House, clock: ManualClock) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), clock.now() + timedelta(days=1))
    clock.tick(86_401)
    with pytest.raises(AccessDenied, match="last date") as caught:
        house.registration.register("Ada", "ada@example.org", "", token)
    assert caught.value.next_step


def test_an_invite_past_its_date_is_not_readable(house: House, clock: ManualClock) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), clock.now() + timedelta(days=1))
    clock.tick(86_401)
    assert house.registration.read_invite(token) is None


def test_only_the_hash_of_an_invite_is_stored(house: House) -> None:
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    with house.database.reading() as tx:
        dumped = "\n".join(tx.connection().connection.driver_connection.iterdump())
    assert token not in dumped


def test_an_invite_is_not_stopped_by_the_limit_of_attempts(make_house: MakeHouse) -> None:
    house = make_house(attempts_per_email=1)
    house.registration.register("Ada", "ada@example.org", "Python")
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    assert house.registration.register("Ada", "ada@example.org", "", token).subject == "Finance"


def test_without_open_registration_an_invite_is_needed(make_house: MakeHouse) -> None:
    house = make_house(open_registration=False)
    with pytest.raises(AccessDenied, match="needs an invitation"):
        house.registration.register("Ada", "ada@example.org", "Python")


def test_without_open_registration_an_invite_is_enough(make_house: MakeHouse) -> None:
    house = make_house(open_registration=False)
    token = house.registration.create_invite(InterviewPlan("Finance"), None)
    assert house.registration.register("Ada", "ada@example.org", "", token).session_id


def test_a_deadline_of_the_invite_is_that_of_the_interview(house: House, clock: ManualClock) -> None:
    last = clock.now() + timedelta(days=3)
    token = house.registration.create_invite(InterviewPlan("Finance"), last)
    session_id = house.registration.register("Ada", "ada@example.org", "", token).session_id
    assert house.desk.open_file(session_id).interview.deadline_at == last
