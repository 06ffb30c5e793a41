"""What the platform decided later, and when a label was given where that was before it was stored."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forwards."""
    op.add_column("labels", sa.Column("platform_decision", sa.String(length=16), nullable=True))
    op.add_column("labels", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
