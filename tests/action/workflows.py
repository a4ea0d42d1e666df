"""The workflows that the documentation shows: they are what is run and what is linted."""

from __future__ import annotations

import re

from runner import ROOT

YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def workflows(document: str) -> dict[str, str]:
    """Name → text of each workflow in a document."""
    blocks = [block for block in YAML.findall((ROOT / document).read_text()) if "runs-on:" in block]
    return {block.partition("name: ")[2].partition("\n")[0]: block for block in blocks}
