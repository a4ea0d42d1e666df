"""Which extensions a migration may create: the ones named here, each made *trusted* (PostgreSQL docs, 36.17.1).

PostgreSQL looks for ``NAME.control`` in one directory. Ours holds only the files of the allowed names, with
``trusted = true``, so that a role that is no superuser can create them, and everything else "is not available".
Left out on purpose: foreign-data wrappers and dblink (they open connections and files), procedural languages
but plpgsql (a loop in PL/Tcl outlives pg_terminate_backend), whatever reads the server's files, and whatever
goes out to the network.
"""

from __future__ import annotations

import re
from pathlib import Path

from checks.sandbox.binaries import Binaries

CONTRIB = """
    amcheck autoinc bloom btree_gin btree_gist citext cube dict_int dict_xsyn earthdistance fuzzystrmatch hstore
    insert_username intagg intarray isn lo ltree moddatetime pg_buffercache pg_freespacemap pg_prewarm
    pg_stat_statements pg_trgm pg_visibility pgcrypto pgrowlocks pgstattuple plpgsql refint seg sslinfo tablefunc
    tcn timetravel tsm_system_rows tsm_system_time unaccent uuid-ossp xml2
"""
OTHERS = """
    address_standardizer address_standardizer_data_us hll hypopg ip4r h3 h3_postgis orafce periods pg_hint_plan
    pg_ivm pg_jsonschema pg_partman pg_repack pg_similarity pg_uuidv7 pgjwt pgmq pgroonga pgrouting pgtap postgis
    postgis_raster postgis_sfcgal postgis_tiger_geocoder postgis_topology prefix q3c rum semver temporal_tables
    tsm_system_rows unit vector
"""
ALLOWED = frozenset((CONTRIB + OTHERS).split())


def share_directory(binaries: Binaries) -> Path | None:
    """Where these programs look for their data: the parent of ``extension/``, next to them or in /usr/share."""
    prefix = binaries.directory.parent
    places = (
        prefix / "share/postgresql",
        prefix / "share",
        prefix / f"share/postgresql{binaries.major}",
        Path(f"/usr/share/postgresql/{binaries.major}"),
        Path(f"/usr/share/postgresql{binaries.major}"),
        Path("/usr/share/postgresql"),
    )
    return next((place for place in places if (place / "extension" / "plpgsql.control").is_file()), None)


def write_controls(share: Path, target: Path, share_inside: str) -> None:
    """Put trusted control files of the allowed extensions of ``share`` into ``target``.

    ``share_inside``: the name under which the server finds the original directory, for the scripts.
    """
    for original in (share / "extension").glob("*.control"):
        if original.stem in ALLOWED:
            control = target / original.name
            control.write_bytes(_trusted(original.read_bytes(), share_inside))
            control.chmod(0o644)  # the server may run as another user


def _trusted(control: bytes, share: str) -> bytes:
    found = re.search(rb"^\s*directory\s*=\s*'([^']*)'", control, re.MULTILINE)
    directory = Path(share, found.group(1).decode() if found else "extension")
    kept = re.sub(rb"^\s*(trusted|directory)\s*=.*$", b"", control, flags=re.MULTILINE)
    return kept + f"\ntrusted = true\ndirectory = '{directory}'\n".encode()
