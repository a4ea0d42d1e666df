'use strict';

module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('jobs', {
      id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true },
      car_id: {
        type: Sequelize.INTEGER,
        allowNull: false,
        references: { model: 'cars', key: 'id' },
      },
      work: { type: Sequelize.TEXT, allowNull: false },
      price: { type: Sequelize.DECIMAL(10, 2) },
    });
  },

  async down(queryInterface) {
    await queryInterface.dropTable('jobs');
  },
};
