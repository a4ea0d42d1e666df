// What node-postgres says in all its ways. It finds the database in PGHOST and its kin; NODE_PATH names the packages.
"use strict";
const { Client } = require("pg");
const Cursor = require("pg-cursor");
const copy = require("pg-copy-streams");
const { pipeline } = require("node:stream/promises");
const { Readable, Writable } = require("node:stream");
const assert = require("node:assert");

async function main() {
  const client = new Client();
  const notices = [];
  client.on("notice", (notice) => notices.push(notice.message));
  await client.connect();
  await client.query("CREATE TABLE t (id int PRIMARY KEY, a text, n numeric, b timestamptz, j jsonb, l int[])");
  await client.query("SELECT 1; SELECT 2");
  await client.query("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6)", [
    1, "o'x\n", "1.50", new Date(Date.UTC(2026, 0, 2)), { k: [1] }, [1, 2],
  ]);
  for (let id = 2; id < 9; id += 1) {
    await client.query({ name: "add", text: "INSERT INTO t (id, a) VALUES ($1, $2)", values: [id, null] });
  }
  await client.query("DO $$ BEGIN RAISE NOTICE 'said'; END $$");
  assert.deepStrictEqual(notices, ["said"]);

  await client.query("BEGIN");
  await client.query("SAVEPOINT s");
  await assert.rejects(client.query("INSERT INTO t (id) VALUES ($1)", [1]), { code: "23505" });
  await client.query("ROLLBACK TO s");
  await client.query("COMMIT");

  await client.query("BEGIN");
  const cursor = client.query(new Cursor("SELECT id FROM t WHERE id > $1 ORDER BY id", [0]));
  assert.strictEqual((await cursor.read(3)).length, 3);
  assert.strictEqual((await cursor.read(3)).length, 3);
  await cursor.close();
  await client.query("COMMIT");

  await pipeline(Readable.from(["100\tx\n", "101\ty\n"]), client.query(copy.from("COPY t (id, a) FROM STDIN")));
  const out = new Writable({ write: (piece, _, done) => done() });
  await pipeline(client.query(copy.to("COPY t (id) TO STDOUT")), out);

  const asleep = client.query("SELECT pg_sleep(600)");
  const other = new Client();
  await other.connect();
  const end = assert.rejects(asleep, { code: "57014" });
  const begun = "SELECT FROM pg_stat_activity WHERE pid = $1 AND query LIKE 'SELECT pg_sleep%' AND state = 'active'";
  while ((await other.query(begun, [client.processID])).rowCount === 0);
  new Client().cancel(client, client.activeQuery ?? client._activeQuery);
  await end;
  await other.end();
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
