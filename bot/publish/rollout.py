"""What the template of a plan needs to know of it."""

from __future__ import annotations

from typing import Any

from checks.plan import Phase, Plan, Section


def rollout(plan: Plan) -> dict[str, Any]:
    steps = [step for round_ in plan.rounds for step in round_.steps]
    return {"plan": plan, "phases": list(Phase), "sections": list(Section), "all_steps": steps}
