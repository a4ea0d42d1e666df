exports.up = async (knex) => {
  await knex.schema.alterTable('films', (table) => {
    table.string('title', 300).alter();
  });
  await knex.schema.alterTable('screenings', (table) => {
    table.index('film_id');
  });
};

exports.down = async (knex) => {
  await knex.schema.alterTable('screenings', (table) => {
    table.dropIndex('film_id');
  });
  await knex.schema.alterTable('films', (table) => {
    table.string('title', 100).alter();
  });
};
