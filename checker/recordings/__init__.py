"""Recordings as teams keep them: what one is, where they are found, and a reader for each format.

A reader is chosen by what a file holds, never by its name (see `formats`). Each gives recordings one by one, and
says of what it cannot give which reason it has; the rest is read on.
"""

from __future__ import annotations

from .batch import BATCH_SIZE, Batch, read_all
from .discovery.walk import find_batches, find_recordings
from .http_message import message_sent
from .model import (
    STDIN,
    AttachmentContent,
    Content,
    Discovered,
    Recording,
    SkippedFile,
    UnreadableContent,
    name_of,
    read_bounded,
)

__all__ = [
    "BATCH_SIZE",
    "STDIN",
    "AttachmentContent",
    "Batch",
    "Content",
    "Discovered",
    "Recording",
    "SkippedFile",
    "UnreadableContent",
    "find_batches",
    "find_recordings",
    "message_sent",
    "name_of",
    "read_all",
    "read_bounded",
]
