"""What can be done at the lane board: block a lane, open it again, let an order's units go."""

from __future__ import annotations

from wms_desktop.ui.desks.fields import TextField
from wms_desktop.ui.desks.panel import Proposal
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.lanes import Lane, LaneOrder


def block(lane: Lane) -> Proposal:
    """Nothing more is sent to a lane."""
    code = plain(lane.code, 40)
    return Proposal(
        title=say("ui.lanes.block", lane=code), facts=say("ui.lanes.block_facts", orders=len(lane.orders)),
        fields=(TextField(name="reason", label=say("ui.act.reason"), hint=say("ui.lanes.block_hint")),),
        confirm=lambda _: say("ui.lanes.block", lane=code),
        make=lambda values: ("block_lane", {"lane": lane.lane_id, "reason": values["reason"]}),
        undo=lambda _: (("unblock_lane", {"lane": lane.lane_id}),),
    )  # fmt: skip


def unblock(lane: Lane) -> Proposal:
    """Orders may collect in a lane again."""
    code, why = plain(lane.code, 40), lane.blocked_why
    return Proposal(
        title=say("ui.lanes.unblock", lane=code), facts=say("ui.lanes.blocked_why", why=plain(why, 200)),
        confirm=lambda _: say("ui.lanes.unblock", lane=code),
        make=lambda _: ("unblock_lane", {"lane": lane.lane_id}),
        undo=lambda _: (("block_lane", {"lane": lane.lane_id, "reason": why}),),
    )  # fmt: skip


def let_go(order: LaneOrder) -> Proposal:
    """An order's units in lanes are free for others, or walked back; asked for twice, by name."""
    number = plain(order.number, 40)
    return Proposal(
        title=say("ui.lanes.let_go", order=number),
        facts=say("ui.lanes.let_go_facts", units=order.units_in, customer=plain(order.customer, 60)),
        confirm=lambda _: say("ui.lanes.let_go_do", order=number, units=order.units_in),
        make=lambda _: ("let_go", {"order": order.order_id}), is_final=True,
    )  # fmt: skip
