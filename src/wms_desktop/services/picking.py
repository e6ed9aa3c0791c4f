"""The picker's dialogue: cart, totes, then bin, item and tote for each stop of the walk, and the drop-off place."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Command
from wms_desktop.domain import barcodes
from wms_desktop.errors import CannotUndo, WrongScan
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt
from wms_desktop.services import (
    conversation,
    paper_picking,
    picking_carts,
    picking_doubts,
    picking_prompts,
    picking_stops,
    picking_walks,
    undo,
)
from wms_desktop.services.dialogue import Context, Handler, Resolved, Step, Workflow
from wms_desktop.services.picking_walks import NAME, Told, get_walk


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one scan or key of a picker."""
    undoing = _is_undo(event)
    walk = picking_walks.open_walk(session, context)
    if walk is not None and walk.batch.mode == "cluster" and not undoing:
        gone = picking_stops.drop_unwanted(session, context, walk)
        if gone is not None:
            return _say(session, context, Told(Outcome.LOOK_HERE, gone))
    state = picking_walks.state_of(walk) if walk is not None else "start"
    if undoing:
        _refuse_undo(session, context, state)
    try:
        return conversation.converse(WORKFLOW, session, context, event, state, prompt)
    except WrongScan as wrong:
        if walk is None:
            raise
        asked = picking_walks.after_empty(walk) if state == "empty" else state
        raise picking_stops.say_finer(walk, asked, wrong) from None
    except IntegrityError as moved_on:
        if undoing:  # the cart or the picker is busy with other work by now
            raise CannotUndo(what="batch") from moved_on
        raise


def prompt(session: Session, context: Context) -> Prompt:
    """Where the operator stands, derived from the rows."""
    return picking_prompts.build(session, context, WORKFLOW)


def _is_undo(event: Event) -> bool:
    return event.name == "undo" if isinstance(event, Key) else barcodes.parse(event.text).key == "undo"


def _refuse_undo(session: Session, context: Context, state: str) -> None:
    """Nobody takes back what another person scanned here, or what lies before a hand-over."""
    last = session.scalar(
        select(Command.operator_id)
        .where(
            Command.station_id == context.station_id,
            Command.workflow == NAME,
            Command.state == "done",
            Command.undo != undo.NOTHING,
        )
        .order_by(Command.seq.desc())
        .limit(1)
    )
    if state == "handover" or last != context.operator_id:
        raise CannotUndo("nothing_to_undo")


def _say(session: Session, context: Context, told: Told) -> Answer:
    session.flush()
    shown = picking_prompts.show(told.walk, WORKFLOW) if told.walk is not None else prompt(session, context)
    return Answer(outcome=told.outcome, message=told.message, prompt=shown, changes=told.changes)


def _go_on(session: Session, context: Context, scanned: Resolved) -> Answer:
    """The next scan answers an open question with yes, and is then taken for what it is."""
    walk = get_walk(session, context)
    walk.keep(empty=None)
    return WORKFLOW.step(picking_walks.after_empty(walk), scanned).handler(session, context, scanned)


def _by(act: Callable[[Session, Context, Resolved], Told]) -> Handler:
    """The act of another module as a row of the table: what it told, with the prompt that follows."""

    def handle(session: Session, context: Context, resolved: Resolved) -> Answer:
        return _say(session, context, act(session, context, resolved))

    return handle


_BIN = _by(picking_stops.prove_bin)
_ITEM = _by(picking_stops.take_item)
_TOTE = _by(picking_stops.scan_tote)
_SKIP = _by(picking_stops.skip)
_SHORT = _by(picking_doubts.begin_short)
_FULL = _by(picking_carts.ask_another_tote)
_WHY = _by(picking_doubts.why)
_FIND = _by(picking_doubts.find)
_NEXT = ("bin", "item", "tote", "empty", "drop")

WORKFLOW = Workflow(
    NAME,
    [
        Step("start", "cart", _by(picking_carts.scan_cart), ("totes", *_NEXT),
             "An empty cart takes the chosen batch, else the most urgent one of mine, else of nobody; a cart that"
             " nobody walks any more is taken over."),
        Step("start", "batch", _by(picking_carts.scan_batch), ("start", "paper"),
             "A batch is chosen, the cart comes next; a paper list is opened."),
        Step("start", "key:back", _by(picking_carts.forget_chosen), ("start",), "The chosen batch is let go."),
        Step("handover", "cart", _by(picking_carts.prove_cart), ("totes", *_NEXT),
             "The cart of the batch proves the hand-over; the walk goes on where it stood."),
        Step("totes", "tote", _by(picking_carts.scan_new_tote), ("totes", *_NEXT),
             "An empty tote that nobody uses belongs to the order from now on."),
        Step("totes", "key:back", _by(picking_carts.keep_tote), _NEXT, "The old tote takes more after all."),
        Step("bin", "bin", _BIN, _NEXT, "The right bin is proved; where nothing else is scanned, the units are taken."),
        Step("bin", "dock", _BIN, _NEXT, "Units found on the dock are taken there."),
        Step("bin", "lane", _BIN, _NEXT, "Units found in a lane are taken there."),
        Step("bin", "key:skip", _SKIP, ("bin",), "Every stop of this bin comes back at the end."),
        Step("bin", "key:short", _SHORT, ("short",),
             "Less is there than asked, where the bin is all that is scanned."),
        Step("bin", "key:next_parcel", _FULL, ("totes",), "The order's tote is full: another one is asked for."),
        Step("bin", "key:why", _WHY, ("bin",), "Why these units: the reason kept with the reservation."),
        Step("bin", "key:find", _FIND, ("bin",), "Where else the product stands."),
        Step("item", "product", _ITEM, ("item", *_NEXT), "A unit or a case is counted into the hand."),
        Step("item", "bin", _BIN, ("item",), "The same bin again changes nothing."),
        Step("item", "dock", _BIN, ("item",), "The same place again changes nothing."),
        Step("item", "lane", _BIN, ("item",), "The same place again changes nothing."),
        Step("item", "tote", _TOTE, ("item",), "A part is put into the tote; the rest is still asked for."),
        Step("item", "key:quantity", _by(picking_stops.key_quantity), ("item", *_NEXT),
             "After one scan of the item: so many are in the hand."),
        Step("item", "key:yes", _by(picking_stops.read_lot), ("item",), "The lot was read on the goods and is right."),
        Step("item", "key:short", _SHORT, ("short",), "Less is there than asked."),
        Step("item", "key:skip", _SKIP, ("bin", "item"), "This stop comes back at the end."),
        Step("item", "key:next_parcel", _FULL, ("totes",), "The order's tote is full: another one is asked for."),
        Step("item", "key:why", _WHY, ("item",), "Why these units: the reason kept with the reservation."),
        Step("item", "key:find", _FIND, ("item",), "Where else the product stands."),
        Step("tote", "tote", _TOTE, _NEXT, "The units in the hand go into the tote of their order."),
        Step("tote", "key:short", _SHORT, ("short",), "Less is good than was taken."),
        Step("tote", "key:next_parcel", _FULL, ("totes",), "The order's tote is full: another one is asked for."),
        Step("tote", "key:why", _WHY, ("tote",), "Why these units: the reason kept with the reservation."),
        Step("tote", "key:find", _FIND, ("tote",), "Where else the product stands."),
        Step("short", "key:choose", _by(picking_doubts.give_reason), ("tote", *_NEXT),
             "The reason: missing units are set aside and counted, others are found or the line is a backorder."),
        Step("short", "key:quantity", _by(picking_doubts.key_found), ("short",), "So many were found."),
        Step("short", "key:back", _by(picking_doubts.leave_short), ("bin", "item", "tote"), "Nothing was short."),
        Step("empty", "key:yes", _by(picking_doubts.is_empty), _NEXT, "The bin is empty, as the book says."),
        Step("empty", "key:quantity", _by(picking_doubts.not_empty), _NEXT,
             "Units are left there: a count is asked for."),
        Step("empty", "key:no", _by(picking_doubts.not_empty), _NEXT, "The bin is not empty: a count is asked for."),
        Step("empty", "bin", _go_on, _NEXT, "The next bin is a yes."),
        Step("empty", "dock", _go_on, _NEXT, "The next place is a yes."),
        Step("empty", "lane", _go_on, _NEXT, "The next place is a yes."),
        Step("empty", "product", _go_on, _NEXT, "The next item is a yes."),
        Step("empty", "tote", _go_on, _NEXT, "The next tote is a yes."),
        Step("empty", "bench", _go_on, ("start",), "The drop-off place is a yes."),
        Step("drop", "bench", _by(picking_carts.drop), ("start",), "All totes stand there, the cart is free."),
        Step("paper", "key:yes", _by(paper_picking.confirm_all), ("paper",),
             "All lines without exception were taken as listed."),
        Step("paper", "key:choose", _by(paper_picking.choose_line), ("paper_line",),
             "The line with this number is an exception."),
        Step("paper", "key:reprint", _by(paper_picking.print_again), ("paper",), "The list is printed once more."),
        Step("paper", "key:back", _by(paper_picking.leave_list), ("start",), "The list is put away for now."),
        Step("paper", "bench", _by(paper_picking.drop), ("start", "paper"),
             "What was confirmed is booked there; with unconfirmed lines the place is scanned twice, and they"
             " count as not taken."),
        Step("paper_line", "key:quantity", _by(paper_picking.count_line), ("paper", "paper_line"),
             "So many were taken of this line."),
        Step("paper_line", "key:short", _by(paper_picking.count_line), ("paper_line",),
             "None was taken (or so many before F2)."),
        Step("paper_line", "key:choose", _by(paper_picking.give_reason), ("paper",), "The reason why less was taken."),
        Step("paper_line", "key:back", _by(paper_picking.leave_line), ("paper",), "The line stays as it was."),
    ],
)  # fmt: skip
