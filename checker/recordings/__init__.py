"""Recordings as teams keep them: what one is, where they are found, and a reader for each format.

A reader is chosen by content, never by a file's name (see `registry`). Readers yield recordings one by one; content
that cannot be read becomes a recording that says why, and the rest is read.
"""

from __future__ import annotations

from .batch import BATCH_SIZE, Batch, read_all
from .discovery.naming import Naming, naming_of
from .discovery.walk import find_batches, find_recordings, named_pipes
from .http_facts import NO_HTTP_FACTS, Headers, HttpFacts
from .http_message import extract_request_body, has_body, parse_request_facts
from .model import (
    MAX_CONTEXT_SIZE,
    STDIN,
    AttachmentContent,
    Content,
    ContextFile,
    Discovered,
    LoadedFile,
    Part,
    Recording,
    SkippedFile,
    UnreadableContent,
    describe_attachment,
    read_bounded,
)
from .registry import format_names

__all__ = [
    "BATCH_SIZE",
    "MAX_CONTEXT_SIZE",
    "NO_HTTP_FACTS",
    "STDIN",
    "AttachmentContent",
    "Batch",
    "Content",
    "ContextFile",
    "Discovered",
    "Headers",
    "HttpFacts",
    "LoadedFile",
    "Naming",
    "Part",
    "Recording",
    "SkippedFile",
    "UnreadableContent",
    "describe_attachment",
    "extract_request_body",
    "find_batches",
    "find_recordings",
    "format_names",
    "has_body",
    "named_pipes",
    "naming_of",
    "parse_request_facts",
    "read_all",
    "read_bounded",
]
