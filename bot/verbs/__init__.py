"""The verbs of the command line that look at a report or at the repository: one file each, what they need imported late."""

from bot.verbs.action import action
from bot.verbs.audit import audit
from bot.verbs.check import check
from bot.verbs.config import config
from bot.verbs.explain import explain
from bot.verbs.fix import fix
from bot.verbs.plan import plan
from bot.verbs.rollback import rollback
from bot.verbs.stats import stats
from bot.verbs.status import status

VERBS = (check, plan, rollback, explain, fix, audit, stats, status, config, action)
