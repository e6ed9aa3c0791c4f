"""Writes the two lock files from pyproject.toml: versions and hashes for every platform, no addresses.

`python3 tools/lock.py` keeps what is locked and adds what is new; `--upgrade` takes the newest versions.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from set_up import LOCKS, ROOT, SCRIPTS


def compile_command(level: str, upgrade: Sequence[str]) -> list[str]:
    """Gives the uv command for one lock; the runtime one takes its versions from the dev one."""
    command = [str(SCRIPTS / "uv"), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--output-file", str(LOCKS[level])]
    if level == "dev":
        return [*command, "--group", "dev", *upgrade, "pyproject.toml"]
    return [*command, "--group", "setup", "--constraints", str(LOCKS["dev"]), *upgrade, "pyproject.toml"]


def main(arguments: Sequence[str]) -> int:
    """Compiles both locks, the larger first."""
    environment = {**os.environ, "UV_PYTHON_PREFERENCE": "only-system", "UV_PYTHON_DOWNLOADS": "never"}
    for level in ("dev", "runtime"):
        status = subprocess.run(compile_command(level, arguments), cwd=ROOT, env=environment).returncode
        if status != 0:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
