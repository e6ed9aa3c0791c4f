"""Column types that hold in STRICT tables of SQLite and in PostgreSQL alike, and the declarative base."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, dataclass_transform

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Text, TypeDecorator, bindparam
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONEY_UNIT = Decimal(10_000)

BigInt = BigInteger().with_variant(Integer(), "sqlite")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL text of a CHECK that allows these values only (constants of ours, never data)."""
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, stored as whole microseconds since 1970."""

    impl = BigInt
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To microseconds; a naive datetime is a bug and raises."""
        if value is None:
            return None
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """To an aware UTC datetime."""
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


class Day(TypeDecorator[date]):
    """A site-local calendar day, stored as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """To ISO text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        """To a date."""
        return None if value is None else date.fromisoformat(value)


class Flag(TypeDecorator[bool]):
    """Yes or no, stored as 1 or 0 (each column has its CHECK)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """To 0 or 1."""
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool | None:
        """To a bool."""
        return None if value is None else bool(value)


class Money(TypeDecorator[Decimal]):
    """An amount, exact to four places, stored as an integer of ten-thousandths."""

    impl = BigInt
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """To ten-thousandths; more than four places is a bug and raises."""
        if value is None:
            return None
        scaled = value * _MONEY_UNIT
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than four decimal places")
        return int(scaled)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """To a Decimal."""
        return None if value is None else Decimal(int(value)) / _MONEY_UNIT


class _WrittenOut(TypeDecorator.Comparator[Any]):
    """Writes what a column is compared with into the SQL text, where its type says so, instead of binding it.

    A partial index serves a question only when the question says, in its text, what the index says: SQLite and
    a generic plan of PostgreSQL do not look at bound values.
    """

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        kind: Any = self.type
        return super().operate(op, *(kind.write_out(value) for value in other), **kwargs)


class Word(TypeDecorator[str]):
    """One of a few words of ours (a state, a mode), written out in comparisons; never what somebody typed."""

    impl = Text
    cache_ok = True
    comparator_factory = _WrittenOut

    def write_out(self, value: Any) -> Any:
        """The operand of a comparison as SQL text: a word, or several of them for IN."""
        if isinstance(value, str):
            return bindparam(None, value, type_=self, unique=True, literal_execute=True)
        if isinstance(value, list | tuple):
            return bindparam(None, value, type_=self, unique=True, expanding=True, literal_execute=True)
        return value


class Units(TypeDecorator[int]):
    """A quantity; zero is written out in comparisons, because indexes of what stands anywhere say *more than 0*."""

    impl = BigInteger
    cache_ok = True
    comparator_factory = _WrittenOut

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """As every whole number."""
        return dialect.type_descriptor(BigInt)

    def write_out(self, value: Any) -> Any:
        """Zero as SQL text, any other operand as it is."""
        if isinstance(value, int) and value == 0:
            return bindparam(None, value, type_=BigInt, unique=True, literal_execute=True)
        return value


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(mapped_column,))
class Table(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False):
    """What every table shares: keyword construction, identity by object, named constraints, STRICT in SQLite."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: BigInt, str: Text, datetime: Instant, date: Day, bool: Flag, Decimal: Money}  # noqa: RUF012


STRICT = {"sqlite_strict": True, "sqlite_autoincrement": True}
STRICT_KEYED = {"sqlite_strict": True}
