"""Django (its documentation: 'Migrations')."""

import re

from checks.frameworks.code.code import Code

CODE = Code("django", re.compile(r"(?:^|/)migrations/\w+\.py$"), ("django.db",))
