"""Fees with more digits, found by their member."""

import sqlalchemy as sa
from alembic import op

revision = "7d0e4b1f22a8"
down_revision = "2f1c6a90b3d1"


def upgrade():
    op.alter_column("fees", "amount", type_=sa.Numeric(14, 2))
    op.create_index("fees_member_id", "fees", ["member_id"])


def downgrade():
    op.drop_index("fees_member_id")
    op.alter_column("fees", "amount", type_=sa.Numeric(10, 2))
