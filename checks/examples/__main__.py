"""Run the examples of all rules on every version of PostgreSQL, and write down what each did."""

from __future__ import annotations

import argparse
from collections import defaultdict

from checks.examples.observe import block, observe
from checks.rules import all_rules
from checks.rules.observed import FILE, Observed, as_json
from checks.sandbox import open_server
from checks.settings import Limits, Settings

VERSIONS = (13, 14, 15, 16, 17, 18)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m checks.examples", description=__doc__)
    parser.add_argument("versions", nargs="*", type=int, default=VERSIONS, metavar="VERSION")
    versions = parser.parse_args().versions
    rules = [rule for rule in all_rules() if block(rule, "Bad")]
    found: dict[str, dict[int, Observed]] = defaultdict(dict)
    for version in versions:
        with open_server(Settings(postgres=version, limits=Limits(total_seconds=3600))) as server:
            for rule in rules:
                found[rule][version] = observe(server, rule)
        print(
            f"PostgreSQL {version}: {sum(of[version].fires for of in found.values())} of {len(rules)} rules fire"
        )
    FILE.write_text(as_json(found))


if __name__ == "__main__":
    main()
