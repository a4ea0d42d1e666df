"""The SQL on the pages of the rules: run by the tests, and on every version of PostgreSQL for what the pages say was seen.

``python -m checks.examples`` runs all of it on 13 to 18 and writes down what it saw, for ``checks.rules.pages``.
"""
