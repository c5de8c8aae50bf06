"""Small facts of this installation, such as the hash of the recruiter's password."""

from sqlalchemy.orm import Session

from core.storage.tables import Fact


class FactRepo:
    """Facts within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> str | None:
        """The value, None when it was never set."""
        row = self._session.get(Fact, key, populate_existing=True)
        return None if row is None else row.value

    def set(self, key: str, value: str) -> None:
        """Store the value, whatever was there."""
        self._session.merge(Fact(key=key, value=value))
        self._session.flush()

    def set_default(self, key: str, value: str) -> str:
        """Store the value if none is there; returns the one that counts."""
        known = self.get(key)
        if known is None:
            self.set(key, value)
            return value
        return known
