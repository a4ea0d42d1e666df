"""What every server of ours is started with."""

from __future__ import annotations

import sys

from checks.settings import Limits


def address_space(limits: Limits) -> str:
    """KiB for each process of the server (RLIMIT_AS), or "" where the system cannot bound it: macOS."""
    return str(limits.memory_mb << 10) if sys.platform.startswith("linux") else ""


def server_settings(limits: Limits) -> dict[str, str]:
    """What the server is started with. Settings that only a superuser may change are limits that hold."""
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        # Nothing here outlives the run, so nothing has to reach a disk.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_init_zero": "off",
        "wal_recycle": "off",
        "min_wal_size": "2MB",
        "max_wal_size": f"{max(64, limits.disk_mb // 8)}MB",
        "checkpoint_timeout": "1h",
        # "minimal" would leave out the WAL of rewrites, and refuse what production allows.
        "wal_level": "replica",
        # What runs by itself would take locks and move counters that are not the migration's.
        "autovacuum": "off",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "max_parallel_maintenance_workers": "0",
        "max_connections": "40",
        "max_locks_per_transaction": "512",
        "shared_buffers": "64MB",
        # Files of the data directory, which go when it goes.
        "dynamic_shared_memory_type": "mmap",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A log that a migration can fill would leave the sandbox's disk limit.
        "log_min_messages": "fatal",
        "log_min_error_statement": "panic",
        "temp_file_limit": f"{limits.disk_mb // 4}MB",
        "statement_timeout": f"{int(limits.statement_seconds * 1000) + 5000}",
        # A crashed backend ends the run, rather than a recovery that a full disk may not survive.
        "restart_after_crash": "off",
    }
