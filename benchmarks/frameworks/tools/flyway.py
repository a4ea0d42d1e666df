"""Flyway's own command line over the SQL migrations of public repositories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.frameworks.install import jars, work_tree
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

VERSION = "11.14.1"
_ARTIFACTS = (
    f"org.flywaydb:flyway-commandline:{VERSION}:alone",
    f"org.flywaydb:flyway-core:{VERSION}",
    f"org.flywaydb:flyway-database-postgresql:{VERSION}",
    "org.postgresql:postgresql:42.7.7",
    "com.fasterxml.jackson.dataformat:jackson-dataformat-toml:2.19.1",
    "com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.19.1",
    "com.fasterxml.jackson.dataformat:jackson-dataformat-xml:2.19.1",
    "com.google.code.gson:gson:2.13.1",
    "com.kohlschutter.junixsocket:junixsocket-core:2.10.1:pom",
)
_NO_TRANSACTION = "-postgresql.transactional.lock=false"
"""Else Flyway holds a transaction open for its lock, and CREATE INDEX CONCURRENTLY waits for that transaction for ever."""


@dataclass(frozen=True)
class _Repository:
    name: str
    locations: tuple[str, ...]
    extensions: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


REPOSITORIES = (
    _Repository(
        "opendatadiscovery/odd-platform",
        ("odd-platform-api/src/main/resources/db/migration",),
        options=("-placeholders.authtype=DISABLED",),
    ),
    _Repository(
        "OpenLMIS/openlmis-referencedata",
        ("src/main/resources/db/migration",),
        ("uuid-ossp",),
        ("-defaultSchema=referencedata", "-sqlMigrationPrefix=", "-placeholderReplacement=false"),
    ),
    _Repository(
        "conductor-oss/conductor", ("postgres-persistence/src/main/resources/db/migration_postgres",)
    ),
    _Repository("kestra-io/kestra", ("jdbc-postgres/src/main/resources/migrations/postgres",)),
    _Repository(
        "cloudfoundry/uaa", ("server/src/main/resources/org/cloudfoundry/identity/uaa/db/postgresql",)
    ),
    _Repository(
        "DependencyTrack/hyades-apiserver", ("migration/src/main/resources/org/dependencytrack/migration",)
    ),
    _Repository(
        "eclipse-hawkbit/hawkbit",
        ("hawkbit-repository/hawkbit-repository-jpa-flyway/src/main/resources/db/migration/POSTGRESQL",),
    ),
)


def _projects(places: Places) -> Iterator[Project | NotHere]:
    classes = jars(places, _ARTIFACTS)
    for repository in REPOSITORIES:
        try:
            folder = work_tree(places, repository.name, *repository.locations)
        except NotHere as reason:
            yield reason
            continue
        command = ("java", "-cp", f"{classes}/*", "org.flywaydb.commandline.Main", "-q", _NO_TRANSACTION)
        locations = ",".join(f"filesystem:{location}" for location in repository.locations)
        yield Project(
            repository=repository.name,
            folder=folder,
            migrate=(*command, f"-locations={locations}", *repository.options, "migrate"),
            files=folder,
            extensions=repository.extensions,
        )


FRAMEWORK = Framework("flyway", _projects)
