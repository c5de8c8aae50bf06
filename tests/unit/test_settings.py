from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from core.settings import IceServer, Settings, load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without ``.env`` and an environment without our variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def test_with_nothing_set_the_defaults_hold() -> None:
    settings = load_settings()
    plan = (settings.question_count, settings.think_s, settings.answer_s, settings.retries)
    assert (plan, settings.data_dir) == ((5, 30, 120, 1), Path("data"))


def test_a_setting_is_read_from_the_upper_case_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUESTION_COUNT", "3")
    assert load_settings().question_count == 3


def test_a_setting_is_read_from_the_env_file(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text("COMPANY_NAME=Zürich AG\n", "utf-8")
    assert load_settings().company_name == "Zürich AG"


def test_a_setting_is_read_from_the_secrets() -> None:
    assert load_settings({"OPENAI_MODEL": "local"}).openai_model == "local"


@pytest.mark.parametrize("name", ["ANSWER_S", "answer_s", "Answer_S"])
def test_the_case_of_a_secret_does_not_matter(name: str) -> None:
    assert load_settings({name: 60}).answer_s == 60


def test_a_secret_we_do_not_know_is_ignored() -> None:
    assert load_settings({"connections": {"x": 1}, "UNKNOWN": "y"}) == load_settings()


def test_the_environment_wins_over_the_env_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / ".env").write_text("RETRIES=2\n")
    monkeypatch.setenv("RETRIES", "3")
    assert load_settings().retries == 3


def test_the_environment_wins_over_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRIES", "3")
    assert load_settings({"RETRIES": 2}).retries == 3


def test_the_env_file_wins_over_the_secrets(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text("RETRIES=3\n")
    assert load_settings({"RETRIES": 2}).retries == 3


def test_something_else_in_the_env_file_is_ignored(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text("PYTHONUTF8=1\nRETRIES=3\n")
    assert load_settings().retries == 3


def test_ice_servers_are_read_from_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICE_SERVERS", '[{"urls": "turn:t.example:3478", "username": "u", "credential": "c"}]')
    assert load_settings().ice_servers == [IceServer(urls="turn:t.example:3478", username="u", credential="c")]


def test_an_ice_server_with_a_misspelt_field_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICE_SERVERS", '[{"url": "turn:t.example:3478"}]')
    with pytest.raises(ValidationError):
        load_settings()


@pytest.mark.parametrize(
    "name, value",
    [
        ("QUESTION_COUNT", "0"), ("QUESTION_COUNT", "31"), ("QUESTION_COUNT", "many"), ("THINK_S", "-1"),
        ("ANSWER_S", "4"), ("ANSWER_S", "1801"), ("REVIEW_S", "0"), ("RETRIES", "6"), ("RETRIES", "-1"),
        ("MAX_PAUSES", "21"), ("ATTEMPTS_PER_EMAIL", "0"), ("SEAT_TIMEOUT_S", "1"), ("SNAPSHOT_EVERY_S", "0"),
        ("PAGE_WARNINGS", "0"), ("RETENTION_DAYS", "0"), ("OPEN_REGISTRATION", "perhaps"),
        ("INTERVIEW_LANGUAGE", "English"), ("WHISPER_DEVICE", "tpu"), ("WHISPER_COMPUTE_TYPE", "int4"),
        ("TRANSCRIPTION_ORDER", "endpoint"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        load_settings()
    assert [e["loc"] for e in caught.value.errors()] == [(name.lower(),)]


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "PUBLIC_URL", "TRANSCRIPTION_URL"])
def test_an_address_without_its_scheme_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "interviews.example.org")
    with pytest.raises(ValidationError, match="must start with http"):
        load_settings()


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    assert load_settings({"PUBLIC_URL": "https://i.example.org/"}).public_url == "https://i.example.org"


def test_a_wrong_value_is_not_repeated_in_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "sk-pasted-into-the-wrong-field")
    with pytest.raises(ValidationError) as caught:
        load_settings()
    assert "sk-pasted" not in str(caught.value)


def test_secrets_are_not_shown_when_the_settings_are_printed() -> None:
    secrets = {"OPENAI_API_KEY": "sk-123", "RECRUITER_PASSWORD": "hunter2", "TRANSCRIPTION_API_KEY": "sk-456"}
    settings = load_settings(secrets)
    assert not [value for value in secrets.values() if value in repr(settings)]
    assert settings.openai_api_key == SecretStr("sk-123")


@pytest.mark.parametrize(
    ("url", "order", "host"),
    [
        ("", "local", ""), ("https://api.example.org/v1", "local", ""), ("", "endpoint,local", ""),
        ("https://api.example.org/v1", "endpoint, local", "api.example.org"),
        ("http://api.example.org:8000", "local,endpoint", "api.example.org"),
    ],
)  # fmt: skip
def test_voices_leave_only_when_address_and_order_say_so(url: str, order: str, host: str) -> None:
    assert load_settings({"TRANSCRIPTION_URL": url, "TRANSCRIPTION_ORDER": order}).voice_goes_to == host
