"""What the command line, the self-check and the backlog say."""

from __future__ import annotations

TEXTS = {
    "check.clean": "Everything adds up: {movements} movements prove {balances} balances.",
    "check.found": "{count} figures do not add up. The first: {first}",
    "stock_differs": "stock of {label}: {stored} stored, the movements say {should}",
    "stock_missing": "stock of {label}: no balance stored, the movements say {should}",
    "reserved_differs": "reserved units of {label}: {stored} stored, the reservations say {should}",
    "line_reserved_differs": "reserved units of order {label}: {stored} stored, the reservations say {should}",
    "wrong_product_reserved": "order {label} holds units of product {stored}, but wants product {should}",
    "shipped_differs": "shipped units of order {label}: {stored} stored, the movements say {should}",
    "received_differs": "received units of order {label}: {stored} stored, the receipts say {should}",
    "announced_differs": "received units of notice {label}: {stored} stored, the receipts say {should}",
    "planned_differs": "planned units of order {label}: {stored} stored, the plans say {should}",
    "planned_too_much": "planned units of order {label}: {stored} planned, only {should} are still to come",
    "supplier_differs": "{label}: the receipts say {stored} came in, the movements say {should}",
    "pegged_differs": "pegged units of receipt {label}: {stored} stored, the pegs say {should}",
    "plate_in_two_places": "plate {label} stands in {should} places at once",
    "database_busy": "{path} is open in another window (process {pid} on {host}). Close that one first.",
    "database_remote": "{path} lies on a network drive, where SQLite loses data. Use a local disk, or PostgreSQL.",
    "settings_unreadable": "{file}, line {line}, column {column}: this is no JSON. Mend it there, or remove the file.",
    "settings_unknown": "{file}: there is no setting {name}. Known are: {known}.",
    "settings_wrong": "{file}: {name} must be a {wanted}.",
    "numbers_raised": "Numbers given out before the restore are left out.",
    "pick_list_printed": "The pick list of batch {batch} goes to the printer.",
    "units_reserved": "{units} units of {orders} orders are reserved.",
    "no_station": "There is no station {station} for {work}. Add it, or name another in the settings.",
    "demo_made": "The demo warehouse stands in {url}.",
    "shift_where": "Pictures, papers and the summary are in {folder}.",
    "sqlite_unsafe": "SQLite {version} has the WAL-reset bug: the application runs with one connection only.",
    "no_display": "There is no display here: the guided shift is played offscreen on the same screens.",
}
