"""The one way in which files are opened for reading: what is wrong with them is an `InputError` in plain words."""

from __future__ import annotations

from pathlib import Path

from brayton.core.errors import Fault, InputError


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file. Errors: InputError when it is absent, a folder, or cannot be read."""
    file = str(path)
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(Fault("file", file, "does not exist", "Check the path.", file)) from None
    except IsADirectoryError:
        raise InputError(Fault("file", file, "is a folder", "Name a file in it.", file)) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            Fault("file", file, f"cannot be read: {reason.lower()}", "Check the path and its rights.", file)
        ) from None


def not_text(file: str, error: UnicodeDecodeError) -> InputError:
    """The error for a file whose bytes are no UTF-8."""
    rule = f"is not text in UTF-8: byte {error.start + 1} is 0x{error.object[error.start]:02x}"
    return InputError(Fault("file", file, rule, "Save it as UTF-8 text.", file))
