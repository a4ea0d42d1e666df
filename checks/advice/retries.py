"""What a tool does when a migration gives up waiting for a lock, and how it is tried again (the tools' documentation)."""

from __future__ import annotations

from checks.plan.files import Rewrite

UNDONE = "When it gives up, its transaction is undone and the tool stops there."
HALF = "When it gives up, it stops there; what stood before it in the file stays done."
AGAIN = "Try again until it gets through: `until {command}; do sleep 5; done`."
OTHERWISE = "Run it again until it gets through."

COMMANDS = {
    "atlas": 'atlas migrate apply --url "$DATABASE_URL"',
    "dbmate": "dbmate up",
    "diesel": "diesel migration run",
    "drizzle": "npx drizzle-kit migrate",
    "ecto": "mix ecto.migrate",
    "file": 'psql -X -v ON_ERROR_STOP=1 -f {path} "$DATABASE_URL"',
    "flyway": "flyway migrate",
    "golang-migrate": 'migrate -path {folder} -database "$DATABASE_URL" up',
    "goose": 'goose -dir {folder} postgres "$DATABASE_URL" up',
    "liquibase": "liquibase update",
    "node-pg-migrate": "npx node-pg-migrate up",
    "numbered": 'psql -X -v ON_ERROR_STOP=1 -f {path} "$DATABASE_URL"',
    "prisma": "npx prisma migrate deploy",
    "sql-migrate": "sql-migrate up",
    "sqitch": "sqitch deploy",
    "sqlx": "sqlx migrate run",
    "supabase": "supabase db push",
}
BETWEEN = {
    "golang-migrate": "It marks the version as dirty: `migrate … force VERSION` with the version before it comes first each time.",
    "prisma": "It keeps the migration as failed: `npx prisma migrate resolve --rolled-back {name}` comes first each time.",
}
"""What has to be said to the tool before it runs the migration again."""


def how_to_try_again(rewrite: Rewrite) -> str:
    tool, migration = rewrite.tool, rewrite.migration
    given_up = UNDONE if rewrite.patience and rewrite.patience.local else HALF
    command = COMMANDS.get(tool, "").format(folder=rewrite.history.folder or ".", path=migration.path)
    between = BETWEEN.get(tool, "").format(name=migration.name)
    again = AGAIN.format(command=command) if command and not between else OTHERWISE
    return " ".join(filter(None, (given_up, between, again)))
