"""Adds the heartbeats of nodes, so that an outage of all of them is known to the first that starts again; revoked links are found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of nodes."""
    op.create_table(
        "nodes",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
    op.create_index(op.f("ix_join_tokens_revoked_at"), "join_tokens", ["revoked_at"])
