"""Alembic (its documentation: 'Create a Migration Script'); the folder and the names are the project's own."""

import re

from checks.frameworks.code.code import Code

CODE = Code("alembic", re.compile(r"/[^/]+\.py$"), ("\ndown_revision =", "\ndown_revision:"))
