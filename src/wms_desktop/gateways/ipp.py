"""A small client of the Internet Printing Protocol (RFC 8010, RFC 8011): print, ask, cancel."""

from __future__ import annotations

import http.client
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

PRINT_JOB = 0x0002
CANCEL_JOB = 0x0008
GET_JOB_ATTRIBUTES = 0x0009

_OPERATION, _JOB, _END = 0x01, 0x02, 0x03
_INTEGER, _ENUM = 0x21, 0x23
_TEXT, _NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
_FIRST_ERROR = 0x0400
_LARGEST_ANSWER = 1 << 20

Attribute = tuple[int, str, str | int]  # tag, name, value


class NotAnswered(Exception):
    """No whole answer came: ``printer_unreachable``, ``printer_timeout``, ``printer_cut``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """The printer answered with an error status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and attributes of a response, by name, each with all its values."""

    status: int
    attributes: dict[str, list[str | int]]


class Client:
    """Speaks to one queue or printer; each request has a connection of its own and ends within ``timeout_s``."""

    def __init__(self, uri: str, *, timeout_s: float) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in ("ipp", "ipps", "http", "https") or not parts.hostname:
            raise ValueError("not the address of a printer")
        self._secure = parts.scheme in ("ipps", "https")
        self._host = parts.hostname
        self._port = parts.port or 631
        self._path = parts.path or "/"
        self._uri = f"{'ipps' if self._secure else 'ipp'}://{self._host}:{self._port}{self._path}"
        self._timeout_s = timeout_s
        self._numbers = count(1)

    @property
    def where(self) -> str:
        """Host and path, to show to people; never a user or a password."""
        return f"{self._host}:{self._port}{self._path}"

    def print_job(self, pdf: bytes, title: str, copies: int, media: str) -> int:
        """Hands the job over and gives its number in the queue."""
        # The protocol's names are at most 255 bytes; a cut character must not make the text unreadable.
        plain = "".join(sign if sign.isprintable() else "_" for sign in title)
        short = plain.encode("utf-8", "replace")[:200].decode("utf-8", "ignore")
        operation: list[Attribute] = [(_NAME, "job-name", short), (_MIME, "document-format", "application/pdf")]
        job: list[Attribute] = [(_INTEGER, "copies", copies), (_KEYWORD, "print-scaling", "none")]
        if media:
            job.append((_KEYWORD, "media", media))
        if copies == 1:
            del job[0]  # some small printers refuse the word
        answer = self._ask(PRINT_JOB, operation, job, pdf)
        number = answer.attributes.get("job-id", [0])[0]
        if not isinstance(number, int) or number <= 0:
            raise NotAnswered("printer_cut")
        return number

    def get_job_state(self, job: int) -> tuple[int, str]:
        """The job's state number (RFC 8011, 5.3.7) and its reasons."""
        answer = self._ask(GET_JOB_ATTRIBUTES, [(_INTEGER, "job-id", job)], [], b"")
        state = answer.attributes.get("job-state", [0])[0]
        reasons = answer.attributes.get("job-state-reasons", [])
        return (state if isinstance(state, int) else 0), ",".join(str(reason) for reason in reasons)

    def cancel_job(self, job: int) -> None:
        """Takes the job back out of the queue."""
        self._ask(CANCEL_JOB, [(_INTEGER, "job-id", job)], [], b"")

    def _ask(self, operation: int, facts: list[Attribute], job: list[Attribute], document: bytes) -> Answer:
        first: list[Attribute] = [
            (_CHARSET, "attributes-charset", "utf-8"),
            (_LANGUAGE, "attributes-natural-language", "en"),
            (_URI, "printer-uri", self._uri),
        ]
        # A job's number must come right behind the printer's address (RFC 8011, 4.1.5).
        ids = [fact for fact in facts if fact[1] == "job-id"]
        others = [fact for fact in facts if fact[1] != "job-id"]
        user: Attribute = (_NAME, "requesting-user-name", "wms-desktop")
        head = struct.pack(">HHI", 0x0101, operation, next(self._numbers))
        body = head + _group(_OPERATION, [*first, *ids, user, *others])
        body += _group(_JOB, job) if job else b""
        answer = parse(self._post(body + bytes([_END]) + document))
        if answer.status >= _FIRST_ERROR:
            raise Refused(answer.status)
        return answer

    def _post(self, body: bytes) -> bytes:
        connection = self._connect()
        wire = connection.sock
        # A peer that dribbles bytes keeps every single read in time: one watch over the whole request.
        cut = threading.Event()
        watch = threading.Timer(self._timeout_s, _cut, (wire, cut))
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", self._path, body, {"Content-Type": "application/ipp"})
            response = connection.getresponse()
            data = response.read(_LARGEST_ANSWER)
        except (OSError, http.client.HTTPException) as fault:
            late = cut.is_set() or isinstance(fault, TimeoutError)
            raise NotAnswered("printer_timeout" if late else "printer_cut") from fault
        finally:
            watch.cancel()
            connection.close()
        if cut.is_set():
            raise NotAnswered("printer_timeout")
        if response.status == http.client.NOT_FOUND:
            raise Refused(0x0406)
        if response.status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            raise Refused(0x0403)
        if response.status != http.client.OK:
            raise NotAnswered("printer_cut")
        return data

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout_s, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        try:
            connection.connect()
        except TimeoutError as fault:
            raise NotAnswered("printer_timeout") from fault
        except OSError as fault:
            raise NotAnswered("printer_unreachable") from fault
        return connection


def _cut(wire: socket.socket, cut: threading.Event) -> None:
    cut.set()
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed already


def _group(tag: int, attributes: list[Attribute]) -> bytes:
    return bytes([tag]) + b"".join(_attribute(*attribute) for attribute in attributes)


def _attribute(tag: int, name: str, value: str | int) -> bytes:
    data = struct.pack(">i", value) if isinstance(value, int) else value.encode("utf-8")
    key = name.encode("ascii")
    return struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(data)) + data


def parse(data: bytes) -> Answer:
    """The response as values; raises NotAnswered ``printer_cut`` where it is not a whole IPP message."""
    try:
        _, status, _ = struct.unpack_from(">HHI", data)
        attributes: dict[str, list[str | int]] = {}
        for name, value in _read_attributes(data):
            attributes.setdefault(name, []).append(value)
    except (struct.error, UnicodeDecodeError, IndexError) as fault:
        raise NotAnswered("printer_cut") from fault
    return Answer(status, attributes)


def _read_attributes(data: bytes) -> Iterator[tuple[str, str | int]]:
    at, name = 8, ""
    while data[at] != _END:
        tag = data[at]
        at += 1
        if tag < 0x10:
            continue  # the beginning of a group
        key, at = _read_text(data, at)
        raw, at = _read_text(data, at)
        name = key.decode("ascii") or name  # a further value of the same attribute has no name
        if tag in (_INTEGER, _ENUM) and len(raw) == 4:
            yield name, struct.unpack(">i", raw)[0]
        elif tag >= 0x40:
            yield name, raw.decode("utf-8", "replace")


def _read_text(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", data, at)
    end = at + 2 + length
    if end >= len(data):
        raise IndexError("the message ends within an attribute")
    return data[at + 2 : end], end
