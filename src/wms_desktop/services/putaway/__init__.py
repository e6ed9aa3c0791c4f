"""The putaway dialogue: what stands on the dock for no lane, and what is walked back from lanes, gets its bin."""

from __future__ import annotations

from wms_desktop.services.putaway.loads import find_tour
from wms_desktop.services.putaway.looks import list_looks
from wms_desktop.services.putaway.placing import count_other_bins
from wms_desktop.services.putaway.standing import list_waiting
from wms_desktop.services.putaway.table import WORKFLOW, answer, prompt
from wms_desktop.services.putaway.work import NAME

__all__ = ["NAME", "WORKFLOW", "answer", "count_other_bins", "find_tour", "list_looks", "list_waiting", "prompt"]
