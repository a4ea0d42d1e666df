'use strict';

module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.addColumn('jobs', 'state', {
      type: Sequelize.ENUM('asked', 'begun', 'done'),
      allowNull: false,
      defaultValue: 'asked',
    });
    await queryInterface.addIndex('jobs', ['car_id', 'state']);
  },

  async down(queryInterface) {
    await queryInterface.removeIndex('jobs', ['car_id', 'state']);
    await queryInterface.removeColumn('jobs', 'state');
  },
};
