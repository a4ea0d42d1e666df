"""Sequelize (its documentation: 'Migrations')."""

from checks.frameworks.code.code import SCRIPTS, Code

CODE = Code("sequelize", SCRIPTS, ("queryInterface", "QueryInterface"))
