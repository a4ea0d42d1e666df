import sqlalchemy as sa
from alembic import op

revision = "b2"
down_revision = "a1"


def upgrade():
    op.alter_column("users", "id", type_=sa.BigInteger())
    op.create_index("users_name", "users", ["name"])


def downgrade():
    op.drop_index("users_name")
    op.alter_column("users", "id", type_=sa.Integer())
