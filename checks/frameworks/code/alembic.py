"""Alembic (its documentation: 'Create a Migration Script')."""

import re

from checks.frameworks.code.code import Code

CODE = Code("alembic", re.compile(r"/\w+\.py$"), ("down_revision =", "down_revision:"))
