"""Takes files in: rows are kept, judged against the house, shown, mended, and published once, whole or in part."""

from wms_desktop.services.importing.publishing import NAME, answer, drop, leave_out, mend, publish, save_mapping
from wms_desktop.services.importing.rows import Tally, insert_staged
from wms_desktop.services.importing.runs import KEPT_DAYS, Checker, Stager, begin_run, erase_run
from wms_desktop.services.importing.shown import (
    PROBLEMS_AT_ONCE,
    export_problems,
    list_mappings,
    list_problems,
    list_runs,
    preview,
    reason,
    titles_of,
)

__all__ = ["KEPT_DAYS", "NAME", "PROBLEMS_AT_ONCE", "Checker", "Stager", "Tally", "answer", "begin_run", "drop",
           "erase_run", "export_problems", "insert_staged", "leave_out", "list_mappings", "list_problems", "list_runs",
           "mend", "preview", "publish", "reason", "save_mapping", "titles_of"]  # fmt: skip
