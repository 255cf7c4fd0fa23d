"""Archives of one tool, whose members are the parts of recordings and not recordings themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import ClassVar, Protocol

from ..base import FormatInfo, Source
from ..model import Discovered, UnreadableContent


class ZipMembers(Protocol):
    """The members of a zip archive, read by their names in any order."""

    @property
    def names(self) -> Collection[str]:
        """The names of its members."""
        ...

    def read(self, name: str, size: int) -> bytes | UnreadableContent:
        """Read a member, up to one byte more than ``size``; raises KeyError and BudgetExceededError."""
        ...


class ZipLayout(ABC):
    """Reads the archives of one tool."""

    info: ClassVar[FormatInfo]

    @abstractmethod
    def matches(self, names: Collection[str]) -> bool:
        """Return whether an archive with members of these names is of this tool."""

    @abstractmethod
    def entries(self, archive: ZipMembers, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in it one by one; raises UncheckedError if the rest cannot be read."""
