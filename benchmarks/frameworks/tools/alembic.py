"""Alembic over the revisions of public repositories: through psycopg and asyncpg, in one transaction and in one for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.frameworks.install import environment, packages_of, work_tree
from benchmarks.frameworks.project import Framework, NotHere, Places, Project, Where

_INI = """[alembic]
script_location = {here}
version_locations = {versions}
prepend_sys_path = {root}
path_separator = newline
"""
_ENV = """# Written by benchmarks/frameworks.
import asyncio
import os

from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

{more}


def migrate(connection):
    context.configure(connection=connection, transaction_per_migration={each})
    with context.begin_transaction():
        context.run_migrations()


async def main():
    url = "postgresql+{driver}://" + os.environ["DATABASE_URL"].partition("://")[2]
    async with create_async_engine(url, poolclass=pool.NullPool).connect() as connection:
        await connection.run_sync(migrate)


asyncio.run(main())
"""
_SUPERSET = """import os
SECRET_KEY = "none"
SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]
"""


@dataclass(frozen=True)
class _Repository:
    name: str
    versions: str
    root: str
    """Goes to the front of Python's path."""
    paths: tuple[str, ...]
    """What of it is taken."""
    needs: tuple[str, ...]
    driver: str = "psycopg"
    each: bool = False
    """A transaction for each revision."""
    more: str = ""
    """Python in front of env.py."""


REPOSITORIES = (
    _Repository(
        "pypi/warehouse",
        "warehouse/migrations/versions",
        ".",
        ("warehouse",),
        (
            "alembic_postgresql_enum",
            "packaging",
            "sqlparse",
            "pygments",
            "structlog",
            "zope.sqlalchemy",
            "pyramid",
        ),
        each=True,
        more="import alembic_postgresql_enum",
    ),
    _Repository(
        "polarsource/polar",
        "server/migrations/versions",
        "server",
        ("server/migrations",),
        ("asyncpg", "alembic_utils"),
        driver="asyncpg",
    ),
)


def _projects(places: Places) -> Iterator[Project | NotHere]:
    makers = [partial(_project, places, repository) for repository in REPOSITORIES]
    for make in (*makers, partial(_prefect, places), partial(_superset, places)):
        try:
            yield make()
        except NotHere as reason:
            yield reason


def _prefect(places: Places) -> Project:
    """With its own env.py and its own command, through asyncpg."""
    python = environment(places, ["prefect==3.4.25", "importlib_metadata"])
    return Project(
        repository="prefect 3.4.25",
        folder=places.cache,
        migrate=(str(python.with_name("prefect")), "server", "database", "upgrade", "-y"),
        files=packages_of(python),
        more=lambda where: {
            "PREFECT_API_DATABASE_CONNECTION_URL": _with_driver("asyncpg", where),
            "PREFECT_HOME": str(places.cache / "prefect"),
        },
    )


def _superset(places: Places) -> Project:
    """With its own env.py and its own command (Flask-Migrate), through psycopg2."""
    python = environment(places, ["apache-superset==5.0.0", "psycopg2-binary", "marshmallow<4"])
    config = places.cache / "superset_config.py"
    config.write_text(_SUPERSET)
    return Project(
        repository="apache-superset 5.0.0",
        folder=places.cache,
        migrate=(str(python.with_name("superset")), "db", "upgrade"),
        files=packages_of(python),
        more=lambda where: {"SUPERSET_CONFIG_PATH": str(config), "FLASK_APP": "superset"},
    )


def _with_driver(driver: str, where: Where) -> str:
    return f"postgresql+{driver}://{where['DATABASE_URL'].partition('://')[2]}"


def _project(places: Places, repository: _Repository) -> Project:
    files = work_tree(places, repository.name, *repository.paths)
    needs = ("alembic>=1.16", "sqlalchemy[asyncio]>=2", "psycopg[binary]", *repository.needs)
    python = environment(places, needs)
    here = places.cache / f"alembic-{repository.name.replace('/', '+')}"
    here.mkdir(exist_ok=True)
    ini = _INI.format(here=here, versions=files / repository.versions, root=files / repository.root)
    (here / "alembic.ini").write_text(ini)
    env = _ENV.format(more=repository.more, each=repository.each, driver=repository.driver)
    (here / "env.py").write_text(env)
    return Project(
        repository=repository.name,
        folder=here,
        migrate=(str(python), "-m", "alembic", "upgrade", "heads"),
        files=files,
    )


FRAMEWORK = Framework("alembic", _projects)
