"""Files that people write are regular ones, of bounded size; nothing else is waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from whosees.rules.files import MAX_BYTES, os_error_text, read_text_file


def test_a_regular_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"x = 1\n")
    assert read_text_file(file, 6) == b"x = 1\n"
    (tmp_path / "link").symlink_to(file)
    assert read_text_file(str(tmp_path / "link")) == b"x = 1\n"
    with pytest.raises(OSError, match="it is larger than 5 bytes"):
        read_text_file(file, 5)


def test_nothing_else_is_read_or_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name, error in {
            tmp_path / "pipe": "it is not a regular file",
            Path("/dev/zero"): "it is not a regular file",
            tmp_path: "is a directory",
            tmp_path / "none": "no such file or directory",
            tmp_path / "socket": "no such device or address",
        }.items():
            with pytest.raises(OSError, match=rf"(?i){error}") as caught:
                read_text_file(name)
            assert os_error_text(caught.value) == error


def test_a_file_that_grows_without_end_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(OSError, match=f"larger than {MAX_BYTES:,} bytes"):
        read_text_file(file)
