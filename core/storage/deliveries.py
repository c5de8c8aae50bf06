"""Delivery figures of attempts, as JSON of a known version."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.domain.delivery import DELIVERY_VERSION, DeliveryFigures, Figure, FigureName, Term
from core.domain.errors import NotFound, StorageUnavailable
from core.storage.tables import Attempt, Delivery


class DeliveryRepo:
    """Delivery figures within one unit of work. Belongs to the thread of its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, attempt_id: int, figures: DeliveryFigures, at: datetime) -> None:
        """Store an attempt's figures in place of any earlier ones.

        Raises:
            NotFound: No attempt has this id.
        """
        if self._session.get(Attempt, attempt_id) is None:
            raise NotFound("This attempt does not exist.", "Reload the page.")
        self._session.merge(Delivery(attempt_id=attempt_id, data=asdict(figures), created_at=at))
        self._session.flush()

    def get(self, attempt_id: int) -> DeliveryFigures | None:
        """An attempt's figures; None when there are none, or those of another version, which wait to be made anew.

        Raises:
            StorageUnavailable: What is stored cannot be read.
        """
        row = self._session.get(Delivery, attempt_id, populate_existing=True)
        if row is None or row.data.get("version") != DELIVERY_VERSION:
            return None
        try:
            return DeliveryFigures(tuple(_figure(item) for item in row.data["figures"]), DELIVERY_VERSION)
        except (KeyError, TypeError, ValueError) as error:
            raise StorageUnavailable(
                "Stored delivery figures cannot be read.", "Ask the person who runs this site to check the database."
            ) from error

    def delete(self, attempt_id: int) -> bool:
        """Forget an attempt's figures; whether there were any."""
        row = self._session.get(Delivery, attempt_id)
        if row is None:
            return False
        self._session.delete(row)
        self._session.flush()
        return True


def _figure(item: dict[str, Any]) -> Figure:
    return Figure(**{**item, "name": FigureName(item["name"]), "terms": tuple(Term(**t) for t in item["terms"])})
