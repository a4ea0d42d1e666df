"""Lines of Python migrations: what Django's `sqlmigrate` tells for certain, and what stays a guess."""

from __future__ import annotations

from checks.model.migrations import Statement
from checks.wire.history import statements_of

PATH = "shop/migrations/0002_more.py"
FILE = """from django.db import migrations, models


def fill(apps, schema_editor):
    note = apps.get_model("shop", "Note")
    note.objects.update(text="none")


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("item", models.ForeignKey("shop.Item", models.CASCADE)),
            ],
        ),
        migrations.AddField("note", "author", models.ForeignKey("auth.User", models.CASCADE)),
        migrations.RunPython(fill),
        migrations.RunSQL("ALTER TABLE shop_item SET (fillfactor = 70)"),
        migrations.AlterField("item", "seen_at", models.DateTimeField(default=now)),
    ]
"""
PRINTED = """BEGIN;
--
-- Create model Note
--
CREATE TABLE "shop_note" ("id" integer NOT NULL PRIMARY KEY, "item_id" integer NOT NULL);
--
-- Add field author to note
--
ALTER TABLE "shop_note" ADD COLUMN "author_id" integer NOT NULL;
--
-- Raw Python operation
--
-- THIS OPERATION CANNOT BE WRITTEN AS SQL
--
-- Raw SQL operation
--
ALTER TABLE shop_item SET (fillfactor = 70);
--
-- Alter field seen_at on item
--
ALTER TABLE "shop_item" ALTER COLUMN "seen_at" SET DEFAULT '2026-11-28 12:00:01';
ALTER TABLE "shop_note" ADD CONSTRAINT "a" FOREIGN KEY ("item_id") REFERENCES "shop_item" ("id");
CREATE INDEX "b" ON "shop_note" ("author_id");
COMMIT;
"""
HEARD = [
    "BEGIN",
    'CREATE TABLE "shop_note" ("id" integer NOT NULL PRIMARY KEY, "item_id" integer NOT NULL)',
    'ALTER TABLE "shop_note" ADD COLUMN "author_id" integer NOT NULL',
    'UPDATE "shop_note" SET "text" = \'none\'',
    "ALTER TABLE shop_item SET (fillfactor = 70)",
    'ALTER TABLE "shop_item" ALTER COLUMN "seen_at" SET DEFAULT \'2026-11-28 12:00:02\'',
    'ALTER TABLE "shop_note" ADD CONSTRAINT "a" FOREIGN KEY ("item_id") REFERENCES "shop_item" ("id")',
    'CREATE INDEX "b" ON "shop_note" ("author_id")',
    "COMMIT",
]


def test_sqlmigrate_names_the_operation_also_of_what_is_left_for_the_end() -> None:
    assert _told(statements_of(HEARD, PATH, FILE, printed=PRINTED)) == [
        "1", "11", "18", "6?", "20", "21", "11", "18", "1",
    ]  # fmt: skip


def test_without_it_only_the_text_itself_is_certain() -> None:
    told = _told(statements_of(HEARD, PATH, FILE))
    assert told[4] == "20"
    assert all(one.endswith("?") for one in (told[1], told[2], told[3]))


def test_what_was_printed_for_another_number_of_operations_tells_nothing() -> None:
    more = f"{PRINTED}--\n-- One more\n--\n"
    assert statements_of(HEARD, PATH, FILE, printed=more) == statements_of(HEARD, PATH, FILE)


def test_the_only_operation_of_a_migration_is_certain_without_asking() -> None:
    lone = 'class Migration(M):\n    operations = [\n        AddField("note", "x", y),\n    ]\n'
    assert _told(statements_of(['ALTER TABLE "shop_note" ADD "x" int'], PATH, lone)) == ["3"]


def test_a_list_that_is_put_together_tells_nothing() -> None:
    made = 'class Migration(M):\n    operations = [AddField("note", "x", y)] + more\n'
    assert _told(statements_of(['ALTER TABLE "shop_note" ADD "x" int'], PATH, made)) == ["2?"]


def test_alembic_sends_nothing_where_it_only_describes() -> None:
    """Neither from a model of the file nor from the head of a block."""
    text = (
        "class Fee(Base):\n    amount = sa.Column(sa.Integer)\n\n\n"
        "def upgrade():\n    with op.batch_alter_table('fees') as batch:\n"
        "        batch.alter_column('amount', type_=sa.BigInteger())\n"
    )
    assert _told(statements_of(["ALTER TABLE fees ALTER COLUMN amount TYPE BIGINT"], "v/1.py", text)) == [
        "7?"
    ]


def test_what_a_revision_does_alone_is_certain() -> None:
    text = 'def upgrade():\n    """More."""\n    op.create_table(\n        "fees",\n    )\n\n\ndef downgrade():\n    drop()\n'
    assert _told(statements_of(["CREATE TABLE fees ()", "COMMENT ON TABLE fees IS 'x'"], "v/1.py", text)) == [
        "3",
        "3",
    ]
    assert _told(statements_of(["DROP TABLE fees"], "v/1.py", text, "down")) == ["1?"]


def _told(statements: tuple[Statement, ...]) -> list[str]:
    return [f"{one.line}{'?' if one.line_is_guess else ''}" for one in statements]
