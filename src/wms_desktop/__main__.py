"""`python -m wms_desktop`: the same as the command `wms-desktop`."""

from __future__ import annotations

from wms_desktop.cli import main

if __name__ == "__main__":
    main()
