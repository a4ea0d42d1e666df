"""The tables. What is written down about a pull request is keyed by ``owner/repository`` and its number."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

metadata = sa.MetaData()


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time. SQLite keeps no time zone, so all of them are stored as UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _pull_request() -> tuple[sa.Column[str], sa.Column[int]]:
    return sa.Column("repository", sa.Text, nullable=False), sa.Column("number", sa.Integer, nullable=False)


deliveries = sa.Table(
    "migration_deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # X-GitHub-Delivery, the same when GitHub delivers again
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("handled_at", Moment),
    sa.Column("try_at", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("outcome", sa.Text, nullable=False, default=""),
    sa.Index("migration_deliveries_open", "handled_at", "received_at"),
)

pull_requests = sa.Table(
    "migration_pull_requests",
    metadata,
    *_pull_request(),
    sa.Column("document", sa.Text, nullable=False),  # bot.model.PullRequest as JSON
    sa.Column("base_ref", sa.Text, nullable=False),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False, default=True),
    sa.Column("wanted", sa.Text),  # the id of the review that may write
    sa.Column("updated_at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("repository", "number"),
    sa.Index("migration_pull_requests_head", "repository", "head_sha"),
)

pauses = sa.Table(
    "migration_pauses", metadata, *_pull_request(), sa.PrimaryKeyConstraint("repository", "number")
)

heads = sa.Table(
    "migration_heads",
    metadata,
    *_pull_request(),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("repository", "number", "head_sha", "seen_at"),
)

reviews = sa.Table(
    "migration_reviews",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # of the workflow, the check run and the report, too
    *_pull_request(),  # number 0: a merge group
    sa.Column("document", sa.Text, nullable=False),  # bot.model.PullRequest as JSON, at the time of asking
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("base_sha", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Index("migration_reviews_of", "repository", "number", "created_at"),
)

reports = sa.Table(
    "migration_reports",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    *_pull_request(),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),  # checks.model.Report as JSON
    sa.Column("around", sa.Text, nullable=False),  # bot.runner.outcome.Around as JSON
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("published_at", Moment),
    sa.Index("migration_reports_of", "repository", "number", "published_at"),
)

summaries = sa.Table(
    "migration_summaries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # of the review
    *_pull_request(),
    sa.Column("document", sa.Text, nullable=False),  # bot.summary.model.Summary as JSON
    sa.Column("made_at", Moment, nullable=False),
)

model_answers = sa.Table(
    "migration_model_answers",
    metadata,
    sa.Column("key", sa.Text, nullable=False),  # of bot.summary.question.Question
    *_pull_request(),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("repository", "key"),
)

# Nothing here is from a repository: what was spent stays counted when a repository is forgotten.
model_calls = sa.Table(
    "migration_model_calls",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("review", sa.Text, nullable=False),
    sa.Column("installation", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("dollars", sa.Float, nullable=False),  # put aside, until the call has ended
    sa.Column("document", sa.Text, nullable=False),  # bot.summary.model.Usage as JSON
    sa.Index("migration_model_calls_at", "at", "installation"),
    sa.Index("migration_model_calls_of", "review"),
)

approvals = sa.Table(
    "migration_approvals",
    metadata,
    *_pull_request(),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("repository", "number", "item", "by", "head_sha"),
)

waivers = sa.Table(
    "migration_waivers",
    metadata,
    *_pull_request(),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("repository", "number", "rule", "by", "at"),
)

trail = sa.Table(
    "migration_trail",
    metadata,
    *_pull_request(),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # a JSON array
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("repository", "number", "at", "by", "action", "what", "reason"),
)

executors = sa.Table(
    "migration_executors",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seen_at", Moment, nullable=False),
)

OF_A_REPOSITORY = (
    pull_requests,
    pauses,
    heads,
    reviews,
    reports,
    summaries,
    model_answers,
    approvals,
    waivers,
    trail,
)
