"""The one way in which the site's readers open a text file: plain or gzipped, every failure an `InputError`."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from brayton.core.errors import Fault, InputError


def read_text(path: str | Path, *, encoding: str = "utf-8-sig") -> str:
    """The text of a file; gzip is recognised by its first two bytes, a byte-order mark is dropped.

    encoding: ``utf-8-sig`` for our own formats; ``latin-1`` never fails and suits EPW, whose place names carry accents.
    Errors: InputError when the file is absent, a folder, unreadable, damaged gzip, or not text in that encoding.
    """
    file = Path(path)
    try:
        raw = file.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        return raw.decode(encoding)
    except FileNotFoundError:
        raise InputError(Fault("file", str(file), "does not exist", "Check the path.", str(file))) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(Fault("file", str(error), "cannot be read", "Check the path and the archive.", str(file))) from None
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError(Fault("file", str(error), f"is not {encoding} text", "Save it as UTF-8 text.", str(file))) from None
