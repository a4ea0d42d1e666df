exports.up = async (knex) => {
  await knex.schema.createTable('screens', (table) => {
    table.increments('id');
    table.string('name', 40).notNullable().unique();
    table.integer('seats').notNullable();
  });
  await knex.schema.createTable('screenings', (table) => {
    table.increments('id');
    table.integer('film_id').notNullable().references('films.id');
    table.integer('screen_id').notNullable().references('screens.id');
    table.timestamp('starts_at').notNullable();
    table.unique(['screen_id', 'starts_at']);
  });
};

exports.down = async (knex) => {
  await knex.schema.dropTable('screenings');
  await knex.schema.dropTable('screens');
};
