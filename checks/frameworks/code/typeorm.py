"""TypeORM (its documentation: 'Migrations')."""

from checks.frameworks.code.code import SCRIPTS, Code

CODE = Code("typeorm", SCRIPTS, ("MigrationInterface", "queryRunner"))
