"""What every table shares."""

from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.storage.columns import PlainText, UtcDateTime


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """Metadata of all tables; constraint names are fixed so that a migration can find them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy
        datetime: UtcDateTime(),
        str: PlainText(),
        dict[str, Any]: sa.JSON(),
        # Stored by value and unconstrained: a new kind needs no migration.
        Enum: sa.Enum(Enum, native_enum=False, create_constraint=False, length=40, values_callable=_values),
    }


def session_fk() -> Mapped[str]:
    """A required key to the interview a row belongs to; the row goes with it."""
    return mapped_column(ForeignKey("interviews.session_id", ondelete="CASCADE"), index=True)
