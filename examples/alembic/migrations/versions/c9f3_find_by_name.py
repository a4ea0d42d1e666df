"""Members are found by their name."""

from alembic import op

revision = "c9f3d7720b14"
down_revision = "b84a17c5d0e6"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("members_name", "members", ["name"], postgresql_concurrently=True)


def downgrade():
    op.drop_index("members_name")
