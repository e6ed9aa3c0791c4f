"""The state table of the putaway dialogue."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from wms_desktop.prompts import Answer, Event, Prompt
from wms_desktop.services.conversation import converse
from wms_desktop.services.dialogue import Context, Handler, Resolved, Step, Workflow
from wms_desktop.services.putaway import carts, looks, placing, plates, prompts, refills
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.work import NAME, Told


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event of somebody who puts away."""
    looks.refuse_over(session, context, event)
    return converse(
        WORKFLOW, session, context, event, works.read(session, context).state, prompt,
        find=lambda text: plates.find(session, text),
    )  # fmt: skip


def prompt(session: Session, context: Context) -> Prompt:
    """What the putaway screen shows now, from the rows alone."""
    return prompts.show(session, context, WORKFLOW)


def _by(act: Callable[[Session, Context, Resolved], Told]) -> Handler:
    """The act of another module as a row of the table: what it told, with the prompt that follows."""

    def handle(session: Session, context: Context, resolved: Resolved) -> Answer:
        told = act(session, context, resolved)
        session.flush()
        return Answer(outcome=told.outcome, message=told.message, prompt=prompt(session, context), changes=told.changes)

    return handle


_FIRST = ("place", "no_bin", "back", "back_no_bin")
_CARTS = ("load", "stop", "stop_no_bin")


def _rest() -> list[Step]:
    """Nothing is in hand: the item, lane or cart that is scanned says what is done."""
    return [
        Step("take", "product", _by(placing.take_product), _FIRST,
             "Scan an item that stands on the dock: its bin is shown. One that only stands in a lane for nobody is"
             " walked back."),
        Step("take", "text", _by(plates.take_text), ("place", "no_bin", "plate", "apart"),
             "Several lots stand there: type the lot of what you hold. A carton that came in on a pallet:"
             " that pallet."),
        *_whole("take", "pallet", "A pallet: the one bin that takes all of it; where none does, its items one by one."),
        *_whole("take", "tote", "A tote, as a pallet."),
        Step("take", "lane", _by(placing.take_lane), ("lane",),
             "Scan a lane: what stands there for nobody is walked back."),
        Step("take", "cart", _by(carts.scan_cart), _CARTS,
             "Scan an empty cart to load it; a colleague's cart is taken over as it stands."),
        Step("take", "bin", _by(looks.scan_bin), ("take", "look_count", "look_bin"),
             "A bin to look into: it is counted, or counted again. Any other before an item is refused: what was in"
             " hand is with a colleague, or back on the dock."),
        Step("take", "key:choose", _by(looks.choose_work), (*_FIRST, "lane", "look", "look_into"),
             "The number of a row: that item, that lane, or that bin. The number of a lot is the lot."),
        Step("take", "key:find", _by(looks.find), ("refill", "look", "look_into"),
             "F3: a pick face that runs low, and where its reserve lies, or a bin to look into; what a pick waits for"
             " comes first."),
        Step("lane", "product", _by(placing.take_product), ("back", "back_no_bin"),
             "WALK BACK: scan an item of the lane; its bin is shown."),
        Step("lane", "text", _by(placing.take_lot), ("back", "back_no_bin"),
             "Several lots: type the lot of what you hold."),
        Step("lane", "lane", _by(placing.take_lane), ("lane",), "Another lane is cleared first."),
        Step("lane", "cart", _by(carts.scan_cart), _CARTS, "A cart: what is walked back can be loaded on it."),
        Step("lane", "key:back", _by(placing.go_back), ("take",), "Esc: the lane stays as it is."),
    ]  # fmt: skip


def _whole(state: str, kind: str, text: str) -> list[Step]:
    """A pallet or tote is scanned."""
    return [Step(state, kind, _by(plates.take), ("plate", "apart", "place", "no_bin"), text)]


def _plates() -> list[Step]:
    """A pallet or tote is put away whole, or apart."""
    back = _by(placing.go_back)
    return [
        Step("plate", "bin", _by(plates.place), ("take", "plate_other"),
             "Scan the bin: all of the plate stands there. Another bin with room for all: say why."),
        Step("plate", "product", _by(plates.take_item), ("apart_place", "apart_no_bin"),
             "Scan an item of the plate: it is put away by itself."),
        *_whole("plate", "pallet", "Another pallet is put away first."),
        *_whole("plate", "tote", "Another tote is put away first."),
        Step("plate", "key:full", _by(plates.find_full), ("plate", "apart", "place", "no_bin"),
             "F2: the bin is full or blocked. The next for the whole plate is shown; the bin is counted."),
        Step("plate", "key:why", _by(plates.why), ("plate",), "F9: why this bin, and why not a nearer one."),
        Step("plate", "key:back", back, ("take",), "Esc: the plate stays where it stood."),
        Step("plate_other", "bin", _by(plates.place_other), ("take", "plate", "plate_other"),
             "The other bin once more: there, without a better reason. The proposed bin: there after all."),
        Step("plate_other", "key:choose", _by(plates.choose_why), ("take",),
             "The reason by its number. A bin that is full or blocked is counted."),
        Step("plate_other", "key:back", back, ("plate",), "Esc: the proposed bin after all."),
        Step("apart", "product", _by(placing.take_product), ("apart_place", "apart_no_bin"),
             "Scan an item of the plate: its bin is shown."),
        Step("apart", "text", _by(plates.take_text),
             ("apart_place", "apart_no_bin", "plate", "apart", "place", "no_bin"),
             "Several lots: type the lot of what you hold. A carton that came in on a pallet: that pallet."),
        Step("apart", "key:choose", _by(plates.choose), ("apart_place", "apart_no_bin"),
             "The number of a row: that item of the plate."),
        *_whole("apart", "pallet", "A pallet: the one bin that takes all of it is sought again."),
        *_whole("apart", "tote", "A tote, as a pallet."),
        Step("apart", "cart", _by(carts.scan_cart), _CARTS, "A cart: what is on the plate can be loaded on it."),
        Step("apart", "key:back", back, ("take",), "Esc: the plate stays as it is."),
    ]  # fmt: skip


def _placing(home: str, place: str, no_bin: str, other: str) -> list[Step]:
    """Units are in hand, and the bin is scanned."""
    ways = (place, no_bin)
    bin_, item, full = _by(placing.place), _by(placing.take_product), _by(placing.find_full)
    why, back = _by(placing.why), _by(placing.go_back)
    return [
        Step(place, "bin", bin_, (home, "take", place, no_bin, other),
             "Scan the bin: the units stand there. Another bin with room: say why."),
        Step(place, "product", item, (*ways, *(("back", "back_no_bin") if home == "take" else ())),
             "Scan another item: that one is put away first."),
        Step(place, "key:quantity", _by(placing.set_quantity), ways, "Type a number: only so many are put away."),
        Step(place, "key:full", full, ways, "F2: the bin is full or blocked. The next is shown; the bin is counted."),
        Step(place, "key:why", why, (place,), "F9: why this bin, and why not a nearer one."),
        Step(place, "key:back", back, (home,), "Esc: the units stay where they stood."),
        Step(no_bin, "bin", bin_, (home, "take", place, no_bin), "Scan any bin where they fit: the units stand there."),
        Step(no_bin, "product", item, (*ways, *(("back", "back_no_bin") if home == "take" else ())),
             "Scan another item: that one is put away first."),
        Step(no_bin, "key:quantity", _by(placing.set_quantity), ways, "Type a number: only so many are put away."),
        Step(no_bin, "key:why", why, (no_bin,), "F9: why there is no bin."),
        Step(no_bin, "key:back", back, (home,), "Esc: the units stay where they stood."),
        *_asking(place, no_bin, other, (home, "take")),
    ]  # fmt: skip


def _asking(place: str, no_bin: str, other: str, after: tuple[str, ...]) -> list[Step]:
    """Another bin was scanned: why?"""
    return [
        Step(other, "bin", _by(placing.place_other), (*after, place, no_bin, other),
             "The other bin once more: there, without a better reason. The proposed bin: there after all."),
        Step(other, "key:choose", _by(placing.choose_why), (*after, place, no_bin),
             "The reason by its number. A bin that is full or blocked is counted."),
        Step(other, "key:back", _by(placing.go_back), (place,), "Esc: the proposed bin after all."),
    ]  # fmt: skip


def _loading() -> list[Step]:
    """Items are put on a cart."""
    go = _by(carts.go)
    return [
        Step("load", "product", _by(carts.load_product), ("load",),
             "Scan item after item: all units of it go on the cart, from the dock, else from a lane."),
        Step("load", "text", _by(carts.load_text), ("load",),
             "Several lots stand there: type the lot. A carton that came in on a pallet: all of that pallet."),
        Step("load", "pallet", _by(carts.load_plate), ("load",), "A pallet: everything on it goes on the cart."),
        Step("load", "tote", _by(carts.load_plate), ("load",), "A tote: everything in it goes on the cart."),
        Step("load", "cart", _by(carts.scan_cart_again), _CARTS,
             "The same cart again: the walk begins. Another cart is taken instead."),
        Step("load", "key:quantity", _by(carts.set_loaded), ("load",),
             "Type a number: only so many of the last item stay on the cart."),
        Step("load", "key:done", go, ("stop", "stop_no_bin"),
             "F10: the walk begins. All bins are put in the order of one shortest walk."),
        Step("load", "key:yes", go, ("stop", "stop_no_bin"), "F8: the walk begins, as with F10."),
        Step("load", "key:back", _by(carts.leave), ("take",), "Esc: the cart stays as it is; scan it to go on."),
    ]  # fmt: skip


def _walking() -> list[Step]:
    """A cart is walked from bin to bin."""
    after = ("stop", "stop_no_bin", "take", "load")
    bin_, item, skip = _by(placing.place), _by(carts.check_product), _by(carts.skip)
    why, unload, leave = _by(placing.why), _by(carts.unload), _by(carts.leave)
    return [
        Step("stop", "bin", bin_, (*after, "stop_other"),
             "Scan the bin: the units stand there, and the next stop comes. Another bin with room: say why."),
        Step("stop", "product", item, ("stop",), "Scan the item to be sure; a wrong one is refused."),
        Step("stop", "cart", _by(carts.scan_cart), _CARTS, "Another cart is taken; this one keeps what it bears."),
        Step("stop", "key:quantity", _by(carts.place_some), ("stop",),
             "Type a number: only so many go to this bin, the rest becomes a stop of its own."),
        Step("stop", "key:full", _by(carts.find_full), ("stop", "stop_no_bin"),
             "F2: the bin is full or blocked. Its units get another bin where it costs the least; the bin is counted."),
        Step("stop", "key:skip", skip, ("stop", "stop_no_bin"), "F7: this stop comes at the end."),
        Step("stop", "key:why", why, ("stop",), "F9: why this bin, and why not a nearer one."),
        Step("stop", "key:done", unload, ("take",), "F10: what is left goes back on the dock."),
        Step("stop", "key:back", leave, ("take",), "Esc: the cart stays as it is; scan it to go on."),
        Step("stop_no_bin", "bin", bin_, after, "Scan any bin where they fit: the units stand there."),
        Step("stop_no_bin", "product", item, ("stop_no_bin",), "Scan the item to be sure; a wrong one is refused."),
        Step("stop_no_bin", "key:skip", skip, ("stop", "stop_no_bin"), "F7: this comes at the end."),
        Step("stop_no_bin", "key:why", why, ("stop_no_bin",), "F9: why there is no bin."),
        Step("stop_no_bin", "key:done", unload, ("take",), "F10: what is left goes back on the dock."),
        Step("stop_no_bin", "key:back", leave, ("take",), "Esc: the cart stays as it is; scan it to go on."),
        *_asking("stop", "stop_no_bin", "stop_other", ("take", "load")),
    ]  # fmt: skip


def _refilling() -> list[Step]:
    """A pick face is refilled from reserve."""
    why, leave = _by(refills.why), _by(refills.leave)
    return [
        Step("refill", "bin", _by(refills.fetch_at_bin), ("refill_put",),
             "Scan the bin of the reserve: the units are in hand. Another bin is refused."),
        Step("refill", "product", _by(refills.fetch_item), ("refill_put",),
             "Scan the item: the units are in hand. A wrong item is refused."),
        Step("refill", "key:quantity", _by(refills.fetch_some), ("refill_put",),
             "Type a number: only so many are taken along."),
        Step("refill", "key:skip", _by(refills.skip), ("refill",), "F7: another face first."),
        Step("refill", "key:why", why, ("refill",), "F9: why this face."),
        Step("refill", "key:back", leave, ("take",), "Esc: the face waits for somebody else."),
        Step("refill_put", "bin", _by(refills.put_in_face), ("refill", "take"),
             "Scan the face: the units stand in it, and the next face is offered. Another bin is refused."),
        Step("refill_put", "key:quantity", _by(refills.put_some), ("refill_put",),
             "Type a number: only so many fit, the others go back to their bin."),
        Step("refill_put", "key:why", why, ("refill_put",), "F9: why this face."),
        Step("refill_put", "key:back", leave, ("take",), "Esc: nothing is moved, the units go back to their bin."),
    ]  # fmt: skip


def _looking() -> list[Step]:
    """A bin is looked into: its units are counted."""
    leave, why, offered = _by(looks.leave), _by(looks.why), ("look", "look_into")
    after = ("take", "look_settle")
    steps = []
    for state, reached in (("look", "look_count"), ("look_into", "look_bin")):
        steps += [
            Step(state, "bin", _by(looks.reach), (reached,), "Scan the bin, and look there. Another is refused."),
            Step(state, "key:skip", _by(looks.skip), offered, "F7: another bin first."),
            Step(state, "key:why", why, (state,), "F9: why this bin."),
            Step(state, "key:back", leave, ("take",), "Esc: the bin waits for somebody else."),
        ]
    return [
        *steps,
        Step("look_count", "key:quantity", _by(looks.count), after,
             "Type the number that lies there: the book is put right, or a supervisor settles the difference."),
        Step("look_count", "text", _by(looks.count), after, "0, or a number of five digits: as any number."),
        Step("look_count", "key:yes", _by(looks.count_as_booked), ("take",), "F8: as many as the book says."),
        Step("look_count", "key:why", why, ("look_count",), "F9: why this bin."),
        Step("look_count", "key:back", leave, ("take",), "Esc: the bin waits for somebody else."),
        Step("look_bin", "product", _by(looks.say_what), ("look_count",),
             "Nobody knows what lies there: scan what the book does not say, and it is counted."),
        Step("look_bin", "key:yes", _by(looks.see_nothing_new), ("take",), "F8: the bin is as the book says."),
        Step("look_bin", "key:why", why, ("look_bin",), "F9: why this bin."),
        Step("look_bin", "key:back", leave, ("take",), "Esc: the bin waits for somebody else."),
        Step("look_settle", "operator", _by(looks.settle_by_badge), ("take",),
             "A supervisor's badge: the difference is written into the book."),
        Step("look_settle", "key:yes", _by(looks.settle_myself), ("take",),
             "F8 of a supervisor: the difference is written into the book."),
        Step("look_settle", "key:quantity", _by(looks.count), after, "Counted wrong: type the number again."),
        Step("look_settle", "text", _by(looks.choose_lot), (*after, "look_settle"),
             "Several lots: type the lot that differs. A number is another count."),
        Step("look_settle", "key:find", _by(looks.find), ("refill", *offered),
             "F3: the next; both figures stay on the list."),
        Step("look_settle", "key:back", leave, ("take",), "Esc: both figures stay on the list."),
    ]  # fmt: skip


WORKFLOW = Workflow(NAME, [
    *_rest(),
    *_placing("take", "place", "no_bin", "other"),
    *_placing("lane", "back", "back_no_bin", "back_other"),
    *_plates(),
    *_placing("apart", "apart_place", "apart_no_bin", "apart_other"),
    *_loading(),
    *_walking(),
    *_refilling(),
    *_looking(),
])  # fmt: skip
