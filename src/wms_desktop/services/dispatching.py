"""The dispatch dialogue: scan cartons onto the carrier's truck, see what is missing, close the manifest."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import CarrierService, Carton, Location, Manifest, Order, PrintJob, Shipment
from wms_desktop.errors import Moved, NotUnderstood, Refusal, Value, WrongScan
from wms_desktop.prompts import Answer, Detail, Event, Message, Outcome, Prompt, Scan
from wms_desktop.services import dispatch_reads as reads
from wms_desktop.services import printing, shipping, site_time
from wms_desktop.services.conversation import converse
from wms_desktop.services.dialogue import Context, Resolved, Step, Workflow, load, save

NAME = "dispatch"
_LOADED = Changes.STOCK | Changes.SHIPMENTS
_SHIPPED = _LOADED | Changes.ORDERS | Changes.PRINTS
_MOST_ROWS = 8
Facts = dict[str, Any]
Args = dict[str, Value]


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event at the trucks.

    A scan made for a manifest that somebody else closed meanwhile is refused, once, with `manifest_gone`.
    """
    state, facts = _state(session, context)
    if context.epoch and context.epoch != facts.get("manifest", 0):
        raise Moved("manifest_gone", manifest=_number_of(session, context.epoch))
    try:
        return converse(WORKFLOW, session, context, event, state, prompt)
    except NotUnderstood as unknown:
        if isinstance(event, Scan) and unknown.code == "unknown_code":
            shipping.refuse_void_label(session, event.text)
        raise


def prompt(session: Session, context: Context) -> Prompt:
    """What the dispatch screen shows now, from the rows alone."""
    state, facts = _state(session, context)
    if state == "open":
        doors = reads.list_doors(session)
        details = [
            Detail("dispatch.door_open" if d.manifest else "dispatch.door", {
                "truck": d.truck, "carrier": d.carrier, "waiting": d.waiting, "manifest": d.manifest,
                "loaded": d.loaded})
            for d in doors if d.waiting or d.manifest
        ]  # fmt: skip
        args: Args = {"waiting": sum({d.carrier: d.waiting for d in doors}.values())}
        return _shown(state, args, details, 0, (0, 0))
    manifest = session.get_one(Manifest, facts["manifest"])
    behind = reads.list_behind(session, manifest)
    loaded = reads.count_loaded(session, manifest.id)
    truck = session.get_one(Location, manifest.truck_id).code
    args = {"manifest": manifest.number, "carrier": manifest.carrier, "truck": truck, "loaded": loaded,
            "left": len(behind)}  # fmt: skip
    details = _missing(session, context, manifest, state, behind)
    if "off" in facts:
        details.insert(0, Detail("dispatch.off", {"sscc": session.get_one(Carton, facts["off"]).sscc}))
    return _shown(state, args, details, manifest.id, (loaded, loaded + len(behind)))


def _shown(state: str, args: Args, details: list[Detail], epoch: int, progress: tuple[int, int]) -> Prompt:
    return Prompt(
        workflow=NAME,
        state=state,
        args=args,
        accepts=WORKFLOW.accepts(state),
        keys=WORKFLOW.keys(state),
        details=tuple(details),
        epoch=epoch,
        progress=progress,
    )


def _missing(session: Session, context: Context, manifest: Manifest, state: str,
             behind: list[reads.Behind]) -> list[Detail]:  # fmt: skip
    """What the truck lacks; before closing, the day's orders that are still on the floor as well."""
    rows = [
        Detail(
            "dispatch.split" if b.is_split else "dispatch.behind",
            {"sscc": b.sscc, "order": b.order, "parcel": b.parcel, "place": b.place},
        )
        for b in behind
    ]
    if state == "confirm":
        rows += [
            Detail(
                "dispatch.unpacked",
                {"order": u.order, "units": u.units, "leave_by": site_time.clock_time(session, u.leave_by)},
            )
            for u in reads.list_unpacked(session, manifest.carrier, context.at, _MOST_ROWS)
        ]
    if len(rows) > _MOST_ROWS:
        rows[_MOST_ROWS - 1 :] = [Detail("dispatch.more", {"count": len(rows) - _MOST_ROWS + 1})]
    return rows


# --- opening -------------------------------------------------------------------------------------------------


def _open_truck(session: Session, context: Context, scan: Resolved) -> Answer:
    manifest = shipping.open_manifest(session, context, scan.id)
    save(session, context, NAME, "load", {"manifest": manifest.id})
    left = len(reads.list_behind(session, manifest))
    args: Args = {"truck": scan.name, "carrier": manifest.carrier, "manifest": manifest.number, "left": left}
    return _said(session, context, Outcome.STEP_DONE, Message("dispatch_opened", args), Changes.SHIPMENTS)


def _open_by_carton(session: Session, context: Context, scan: Resolved) -> Answer:
    """A carton opens its carrier's truck, and is its first."""
    carton = shipping.get_carton(session, scan.id)
    _check_state(session, carton)
    carrier = _carrier_of(session, carton)
    trucks = shipping.list_trucks(session, carrier)
    if not trucks:
        raise WrongScan("dispatch_no_truck", sscc=carton.sscc, carrier=carrier)
    if len(trucks) > 1:
        raise WrongScan("dispatch_which_truck", carrier=carrier, trucks=", ".join(truck.code for truck in trucks))
    manifest = shipping.open_manifest(session, context, trucks[0].id)
    save(session, context, NAME, "load", {"manifest": manifest.id})
    return _load(session, context, scan)


# --- loading -------------------------------------------------------------------------------------------------


def _load(session: Session, context: Context, scan: Resolved) -> Answer:
    """Puts a closed carton on the truck; one that is on it already is asked about."""
    facts = _state(session, context)[1]
    manifest = session.get_one(Manifest, facts["manifest"], populate_existing=True, with_for_update=True)
    carton = shipping.get_carton(session, scan.id)
    if carton.state == "loaded" and carton.manifest_id == manifest.id:
        save(session, context, NAME, "load", {"manifest": manifest.id, "off": carton.id})
        return _said(session, context, Outcome.LOOK_HERE, Message("carton_on_truck", {"sscc": carton.sscc}))
    _check_state(session, carton)
    _check_carrier(session, carton, manifest)
    if not shipping.is_label_true(session, carton):
        raise WrongScan("label_void", sscc=carton.sscc, order=_order_of(session, carton).number)
    shipping.load_carton(session, context, carton, manifest)
    save(session, context, NAME, "load", {"manifest": manifest.id})
    others = reads.list_siblings_left(session, carton)
    args: Args = {"sscc": carton.sscc, "order": _order_of(session, carton).number, "parcel": carton.seq,
                  "others": ", ".join(str(seq) for seq in others)}  # fmt: skip
    code = "carton_loaded_others" if others else "carton_loaded"
    return _said(session, context, Outcome.ACCEPTED, Message(code, args), _LOADED)


def _same_truck(session: Session, context: Context, scan: Resolved) -> Answer:
    facts = _state(session, context)[1]
    manifest = session.get_one(Manifest, facts["manifest"])
    if scan.id != manifest.truck_id:
        truck = session.get_one(Location, manifest.truck_id).code
        raise WrongScan("dispatch_other_truck", truck=truck, other=scan.name, manifest=manifest.number)
    return _said(session, context, Outcome.ACCEPTED, Message("dispatch_truck_is_open", {"truck": scan.name}))


def _take_off(session: Session, context: Context, key: Resolved) -> Answer:
    """Takes the carton that was scanned twice off the truck again."""
    facts = _state(session, context)[1]
    if "off" not in facts:
        raise WrongScan("dispatch_nothing_asked")
    carton = shipping.get_carton(session, facts["off"])
    if carton.state != "loaded" or carton.manifest_id != facts["manifest"]:
        raise Moved("carton_off_already", sscc=carton.sscc)
    place = reads.find_stand(session, carton)
    if place is None:
        raise Refusal("dispatch_no_bench")
    shipping.unload_carton(session, context, carton, place)
    save(session, context, NAME, "load", {"manifest": facts["manifest"]})
    args: Args = {"sscc": carton.sscc, "place": session.get_one(Location, place).code}
    return _said(session, context, Outcome.LOOK_HERE, Message("carton_unloaded", args), _LOADED)


def _done(session: Session, context: Context, key: Resolved) -> Answer:
    facts = _state(session, context)[1]
    manifest = session.get_one(Manifest, facts["manifest"])
    parcels = reads.count_loaded(session, manifest.id)
    if parcels == 0:
        raise WrongScan("manifest_empty", manifest=manifest.number)
    save(session, context, NAME, "confirm", {"manifest": manifest.id})
    behind = reads.list_behind(session, manifest)
    args: Args = {"manifest": manifest.number, "parcels": parcels, "left": len(behind)}
    code = "manifest_ask_behind" if behind else "manifest_ask"
    return _said(session, context, Outcome.LOOK_HERE, Message(code, args))


# --- closing -------------------------------------------------------------------------------------------------


def _close(session: Session, context: Context, key: Resolved) -> Answer:
    """The goods leave: nothing of this can be taken back."""
    facts = _state(session, context)[1]
    manifest = session.get_one(Manifest, facts["manifest"], populate_existing=True, with_for_update=True)
    if manifest.state != "open":
        raise Moved("manifest_gone", manifest=manifest.number)
    parcels = reads.count_loaded(session, manifest.id)
    if parcels == 0:
        raise WrongScan("manifest_empty", manifest=manifest.number)
    job = shipping.close_manifest(session, context, manifest)
    save(session, context, NAME, "open", {"job": job})
    args: Args = {"manifest": manifest.number, "parcels": parcels, "carrier": manifest.carrier}
    return _said(session, context, Outcome.JOB_COMPLETE, Message("manifest_closed", args), _SHIPPED)


def _back_to_load(session: Session, context: Context, key: Resolved) -> Answer:
    facts = _state(session, context)[1]
    save(session, context, NAME, "load", {"manifest": facts["manifest"]})
    return _said(session, context, Outcome.ACCEPTED, Message("manifest_goes_on", _named(session, facts)))


def _back(session: Session, context: Context, key: Resolved) -> Answer:
    facts = _state(session, context)[1]
    save(session, context, NAME, "open", {})
    return _said(session, context, Outcome.ACCEPTED, Message("manifest_left", _named(session, facts)))


def _reprint(session: Session, context: Context, key: Resolved) -> Answer:
    """Prints the manifest that this station closed last once more."""
    job = _state(session, context)[1].get("job")
    if job is None:
        raise WrongScan("no_manifest_to_reprint")
    copy = printing.reprint(session, context, job, reason="again")
    row = session.get_one(PrintJob, copy)
    args: Args = {"manifest": row.number, "copy": row.copy_no}
    return _said(session, context, Outcome.ACCEPTED, Message("manifest_reprinted", args), Changes.PRINTS)


# --- parts --------------------------------------------------------------------------------------------------


def _state(session: Session, context: Context) -> tuple[str, Facts]:
    """Where this station stands; at the start again when somebody else closed its manifest."""
    state, facts = load(session, context, NAME, "open")
    if "manifest" in facts:
        manifest = session.get(Manifest, facts["manifest"], populate_existing=True)
        if manifest is None or manifest.state != "open":
            return "open", {}
        carton = session.get(Carton, facts["off"], populate_existing=True) if "off" in facts else None
        if carton is not None and (carton.state, carton.manifest_id) != ("loaded", manifest.id):
            facts.pop("off")
    return state, facts


def _said(session: Session, context: Context, outcome: Outcome, message: Message,
          changes: Changes = Changes.NONE) -> Answer:  # fmt: skip
    session.flush()
    return Answer(outcome=outcome, message=message, prompt=prompt(session, context), changes=changes)


def _named(session: Session, facts: Facts) -> Args:
    return {"manifest": _number_of(session, facts["manifest"])}


def _number_of(session: Session, manifest_id: int) -> str:
    manifest = session.get(Manifest, manifest_id)
    return "" if manifest is None else manifest.number


def _order_of(session: Session, carton: Carton) -> Order:
    return session.get_one(Order, session.get_one(Shipment, carton.shipment_id).order_id)


def _carrier_of(session: Session, carton: Carton) -> str:
    return session.get_one(CarrierService, _order_of(session, carton).service_id).carrier


def _check_state(session: Session, carton: Carton) -> None:
    if carton.state == "open":
        raise WrongScan("carton_not_closed", sscc=carton.sscc)
    if carton.manifest_id is None:
        return
    manifest = session.get_one(Manifest, carton.manifest_id)
    if carton.state == "shipped":
        raise WrongScan("carton_gone", sscc=carton.sscc, manifest=manifest.number)
    truck = session.get_one(Location, manifest.truck_id).code
    raise WrongScan("carton_elsewhere", sscc=carton.sscc, manifest=manifest.number, truck=truck)


def _check_carrier(session: Session, carton: Carton, manifest: Manifest) -> None:
    carrier = _carrier_of(session, carton)
    if carrier != manifest.carrier:
        doors = ", ".join(truck.code for truck in shipping.list_trucks(session, carrier))
        order = _order_of(session, carton).number
        raise WrongScan("wrong_carrier", sscc=carton.sscc, order=order, carrier=carrier, wanted=manifest.carrier,
                        doors=doors)  # fmt: skip


WORKFLOW = Workflow(NAME, [
    Step("open", "truck", _open_truck, ("load",), "Opens the truck's manifest, or goes on with it."),
    Step("open", "carton", _open_by_carton, ("load",), "Opens its carrier's truck and loads it."),
    Step("open", "key:reprint", _reprint, ("open",), "Prints the last manifest again."),
    Step("load", "carton", _load, ("load",), "Loads the carton; one that is loaded already is asked about."),
    Step("load", "truck", _same_truck, ("load",), "The same truck: nothing changes. Another: refused."),
    Step("load", "key:yes", _take_off, ("load",), "Takes the carton that was scanned twice off again."),
    Step("load", "key:done", _done, ("confirm",), "Asks whether the manifest is to be closed."),
    Step("load", "key:back", _back, ("open",), "Leaves the truck; its manifest stays open."),
    Step("confirm", "key:yes", _close, ("open",), "Closes the manifest: everything on the truck is shipped. Final."),
    Step("confirm", "carton", _load, ("load",), "One more carton was found: loads it."),
    Step("confirm", "key:back", _back_to_load, ("load",), "Goes on loading."),
])  # fmt: skip
