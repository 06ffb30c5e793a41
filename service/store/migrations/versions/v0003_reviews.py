"""Second looks at talks: asked for, or drawn by chance."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# as they were when this was written, whatever the tables are by now
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "reviews",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("asked_by", sa.String(length=160), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label_id", NUMBER, nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_reviews_shop_id"),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_reviews_talk_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name="fk_reviews_label_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_talk_id", "reviews", ["talk_id"], unique=False)
    op.create_index("ix_reviews_shop_id_label_id", "reviews", ["shop_id", "label_id"], unique=False)
