"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# as they were when this was written, whatever the tables are by now
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "shops",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shops"),
        sa.UniqueConstraint("name", name="uq_shops_name"),
    )
    op.create_table(
        "access_log",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("talk", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_access_log_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    op.create_index("ix_access_log_shop_id_at", "access_log", ["shop_id", "at"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("label", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.String(length=128), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_api_keys_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
    )
    op.create_table(
        "bundles",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("talk", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_bundles_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bundles"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(length=128), nullable=False),
        sa.Column("talk", sa.String(length=32), nullable=False),
        sa.Column("buyer", sa.LargeBinary(length=32), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=True),
        sa.Column("snapshot_at", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("risk", sa.Float(), nullable=True),
        sa.Column("band", sa.String(length=16), nullable=True),
        sa.Column("action", sa.String(length=16), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_conversations_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("shop_id", "conversation_id", name="uq_conversations_shop_id_conversation_id"),
        sa.UniqueConstraint("talk", name="uq_conversations_talk"),
    )
    op.create_index("ix_conversations_shop_id_buyer", "conversations", ["shop_id", "buyer"], unique=False)
    op.create_index("ix_conversations_shop_id_changed_at", "conversations", ["shop_id", "changed_at"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("talk", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("place", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_entries_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("shop_id", "place", name="uq_entries_shop_id_place"),
        sa.UniqueConstraint("talk", "position", name="uq_entries_talk_position"),
    )
    op.create_table(
        "heads",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_heads_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_heads"),
        sa.UniqueConstraint("shop_id", "size", name="uq_heads_shop_id_size"),
    )
    op.create_table(
        "users",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_users_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("shop_id", "name", name="uq_users_shop_id_name"),
    )
    op.create_table(
        "assessments",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_assessments_talk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
        sa.UniqueConstraint("talk_id", "position", name="uq_assessments_talk_id_position"),
    )
    op.create_table(
        "labels",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shop_id", NUMBER, nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_labels_shop_id"),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_labels_talk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
    )
    op.create_index("ix_labels_talk_id", "labels", ["talk_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_messages_talk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("talk_id", "message_id", name="uq_messages_talk_id_message_id"),
        sa.UniqueConstraint("talk_id", "position", name="uq_messages_talk_id_position"),
    )
    op.create_table(
        "orders",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("talk_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["conversations.id"], name="fk_orders_talk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("talk_id", "position", name="uq_orders_talk_id_position"),
    )
    op.create_index("ix_orders_talk_id_order_id", "orders", ["talk_id", "order_id"], unique=False)
