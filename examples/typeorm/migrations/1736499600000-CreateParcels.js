module.exports = class CreateParcels1736499600000 {
  async up(queryRunner) {
    await queryRunner.query(
      `CREATE TABLE "parcel" ("id" SERIAL NOT NULL, "recipient" character varying(60) NOT NULL, "grams" integer NOT NULL, CONSTRAINT "PK_parcel" PRIMARY KEY ("id"))`,
    );
  }

  async down(queryRunner) {
    await queryRunner.query(`DROP TABLE "parcel"`);
  }
};
