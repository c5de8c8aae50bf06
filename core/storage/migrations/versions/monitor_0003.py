"""Stage 3: severity, evidence and health of flags, reviews and comments, spans seen, policies."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_TABLES = ("flag_reviews", "flag_comments", "seen_spans", "policies")


def _of_flag(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f(f"fk_{name}_flag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_flag_id"), name, ["flag_id"], unique=False)


def upgrade() -> None:
    """Add columns with defaults for the rows that are there, and four tables."""
    with op.batch_alter_table("flags") as table:
        table.add_column(sa.Column("severity", sa.String(40), nullable=False, server_default="medium"))
        table.add_column(sa.Column("evidence", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        table.add_column(sa.Column("health", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    _of_flag(
        "flag_reviews",
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
    )
    _of_flag("flag_comments", sa.Column("text", sa.Text(), nullable=False))
    op.create_table(
        "seen_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["interviews.session_id"], name=op.f("fk_seen_spans_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_spans")),
    )
    op.create_index(op.f("ix_seen_spans_session_id_source"), "seen_spans", ["session_id", "source"], unique=False)
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    op.create_index(op.f("ix_policies_name"), "policies", ["name"], unique=False)


def downgrade() -> None:
    """Drop what was added; reviews, comments and spans seen are lost."""
    for name in NEW_TABLES:
        op.drop_table(name)
    with op.batch_alter_table("flags") as table:
        for column in ("health", "evidence", "severity"):
            table.drop_column(column)
