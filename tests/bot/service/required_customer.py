"""A required column that holds NULL: the change that fails on it, and what models say and propose for it."""

from __future__ import annotations

from typing import Any

from tests.bot.summary.messages_api import Asked, Handler, answers

FOLDER = "db/migrations"
FIRST = (
    "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY, note text, customer bigint);\n"
    "-- +goose Down\nDROP TABLE orders;\n"
)
BAD = f"{FOLDER}/0002_customer.sql"
SET_NOT_NULL = (
    "-- +goose Up\nALTER TABLE orders ALTER customer SET NOT NULL;\n"
    "-- +goose Down\nALTER TABLE orders ALTER customer DROP NOT NULL;\n"
)
FILL = """-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
  LOOP
    UPDATE orders SET customer = 0 WHERE id IN (SELECT id FROM orders WHERE customer IS NULL LIMIT 1000);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;
-- +goose StatementEnd
-- +goose Down
SELECT 1;
"""
CHECK = (
    "-- +goose Up\nALTER TABLE orders ADD CONSTRAINT there CHECK (customer IS NOT NULL) NOT VALID;\n"
    "-- +goose Down\nALTER TABLE orders DROP CONSTRAINT there;\n"
)
VALIDATE = "-- +goose Up\nALTER TABLE orders VALIDATE CONSTRAINT there;\n-- +goose Down\nSELECT 1;\n"
REQUIRE = (
    "-- +goose Up\nALTER TABLE orders ALTER customer SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT there;\n"
    "-- +goose Down\nALTER TABLE orders ADD CONSTRAINT there CHECK (customer IS NOT NULL);\n"
    "ALTER TABLE orders ALTER customer DROP NOT NULL;\n"
)
STEPS = {"0002_fill": FILL, "0003_check": CHECK, "0004_validate": VALIDATE, "0005_require": REQUIRE}
MIGRATION = f"goose:{FOLDER}/2"


def proposed(**steps: str) -> dict[str, Any]:
    said = {
        "text": "`orders.customer` holds NULL, so it is filled before it is required.",
        "rests_on": [MIGRATION],
    }
    files = [{"path": f"{FOLDER}/{name}.sql", "content": text} for name, text in steps.items()]
    return {"analysis": [said], "files": files, "queries": ["SELECT id FROM orders WHERE customer IS NULL"]}


def sentence(text: str) -> dict[str, Any]:
    return {"text": text, "rests_on": [MIGRATION]}


def reply(handler: Handler, asked: Asked) -> None:
    """What each of the models says, by the form that it is asked for."""
    form = asked.body["output_config"]["format"]["schema"]["properties"]
    model = asked.body["model"]
    if "headline" in form:
        said = sentence("`0002_customer.sql` fails on rows.")
        empty = {part: [] for part in ("changes", "running_system", "rollout", "rollback", "open")}
        answers(
            {"headline": said, **empty, "changes": [said], "open": [said], "needs_deeper_review": "It fails."}
        )(handler, asked)
    elif "goal" in form:
        assert model == "claude-haiku-5-5"
        answers(
            {
                "goal": sentence("`orders.customer` becomes NOT NULL."),
                "why": sentence("`orders.customer` holds NULL."),
                "suggested_action": sentence("Fill `orders.customer` first."),
            }
        )(handler, asked)
    else:
        assert model == "claude-sonnet-5-5"
        first = "This was proposed before." not in asked.user
        answers(proposed(**({"0002_customer": SET_NOT_NULL} if first else STEPS)))(handler, asked)
