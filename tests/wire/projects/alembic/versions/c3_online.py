from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("users_name_id", "users", ["name", "id"], postgresql_concurrently=True)


def downgrade():
    op.drop_index("users_name_id")
