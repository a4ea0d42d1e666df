exports.up = (knex) =>
  knex.schema.createTable('films', (table) => {
    table.increments('id');
    table.string('title', 100).notNullable();
    table.integer('minutes').notNullable();
    table.date('released_on');
    table.timestamps(true, true);
  });

exports.down = (knex) => knex.schema.dropTable('films');
