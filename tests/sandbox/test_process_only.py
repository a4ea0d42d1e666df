"""Where bubblewrap does not work: a plain process, said so, and as an unprivileged user when we are root."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from checks.errors import SandboxUnavailable
from checks.model.report import Isolation
from checks.sandbox import local, namespaces, open_server
from checks.sandbox.binaries import Binaries
from checks.sandbox.places import RunDirectory
from checks.settings import Settings

BUNDLED = Settings(provider="bundled")


@pytest.fixture(autouse=True)
def no_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A PATH with every program of the system but ``bwrap``."""
    for program in ("sh", "tar", "mkdir", "chmod", "rm", "locale"):
        found = shutil.which(program)
        if found:
            (tmp_path / program).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    namespaces.why_no_bubblewrap.cache_clear()
    yield
    namespaces.why_no_bubblewrap.cache_clear()


def test_the_report_says_so() -> None:
    with open_server(BUNDLED) as server:
        assert server.info.isolation is Isolation.PROCESS
        assert "bubblewrap is not installed" in server.info.notes[0]


def test_a_stronger_isolation_that_is_required_is_not_replaced() -> None:
    settings = BUNDLED.model_copy(update={"require_isolation": "namespace"})
    with pytest.raises(SandboxUnavailable, match="bubblewrap is not installed"), open_server(settings):
        pass


def test_databases_extensions_and_snapshots(tmp_path: Path) -> None:
    with open_server(BUNDLED) as server:
        server.create("base")
        with server.connect("base") as app:
            app.execute("CREATE EXTENSION vector; CREATE TABLE t AS SELECT '[1,2]'::vector AS v")
            with pytest.raises(psycopg.errors.FeatureNotSupported):
                app.execute("CREATE EXTENSION dblink")
        assert server.save(tmp_path / "state.tar")
    with (
        open_server(BUNDLED, snapshot=lambda _: tmp_path / "state.tar") as server,
        server.connect("base") as app,
    ):
        assert app.execute("SELECT v::text FROM t").fetchone() == ("[1,2]",)


@pytest.mark.skipif(os.getuid() != 0, reason="only root has another user to become")
def test_root_does_not_run_it_as_root() -> None:
    with open_server(BUNDLED) as server:
        directory = server._run.path  # type: ignore[attr-defined]
        owners = {place.stat().st_uid for place in (directory / "home", directory / "sockets")}
        assert 0 not in owners
        assert stat.S_IMODE((directory / "sockets").stat().st_mode) == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="only root has programs that others cannot read")
def test_programs_in_a_closed_directory_are_copied_for_the_run(tmp_path: Path) -> None:
    prefix = tmp_path / "closed" / "postgresql"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "postgres").write_text("program")
    (tmp_path / "closed").chmod(0o700)
    run = RunDirectory(needed_mb=1)
    try:
        binaries = Binaries(prefix / "bin", "bundled", "18.4", (prefix, prefix.with_name("libraries")))
        built = local.build_cage(run, binaries, Settings().limits)
        assert Path(built.postgres).is_relative_to(run.path)
        assert Path(built.postgres).read_text() == "program"
    finally:
        run.remove()
