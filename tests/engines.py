"""What was compiled for one test's database serves the next test's: the application keeps one engine all day."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from tests.warm import STOCK
from wms_desktop.db import engine as engines

_MOST = 20_000
_compiled: LRUCache[Any, Any] = LRUCache(_MOST)
_dialects: dict[object, Dialect] = {}


def share_compiled_statements() -> None:
    """From now on every engine of this process compiles a statement only if none of its kind did before.

    SQLAlchemy keeps compiled statements by engine and dialect object; a test that opens its own database would
    compile every one anew, a third of its time.
    """
    engines.create_engine = _create_engine


def _create_engine(url: str, **options: Any) -> Engine:
    backend = make_url(url).drivername
    kind = backend, options.get("module")
    known = _dialects.get(kind)
    is_known = known is not None and getattr(known, "server_version_info", None) is not None  # it was connected
    if is_known and backend == "postgresql+psycopg":
        cargs, cparams = known.create_connect_args(make_url(url))
        options["creator"] = partial(STOCK.connect, cargs, {**cparams, **options.pop("connect_args", {})})
        options["_initialize"] = False
    engine = sqlalchemy.create_engine(url, **options)
    if is_known:
        engine.dialect = engine.pool._dialect = known
    else:
        _dialects[kind] = engine.dialect
    engine._compiled_cache = _compiled
    return engine
