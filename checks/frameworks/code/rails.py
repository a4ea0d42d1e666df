"""Rails (guides: 'Active Record Migrations')."""

import re

from checks.frameworks.code.code import Code

CODE = Code("rails", re.compile(r"(?:^|/)db/(?:\w+_)?migrate/(?:.*/)?\w+\.rb$"), ("ActiveRecord::Migration",))
