"""An order's story in words: the same sentences on the screen and on the clipboard."""

from __future__ import annotations

from datetime import tzinfo

from wms_desktop.ui.days import day_in_words, instant_in_words
from wms_desktop.ui.desks.backlog_columns import cause_in_words
from wms_desktop.ui.desks.charts import SHAPES
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import find_sentence, say, say_message
from wms_desktop.views.backlog import STATES
from wms_desktop.views.orders import Found, OrderStory, StoryEvent, StoryLine, StoryParcel

_NAME = 80


def head(story: OrderStory) -> str:
    """The order's number and whose it is."""
    return say("ui.story.head", order=plain(story.number, 40), customer=plain(story.customer, _NAME))


def facts(story: OrderStory, zone: tzinfo) -> str:
    """How it came, when it must leave, what was promised, in one paragraph."""
    channel = f"{plain(story.channel, 40)} · " if story.channel else ""
    words = say(
        "ui.story.facts", channel=channel, service=plain(story.service, 60),
        placed=instant_in_words(story.placed_at, zone), leave_by=instant_in_words(story.leave_by, zone),
        promise=day_in_words(story.promise), parts=_rule(story.ship_rule), priority=story.priority_class,
    )  # fmt: skip
    more = [say("ui.story.paid") if story.is_paid else say("ui.story.unpaid")]
    more += [say("ui.story.open_value", value=f"{story.value_open:,.2f} {story.currency}")] if story.value_open else []
    more += [say("ui.story.pinned")] if story.is_pinned else []
    more += [say("ui.story.held", reason=plain(story.hold_reason, 200))] if story.is_held else []
    return " · ".join([words, *more])


def address(story: OrderStory) -> str:
    """Where it goes, on one line."""
    return ", ".join(plain(part, _NAME) for part in story.address if part)


def line_head(line: StoryLine) -> str:
    """The line's number and its product."""
    return say("ui.story.line", number=line.line_no, product=plain(line.product, _NAME), sku=plain(line.sku, 40))


def line_counts(line: StoryLine) -> str:
    """Ordered, shipped, cancelled, replaced, and the units in each state by shape and word."""
    parts = [say("ui.story.counts", ordered=line.ordered)]
    parts += [say("ui.story.shipped", count=line.shipped)] if line.shipped else []
    parts += [say("ui.story.cancelled", count=line.cancelled)] if line.cancelled else []
    parts += [say("ui.story.replaced", count=line.replaced)] if line.replaced else []
    parts += [say("ui.story.replaces", sku=plain(line.replaces, 40))] if line.replaces else []
    states = [
        say("ui.story.state_units", shape=SHAPES[state], units=units, state=say(f"ui.backlog.state.{state}"))
        for state, units in zip(STATES, line.by_state, strict=True)
        if units
    ]
    return "   ".join([" · ".join(parts), *states])


def line_now(line: StoryLine) -> str:
    """Where each unit is, and what the line waits for."""
    waits = say_message(line.waits) if any(line.by_state) else ""
    return " · ".join(part for part in (*(say_message(place.where) for place in line.places), waits) if part)


def line_promises(line: StoryLine) -> str:
    """What was promised first and now, what is expected and from where, and the cause of a delay."""
    code = "ui.story.promises" if line.first_promise != line.promise else "ui.story.promise"
    words = [
        say(
            code, first=day_in_words(line.first_promise), promise=day_in_words(line.promise),
            rule=find_sentence(f"promise_rule.{line.promise_rule}", {}) or line.promise_rule,
        )
    ]  # fmt: skip
    if any(line.by_state):
        words.append(_expected(line))
    if line.cause:
        words.append(say("ui.story.cause", why=cause_in_words(line.cause)))
    return " ".join(words)


def parcel(one: StoryParcel, zone: tzinfo) -> str:
    """A parcel and where it stands."""
    words = say(
        "ui.story.parcel", number=one.number, sscc=plain(one.sscc, 40), weight=f"{one.weight_g / 1000:,.3f}",
        state=find_sentence(f"ui.story.parcel.{one.state}", {}) or one.state,
    )  # fmt: skip
    if one.shipped_at is None:
        return words
    when = instant_in_words(one.shipped_at, zone)
    return f"{words}   {say('ui.story.parcel_left', when=when, manifest=plain(one.manifest, 40))}"


def event(one: StoryEvent, zone: tzinfo) -> tuple[str, str, str]:
    """When, who and what."""
    return instant_in_words(one.at, zone), plain(one.who, 60) or say("ui.story.house"), say_message(one.what)


def in_text(story: OrderStory, zone: tzinfo) -> str:
    """The whole page as plain text, for a mail to the customer."""
    lines = [head(story), "", say_message(story.short), "", facts(story, zone), address(story), ""]
    for line in story.lines:
        parts = (line_head(line), line_counts(line), line_now(line), line_promises(line))
        lines += [part for part in parts if part] + [""]
    lines += [parcel(one, zone) for one in story.parcels] or [say("ui.story.no_parcels")]
    lines += ["", say("ui.story.events")]
    lines += ["  ".join(event(one, zone)) for one in story.events]
    return "\n".join(lines).rstrip() + "\n"


def found_line(found: Found) -> str:
    """What was found."""
    kind = find_sentence(f"ui.story.kind.{found.kind}", {}) or found.kind
    return say("ui.story.found", kind=kind, what=plain(found.label, _NAME))


def order_line(order: tuple[int, str, str]) -> str:
    """One of its orders, with one word of state."""
    _, number, state = order
    codes = (f"ui.backlog.state.{state}", f"ui.story.state.{state}")
    word = next((words for code in codes if (words := find_sentence(code, {}))), plain(state, 40))
    shape = SHAPES.get(state, "")
    return say("ui.story.order", order=plain(number, 40), state=f"{shape} {word}".strip())


def _expected(line: StoryLine) -> str:
    if line.eta is None:
        return say("ui.story.no_eta")
    if not line.eta_from:
        return say("ui.story.eta_stock", eta=day_in_words(line.eta))
    late = day_in_words(line.eta_late or line.eta)
    return say("ui.story.eta", eta=day_in_words(line.eta), late=late, purchase=plain(line.eta_from, 40))


def _rule(rule: str) -> str:
    return find_sentence(f"ui.ship_rule.{rule}", {}) or rule
