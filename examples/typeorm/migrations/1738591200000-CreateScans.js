const { Table, TableForeignKey } = require('typeorm');

module.exports = class CreateScans1738591200000 {
  async up(queryRunner) {
    await queryRunner.createTable(
      new Table({
        name: 'scan',
        columns: [
          { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'parcel_id', type: 'int' },
          { name: 'place', type: 'varchar', length: '40' },
          { name: 'scanned_at', type: 'timestamptz', default: 'now()' },
        ],
      }),
    );
    await queryRunner.createForeignKey(
      'scan',
      new TableForeignKey({
        columnNames: ['parcel_id'],
        referencedTableName: 'parcel',
        referencedColumnNames: ['id'],
      }),
    );
  }

  async down(queryRunner) {
    await queryRunner.dropTable('scan');
  }
};
