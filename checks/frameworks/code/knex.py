"""Knex (its documentation: 'Migrations')."""

from checks.frameworks.code.code import SCRIPTS, Code

CODE = Code("knex", SCRIPTS, ("knex", "Knex"))
