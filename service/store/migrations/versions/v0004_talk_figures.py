"""A narrow row a talk, for figures: those of talks that are there already say what their assessments tell."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# the day by the clocks of China, and a risk in thousandths, rounded down
HOW = {
    "sqlite": {"day": "date(made_at, '+8 hours')", "peak": "CAST(max(risk) * 1000 + 1e-9 AS INTEGER)"},
    "postgresql": {
        "day": "(made_at AT TIME ZONE 'Asia/Shanghai')::date",
        "peak": "floor(max(risk) * 1000 + 1e-9)::integer",
    },
}
FOUND = """
INSERT INTO talk_figures (talk_id, shop_id, day, peak, strongest, model)
SELECT c.id, c.shop_id, {day}, coalesce(a.peak, 0), coalesce(a.strongest, 0), coalesce(substr(a.model, 1, 12), '')
FROM conversations c LEFT JOIN (
    SELECT talk_id, {peak} AS peak, max(model) AS model,
        max(CASE action WHEN 'escalate' THEN 3 WHEN 'hold' THEN 2 WHEN 'clarify' THEN 1 ELSE 0 END) AS strongest
    FROM assessments GROUP BY talk_id
) a ON a.talk_id = c.id
"""


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "talk_figures",
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("peak", sa.SmallInteger(), nullable=False),
        sa.Column("strongest", sa.SmallInteger(), nullable=False),
        sa.Column("pattern", sa.String(length=32), nullable=True),
        sa.Column("platform", sa.String(length=16), nullable=True),
        sa.Column("province", sa.String(length=16), nullable=True),
        sa.Column("model", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_talk_figures_shop_id"),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_talk_figures_talk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "day", "talk_id", name="pk_talk_figures"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_talk_figures_talk_id", "talk_figures", ["talk_id"], unique=False)
    op.execute(FOUND.format(**HOW[op.get_bind().dialect.name]))
