module.exports = class LongerRecipients1780304400000 {
  async up(queryRunner) {
    await queryRunner.query(`ALTER TABLE "parcel" DROP COLUMN "recipient"`);
    await queryRunner.query(`ALTER TABLE "parcel" ADD "recipient" character varying(200) NOT NULL DEFAULT ''`);
    await queryRunner.query(`CREATE INDEX "IDX_scan_parcel" ON "scan" ("parcel_id")`);
  }

  async down(queryRunner) {
    await queryRunner.query(`DROP INDEX "IDX_scan_parcel"`);
    await queryRunner.query(`ALTER TABLE "parcel" DROP COLUMN "recipient"`);
    await queryRunner.query(`ALTER TABLE "parcel" ADD "recipient" character varying(60) NOT NULL DEFAULT ''`);
  }
};
