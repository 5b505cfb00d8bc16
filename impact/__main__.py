"""``python -m impact`` is the command line."""

from impact.cli import main

if __name__ == "__main__":
    main()
