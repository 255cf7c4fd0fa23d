"""The state of a run that can be resumed: what was judged already, kept in a file as it is judged.

The file is an SQLite database, so that a process or a machine that ends at any moment leaves a state that can be used.
It holds results as `check` reports them, found by digests of what was judged; never what was read.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

import msgspec

from ...engine.result import ResponseResult
from ...reports.check.decode import ResponseDecoder, ResultError
from ...reports.check.json import response_object
from ...rules.model import Rulebook
from ..checking.checker import Skipped
from ..core.display import escape_unprintable, os_error_text

APPLICATION = 0x51676874
"""What says in the file's header that it is ours."""

FORMAT = 1
"""The version of the layout."""

COMMIT = 32
"""Recordings that are written at a time: as many are judged again where a run ends between."""

_LAYOUT = """
CREATE TABLE judged (key BLOB NOT NULL PRIMARY KEY, results BLOB NOT NULL);
CREATE TABLE bound (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class StateError(ValueError):
    """A file cannot be used as the state of this run; the text says why, and what to do."""


class _Passed(msgspec.Struct, frozen=True):
    source: str
    why: str


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """One result: a response as in the JSON of `check`, or what was passed over."""

    response: msgspec.Raw = msgspec.Raw()
    skipped: _Passed | None = None


_decoder = msgspec.json.Decoder(tuple[_Kept, ...])


class State:
    """The results of recordings by their keys, in a file that this process alone has.

    ``bound`` names what decides every verdict, with its value in this run: what a state was begun with has to be the
    same. ``recalled`` and ``judged`` count recordings of this run. A context manager: what was kept is in the file when it ends, however it ends.
    """

    def __init__(self, file: str, rulebook: Rulebook, bound: Mapping[str, str]) -> None:
        """Open the file, or begin it where there is none; raises StateError."""
        self.name = f"`{escape_unprintable(file)}`"
        self.recalled = self.judged = 0
        self.failure: str | None = None
        self._rulebook = rulebook
        self._results = ResponseDecoder(rulebook)
        self._waiting = 0
        with self._usable():
            self._database = _opened(file)
        try:
            with self._usable():
                self._bind(bound)
        except StateError:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self._commit()
        with contextlib.suppress(sqlite3.Error):  # what is in the file already is what counts
            self._database.close()

    def recall(self, key: bytes) -> tuple[ResponseResult | Skipped, ...] | None:
        """Give what a recording came to, None where it was not judged yet or what is kept of it cannot be read."""
        try:
            row = self._database.execute("SELECT results FROM judged WHERE key = ?", (key,)).fetchone()
            return None if row is None else tuple(map(self._result, _decoder.decode(row[0])))
        except (sqlite3.Error, msgspec.MsgspecError, ResultError):
            return None

    def keep(self, key: bytes, results: Sequence[ResponseResult | Skipped]) -> None:
        """Keep what a recording came to; where the file cannot be written any more, ``failure`` says it, once."""
        try:
            content = msgspec.json.encode([self._kept(result) for result in results])
        except UnicodeEncodeError:  # half a character of UTF-16, which would not come back the same
            return
        if self.failure is not None:  # the run goes on without a state that takes no more
            return
        try:
            self._database.execute("INSERT OR REPLACE INTO judged VALUES (?, ?)", (key, content))
        except sqlite3.Error as error:
            self.failure = str(error)
        self._waiting += 1
        if self._waiting == COMMIT:
            self._commit()

    def _commit(self) -> None:
        self._waiting = 0
        try:
            self._database.commit()
        except sqlite3.Error as error:
            self.failure = self.failure or str(error)

    def _kept(self, result: ResponseResult | Skipped) -> _Kept:
        if isinstance(result, Skipped):
            return _Kept(skipped=_Passed(result.source, result.why))
        return _Kept(response=msgspec.Raw(msgspec.json.encode(response_object(self._rulebook, result))))

    def _result(self, kept: _Kept) -> ResponseResult | Skipped:
        if kept.skipped is not None:
            return Skipped(kept.skipped.source, kept.skipped.why)
        return self._results.result(kept.response, self.name)

    def _bind(self, bound: Mapping[str, str]) -> None:
        """See that the state was begun with what decides verdicts now; a new one is begun with it."""
        began = dict(self._database.execute("SELECT name, value FROM bound"))
        if not began:
            self._database.executemany("INSERT INTO bound VALUES (?, ?)", bound.items())
            self._database.commit()
            return
        for name, value in bound.items():
            if began.get(name) != value:
                raise StateError(
                    f"{self.name} was begun with another {name} ({began.get(name, 'none')}, now {value}):"
                    " use the same, or another file"
                )

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise StateError(f"{self.name} is in use by another run") from None
            if isinstance(error, sqlite3.OperationalError):
                raise StateError(f"{self.name} cannot be used: {error}") from None
            raise StateError(f"{self.name} is no state of a run, or is broken: name another file") from None
        except OSError as error:
            raise StateError(f"{self.name} cannot be used: {os_error_text(error)}") from None


def _opened(file: str) -> sqlite3.Connection:
    """Open a database of ours, or make one of an empty file; raises sqlite3.Error and OSError."""
    if os.path.exists(file) and not os.path.isfile(file):
        raise OSError("it is no regular file")
    database = sqlite3.connect(os.path.abspath(file), timeout=0)
    try:
        # One process alone: so no file for shared memory is needed, and it works on network drives too.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        if not _is_ours(database):
            # Together or not at all: a file that is half made would be none of ours.
            database.executescript(
                f"BEGIN EXCLUSIVE; {_LAYOUT}"
                f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;"
            )
        # What is committed outlives this process; with the machine, the last of it may be lost, and nothing else.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN EXCLUSIVE").connection.commit()
    except BaseException:
        database.close()
        raise
    return database


def _is_ours(database: sqlite3.Connection) -> bool:
    """Whether a database is a state, and not an empty one; raises sqlite3.DatabaseError for another program's."""
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) == (APPLICATION, FORMAT):
        return True
    if application or version or database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("it is something else")
    return False
