"""What the table of hazards calls proven has a way that is run."""

from __future__ import annotations

from checks.advice.downs import RULE
from checks.advice.ways import IMPATIENT
from checks.plan.recipes import has_recipe
from checks.rules.hazards import PROVEN, all_hazards


def test_a_hazard_is_called_proven_when_a_way_for_one_of_its_rules_is_run() -> None:
    for id, hazard in all_hazards().items():
        runs = any(has_recipe(rule) or rule in (RULE, IMPATIENT) for rule in hazard.rules)
        assert hazard.way != PROVEN or runs, id
        assert not runs or hazard.way, f"{id}: say that its way out is proven, or why it is not"
