"""Plans who gets what a truck brings: pegs before it comes, firm ones once it is here, mended as things change."""

from wms_desktop.services.planning.looking import Look, LookOrder, look, problem
from wms_desktop.services.planning.making import Question, adopt, drop, firm, plan, prove, replan
from wms_desktop.services.planning.settling import settle
from wms_desktop.services.planning.supplying import list_open

__all__ = ["Look", "LookOrder", "Question", "adopt", "drop", "firm", "list_open", "look", "plan", "problem",
           "prove", "replan", "settle"]  # fmt: skip
