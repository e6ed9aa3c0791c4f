"""The packing dialogue: open a tote, lane or order, prove each unit by scan, close the carton, get its label."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Carton, Location, Manifest, Order, Product, Shipment, Station
from wms_desktop.errors import Moved, NotUnderstood, Refusal, Value, WrongScan
from wms_desktop.prompts import Answer, Event, Message, Outcome, Prompt, Scan
from wms_desktop.services import packing_moves, shipping
from wms_desktop.services import packing_queue as queue
from wms_desktop.services.conversation import converse
from wms_desktop.services.dialogue import Context, Resolved, Step, Workflow, load, save
from wms_desktop.services.inventory import Spot
from wms_desktop.services.packing_prompts import show, state_of, where_is
from wms_desktop.services.packing_queue import Waiting, Work, units

NAME = "pack"
REPRINT_REASONS = {"": "again", "1": "torn", "2": "jam", "3": "lost"}
_MOST_GRAMS = 9_999_999
_PACKED = Changes.STOCK | Changes.ORDERS | Changes.LANES | Changes.BATCHES | Changes.SHIPMENTS
Facts = dict[str, Any]
Args = dict[str, Value]


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event at a packing bench."""
    try:
        return converse(WORKFLOW, session, context, event, state_of(session, context)[0], prompt)
    except NotUnderstood as unknown:
        if isinstance(event, Scan) and unknown.code == "unknown_code":
            shipping.refuse_void_label(session, event.text)
        raise


def prompt(session: Session, context: Context) -> Prompt:
    """What the bench shows now, from the rows alone."""
    return show(WORKFLOW, session, context)


# --- opening -------------------------------------------------------------------------------------------------


def _open_plate(session: Session, context: Context, scan: Resolved) -> Answer:
    rows = queue.list_waiting(session, context.at, plate_id=scan.id)
    if not rows:
        packing_moves.refuse_plate(session, scan)
    return _open_one_of(session, context, rows, ("plate", scan.id, scan.name))


def _open_lane(session: Session, context: Context, scan: Resolved) -> Answer:
    rows = queue.list_waiting(session, context.at, location_id=scan.id)
    if not rows:
        raise WrongScan("pack_lane_empty", lane=scan.name)
    return _open_one_of(session, context, rows, ("place", scan.id, scan.name))


def _open_one_of(session: Session, context: Context, rows: list[Waiting], source: tuple[str, int, str]) -> Answer:
    order_ids = list(dict.fromkeys(row.order_id for row in rows))
    if len(order_ids) == 1:
        return _begin(session, context, order_ids[0], source)
    facts = {"orders": order_ids, "prefer": list(source), "last": _last(session, context)}
    save(session, context, NAME, "choose", facts)
    message = Message("pack_choose", {"place": source[2], "count": len(order_ids)})
    return _said(session, context, Outcome.LOOK_HERE, message)


def _open_order(session: Session, context: Context, scan: Resolved) -> Answer:
    return _begin(session, context, scan.id, ("place", 0, scan.name))


def _begin(session: Session, context: Context, order_id: int, source: tuple[str, int, str]) -> Answer:
    """Claims the order for this bench; refuses what cannot be packed now, each with its own sentence."""
    _bench(session, context)
    session.get_one(Order, order_id, populate_existing=True, with_for_update=True)
    claim = queue.find_claim(session, context, order_id)
    work = queue.get_work(session, order_id)
    if claim is not None:
        raise Moved("pack_order_taken", order=work.number, who=claim[0], station=claim[1])
    _check_alive(work)
    if not work.here and not work.open_box:
        packing_moves.refuse_absent(work)
    _check_complete(work)
    facts = {"order": order_id, "who": context.operator_id, "prefer": list(source), "last": _last(session, context)}
    save(session, context, NAME, "verify" if work.here else "confirm", facts)
    total = units(work.here)
    others = [h for h in work.here if not packing_moves.is_from(h, source[0], source[1])]
    if source[1] and others:
        args: Args = {"order": work.number, "units": total, "more": units(others), "where": where_is(others)}
        return _said(session, context, Outcome.LOOK_HERE, Message("pack_parts", args))
    message = Message("pack_opened", {"order": work.number, "receiver": work.receiver, "units": total})
    return _said(session, context, Outcome.STEP_DONE, message)


def _check_alive(work: Work) -> None:
    if work.is_held:
        raise Moved("order_is_held", order=work.number)
    if work.owed == 0:
        is_shipped = any(line.shipped for line in work.lines)
        raise Moved("pack_order_shipped" if is_shipped else "pack_order_cancelled", order=work.number)


def _check_complete(work: Work) -> None:
    if work.ship_complete and work.missing:
        where = where_is(work.elsewhere)
        code = "pack_complete_waits" if where else "pack_complete_short"
        raise Refusal(code, order=work.number, missing=work.missing, where=where)


def _open_single(session: Session, context: Context, scan: Resolved) -> Answer:
    """The most urgent order that wants this one unit and nothing else: its label at once."""
    bench = _bench(session, context)
    if scan.units != 1:
        raise WrongScan("pack_single_case", product=scan.name, units=scan.units)
    claims = queue.list_claims(session, context)
    for single in queue.list_singles(session, context.at, scan.id, bench.id):
        if single.order_id in claims or (scan.lot and scan.lot != single.lot):
            continue
        session.get_one(Order, single.order_id, populate_existing=True, with_for_update=True)
        work = queue.get_work(session, single.order_id)
        if units(work.here) == 1 and not work.is_held and not work.boxed:
            carton = packing_moves.take(session, context, work, scan, (("place", bench.id), bench))
            save(session, context, NAME, "open", {"last": carton.id})
            work = queue.get_work(session, single.order_id)
            weight = shipping.weigh(work)
            shipping.close_carton(session, context, carton, work, weight_g=weight, is_last=True)
            args: Args = {
                "order": work.number,
                "receiver": work.receiver,
                "product": scan.name,
                "carrier": work.carrier,
            }
            changes = _PACKED | Changes.PRINTS
            return _said(session, context, Outcome.JOB_COMPLETE, Message("pack_single", args), changes)
    raise WrongScan("pack_no_single", product=scan.name)


def _show_carton(session: Session, context: Context, scan: Resolved) -> Answer:
    carton = session.get_one(Carton, scan.id, populate_existing=True)
    if carton.state == "open":
        raise WrongScan("carton_not_closed", sscc=carton.sscc)
    order = session.get_one(Order, session.get_one(Shipment, carton.shipment_id).order_id)
    save(session, context, NAME, "open", {"last": carton.id})
    args: Args = {"sscc": carton.sscc, "order": order.number, "parcel": carton.seq}
    if carton.manifest_id is not None:
        args["manifest"] = session.get_one(Manifest, carton.manifest_id).number
        return _said(session, context, Outcome.LOOK_HERE, Message(f"carton_is_{carton.state}", args))
    code = "carton_is_closed" if shipping.is_label_true(session, carton) else "carton_label_untrue"
    return _said(session, context, Outcome.LOOK_HERE, Message(code, args))


# --- choosing an order of a lane or tote -----------------------------------------------------------------------


def _choose_row(session: Session, context: Context, key: Resolved) -> Answer:
    facts = state_of(session, context)[1]
    row = int(key.text) if key.text.isascii() and key.text.isdigit() else 0
    if not 1 <= row <= len(facts["orders"]):
        raise WrongScan("pack_no_such_row", row=key.text, count=len(facts["orders"]))
    return _begin(session, context, facts["orders"][row - 1], _source(facts))


def _choose_order(session: Session, context: Context, scan: Resolved) -> Answer:
    facts = state_of(session, context)[1]
    if scan.id not in facts["orders"]:
        raise WrongScan("pack_order_not_in", order=scan.name, place=_source(facts)[2])
    return _begin(session, context, scan.id, _source(facts))


def _choose_by_item(session: Session, context: Context, scan: Resolved) -> Answer:
    """An item that one order only wants opens that order, and is its first unit."""
    facts = state_of(session, context)[1]
    source = _source(facts)
    held = packing_moves.list_orders_with(session, facts["orders"], scan.id, source)
    if not held:
        raise WrongScan("pack_item_not_in", product=scan.name, place=source[2])
    if len(held) > 1:
        raise WrongScan("pack_item_in_several", product=scan.name, count=len(held))
    _begin(session, context, held[0], source)
    return _prove(session, context, scan)


# --- proving units -------------------------------------------------------------------------------------------


def _prove(session: Session, context: Context, scan: Resolved) -> Answer:
    """Moves the scanned units from tote or lane into the carton."""
    facts = state_of(session, context)[1]
    bench = _bench(session, context)
    work = queue.get_work(session, facts["order"])
    _check_alive(work)
    kind, source_id, _ = _source(facts)
    carton = packing_moves.take(session, context, work, scan, ((kind, source_id), bench))
    left = units(work.here) - scan.units
    facts |= {"item": {"id": scan.id, "units": scan.units, "lot": scan.lot, "expiry": scan.expiry}}
    save(session, context, NAME, "verify" if left else "confirm", facts)
    args: Args = {"product": scan.name, "units": scan.units, "order": work.number, "left": left, "parcel": carton.seq}
    if left:
        return _said(session, context, Outcome.ACCEPTED, Message("pack_in", args), _PACKED)
    return _said(session, context, Outcome.STEP_DONE, Message("pack_all_in", args), _PACKED)


def _count(session: Session, context: Context, key: Resolved) -> Answer:
    """A typed number is how many the last scan stood for."""
    facts = state_of(session, context)[1]
    item = facts.get("item")
    if item is None:
        raise WrongScan("pack_scan_first")
    number = _number(key.text)
    if number < item["units"]:
        raise WrongScan("pack_count_down", units=item["units"], number=number)
    name = session.get_one(Product, item["id"]).name
    args: Args = {"product": name, "units": number}
    if number == item["units"]:
        return _said(session, context, Outcome.ACCEPTED, Message("pack_counted", args))
    more = Resolved(kind="product", text=key.text, id=item["id"], name=name, units=number - item["units"],
                    lot=item["lot"], expiry=item["expiry"])  # fmt: skip
    _prove(session, context, more)
    state, facts = state_of(session, context)
    facts["item"]["units"] = number
    save(session, context, NAME, state, facts)
    return _said(session, context, Outcome.ACCEPTED, Message("pack_counted", args), _PACKED)


def _switch_source(session: Session, context: Context, scan: Resolved) -> Answer:
    """Another tote or lane of the same order: units come from there first from now on."""
    state, facts = state_of(session, context)
    work = queue.get_work(session, facts["order"])
    kind = "place" if scan.kind == "lane" else "plate"
    if not any(packing_moves.is_from(h, kind, scan.id) for h in work.here):
        raise WrongScan("pack_finish_first", what=scan.name, order=work.number, left=units(work.here))
    facts["prefer"] = [kind, scan.id, scan.name]
    save(session, context, NAME, state, facts)
    return _said(session, context, Outcome.ACCEPTED, Message("pack_source", {"place": scan.name, "order": work.number}))


def _other_work(session: Session, context: Context, scan: Resolved) -> Answer:
    facts = state_of(session, context)[1]
    work = queue.get_work(session, facts["order"])
    if scan.kind == "order" and scan.id == work.order_id:
        return _said(session, context, Outcome.ACCEPTED, Message("pack_same_order", {"order": work.number}))
    raise WrongScan("pack_finish_first", what=scan.name, order=work.number, left=units(work.here))


def _one_more(session: Session, context: Context, scan: Resolved) -> Answer:
    """An item while closing: if units are still to come, packing goes on; else it is one too many."""
    facts = state_of(session, context)[1]
    work = queue.get_work(session, facts["order"])
    if work.here:
        facts.pop("partial", None)
        save(session, context, NAME, "verify", facts)
        return _prove(session, context, scan)
    raise WrongScan("pack_nothing_left", product=scan.name, order=work.number)


# --- closing ------------------------------------------------------------------------------------------------


def _next_parcel(session: Session, context: Context, key: Resolved) -> Answer:
    """Closes this carton with its label; the next unit opens the next one. A typed number is its weight."""
    state, facts = state_of(session, context)
    work = queue.get_work(session, facts["order"])
    _check_alive(work)
    carton = queue.find_open_carton(session, work.order_id)
    if carton is None:
        raise WrongScan("carton_empty", order=work.number)
    if not work.here:
        raise WrongScan("pack_no_next", order=work.number)
    weight = _number(key.text) if key.text else shipping.weigh(work)
    shipping.close_carton(session, context, carton, work, weight_g=weight, is_last=False)
    facts.pop("item", None)
    facts["last"] = carton.id
    save(session, context, NAME, state, facts)
    args: Args = {"order": work.number, "parcel": carton.seq, "left": units(work.here), "carrier": work.carrier}
    return _said(session, context, Outcome.STEP_DONE, Message("pack_next", args), _PACKED | Changes.PRINTS)


def _done(session: Session, context: Context, key: Resolved) -> Answer:
    """The packer says that nothing more goes in: to closing, or, with units left, to the question."""
    facts = state_of(session, context)[1]
    work = queue.get_work(session, facts["order"])
    _check_alive(work)
    if not shipping.count_open_parcels(session, work.order_id):
        raise WrongScan("carton_empty", order=work.number)
    left = units(work.here)
    if left and work.ship_complete:
        raise Refusal("pack_complete_left", order=work.number, left=left, where=where_is(work.here))
    facts["partial"] = bool(left)
    save(session, context, NAME, "confirm", facts)
    if not left:
        return _said(session, context, Outcome.STEP_DONE, Message("pack_ready", {"order": work.number}))
    args: Args = {"order": work.number, "left": left, "where": where_is(work.here)}
    return _said(session, context, Outcome.LOOK_HERE, Message("pack_partial", args))


def _weigh(session: Session, context: Context, key: Resolved) -> Answer:
    state, facts = state_of(session, context)
    facts["weight"] = _number(key.text)
    save(session, context, NAME, state, facts)
    return _said(session, context, Outcome.ACCEPTED, Message("pack_weight", {"grams": facts["weight"]}))


def _close(session: Session, context: Context, key: Resolved) -> Answer:
    """Closes the last carton: label and packing slip, and the shipment is packed."""
    facts = state_of(session, context)[1]
    session.get_one(Order, facts["order"], populate_existing=True, with_for_update=True)
    work = queue.get_work(session, facts["order"])
    _check_alive(work)
    left = units(work.here)
    if left and (not facts.get("partial") or key.kind != "key:yes"):
        raise WrongScan("pack_press_yes", order=work.number, left=left)
    if work.ship_complete and left + work.missing:
        _check_complete(work)
        raise Refusal("pack_complete_left", order=work.number, left=left, where=where_is(work.here))
    carton = queue.find_open_carton(session, work.order_id)
    changes = _PACKED
    renewed: tuple[int, ...] = ()
    if carton is None:
        last = packing_moves.finish_without_carton(session, context, work.order_id)
    else:
        weight = facts.get("weight", shipping.weigh(work))
        renewed = shipping.close_carton(session, context, carton, work, weight_g=weight, is_last=True)
        last = carton
        changes |= Changes.PRINTS
    save(session, context, NAME, "open", {"last": last.id})
    args: Args = {"order": work.number, "parcels": last.seq, "carrier": work.carrier, "left": left + work.missing}
    message = Message("pack_part_closed" if left + work.missing else "pack_closed", args)
    if renewed:
        message = Message("pack_joined", args | {"renewed": ", ".join(str(seq) for seq in renewed)})
    return _said(session, context, Outcome.JOB_COMPLETE, message, changes)


def _close_plainly(session: Session, context: Context, key: Resolved) -> Answer:
    return _close(session, context, key)


# --- other keys ---------------------------------------------------------------------------------------------


def _back(session: Session, context: Context, key: Resolved) -> Answer:
    """Leaves the order; what is in the open carton goes back on the bench."""
    facts = state_of(session, context)[1]
    work = queue.get_work(session, facts["order"])
    bench = _bench(session, context)
    carton = queue.find_open_carton(session, work.order_id)
    last = facts.get("last")
    if carton is None:
        save(session, context, NAME, "open", {"last": last} if last else {})
        return _said(session, context, Outcome.ACCEPTED, Message("pack_left", {"order": work.number}))
    moved = shipping.empty_carton(session, context, carton, work, Spot(location_id=bench.id))
    save(session, context, NAME, "open", {"last": last} if last else {})
    args: Args = {"order": work.number, "units": moved, "bench": bench.code}
    return _said(session, context, Outcome.LOOK_HERE, Message("pack_emptied", args), _PACKED)


def _back_to_verify(session: Session, context: Context, key: Resolved) -> Answer:
    facts = state_of(session, context)[1]
    facts.pop("partial", None)
    facts.pop("item", None)
    save(session, context, NAME, "verify", facts)
    number = queue.get_work(session, facts["order"]).number
    return _said(session, context, Outcome.ACCEPTED, Message("pack_reopened", {"order": number}))


def _back_to_open(session: Session, context: Context, key: Resolved) -> Answer:
    last = _last(session, context)
    save(session, context, NAME, "open", {"last": last} if last else {})
    return _said(session, context, Outcome.ACCEPTED, Message("pack_start_over"))


def _reprint(session: Session, context: Context, key: Resolved) -> Answer:
    """Prints the last closed carton's label again; a digit typed before the key is the reason."""
    last = _last(session, context)
    if last is None:
        raise WrongScan("pack_nothing_to_reprint")
    reason = REPRINT_REASONS.get(key.text)
    if reason is None:
        raise WrongScan("pack_reprint_reason", row=key.text)
    carton = session.get_one(Carton, last, populate_existing=True)
    copy, is_new = shipping.reprint_label(session, context, carton, reason)
    code = "label_renewed" if is_new else "label_reprinted"
    args: Args = {"sscc": carton.sscc, "copy": copy}
    return _said(session, context, Outcome.LOOK_HERE, Message(code, args), Changes.PRINTS)


# --- parts --------------------------------------------------------------------------------------------------


def _said(session: Session, context: Context, outcome: Outcome, message: Message,
          changes: Changes = Changes.NONE) -> Answer:  # fmt: skip
    session.flush()
    return Answer(outcome=outcome, message=message, prompt=prompt(session, context), changes=changes)


def _bench(session: Session, context: Context) -> Location:
    station = session.get_one(Station, context.station_id)
    if station.location_id is None:
        raise Refusal("pack_no_bench", station=station.code)
    return session.get_one(Location, station.location_id)


def _last(session: Session, context: Context) -> int | None:
    """The carton this bench closed or looked at last, if it is still there."""
    last = load(session, context, NAME, "open")[1].get("last")
    return last if last is not None and session.get(Carton, last) is not None else None


def _source(facts: Facts) -> tuple[str, int, str]:
    kind, source_id, name = facts["prefer"]
    return kind, source_id, name


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_GRAMS):
        raise WrongScan("pack_bad_number", text=text)
    return int(text)


_NAMED = ("tote", "pallet", "lane")

WORKFLOW = Workflow(NAME, [
    Step("open", "tote", _open_plate, ("verify", "choose"), "Opens the order whose units stand in the tote."),
    Step("open", "pallet", _open_plate, ("verify", "choose"), "Opens the order whose units stand on the pallet."),
    Step("open", "lane", _open_lane, ("verify", "choose"), "Opens the lane's order, or lists its orders."),
    Step("open", "order", _open_order, ("verify", "confirm"), "Opens the order, wherever its units wait."),
    Step("open", "product", _open_single, ("open",), "Packs the most urgent order of this one unit: label at once."),
    Step("open", "carton", _show_carton, ("open",), "Says where the carton stands; its label may be printed again."),
    Step("open", "key:reprint", _reprint, ("open",), "Prints the last label again: 1 torn, 2 jam, 3 lost."),
    Step("choose", "key:choose", _choose_row, ("verify", "confirm"), "Opens the order of that row."),
    Step("choose", "order", _choose_order, ("verify", "confirm"), "Opens that order."),
    Step("choose", "product", _choose_by_item, ("verify", "confirm"), "Opens the one order that wants the item."),
    *(Step("choose", k, _open_lane if k == "lane" else _open_plate, ("verify", "choose"), "Opens that one instead.")
      for k in _NAMED),
    Step("choose", "key:reprint", _reprint, ("choose",), "Prints the last label again."),
    Step("choose", "key:back", _back_to_open, ("open",), "Back to the start."),
    Step("verify", "product", _prove, ("verify", "confirm"), "Puts the scanned units into the carton."),
    Step("verify", "key:quantity", _count, ("verify", "confirm"), "The last scan stood for this many units."),
    *(Step("verify", k, _switch_source, ("verify",), "Takes units from here first, if it is the same order's.")
      for k in _NAMED),
    Step("verify", "order", _other_work, ("verify",), "The same order: nothing changes. Another: finish this first."),
    Step("verify", "carton", _other_work, ("verify",), "Refused: finish this order first."),
    Step("verify", "key:next_parcel", _next_parcel, ("verify",), "Closes this carton; the next unit opens another."),
    Step("verify", "key:done", _done, ("confirm",), "Nothing more goes in; with units left it asks once more."),
    Step("verify", "key:reprint", _reprint, ("verify",), "Prints the last label again."),
    Step("verify", "key:back", _back, ("open",), "Leaves the order; an open carton is emptied onto the bench."),
    Step("confirm", "key:yes", _close, ("open",), "Closes the carton: label, packing slip, shipment packed."),
    Step("confirm", "key:done", _close_plainly, ("open",), "The same, when no unit stays behind."),
    Step("confirm", "key:quantity", _weigh, ("confirm",), "The carton's weight in grams."),
    Step("confirm", "product", _one_more, ("confirm", "verify"), "Goes on where units were left; else refused."),
    *(Step("confirm", k, _other_work, ("confirm",), "Refused: close this carton first.")
      for k in (*_NAMED, "order", "carton")),
    Step("confirm", "key:reprint", _reprint, ("confirm",), "Prints the last label again."),
    Step("confirm", "key:back", _back_to_verify, ("verify",), "Back to the units."),
])  # fmt: skip
