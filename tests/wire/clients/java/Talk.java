import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What pgjdbc says in all its ways, at the URL in JDBC_DATABASE_URL. */
public class Talk {
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(System.getenv("JDBC_DATABASE_URL"))) {
            simple(connection);
            prepared(connection);
            batches(connection);
            errors(connection);
            cursor(connection);
            copy(connection);
            cancel(connection);
        }
        rewritten();
    }

    static void simple(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id int PRIMARY KEY, a text, n numeric, b timestamptz, d double precision)");
            statement.execute("SELECT 1; SELECT 2");
            statement.execute("DO $$ BEGIN RAISE NOTICE 'said'; END $$");
            expect("said".equals(statement.getWarnings().getMessage()));
        }
    }

    /** More often than prepareThreshold (5), from which on the statement has a name, and values are binary. */
    static void prepared(Connection connection) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?)")) {
            for (int id = 1; id < 9; id++) {
                add.setInt(1, id);
                add.setString(2, id % 2 == 0 ? null : "o'x\n");
                add.setBigDecimal(3, new java.math.BigDecimal("1.50"));
                add.setTimestamp(4, new Timestamp(1_000_000_000_000L));
                add.setDouble(5, 0.1);
                expect(add.executeUpdate() == 1);
            }
        }
    }

    static void batches(Connection connection) throws SQLException {
        try (PreparedStatement change = connection.prepareStatement("UPDATE t SET a = ? WHERE id = ?");
                Statement several = connection.createStatement()) {
            for (int id = 1; id < 9; id++) {
                change.setString(1, "b" + id);
                change.setInt(2, id);
                change.addBatch();
            }
            expect(change.executeBatch().length == 8);
            several.addBatch("ALTER TABLE t ADD COLUMN c int");
            several.addBatch("CREATE INDEX ON t (c)");
            several.executeBatch();
        }
    }

    static void errors(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        Savepoint savepoint = connection.setSavepoint();
        try (PreparedStatement add = connection.prepareStatement("INSERT INTO t (id) VALUES (?)")) {
            add.setInt(1, 1);
            add.executeUpdate();
            expect(false);
        } catch (SQLException error) {
            expect("23505".equals(error.getSQLState()));
        }
        connection.rollback(savepoint);
        connection.commit();
    }

    static void cursor(Connection connection) throws SQLException {
        int rows = 0;
        try (PreparedStatement all = connection.prepareStatement("SELECT id FROM t WHERE id > ? ORDER BY id")) {
            all.setFetchSize(3);
            all.setInt(1, 0);
            ResultSet found = all.executeQuery();
            while (found.next()) {
                rows++;
            }
        }
        expect(rows == 8);
        connection.commit();
        connection.setAutoCommit(true);
    }

    static void copy(Connection connection) throws Exception {
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        expect(copies.copyIn("COPY t (id, a) FROM STDIN", new StringReader("100\tx\n101\ty\n")) == 2);
        copies.copyOut("COPY t (id) TO STDOUT", new StringWriter());
    }

    static void cancel(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            statement.execute("SELECT pg_sleep(600)");
            expect(false);
        } catch (SQLException error) {
            expect("57014".equals(error.getSQLState()));
        }
    }

    static void rewritten() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("reWriteBatchedInserts", "true");
        String url = System.getenv("JDBC_DATABASE_URL");
        try (Connection connection = DriverManager.getConnection(url, properties);
                PreparedStatement add = connection.prepareStatement("INSERT INTO t (id, a) VALUES (?, ?)")) {
            for (int id = 200; id < 207; id++) {
                add.setInt(1, id);
                add.setString(2, "r");
                add.addBatch();
            }
            add.executeBatch();
        }
    }

    static void expect(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
