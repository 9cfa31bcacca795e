"""What a program writes to a terminal."""

import os


def read_terminal(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux tells the end of a terminal by an error
        return b""
