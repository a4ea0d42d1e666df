create table a (
    id serial primary key, n int constraint a_n_ck check (n is not null), nn int, s varchar(20), txt text,
    num numeric(10, 2), ts timestamp, ref int
);
create index a_n_ix on a (n);
create table r (id int primary key, v text);
create table c (id int primary key, a_id int references a);
create table z (id int);
create domain dc as int check (value > 0);
create domain dom as int;
create table d (x dom);
create type en as enum ('x', 'y');
create table p (id int) partition by range (id);
create table p1 partition of p for values from (0) to (1000);
create table q (id int);
create table ch () inherits (r);
alter table ch no inherit r;
create view va as select id, n from a;
create materialized view ma as select id from a;
create unique index ma_id_idx on ma (id);
create sequence sq;
create function trg() returns trigger language plpgsql as 'begin return new; end';
create table idn (id int generated always as identity);
create procedure commits() language plpgsql as 'begin update r set v = v; commit; alter table r add y int; end';
insert into a (n, nn, s, txt, num, ts, ref) select g, g, 's' || g, 't', 1, now(), g from generate_series(1, 500) g;
insert into r select g, 'v' from generate_series(1, 1000) g;
insert into c select g, g from generate_series(1, 400) g;
insert into z select g from generate_series(1, 500) g;
insert into d select g from generate_series(1, 100) g;
insert into q select g from generate_series(1001, 1100) g;
insert into p select g from generate_series(1, 100) g;
refresh materialized view ma;
analyze;
