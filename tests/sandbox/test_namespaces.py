"""What even a superuser inside the sandbox can reach of this machine: nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checks.model.report import Isolation
from checks.sandbox import Role, Server, open_server
from checks.sandbox.namespaces import why_no_bubblewrap
from checks.settings import Limits, Settings


@pytest.fixture(scope="module")
def caged() -> Iterator[Server]:
    if reason := why_no_bubblewrap():
        pytest.skip(reason)
    with open_server(Settings(provider="bundled", limits=Limits(memory_mb=256, disk_mb=128))) as server:
        yield server


def shell(server: Server, command: str) -> list[str]:
    """What a superuser's COPY FROM PROGRAM prints."""
    with server.connect("postgres", Role.ADMIN) as admin:
        admin.execute("CREATE TEMP TABLE printed (line text)")
        quoted = command.replace("'", "''")
        admin.execute(f"COPY printed FROM PROGRAM '({quoted}) 2>&1; true' (DELIMITER E'\\x01')".encode())
        return [str(line) for (line,) in admin.execute("SELECT line FROM printed")]


def test_isolation_is_by_namespace(caged: Server) -> None:
    assert caged.info.isolation is Isolation.NAMESPACE


def test_no_network(caged: Server) -> None:
    interfaces = [line.split(":")[0].strip() for line in shell(caged, "cat /proc/net/dev") if ":" in line]
    assert interfaces == ["lo"]


@pytest.mark.parametrize("path", ["/home", "/root", "/etc/shadow", "/var", "/sys", "/dev/sda"])
def test_no_files_of_the_machine(caged: Server, path: str) -> None:
    assert "No such file" in shell(caged, f"ls {path}")[0]


def test_no_processes_of_the_machine(caged: Server) -> None:
    names = shell(caged, "cat /proc/[0-9]*/comm")
    assert set(names) <= {"bwrap", "sh", "postgres", "cat"}


@pytest.mark.parametrize("path", ["/usr/evil", "/etc/evil", "/archive.tar", "/usr/bin/sh"])
def test_nothing_to_write_to(caged: Server, path: str) -> None:
    assert "written" not in shell(caged, f"echo x >> {path} && echo written")


def test_no_capabilities_and_no_way_to_new_ones(caged: Server) -> None:
    status = dict(line.split(":\t") for line in shell(caged, "cat /proc/self/status") if ":\t" in line)
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert "unshared" not in shell(caged, "unshare --user --map-root-user echo unshared")


def test_no_environment_of_ours(caged: Server) -> None:
    names = {line.split("=")[0] for line in shell(caged, "env")}
    assert names <= {"PATH", "LC_ALL", "TZ", "PGTZ", "PWD", "_", "SHLVL", "OLDPWD"} | _postgres_own(names)


def _postgres_own(names: set[str]) -> set[str]:
    """Variables that the server sets for its own children."""
    return {name for name in names if name.startswith(("PG", "LC_", "LANG"))}


def test_memory_and_disk_have_an_end(caged: Server) -> None:
    limits = shell(caged, "cat /proc/self/limits")
    (address_space,) = [line for line in limits if line.startswith("Max address space")]
    assert address_space.split()[3] == str(256 << 20)
    (size,) = shell(caged, "df --output=size --block-size=1M /data | tail -1")
    assert int(size) == 128
