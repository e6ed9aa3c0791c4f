"""What is said to pickers, with a cart or with a printed list, and to whoever hands out the batches."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "prompt.pick.start": "Scan a cart",
    "prompt.pick.start.sub": "{waiting} batches wait for you. Scan an empty cart, or a batch number or pick list first.",
    "prompt.pick.handover": "Take over: scan {cart}",
    "prompt.pick.handover.sub": "Batch {batch} is yours now, {done} of {total} stops are done. Scan its cart to prove it.",
    "prompt.pick.totes": "Scan a tote for place {position}",
    "prompt.pick.totes.sub": "Order {order}: place {position} of {totes} on {cart}. Take an empty tote.",
    "prompt.pick.bin": "Scan bin {bin}",
    "prompt.pick.bin.sub": "Take {left} × {product} for place {position}.",
    "prompt.pick.item": "Take {left} × {product}",
    "prompt.pick.item.sub": "Bin {bin}, {sku}: {taken} of {qty} in hand. Scan each, or one and key the number.",
    "prompt.pick.tote": "Put {qty} in tote {position}",
    "prompt.pick.tote.sub": "{product} for order {order}: scan {tote}.",
    "prompt.pick.short": "Why only {found} of {qty}?",
    "prompt.pick.short.sub": "{product} in {bin}. Type the number of the reason. *n changes the quantity, Esc goes back.",
    "prompt.pick.empty": "Is {bin} empty?",
    "prompt.pick.empty.sub": "F8 if it is empty, or type how many are left. The next scan is a yes.",
    "prompt.pick.drop": "Scan the drop-off place",
    "prompt.pick.drop.sub": "Batch {batch}: bring {totes} totes with {units} units on {cart} to a bench.",
    "prompt.pick.paper": "Confirm list {batch}",
    "prompt.pick.paper.sub": "F8 if all is as listed, or type a line's number. Then scan the drop-off place. {open} lines open.",
    "prompt.pick.paper_line": "Line {line}: how many of {qty}?",
    "prompt.pick.paper_line.sub": "{product} from {bin}: {found} taken. Type the quantity, then the reason. Esc goes back.",
    "pick.chosen": "Chosen: {batch} · {orders} orders · {stops} stops · {metres} m · by {leave_by}",
    "pick.yours": "Yours: {batch} · {orders} orders · {stops} stops · {metres} m · by {leave_by}",
    "pick.waiting": "{batch} · {orders} orders · {stops} stops · {metres} m · by {leave_by}",
    "pick.take": "In hand: {taken} of {qty} · {sku}",
    "pick.lot": "Lot {lot} only",
    "pick.for": "For order {order} · tote {tote}, place {position}",
    "pick.next": "Next: {bin}",
    "pick.next_drop": "Next: the drop-off place",
    "pick.tote_known": "Place {position} · {tote} · order {order}",
    "pick.another_tote": "{tote} is full. Order {order} gets a second tote. Esc keeps the first.",
    "pick.reason.not_there": "{n} · not there",
    "pick.reason.damaged": "{n} · damaged",
    "pick.reason.other": "{n} · something else",
    "pick.paper.open": "{n} · {bin} · {sku} · {qty} · not confirmed",
    "pick.paper.found": "{n} · {bin} · {sku} · {qty} · taken: {found}",
    # the walk
    "pick_begun": "Batch {batch} on {cart}: {stops} stops, {metres} m.",
    "pick_gone_next": "Batch {gone} was given away meanwhile. This is {batch} on {cart}: {stops} stops, {metres} m.",
    "pick_chosen": "Batch {batch} is chosen. Scan an empty cart.",
    "pick_back": "Back.",
    "pick_took_over": "Batch {batch} on {cart} is yours: {done} of {total} stops are done.",
    "pick_tote_known": "{tote} stands on place {position} for order {order}.",
    "pick_tote_full": "{tote} on place {position} is full. Scan an empty tote for order {order}.",
    "pick_bin_right": "{bin} is right. Take {product}.",
    "pick_taken": "{taken} of {qty} × {product}: {left} more.",
    "pick_taken_all": "{taken} × {product} taken. Put them in place {position}, {tote}.",
    "pick_lot_read": "Lot {lot} of {product}, read by you. Scan the item.",
    "pick_put": "{units} × {product} in place {position} for order {order}.",
    "pick_put_part": "{units} × {product} in place {position}. {left} more of it for order {order}.",
    "pick_all_done": "{units} × {product} in place {position}. That was the last stop: bring the cart to a bench.",
    "pick_skipped": "{bin} comes back at the end: {product} must still be taken.",
    "pick_not_wanted": "Order {order} does not want {product} any more. Put units in your hand back in {bin}.",
    "pick_dropped": "Batch {batch}: {totes} totes with {units} units stand on {bench}. {cart} is free.",
    "pick_dropped_unwanted": (
        "Batch {batch}: {units} units stand on {bench}, {unwanted} of cancelled orders must be put away. {cart} is free."
    ),
    "pick_found_at": "{product} stands at: {places}.",
    # less than asked
    "pick_why_short": "{found} of {qty} found in {bin}. Why? Type the number of the reason.",
    "pick_short_elsewhere": "{missing} × {product} missing in {bin}: {elsewhere} come from {bins}, on your way.",
    "pick_short_dock": "{missing} × {product} missing in {bin}: {dock} just arrived stand on {docks}. Fetch them at the end.",
    "pick_short_backorder": "{missing} × {product} missing in {bin}, and nowhere else: they stay on backorder. Go on.",
    "pick_short_part": (
        "{missing} × {product} missing in {bin}: {elsewhere} from other bins {bins}, {dock} from the dock {docks},"
        " {backorder} on backorder."
    ),
    "pick_empty_yes": "{bin} is empty.",
    "pick_empty_no": "{units} left in {bin} that the book does not know: a count is asked for. Go on.",
    # refusals
    "pick_cart_taken": "{cart} is with {who} (batch {batch}). Take another cart.",
    "pick_cart_not_empty": "{cart} is not empty: {units} units stand on it. Take another cart, or clear it first.",
    "pick_no_batch": "No batch waits for you or for anybody. Leave {cart} and ask the supervisor.",
    "pick_no_cart": "Batch {batch} has no cart. Ask the supervisor.",
    "pick_batch_of": "Batch {batch} belongs to {who}. Scan a cart to get your own next one.",
    "pick_batch_on_cart": "Batch {batch} is under way on {cart}. Scan that cart to take it over.",
    "pick_batch_over": "Batch {batch} is finished. Scan a cart to get the next one.",
    "pick_batch_gone": "Batch {batch} was cancelled. Scan a cart to get the next one.",
    "pick_wrong_cart": "That is {cart}. Batch {batch} stands on {wanted}: scan {wanted}.",
    "pick_moved": (
        "Batch {batch} was given to {who} by {by} at {at}. Nothing was changed: put a unit in your hand back in {place}"
        " and leave the cart to {who}."
    ),
    "pick_taken_back": (
        "Batch {batch} was taken back by {by} at {at}. Nothing was changed: put a unit in your hand back in {place} and"
        " leave the cart."
    ),
    "pick_cancelled": (
        "The rest of batch {batch} was cancelled by {by} at {at}. Nothing was changed: put a unit in your hand back"
        " where it came from and follow the screen."
    ),
    "pick_changed": "Your work changed since this screen last saw it. Nothing was changed: follow the screen.",
    "pick_tote_in_use": "{tote} is the tote of order {order} in batch {batch}. Take an empty tote for order {wanted}.",
    "pick_tote_not_empty": "{tote} is not empty: {units} units in it, at {place}. Take an empty tote for order {order}.",
    "pick_tote_needed": "Order {order} has no tote yet. Scan an empty tote.",
    "pick_wrong_bin": "That is {scanned}. {product} is taken from {wanted}: go to {wanted} and scan it.",
    "pick_bin_first": "That is {what}. First scan the bin {bin}, so that it is surely the right place.",
    "pick_wrong_item": "That is {scanned}. This stop needs {wanted}. Put it back in {bin}, or press F2 if there is none.",
    "pick_wrong_lot": "That is lot {lot} of {product}. This order gets lot {wanted}. Put it back in {bin}, or press F2.",
    "pick_lot_needed": (
        "Several lots of {product} lie here. Take lot {lot}: scan the code with the lot, or read it and press F8."
    ),
    "pick_no_lot": "{product} has no lot to confirm. Scan the item.",
    "pick_case_too_big": "That case holds {units}, only {left} × {product} more are wanted. Scan single units.",
    "pick_enough": "All {qty} × {product} are taken already. Put the extra one back; scan {tote} on place {position}.",
    "pick_too_many": "{units} is not a quantity of this stop: 1 to {qty} × {product}. Type it again.",
    "pick_scan_once": "Scan {product} in {bin} once first, then key how many you took.",
    "pick_item_first": "That is {tote}. First take {product} from {bin} and scan it.",
    "pick_tote_first": "That is {scanned}. First put {product} in place {position}: scan {tote}.",
    "pick_wrong_tote": "That is {tote}, place {scanned_position}, order {order}. Put it in place {position}: scan {wanted}.",
    "pick_foreign_tote": "{tote} belongs to order {order} of another batch. Put it in place {position}: scan {wanted}.",
    "pick_unknown_tote": "{tote} is not on this cart. Put it in place {position}: scan {wanted}.",
    "pick_skip_in_hand": "{units} × {product} are in your hand. Put them in the tote or back in {bin} (F4), then skip.",
    "pick_skip_last": "{bin} is all that is left: {product} cannot be skipped. Take it, or press F2 if it is not there.",
    "pick_not_short": "{found} of {qty} × {product}: that is not short. Type fewer before F2, or go on scanning.",
    "pick_no_reason": "{text} is not a reason here. Type 1 to {reasons}.",
    # the printed list
    "paper_opened": "List {batch}: {lines} lines. F8 if all is as listed, or type the number of an exception.",
    "paper_confirmed": "{lines} lines confirmed. Scan the drop-off place.",
    "paper_line_opened": "Line {line}, {product}: type how many were taken.",
    "paper_noted": "Line {line}: {found} taken.",
    "paper_why": "Line {line}: {found} of {qty}. Why? Type the number of the reason.",
    "paper_left": "List {batch} is put away. Scan its number to go on with it.",
    "paper_printed": "List {batch} is printed once more.",
    "paper_unconfirmed": (
        "{lines} lines are not confirmed. F8 if they were taken as listed; or scan {bench} again: they count as not taken."
    ),
    "paper_dropped": "List {batch}: {units} units stand on {bench}.",
    "paper_dropped_unwanted": (
        "List {batch}: {units} units stand on {bench}. {unwanted} units of cancelled orders must go back to their bins."
    ),
    "paper_no_line": "The list has lines 1 to {lines}, not {line}. Type the number again.",
    "paper_too_many": "{units} is not possible: the line is {qty} × {product}. Type 0 to {qty}.",
    "paper_count_first": "Type how many were taken of line {line} first.",
    # the supervisor's board
    "prompt.batches.board": "Batches",
    "prompt.batches.board.sub": "{released} wait, {running} are walked.",
    "batch_assigned": "Batch {batch} is {who}'s.",
    "batch_unassigned": "Batch {batch} is nobody's now; before, it was {was}'s.",
    "batch_handed_over": "Batch {batch} goes to {who} with its cart. {was}'s next scan is refused; {who} scans the cart.",
    "batch_cancelled": "Batch {batch} is cancelled: {left} units go to a later batch, {kept} stay in their totes.",
    "batch_over": "Batch {batch} is over already. Nothing was changed.",
    "batches_formed": "{batches} batches for {orders} orders: {stops} stops, {metres} m of walking.",
    "batches_formed_part": (
        "{batches} batches for {orders} orders: {stops} stops, {metres} m of walking. {stale} orders changed meanwhile:"
        " they come with the next wave."
    ),
    "nothing_to_batch": "No order is ready for a new batch.",
    "picker_busy": "{who} is walking batch {batch}. Give that one away first.",
    "unknown_batch": "That batch is not known. Look at the board again.",
    "unknown_operator": "That person is not known, or does not work here any more.",
    "bad_floor_plan": "The setting {setting} does not fit the bins: {value}. Give whole millimetres, rising, with commas.",
    "bin_without_aisle": "{bin} stands in no aisle, so no walk goes there. Give it an aisle.",
    # why these units
    "why.fefo": "Lot {lot} expires first, on {expiry}.",
    "why.one_bin": "{bin} holds all of it and is the nearest that does.",
    "why.several_bins": "No bin holds all of it: {bin} is one of the fewest.",
    "why.short_elsewhere": "Missing in its first bin: {bin} is the smallest detour.",
    "why.short_dock": "Missing in every bin: it has just arrived on {bin}.",
    "why.plain": "Reason: {text}",
    "waits.no_stock": "{qty} missing: none stands in any bin.",
    "waits.all_held": "{qty} missing: every unit in the bins is held for other orders.",
    "waits.expired": "{qty} missing: what is free is past its expiry day.",
    "waits.went_before": "{qty} missing: orders that come first took them.",
    "waits.waits_for_rest": "{qty} are there, but the order ships complete and another line is missing.",
}
