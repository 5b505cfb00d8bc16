"""``python -m impact`` and the command ``impact``: Ctrl-C while the command line is loaded is told as it is while it works."""

import signal
import sys


def run() -> None:
    """The command line; what has been answered is not taken back by an interrupt."""
    try:
        from impact.cli import main

        main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    run()
