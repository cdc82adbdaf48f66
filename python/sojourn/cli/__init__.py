"""The command line `sojourn`: one file a command; data on stdout, messages on stderr."""


def main() -> None:
    """Entry point."""
