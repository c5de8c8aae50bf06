"""Runs the migrations on the connection handed in by ``Database.open``; there is no alembic.ini."""

from alembic import context

from core.storage import watch_tables  # noqa: F401 - its tables belong to the metadata
from core.storage.tables import Interview

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Interview.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
