"""How much of a file is read at most; what is beyond is refused before it costs time or memory."""

from __future__ import annotations

MOST_BYTES = 256 << 20
MOST_LINES = 1_000_000
MOST_ROWS = 500_000
MOST_COLUMNS = 512
MOST_TITLE = 200
MOST_LINE_BYTES = 1 << 20
MOST_ROW_LINES = 60  # lines in one row, where a quoted cell holds line breaks
MOST_BROKEN_QUOTES = 1000
MOST_CELL = 32_767  # what a spreadsheet holds

MOST_SEGMENT = 10_000
MOST_SEGMENTS = 2_000_000
MOST_DOCUMENT_LINES = 20_000

MOST_MEMBERS = 1000
MOST_DIRECTORY_BYTES = 1 << 20
MOST_UNPACKED = 512 << 20
MOST_RATIO = 120  # unpacked to packed, where the unpacked is more than
RATIO_FROM = 4 << 20
MOST_STRINGS = 1_000_000
MOST_STRING_CHARS = 96 << 20
MOST_SHEETS = 200

MEMORY_BYTES = 512 << 20
CPU_S = 300
HANG_S = 10.0
