"""The state table of receiving: which event does what in which state, with its sentence for the page."""

from __future__ import annotations

from wms_desktop.services.dialogue import UNKNOWN, Step, Workflow
from wms_desktop.services.receiving import (
    asking,
    counting,
    damage,
    giving_back,
    offers,
    opening,
    packages,
    plates,
    prep,
    teaching,
    verdict,
)
from wms_desktop.services.receiving.state import NAME, leave

_IN = ("count", "carry", "aside")
_COUNTED = (*_IN, "serial", "lot", "expiry", "weight", "over", "over_far", "foreign")

_OPENING = [
    Step("open", "purchase_order", opening.open_purchase, ("count", "carry"),
         "Scan the purchase order's paper: its truck is checked in, its receipt opens."),
    Step("open", "receipt", opening.open_receipt, ("count", "carry", "aside", "give_back"),
         "Scan a receipt a colleague opened: join it. Scan a closed one: give goods of it back."),
    Step("open", "delivery", opening.open_delivery, ("count", "carry", "truck"),
         "Scan a truck's number: it is checked in; of several orders one is chosen."),
    Step("open", "notice", opening.open_notice, ("count", "carry", "truck"),
         "Scan a shipping notice: its truck is checked in."),
    Step("open", "package", packages.scan_package, (*_IN, "over", "over_far"),
         "Scan the SSCC of an announced pallet or carton: all that stands on it is taken in."),
    Step("open", "pallet", packages.open_pallet, (*_IN, "over", "over_far"),
         "Scan an announced pallet that was here before: it is taken in. Any other wants its order first."),
    Step("open", "product", opening.open_by_product, (*_COUNTED, "choose"),
         "Scan any item: the order that expects it opens and the unit is counted; several are offered, best first."),
    Step("open", UNKNOWN, offers.unknown, ("open", "offer", "teach", "teach_badge"),
         "A code nobody knows: what it may have been is offered; scan it twice to teach it."),
    Step("open", "key:blind", opening.open_blind, ("count",), "F6, no paper: receive without an order."),
    Step("open", "key:yes", prep.begin, ("inspect",), "F8: inspect or relabel what stands here."),
    Step("choose", "key:choose", opening.choose, _COUNTED, "Choose the order by its row number."),
    Step("choose", "key:quantity", opening.choose, _COUNTED, "A typed number chooses the row."),
    Step("choose", "purchase_order", opening.open_purchase, ("count", "carry"), "Scan the order's paper instead."),
    Step("choose", "key:back", leave, ("open",), "Leave it."),
    Step("truck", "key:choose", opening.choose, ("count", "carry"), "Choose the order by its row number."),
    Step("truck", "key:quantity", opening.choose, ("count", "carry"), "A typed number chooses the row."),
    Step("truck", "product", opening.open_of_truck, (*_COUNTED, "choose"),
         "Scan any item of it: the order of this truck that expects it opens and the unit is counted."),
    Step("truck", "purchase_order", opening.open_purchase, ("count", "carry"), "Scan the order's paper instead."),
    Step("truck", "key:back", leave, ("open",), "Leave it."),
]  # fmt: skip


def _counting(state: str) -> list[Step]:
    return [
        Step(state, "product", counting.count, _COUNTED, "Scan a unit or a case: it is counted; the verdict appears."),
        Step(state, "lane", verdict.carry, _IN, "Scan the lane: what was carried there is confirmed."),
        Step(state, "pallet", packages.scan_pallet, (*_IN, "over", "over_far"),
             "Scan a pallet: the next units stand on it; once more: loose again."),
        Step(state, "tote", plates.use, _IN, "Scan a tote: the next units stand in it; once more: loose again."),
        Step(state, "package", packages.scan_package, (*_IN, "over", "over_far"),
             "Scan the SSCC of an announced pallet or carton: all that stands on it is taken in."),
        Step(state, "bin", verdict.refuse_bin, (state,), "A bin is refused: putting away has its own screen."),
        Step(state, "purchase_order", opening.open_purchase, _IN, "Change to another order's receipt."),
        Step(state, UNKNOWN, offers.unknown, (*_IN, "offer", "teach", "teach_badge"),
             "A code nobody knows: what it may have been is offered; twice: teach it, or make an SSCC a plate."),
        Step(state, "key:quantity", counting.quantity, _COUNTED,
             "Type a number: so many of the code scanned last, in all."),
        Step(state, "key:decline", verdict.decline, ("decline",), "F2: the lane is declined; a reason is asked."),
        Step(state, "key:yes", prep.begin, ("inspect", "passing"), "F8: inspect or relabel what was set aside."),
        Step(state, "key:damaged", damage.begin, ("damage",), "F11: the next units are damaged; a reason is asked."),
        Step(state, "key:why", verdict.why_so, (state,), "F9: why this order or this bin."),
        Step(state, "key:reprint", verdict.reprint, (state,), "F5: the last tag or item labels again, as a copy."),
        Step(state, "key:done", verdict.done, ("open",), "F10: close the receipt; what did not come stays due."),
        Step(state, "key:back", leave, ("open",), "Esc: leave the receipt open and go back."),
    ]  # fmt: skip


_ASKING = [
    Step("serial", "text", asking.serial, (*_COUNTED, "damage"), "Scan or type the serial number of this unit."),
    Step("serial", "product", asking.serial, (*_COUNTED, "damage"), "Scan the GS1 code that carries it."),
    Step("serial", "key:back", leave, (*_IN, "damage"), "Leave the unit uncounted."),
    Step("lot", "text", asking.lot, (*_COUNTED, "damage"), "Type or scan the lot."),
    Step("lot", "product", asking.lot, (*_COUNTED, "damage"), "Scan the GS1 code that carries the lot."),
    Step("lot", "key:back", leave, (*_IN, "damage"), "Leave the unit uncounted."),
    Step("expiry", "text", asking.expiry, (*_COUNTED, "damage"), "Type the expiry day, YYYY-MM-DD or YYMMDD."),
    Step("expiry", "product", asking.expiry, (*_COUNTED, "damage"), "Scan the GS1 code that carries the expiry."),
    Step("expiry", "key:back", leave, (*_IN, "damage"), "Leave the unit uncounted."),
    Step("weight", "key:yes", asking.take_weighed, (*_COUNTED, "damage"), "F8: as many units as the weight says."),
    Step("weight", "key:quantity", asking.weighed, (*_COUNTED, "damage"), "Type how many units it is."),
    Step("weight", "key:back", leave, (*_IN, "damage"), "Leave the units uncounted."),
    Step("over", "key:yes", asking.yes, (*_IN, "damage", "over", "over_far"),
         "F8 or the YES barcode: more than ordered is taken in."),
    Step("over", "key:back", leave, (*_IN, "damage"), "Do not take the surplus in."),
    Step("over_far", "operator", asking.badge, (*_IN, "damage", "over", "over_far"),
         "A supervisor's badge takes the surplus in."),
    Step("over_far", "key:back", leave, (*_IN, "damage"), "Do not take the surplus in."),
    Step("foreign", "operator", asking.badge_for_foreign, (*_IN, "serial", "lot", "expiry", "damage"),
         "A supervisor's badge takes what nobody ordered onto the hold."),
    Step("foreign", "product", damage.next_item, (*_COUNTED, "damage"),
         "Scan the next item: this one is put aside, not taken in."),
    Step("foreign", "purchase_order", opening.open_purchase, ("count", "carry"),
         "Scan the paper of the order it is on."),
    Step("foreign", "key:back", leave, (*_IN, "damage"), "Put it aside, not taken in."),
]  # fmt: skip

_DAMAGE = [
    Step("damage", "key:choose", damage.reason, ("damage",), "Choose the reason by its number."),
    Step("damage", "key:quantity", damage.reason, (*_COUNTED, "damage"),
         "A typed number chooses the reason; after a unit: so many of it, in all."),
    Step("damage", "product", damage.unit, (*_COUNTED, "damage"), "Scan each damaged unit: it goes to the hold."),
    Step("damage", UNKNOWN, offers.unknown, ("damage", "offer", "teach", "teach_badge"),
         "A code nobody knows: what it may have been is offered."),
    Step("damage", "key:damaged", damage.ask_note, ("note",), "F11 again: a note to what was scanned last."),
    Step("damage", "key:find", damage.find_photo, ("damage",), "F3: choose the file of a picture of it."),
    Step("damage", "key:done", damage.done, _IN, "F10: back to good units."),
    Step("damage", "key:back", damage.done, _IN, "Esc: back to good units."),
    Step("note", "text", damage.note, ("damage",), "Type the note; it stands behind the reason."),
    Step("note", "key:back", damage.leave_note, ("damage",), "No note."),
    Step("decline", "key:choose", verdict.decline_reason, (*_IN, "inspect", "bring"),
         "Choose the reason; the next order is offered."),
    Step("decline", "key:quantity", verdict.decline_reason, (*_IN, "inspect", "bring"),
         "A typed number chooses the reason."),
    Step("decline", "key:back", leave, ("carry", "bring"), "Keep the verdict."),
]  # fmt: skip

_UNKNOWN = [
    Step("offer", UNKNOWN, offers.scanned_again, (*_COUNTED, "open", "damage", "offer", "choose"),
         "Scan the same once more: the only offer is taken."),
    Step("offer", "key:yes", offers.yes, (*_COUNTED, "open", "damage", "choose"), "F8 takes the only offer."),
    Step("offer", "key:choose", offers.choose, (*_COUNTED, "open", "damage", "choose"), "Choose one by its number."),
    Step("offer", "key:quantity", offers.choose, (*_COUNTED, "open", "damage", "choose"), "A number chooses one."),
    Step("offer", "product", offers.other, (*_COUNTED, "open", "damage", "choose"), "Scan another code of the item."),
    Step("offer", "key:back", offers.leave, (*_IN, "open", "damage"), "None of them: nothing is counted."),
    Step("teach_badge", "operator", teaching.badge, ("teach",), "A supervisor's badge allows the code to be taught."),
    Step("teach_badge", "key:back", teaching.leave, (*_IN, "open", "damage"), "The code stays unknown."),
    Step("teach", "product", teaching.item, ("teach_units",), "Scan another code of the item."),
    Step("teach", "text", teaching.search, ("teach", "teach_units"), "Type its sku, or a part of its name."),
    Step("teach", "key:choose", teaching.choose, ("teach", "teach_units"), "Choose one of those found."),
    Step("teach", "key:find", teaching.find_key, ("teach",), "F3: how the item is found."),
    Step("teach", "key:back", teaching.leave, (*_IN, "open", "damage"), "The code stays unknown."),
    Step("teach_units", "key:quantity", teaching.units, (*_IN, "open", "damage"),
         "Type how many units one scan of it stands for."),
    Step("teach_units", "key:yes", teaching.units, (*_IN, "open", "damage"), "F8: it stands for one unit."),
    Step("teach_units", "key:back", teaching.leave, (*_IN, "open", "damage"), "The code stays unknown."),
]  # fmt: skip


def _inspecting(state: str) -> list[Step]:
    return [
        Step(state, "product", prep.pick, ("passing",), "Scan the item that was inspected or relabelled."),
        Step(state, "text", prep.pick_lot, ("passing",), "Type its lot, where it stands here in several."),
        Step(state, "key:back", leave, ("open", "count", "carry"), "Esc: back to where it was begun."),
    ]


_PREPARING = [
    *_inspecting("inspect"),
    *_inspecting("bring"),
    Step("bring", "lane", verdict.carry, ("bring", "inspect"), "Scan the lane: what passed and was carried is there."),
    Step("bring", "key:decline", verdict.decline, ("decline",), "F2: the lane is declined; a reason is asked."),
    Step("bring", "key:why", verdict.why_so, ("bring",), "F9: why this order."),
    Step("inspect", "key:reprint", verdict.reprint, ("inspect",), "F5: the last item labels or tag again."),
    Step("bring", "key:reprint", verdict.reprint, ("bring",), "F5: the last item labels or tag again."),
    Step("passing", "key:yes", prep.passed, ("inspect", "bring"),
         "F8: they passed; what is relabelled gets its labels; lane or bin is said at once."),
    Step("passing", "key:decline", prep.failed, ("failing",), "F2: they failed; a reason is asked."),
    Step("passing", "key:reprint", prep.labels, ("passing",),
         "F5: item labels of those that have none yet, before they pass; a number before it: so many."),
    Step("passing", "key:quantity", prep.fewer, ("passing",), "A number: only so many of them."),
    Step("passing", "key:back", leave, ("inspect", "bring"), "Leave them as they are."),
    Step("failing", "key:choose", prep.fail_reason, ("inspect", "bring"), "Choose the reason: they go to the hold."),
    Step("failing", "key:quantity", prep.fail_reason, ("inspect", "bring"), "A typed number chooses the reason."),
    Step("failing", "key:back", leave, ("inspect", "bring"), "They did not fail."),
    Step("give_back", "key:choose", giving_back.choose, ("give_back",), "Choose why goods go back to the supplier."),
    Step("give_back", "key:quantity", giving_back.choose, ("give_back",),
         "A number chooses the reason; after an item: so many of it, in all."),
    Step("give_back", "product", giving_back.unit, ("give_back",), "Scan each unit or case that goes back."),
    Step("give_back", "key:done", leave, ("open",), "F10: all is given back."),
    Step("give_back", "key:back", leave, ("open",), "Esc: leave it."),
]  # fmt: skip

WORKFLOW = Workflow(
    NAME,
    [*_OPENING, *_counting("count"), *_counting("carry"), *_counting("aside"), *_ASKING, *_DAMAGE, *_UNKNOWN,
     *_PREPARING],
)  # fmt: skip
