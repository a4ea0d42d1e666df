"""Every fee says when it was paid."""

import sqlalchemy as sa
from alembic import op

revision = "b84a17c5d0e6"
down_revision = "7d0e4b1f22a8"


def upgrade():
    op.add_column("fees", sa.Column("paid_on", sa.Date, nullable=False))
    op.create_check_constraint("fees_amount_positive", "fees", "amount > 0")


def downgrade():
    op.drop_constraint("fees_amount_positive", "fees")
    op.drop_column("fees", "paid_on")
