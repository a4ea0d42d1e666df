'use strict';

module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('cars', {
      id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true },
      plate: { type: Sequelize.STRING(12), allowNull: false, unique: true },
      owner: { type: Sequelize.STRING, allowNull: false },
    });
  },

  async down(queryInterface) {
    await queryInterface.dropTable('cars');
  },
};
