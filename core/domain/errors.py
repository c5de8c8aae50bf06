"""The one error tree. Each error says what happened and the next step, in words a user can read."""


class InterviewError(Exception):
    """Base of every expected failure.

    Attributes:
        message: What happened, in plain words, safe to show.
        next_step: What the reader can do now; may be empty.
        retryable: Whether the same call may succeed later without a change.
    """

    retryable = False

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class InvalidInput(InterviewError):
    """A field was filled in wrongly. ``field`` names it as the form does."""

    def __init__(self, field: str, message: str, next_step: str = "") -> None:
        super().__init__(message, next_step)
        self.field = field


class AccessDenied(InterviewError):
    """Unknown session, wrong, expired or revoked token, wrong password."""


class SeatTaken(InterviewError):
    """The interview is live in another tab or on another device."""


class IllegalTransition(InterviewError):
    """The interview cannot take this step from the state it is in."""


class AttemptsUsed(InterviewError):
    """No retry, pause or further interview is left."""


class NotFound(InterviewError):
    """The thing asked for does not exist."""


class StorageUnavailable(InterviewError):
    """Database locked, disk full, folder not writable. Nothing was committed by the failed call."""

    retryable = True


class ModelUnavailable(InterviewError):
    """A model file is missing or is not the file it should be."""


class ProviderFailed(InterviewError):
    """An external service did not answer as agreed (voice, language model)."""

    retryable = True
