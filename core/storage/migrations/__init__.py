"""Alembic migrations, run by ``Database.open``."""
