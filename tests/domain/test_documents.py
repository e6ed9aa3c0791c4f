"""What documents say: stable payloads, content hashes, and the facts of a label."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateways import paper_samples as samples
from wms_desktop.domain import documents
from wms_desktop.domain.documents import Document, as_payload, content_hash, from_payload
from wms_desktop.errors import BadInput

EACH = samples.one_of_each()
HOSTILE = (
    "\x00\x1b[2J",
    "<b>&amp;</b>",
    "=cmd|'/c calc'!A1",
    "\u202eevil",
    "^XA^FO",
    "{0.__class__}",
    "\ud800",
    "漢字",
)


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(EACH) == set(documents.KINDS)


@pytest.mark.parametrize("document", EACH.values(), ids=EACH)
def test_a_document_comes_back_from_its_payload(document: Document) -> None:
    payload = as_payload(document)

    assert from_payload(document.kind, payload) == document
    assert payload.isascii()


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_passes_the_payload_unchanged(text: str) -> None:
    tag = samples.crossdock_tag(customer=text, item=text)

    assert from_payload(tag.kind, as_payload(tag)) == tag


def test_the_hash_is_of_the_content_and_nothing_else() -> None:
    label = samples.shipping_label()
    moved = replace(label, receiver=replace(label.receiver, lines=("Elsewhere 1",)))

    assert content_hash(label) == content_hash(samples.shipping_label())
    assert len({content_hash(x) for x in (label, moved, replace(label, weight_g=4216))}) == 3


def test_one_instant_told_in_two_zones_is_one_content() -> None:
    here = datetime(2026, 11, 23, 16, 30, tzinfo=timezone(timedelta(hours=1)))

    assert content_hash(samples.pick_list(due=here)) == content_hash(samples.pick_list(due=here.astimezone(UTC)))


def test_an_instant_without_a_zone_cannot_be_queued() -> None:
    with pytest.raises(TypeError, match="time zone"):
        as_payload(samples.pick_list(due=datetime(2026, 11, 23, 16, 30)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.update(kind="pick_list"),
        lambda body: body.update(version=99),
        lambda body: body.pop("facts"),
        lambda body: body["facts"].pop("lane"),
        lambda body: body["facts"].update(lane=4),
        lambda body: body["facts"].update(quantity=True),
        lambda body: body["facts"].update(quantity="6"),
        lambda body: body["facts"].update(must_leave_by="soon"),
        lambda body: body["facts"].update(stranger=1),
    ],
)
def test_a_payload_that_was_not_written_so_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    body = json.loads(as_payload(samples.crossdock_tag()))
    spoil(body)

    with pytest.raises(BadInput, match="bad_document"):
        from_payload("crossdock_tag", json.dumps(body))


@given(st.sampled_from([*documents.KINDS, "x"]), st.recursive(st.none() | st.text() | st.integers(), st.lists))
def test_garbage_is_refused_and_nothing_else_is_raised(kind: str, body: object) -> None:
    with pytest.raises(BadInput):
        from_payload(kind, json.dumps({"kind": kind, "version": 1, "facts": body}))
    with pytest.raises(BadInput):
        from_payload(kind, str(body))


@pytest.mark.parametrize(
    ("country", "postcode", "ship_to"),
    [
        ("GB", "sw1a 1aa", ("420", "SW1A1AA")),
        ("US", "90210-1234", ("421", "840902101234")),
        ("PL", "00-950", ("421", "61600950")),
        ("XX", "1234", None),
        ("IE", "", None),
        ("JP", "〒100-0001", None),
        ("BR", "1234567890", None),
    ],
)
def test_the_postcode_symbol_follows_the_country(country: str, postcode: str, ship_to: object) -> None:
    receiver = replace(samples.CUSTOMER, country=country, postcode=postcode)

    assert samples.shipping_label(receiver=receiver).find_ship_to() == ship_to


@pytest.mark.parametrize("changes", [{"sscc": "340123450000000018"}, {"parcel": 4}, {"parcel": 0}])
def test_a_label_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        samples.shipping_label(**changes)


def test_the_number_of_a_label_is_its_sscc() -> None:
    label = samples.shipping_label()

    assert label.number == label.sscc
