"""What is said when rows from outside come in and a house is set up: what is wrong, where, and the cure."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "input.empty": "Row {row} of {table}: {field} is empty. Fill it in; nothing was taken in.",
    "input.too_long": "Row {row} of {table}: {field} has more than {most} characters. Shorten it: {value}",
    "input.unreadable": "Row {row} of {table}: {field} holds control characters. Take them out: {value}",
    "input.blanks": "Row {row} of {table}: {field} '{value}' has a blank at an end. Take it out.",
    "input.too_small": "Row {row} of {table}: {field} is {value}. Give {least} or more.",
    "input.not_money": "Row {row} of {table}: {field} {value} is no amount. Give a number with at most four decimals.",
    "input.no_zone": "Row {row} of {table}: {field} {value} does not say its time zone. Give it with its zone.",
    "input.not_one_of": "Row {row} of {table}: {field} is {value}. Choose one of: {choices}.",
    "input.unknown": "Row {row} of {table}: {field} {value} is not known here. Correct it, or add it first.",
    "input.twice": "Row {row} of {table}: {field} {value} was in row {first} already. Take one of them out.",
    "input.taken": "Row {row} of {table}: {field} {value} is in the house already. Change it, or leave the row out.",
    "input.check_digit": "Row {row} of {table}: {field} {value} is mistyped: its last digit should be {wanted}. Read it again.",
    "input.is_a_key": "Row {row} of {table}: {field} {value} is a key of the desk sheet. Use another code.",
    "input.unknown_zone": "Row {row} of {table}: {field} {value} is no time zone. Write it like Europe/London.",
    "input.not_a_place": "Row {row} of {table}: {field} {value} is no place inside the house. Name a bin or another place.",
    "input.no_lines": "Row {row} of {table}: {value} has no lines. Add one, or leave it out.",
    "input.no_country": "Row {row} of {table}: {field} {value} is no country. Write its two letters, like GB.",
    "input.no_currency": "Row {row} of {table}: {field} {value} is no currency. Write its three letters, like GBP.",
    "input.pin_wanted": "Row {row} of {table}: a {role} needs a PIN. Give one.",
    "input.not_hashed": "Row {row} of {table}: the PIN must be hashed before it is stored.",
    "input.bad_pin": "A PIN is 4 to 8 digits. Choose another.",
    "input.no_adjustment": "The house has no adjustment place. Add its places first.",
    "demo_not_empty": "This database holds a warehouse already. Choose an empty one for the demo.",
    "demo_reserved": "{units} units are reserved for {orders} orders.",
    "demo_loaded": "The demo warehouse is ready: {products} products, {bins} bins, {orders} orders.",
}
