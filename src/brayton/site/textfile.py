"""The one way in which the site's readers open a text file: plain or gzipped, every failure an `InputError`."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path

from brayton.core.errors import Fault, InputError
from brayton.core.files import not_text, read_bytes


def read_lines(path: str | Path, *, fallback_encoding: str | None = None) -> list[str]:
    """The lines of a UTF-8 text file; gzip is recognised by its first two bytes, a byte-order mark is dropped.

    fallback_encoding: for formats older than UTF-8; ``latin-1`` never fails and suits EPW, whose place names carry accents.
    Errors: InputError when the file is absent, a folder, unreadable, damaged gzip, or not text.
    """
    file = str(path)
    raw = read_bytes(path)
    try:
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(Fault("file", str(error), "is a damaged gzip archive", "Compress it anew.", file)) from None
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        if fallback_encoding is None:
            raise not_text(file, error) from None
        text = raw.decode(fallback_encoding)
    # not str.splitlines, which breaks lines at form feeds and the like too
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
