"""What each kind of statement locks, rewrites, scans and builds, on PostgreSQL 13 to 18."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from checks.sandbox import Database
from tests.trace.scripts import last, locks, names, pass_a


@dataclass(frozen=True)
class Kind:
    sql: str
    """The last statement is the one that counts."""
    locks: str = ""
    rewrites: str = ""
    scans: str = ""
    built: str = ""
    reused: str = ""
    since: int = 13


REWRITE_A = {
    "locks": "a:AE a_n_ix:AE a_pkey:AE",
    "rewrites": "a",
    "scans": "a",
    "built": "a_n_ix a_pkey",
}

KINDS = [
    # tables
    Kind("create table y (id int primary key)", built="y_pkey"),
    Kind("create table y (id int primary key, r int references r (id))", "r:SRE", built="y_pkey"),
    Kind("create table y (like a including all)", "a:AS", built="y_n_idx y_pkey"),
    Kind("create table y as select * from a", "a:AS a_n_ix:AS a_pkey:AS", scans="a"),
    Kind("create table p2 partition of p for values from (1000) to (2000)", "p:AE"),
    Kind(
        "create table pd partition of p default; create table p2 partition of p for values from (5000) to (6000)",
        "p:AE",
        scans="pd",
    ),
    Kind("drop table c", "a:AE c:AE c_pkey:AE"),
    Kind("drop table a cascade", "a:AE a_id_seq:AE a_n_ix:AE a_pkey:AE c:AE ma:AE ma_id_idx:AE va:AE"),
    Kind("truncate r", "r:AE r_pkey:AE"),
    Kind("lock table a in exclusive mode", "a:E"),
    # columns
    Kind("alter table a add column y int", "a:AE"),
    Kind("alter table a add column y int not null default 7", "a:AE"),
    Kind("alter table a add column y timestamptz default now()", "a:AE"),
    Kind("alter table a add column y timestamptz default clock_timestamp()", **REWRITE_A),
    Kind("alter table a add column y uuid default gen_random_uuid()", **REWRITE_A),
    Kind("alter table a add column y serial", **REWRITE_A),
    Kind("alter table c add column y int generated always as identity", "c:AE c_pkey:AE", "c", "c", "c_pkey"),
    Kind("alter table a add column y int generated always as (n * 2) stored", **REWRITE_A),
    Kind("alter table a add column y int generated always as (n * 2) virtual", "a:AE", since=18),
    Kind("alter table a add column y int references r (id)", "a:AE r:SRE"),
    Kind("alter table a add column y int check (y > 0)", "a:AE", scans="a"),
    Kind("alter table a add column y dc default 1", **REWRITE_A),
    Kind("alter table a drop column txt", "a:AE"),
    Kind("alter table a rename column nn to n2", "a:AE"),
    Kind("alter table a alter nn set default 3", "a:AE"),
    Kind("alter table a alter nn set not null", "a:AE", scans="a"),
    Kind(
        "alter table a add constraint k check (nn is not null); alter table a alter nn set not null", "a:AE"
    ),
    Kind("alter table a alter nn drop not null", "a:AE"),
    Kind("alter table a add constraint k not null nn not valid", "a:AE", since=18),
    Kind("alter table a alter nn set statistics 500", "a:SUE"),
    Kind("alter table a alter txt set storage external", "a:AE"),
    Kind("alter table idn alter id restart with 99999", "idn:AE idn_id_seq:SRE"),
    # types
    Kind("alter table a alter nn type bigint", **REWRITE_A),
    Kind("alter table a alter s type varchar(40)", "a:AE"),
    Kind("create index a_s on a (s); alter table a alter s type text", "a:AE", reused="a_s"),
    Kind("alter table a alter txt type varchar(50)", **REWRITE_A),
    Kind("alter table a alter s type varchar(10)", **REWRITE_A),
    Kind("alter table a alter num type numeric(12, 2)", "a:AE"),
    Kind("set timezone = 'UTC'; alter table a alter ts type timestamptz", "a:AE"),
    Kind("set timezone = 'Europe/Paris'; alter table a alter ts type timestamptz", **REWRITE_A),
    Kind("alter table a alter txt type text using upper(txt)", **REWRITE_A),
    Kind("alter table r set unlogged", "r:AE r_pkey:AE", "r", "r", "r_pkey"),
    # constraints
    Kind("alter table a add constraint k check (nn > 0)", "a:AE", scans="a"),
    Kind("alter table a add constraint k check (nn > 0) not valid", "a:AE"),
    Kind(
        "alter table a add constraint k check (nn > 0) not valid; alter table a validate constraint k",
        "a:SUE",
        scans="a",
    ),
    Kind("alter table a add constraint k foreign key (ref) references r (id) not valid", "a:SRE r:SRE"),
    Kind("alter table a add constraint k unique (nn)", "a:AE", scans="a", built="k"),
    Kind("create unique index ui on a (nn); alter table a add constraint u unique using index ui", "a:AE"),
    Kind("alter table z add primary key (id)", "z:AE", scans="z", built="z_pkey"),
    Kind("alter table a drop constraint a_n_ck", "a:AE"),
    Kind("alter table c drop constraint c_a_id_fkey", "a:AE c:AE"),
    Kind("alter table a rename constraint a_n_ck to k", "a:AE"),
    # the table as a whole
    Kind("alter table a rename to a2", "a:AE"),
    Kind("alter table a set (fillfactor = 70)", "a:SUE"),
    Kind("alter table a set (autovacuum_enabled = false)", "a:SUE"),
    Kind("alter table a enable row level security", "a:AE"),
    Kind("create policy k on a using (true)", "a:AE"),
    Kind("alter table a replica identity full", "a:AE"),
    Kind("alter table a owner to current_user", "a:AE"),
    Kind("alter table ch inherit r", "ch:AE r:SUE"),
    Kind("comment on table a is 'x'", "a:SUE"),
    Kind("create rule k as on insert to r do also nothing", "r:AE"),
    Kind("create trigger t before insert on a for each row execute function trg()", "a:SRE"),
    Kind(
        "create trigger t before insert on a for each row execute function trg(); alter table a disable trigger t",
        "a:SRE",
    ),
    Kind(
        "create trigger t before insert on a for each row execute function trg(); drop trigger t on a", "a:AE"
    ),
    Kind("create statistics k on n, nn from a", "a:SUE"),
    # partitions
    Kind("alter table p attach partition q for values from (1000) to (2000)", "p:SUE q:AE", scans="q"),
    Kind(
        "alter table q add check (id is not null and id >= 1000 and id < 2000);"
        "alter table p attach partition q for values from (1000) to (2000)",
        "p:SUE q:AE",
    ),
    Kind("alter table p detach partition p1", "p1:AE p:AE", since=14),
    # indexes
    Kind("create index k on a (nn)", "a:S", scans="a", built="k"),
    Kind("create unique index k on a (nn)", "a:S", scans="a", built="k"),
    Kind("drop index a_n_ix", "a:AE a_n_ix:AE"),
    Kind("alter index a_n_ix rename to k", "a_n_ix:SUE"),
    Kind("reindex index a_n_ix", "a:S a_n_ix:AE", scans="a", built="a_n_ix"),
    Kind("reindex table a", "a:S a_n_ix:AE a_pkey:AE", scans="a", built="a_n_ix a_pkey"),
    # maintenance
    Kind("cluster a using a_pkey", "a:AE a_n_ix:AE a_pkey:AE", "a", "a", "a_n_ix a_pkey"),
    Kind("analyze a", "a:SUE a_n_ix:AS a_pkey:AS"),
    # views
    Kind("create view y as select * from a", "a:AS"),
    Kind("create or replace view va as select id, n from a", "a:AS va:AE"),
    Kind("create materialized view y as select * from a", "a:AS a_n_ix:AS a_pkey:AS", scans="a"),
    # rows
    Kind("update a set nn = nn + 1", "a:RE a_n_ix:RE a_pkey:RE", scans="a"),
    Kind("insert into a (n) values (1)", "a:RE a_id_seq:RE"),
    Kind("insert into r select id + 100000, 'x' from a", "a:AS a_n_ix:AS a_pkey:AS r:RE", scans="a"),
    Kind("select 1 from a where id = 1 for update", "a:RS a_n_ix:RS a_pkey:RS"),
    # types, sequences, functions
    Kind("alter type en add value 'z'"),
    Kind("alter type en rename value 'x' to 'w'"),
    Kind("alter domain dom add constraint dk check (value >= 0)", "d:S", scans="d"),
    Kind("alter domain dom add constraint dk check (value >= 0) not valid"),
    Kind("alter sequence sq increment 2", "sq:SRE"),
    Kind("create publication k for table a", "a:SUE"),
    Kind(
        "create function f() returns int language sql as $$select count(*)::int from a$$",
        "a:AS",
    ),
    # hidden
    Kind(
        "do $$begin alter table a add column y int; update r set v = v; end$$",
        "a:AE r:RE r_pkey:RE",
        scans="r",
    ),
    Kind("do $$begin truncate r; end$$", "r:AE r_pkey:AE"),
    Kind(
        "do $$begin execute 'alter table r alter id type bigint'; end$$", "r:AE r_pkey:AE", "r", "r", "r_pkey"
    ),
]

PLANNED = [
    # Here the planner picks which indexes are touched.
    Kind("alter table a add constraint k foreign key (ref) references r (id)", "a:SRE r:SRE"),
    Kind(
        "alter table a add constraint k foreign key (ref) references r (id) not valid;"
        "alter table a validate constraint k",
        "a:SUE r:RS",
    ),
    Kind("alter table a add exclude using hash (nn with =)", "a:AE", built="a_nn_excl"),
    Kind("delete from a where n = 450", "a:RE"),
    Kind("refresh materialized view ma", "a:AS ma:AE", "ma", built="ma_id_idx"),
    Kind("refresh materialized view concurrently ma", "a:AS ma:E"),
    Kind("create unique index zi on z (id); alter table z add primary key using index zi", "z:AE"),
    Kind("grant select on a to public"),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.sql[:90])
def test_what_a_statement_does(clone: Database, kind: Kind):
    if clone.server.version // 10000 < kind.since:
        pytest.skip(f"PostgreSQL {kind.since} and later")
    trace = pass_a(clone, kind.sql)
    seen = last(trace)
    assert seen.error is None
    assert locks(seen) == kind.locks
    assert names(seen.rewrites) == kind.rewrites
    assert names(seen.scans) == kind.scans
    assert names(seen.indexes_built) == kind.built
    assert names(seen.indexes_reused) == kind.reused
    assert trace.unproven == ()


@pytest.mark.parametrize("kind", PLANNED, ids=lambda kind: kind.sql[:90])
def test_locks_on_tables_whatever_the_plan(clone: Database, kind: Kind):
    seen = last(pass_a(clone, kind.sql))
    assert seen.error is None
    assert set(kind.locks.split()) <= set(locks(seen).split())
    assert names(seen.rewrites) == kind.rewrites
    assert names(seen.indexes_built) == kind.built


@pytest.mark.parametrize(
    ("sql", "validated"),
    [
        ("alter table a add constraint k check (nn > 0)", ("public.a.k",)),
        ("alter table a add constraint k check (nn > 0) not valid", ()),
        (
            "alter table a add constraint k check (nn > 0) not valid; alter table a validate constraint k",
            ("public.a.k",),
        ),
        ("alter table a add constraint k foreign key (ref) references r (id)", ("public.a.k",)),
        ("set client_min_messages = error; alter table a add constraint k check (nn > 0)", ("public.a.k",)),
    ],
)
def test_constraints_that_were_checked_against_the_rows(
    clone: Database, sql: str, validated: tuple[str, ...]
):
    assert last(pass_a(clone, sql)).validated == validated
