"""The one way in which the site's readers open a text file: plain or gzipped, every failure an `InputError`."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path

from brayton.core.errors import Fault, InputError


def read_lines(path: str | Path, *, fallback_encoding: str | None = None) -> list[str]:
    """The lines of a UTF-8 text file; gzip is recognised by its first two bytes, a byte-order mark is dropped.

    fallback_encoding: for formats older than UTF-8; ``latin-1`` never fails and suits EPW, whose place names carry accents.
    Errors: InputError when the file is absent, a folder, unreadable, damaged gzip, or not text.
    """
    file = str(path)
    try:
        raw = Path(path).read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except FileNotFoundError:
        raise InputError(Fault("file", file, "does not exist", "Check the path.", file)) from None
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise InputError(Fault("file", str(error), "cannot be read", "Check the path and the archive.", file)) from None
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        if fallback_encoding is None:
            raise InputError(Fault("file", str(error), "is not UTF-8 text", "Save it as UTF-8 text.", file)) from None
        text = raw.decode(fallback_encoding)
    # not str.splitlines, which breaks lines at form feeds and the like too
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
