"""The two families of error: a refusal for the person at the station, a bug for the developers."""

from __future__ import annotations

from collections.abc import Mapping

Value = str | int


class Refusal(Exception):
    """What was asked is not done, and nothing was changed; code and arguments make the sentence shown.

    ``code`` names the sentence in :mod:`wms_desktop.phrases`; ``args_`` fills it. The sentence says what was
    scanned, what it is, what was expected and what to do.
    """

    code: str = "refused"

    def __init__(self, code: str | None = None, **args: Value) -> None:
        self.code = code or type(self).code
        self.args_: Mapping[str, Value] = dict(args)
        super().__init__(self.code, dict(args))

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in sorted(self.args_.items()))
        return f"{self.code}({facts})"


class NotUnderstood(Refusal):
    """The code is not known in this house, or cannot be read."""

    code = "not_understood"


class WrongScan(Refusal):
    """The code is known, but it is not what this step waits for."""

    code = "wrong_scan"


class NotEnoughStock(Refusal):
    """Fewer free units stand there than were asked for."""

    code = "not_enough_stock"


class NothingExpected(Refusal):
    """No open purchase line waits for this item."""

    code = "nothing_expected"


class NotPermitted(Refusal):
    """The person's role does not allow this."""

    code = "not_permitted"


class Moved(Refusal):
    """The work was given to somebody else, or changed, since the screen last saw it."""

    code = "work_moved"


class CannotUndo(Refusal):
    """The last scan cannot be taken back any more."""

    code = "cannot_undo"


class BadInput(Refusal):
    """A file, setting or argument is wrong; the sentence names place and cure."""

    code = "bad_input"


class Bug(Exception):
    """Something that must never happen did; logged in full, shown as one calm sentence."""
