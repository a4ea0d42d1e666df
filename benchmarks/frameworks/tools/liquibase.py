"""Liquibase's own command line over the changelogs of public repositories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frameworks.install import jars, work_tree
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

VERSION = "4.33.0"
"""The last one under an open-source licence."""
_ARTIFACTS = (
    f"org.liquibase:liquibase-core:{VERSION}",
    "info.picocli:picocli:4.7.7",
    "org.yaml:snakeyaml:2.4",
    "org.postgresql:postgresql:42.7.7",
    "com.kohlschutter.junixsocket:junixsocket-core:2.10.1:pom",
)


@dataclass(frozen=True)
class _Repository:
    name: str
    roots: tuple[str, ...]
    """Where changelogs are looked for, by the names that include them."""
    changelog: str
    options: tuple[str, ...] = ()
    master: str = ""
    """The text of ``changelog``, where the repository's own cannot be run by itself."""
    extensions: tuple[str, ...] = ()


_FINERACT_MASTER = """<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-4.1.xsd">
  <property name="current_date" value="CURRENT_DATE"/>
  <property name="current_datetime" value="NOW()"/>
  <property name="uuid" value="uuid_generate_v4()"/>
  <include file="db/changelog/tenant/initial-switch-changelog-tenant.xml"/>
  <include file="db/changelog/tenant/changelog-tenant.xml"/>
  <include file="db/changelog/tenant/module/loan/module-changelog-master.xml"/>
  <include file="db/changelog/tenant/module/investor/module-changelog-master.xml"/>
  <include file="db/changelog/tenant/final-changelog-tenant.xml"/>
</databaseChangeLog>
"""
"""A tenant's part of its own master file, whose other part (the store of tenants) needs Fineract's Java classes."""
_FINERACT = tuple(f"fineract-{part}/src/main/resources" for part in ("provider", "loan", "investor"))

REPOSITORIES = (
    _Repository(
        "apache/fineract",
        _FINERACT,
        "all.xml",
        ("--contexts=postgresql,tenant_db,initial_switch",),
        master=_FINERACT_MASTER,
        extensions=("uuid-ossp",),
    ),
    _Repository(
        "spinnaker/orca",
        ("orca-sql/src/main/resources", "keiko-sql/src/main/resources"),
        "db/changelog-master.yml",
    ),
    _Repository("spinnaker/clouddriver", ("clouddriver-sql/src/main/resources",), "db/changelog-master.yml"),
    _Repository("spinnaker/front50", ("front50-sql/src/main/resources",), "db/changelog-master.yml"),
)


def _projects(places: Places) -> Iterator[Project | NotHere]:
    classes = jars(places, _ARTIFACTS)
    for repository in REPOSITORIES:
        try:
            folder = work_tree(places, repository.name, *repository.roots)
        except NotHere as reason:
            yield reason
            continue
        if repository.master:
            (folder / repository.roots[0] / repository.changelog).write_text(repository.master)
        yield _project(repository, folder, classes)


def _project(repository: _Repository, folder: Path, classes: Path) -> Project:
    command = ("java", "-cp", f"{classes}/*", "liquibase.integration.commandline.LiquibaseCommandLine")
    return Project(
        repository=repository.name,
        folder=folder,
        migrate=(
            *command,
            "--log-level=severe",
            "--show-banner=false",
            f"--search-path={','.join(repository.roots)}",
            "update",
            f"--changelog-file={repository.changelog}",
            *repository.options,
        ),
        files=folder,
        extensions=repository.extensions,
    )


FRAMEWORK = Framework("liquibase", _projects)
