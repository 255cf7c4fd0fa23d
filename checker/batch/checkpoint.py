"""The checkpoint of a run that can be resumed: results, written to a file as recordings are judged.

The file is an SQLite database, so it stays usable if the process or the machine ends at any moment. It contains
results as `check` reports them, by digests of what was judged, and never what was read.
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
from ...rules.files import os_error_text
from ...rules.model import Rulebook
from ..checking.results import Skipped
from ..core.display import escape_unprintable

APPLICATION = 0x51676874
"""The application id in the header of the file."""

FORMAT = 1
"""The version of the layout."""

COMMIT = 32
"""Recordings in a transaction: as many are judged again if a run ends in the middle of one."""

_LAYOUT = """
CREATE TABLE judged (key BLOB NOT NULL PRIMARY KEY, results BLOB NOT NULL);
CREATE TABLE bound (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class CheckpointError(ValueError):
    """A file cannot be used as the checkpoint of this run; the message says why and what to do."""


class _SkippedRecord(msgspec.Struct, frozen=True):
    source: str
    why: str


class _ResultRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One result: a response as in the JSON of `check`, or a skipped recording."""

    response: msgspec.Raw = msgspec.Raw()
    skipped: _SkippedRecord | None = None


_decoder = msgspec.json.Decoder(tuple[_ResultRecord, ...])


class Checkpoint:
    """The results of recordings by their keys, in a file that only this process uses.

    ``fingerprint`` names everything else that verdicts depend on, with its value in this run; it has to equal that of
    the run that began the file. ``recalled`` and ``judged`` count recordings of this run. A context manager: however
    it ends, what was stored is in the file.
    """

    def __init__(self, file: str, rulebook: Rulebook, fingerprint: Mapping[str, str]) -> None:
        """Open the file, or create it if it is missing; raises CheckpointError."""
        self.name = f"`{escape_unprintable(file)}`"
        self.recalled = self.judged = 0
        self.failure: str | None = None
        self._rulebook = rulebook
        self._results = ResponseDecoder(rulebook)
        self._waiting = 0
        with self._usable():
            self._database = _connect(file)
        try:
            with self._usable():
                self._verify(fingerprint)
        except CheckpointError:
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

    def get(self, key: bytes) -> tuple[ResponseResult | Skipped, ...] | None:
        """Return a recording's results, None if it was not judged yet or its entry cannot be read."""
        try:
            row = self._database.execute("SELECT results FROM judged WHERE key = ?", (key,)).fetchone()
            return None if row is None else tuple(map(self._result, _decoder.decode(row[0])))
        except (sqlite3.Error, msgspec.MsgspecError, ResultError):
            return None

    def put(self, key: bytes, results: Sequence[ResponseResult | Skipped]) -> None:
        """Store a recording's results; if the file cannot be written any more, ``failure`` says why."""
        try:
            content = msgspec.json.encode([self._record(result) for result in results])
        except UnicodeEncodeError:  # half a character of UTF-16, which would not come back the same
            return
        if self.failure is not None:  # the run continues without its checkpoint
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

    def _record(self, result: ResponseResult | Skipped) -> _ResultRecord:
        if isinstance(result, Skipped):
            return _ResultRecord(skipped=_SkippedRecord(result.source, result.why))
        return _ResultRecord(
            response=msgspec.Raw(msgspec.json.encode(response_object(self._rulebook, result)))
        )

    def _result(self, record: _ResultRecord) -> ResponseResult | Skipped:
        if record.skipped is not None:
            return Skipped(record.skipped.source, record.skipped.why)
        return self._results.result(record.response, self.name)

    def _verify(self, fingerprint: Mapping[str, str]) -> None:
        """Compare the fingerprint with that of the run that began the file; store it in a new one."""
        began = dict(self._database.execute("SELECT name, value FROM bound"))
        if not began:
            self._database.executemany("INSERT INTO bound VALUES (?, ?)", fingerprint.items())
            self._database.commit()
            return
        for name, value in fingerprint.items():
            if began.get(name) != value:
                raise CheckpointError(
                    f"{self.name} was begun with another {name} ({began.get(name, 'none')}, now {value});"
                    " use the same, or name another file"
                )

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise CheckpointError(f"{self.name} is in use by another run") from None
            if isinstance(error, sqlite3.OperationalError):
                raise CheckpointError(f"{self.name} cannot be used: {error}") from None
            raise CheckpointError(
                f"{self.name} is not a checkpoint of a run, or is broken; name another file"
            ) from None
        except OSError as error:
            raise CheckpointError(f"{self.name} cannot be used: {os_error_text(error)}") from None


def _connect(file: str) -> sqlite3.Connection:
    """Open a checkpoint, creating it in a missing or empty file; raises sqlite3.Error and OSError."""
    if os.path.exists(file) and not os.path.isfile(file):
        raise OSError("it is not a regular file")
    database = sqlite3.connect(os.path.abspath(file), timeout=0)
    try:
        # Exclusive, so that no file for shared memory is needed and it works on network drives too.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        if not _is_ours(database):
            # In one transaction: a half-made file would not be recognised as a checkpoint.
            database.executescript(
                f"BEGIN EXCLUSIVE; {_LAYOUT}"
                f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;"
            )
        # A commit survives the end of this process; if the machine fails, only the last ones can be lost.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN EXCLUSIVE").connection.commit()
    except BaseException:
        database.close()
        raise
    return database


def _is_ours(database: sqlite3.Connection) -> bool:
    """Return whether a database is a checkpoint, False if it is empty; raises sqlite3.DatabaseError for any other."""
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) == (APPLICATION, FORMAT):
        return True
    if application or version or database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("it is something else")
    return False
