"""What a candidate says of live talks, beside what the model in use said."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "shadow_scores",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=12), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("candidate", sa.String(length=12), nullable=False),
        sa.Column("candidate_risk", sa.Float(), nullable=False),
        sa.Column("candidate_band", sa.String(length=16), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_shadow_scores_talk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shadow_scores"),
        sa.UniqueConstraint("talk_id", "position", "candidate", name="uq_shadow_scores_talk_id_position_candidate"),
    )
