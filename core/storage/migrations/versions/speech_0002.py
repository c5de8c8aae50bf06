"""Stage 2: word times, a second transcript from the recording, caption quality, delivery, and the jobs' outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON_LIST = sa.text("'[]'")


def upgrade() -> None:
    """Add columns with defaults for the rows that are there, and two tables."""
    with op.batch_alter_table("attempts") as table:
        table.add_column(sa.Column("transcript_source", sa.String(40), nullable=False, server_default="live"))
        table.add_column(sa.Column("gaps", sa.JSON(), nullable=False, server_default=_JSON_LIST))
        table.add_column(sa.Column("captions", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("segments") as table:
        table.add_column(sa.Column("source", sa.String(40), nullable=False, server_default="live"))
        table.add_column(sa.Column("words", sa.JSON(), nullable=False, server_default=_JSON_LIST))
        table.drop_constraint(op.f("uq_segments_attempt_id_number"), type_="unique")
        table.create_unique_constraint(op.f("uq_segments_attempt_id_source_number"), ["attempt_id", "source", "number"])
    op.create_table(
        "deliveries",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_deliveries_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("leased_to", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index(op.f("ix_jobs_state_due_at"), "jobs", ["state", "due_at"], unique=False)


def downgrade() -> None:
    """Drop what was added; second transcripts are lost."""
    op.drop_table("jobs")
    op.drop_table("deliveries")
    op.execute("DELETE FROM segments WHERE source <> 'live'")
    with op.batch_alter_table("segments") as table:
        table.drop_constraint(op.f("uq_segments_attempt_id_source_number"), type_="unique")
        table.drop_column("words")
        table.drop_column("source")
        table.create_unique_constraint(op.f("uq_segments_attempt_id_number"), ["attempt_id", "number"])
    with op.batch_alter_table("attempts") as table:
        for column in ("captions", "gaps", "transcript_source"):
            table.drop_column(column)
