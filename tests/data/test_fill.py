"""Which tables are filled, by whom, and what the caller is told."""

import pytest
from ground import broken_keys, filled, one, run

from checks.data import fill
from checks.sandbox.server import Database, Role
from checks.settings import Settings

SHOP = """
    CREATE TABLE countries (id serial PRIMARY KEY, code char(2) NOT NULL UNIQUE);
    CREATE TABLE customers (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE,
        country_id int REFERENCES countries, referred_by bigint REFERENCES customers
    );
    CREATE TABLE orders (id uuid PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, total numeric(8, 2));
    CREATE TABLE notes (id int PRIMARY KEY, body text);
"""


def test_every_table_is_filled_and_counted(database: Database):
    result = filled(database, SHOP)
    assert set(result.rows) == {"public.countries", "public.customers", "public.orders", "public.notes"}
    assert all(count >= 40 for count in result.rows.values())
    assert result.rows["public.orders"] == one(database, "SELECT count(*) FROM orders")


def test_only_the_tables_that_were_asked_for_and_their_parents(database: Database):
    run(database, SHOP)
    result = fill(database, 20, tables={"public.orders"})
    assert set(result.rows) == {"public.customers", "public.orders"}


def test_a_nullable_parent_of_a_wanted_table_is_filled_too(database: Database):
    run(database, SHOP)
    assert set(fill(database, 20, tables={"public.customers"}).rows) == {
        "public.countries",
        "public.customers",
    }
    assert one(database, "SELECT count(country_id) FROM customers") > 0


def test_rows_that_were_there_stay_and_are_counted(database: Database):
    run(database, SHOP)
    run(database, "INSERT INTO countries (code) VALUES ('de'), ('fr'); INSERT INTO notes VALUES (1, 'mine')")
    result = fill(database, 20, tables={"public.countries"})
    assert result.rows["public.notes"] == 1
    assert one(database, "SELECT count(*) FROM countries WHERE code IN ('de', 'fr')") == 2


def test_no_rows_wanted(database: Database):
    run(database, SHOP)
    assert fill(database, 0).rows == {}


def test_filling_twice_adds_rows(database: Database):
    first = filled(database, SHOP)
    second = fill(database, 40)
    assert second.rows["public.orders"] > first.rows["public.orders"]
    assert broken_keys(database) == []


def test_the_same_schema_gets_the_same_rows(database: Database):
    filled(database, SHOP)
    everything = "SELECT md5(string_agg(c::text, ',' ORDER BY id)) FROM customers AS c"
    first = one(database, everything)
    run(database, "TRUNCATE countries, customers, orders, notes")
    fill(database, 40)
    assert one(database, everything) == first


def test_ids_that_scripts_insert_by_hand_are_left_free(database: Database):
    filled(database, SHOP)
    run(database, "INSERT INTO countries (id, code) VALUES (2, 'zz'); INSERT INTO notes VALUES (1, 'x')")


def test_sequences_go_on_behind_the_rows(database: Database):
    filled(database, SHOP + "CREATE TABLE small (id smallserial PRIMARY KEY);")
    run(database, "INSERT INTO countries (code) VALUES ('zz'); INSERT INTO customers (email) VALUES ('zz')")
    run(database, "INSERT INTO small DEFAULT VALUES")


def test_the_users_own_rows_come_first(database: Database):
    run(database, SHOP)
    result = fill(database, 20, tables={"public.notes"}, seed="INSERT INTO notes VALUES (7, 'from the seed')")
    assert result.seed_error is None
    assert one(database, "SELECT body FROM notes WHERE id = 7") == "from the seed"
    assert result.rows["public.notes"] > 20


def test_an_error_in_the_seed_is_reported_with_its_line_and_nothing_of_it_stays(database: Database):
    run(database, SHOP)
    result = fill(
        database, 20, tables=(), seed="INSERT INTO notes VALUES (7, 'x');\n\nINSERT INTO nodes VALUES (1)"
    )
    assert result.seed_error is not None
    assert (result.seed_error.sqlstate, result.seed_error.line) == ("42P01", 3)
    assert result.rows == {}


def test_a_table_that_is_not_there_is_named(database: Database):
    assert fill(database, 20, tables={"public.gone"}).unfilled == (("public.gone", "there is no such table"),)


def test_a_table_that_no_row_fits_is_named_with_the_servers_reason(database: Database):
    run(database, "CREATE TABLE never (id int NOT NULL CHECK (id > 3 AND id < 2)); CREATE TABLE ok (id int)")
    result = fill(database, 20)
    assert list(result.rows) == ["public.ok"]
    ((name, reason),) = result.unfilled
    assert name == "public.never" and "never_id_check" in reason


def test_a_child_of_an_unfilled_table_says_so(database: Database):
    run(
        database,
        "CREATE TABLE never (id int PRIMARY KEY CHECK (id > 3 AND id < 2));"
        "CREATE TABLE child (never_id int NOT NULL REFERENCES never)",
    )
    reasons = dict(fill(database, 20).unfilled)
    assert reasons["public.child"] == "its parent public.never has no rows"


def test_names_that_need_quotes(database: Database):
    result = filled(
        database,
        '''
        CREATE SCHEMA "My Schema";
        CREATE TYPE "My Schema"."Mood" AS ENUM ('it\'\'s "fine"', 'ба%д', '$fill$');
        CREATE TABLE "My Schema"."Order ""x""" (
            "select" int PRIMARY KEY, "VALUE" "My Schema"."Mood" NOT NULL, "a.b" text CHECK ("a.b" <> '%s $1 {n}')
        );
        CREATE TABLE child ("c's" int NOT NULL REFERENCES "My Schema"."Order ""x""");
        ''',
    )
    assert result.rows['My Schema.Order "x"'] >= 40


def test_an_empty_database(database: Database):
    assert fill(database, 20).rows == {}


class TestSafety:
    """Code of the base runs while rows are inserted, and it must never run as a superuser."""

    WATCHED = """
        CREATE TABLE seen (who name, super bool, replica text);
        CREATE FUNCTION note() RETURNS bool LANGUAGE sql AS
            $$ INSERT INTO public.seen SELECT current_user, rolsuper, current_setting('session_replication_role')
               FROM pg_roles WHERE rolname = current_user RETURNING true $$;
        CREATE TABLE watched (id int PRIMARY KEY, n int CHECK (n > 0 AND public.note()));
    """

    def test_check_functions_run_as_app(self, database: Database):
        run(database, self.WATCHED)
        fill(database, 5, tables={"public.watched"})
        assert run(database, "SELECT DISTINCT who, super, replica FROM seen") == [("app", False, "replica")]

    def test_triggers_and_rules_do_not_fire(self, database: Database):
        filled(
            database,
            """
            CREATE TABLE t (id int PRIMARY KEY);
            CREATE TABLE r (id int PRIMARY KEY);
            CREATE RULE nothing AS ON INSERT TO r DO INSTEAD NOTHING;
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
            CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no();
            """,
        )

    def test_app_has_no_more_power_afterwards(self, database: Database):
        filled(database, SHOP)
        assert one(database, "SHOW session_replication_role") == "origin"
        assert (
            one(database, "SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text ~ 'replication'")
            == 0
        )
        assert one(database, "SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user") is False

    def test_forced_row_security_neither_hinders_nor_stays_lifted(self, database: Database):
        filled(
            database,
            """
            CREATE TABLE secret (id int PRIMARY KEY);
            ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE POLICY nobody ON secret USING (false);
            """,
        )
        assert one(database, "SELECT count(*) FROM secret") == 0
        assert run(database, "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'app'", Role.OBSERVER) == [
            (False,)
        ]

    def test_a_check_that_sleeps_costs_its_table_and_no_more(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("checks.data.session.STATEMENT_SECONDS", 1)
        run(database, "CREATE TABLE slow (id int CHECK (pg_sleep(3) IS NOT NULL)); CREATE TABLE ok (id int)")
        result = fill(database, 5)
        assert list(result.rows) == ["public.ok"]
        assert dict(result.unfilled)["public.slow"] == "canceling statement due to statement timeout"

    def test_functions_that_rely_on_the_search_path_find_their_tables(self, database: Database):
        run(
            database,
            """
            CREATE SCHEMA app; CREATE TABLE app.limits (n int); INSERT INTO app.limits VALUES (3);
            CREATE FUNCTION app.fits(n int) RETURNS bool LANGUAGE plpgsql AS
                $$ BEGIN RETURN n <= (SELECT min(limits.n) FROM limits); END $$;
            CREATE TABLE app.t (n int NOT NULL CHECK (app.fits(n)));
            """,
        )
        result = fill(database, 20, tables={"app.t"}, settings=Settings(search_path="app"))
        assert result.unfilled == ()
