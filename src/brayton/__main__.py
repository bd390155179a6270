"""``python -m brayton``: the command line."""

from brayton.faces.cli import main

if __name__ == "__main__":
    main()
