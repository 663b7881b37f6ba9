"""How a peer is asked: one JSON line in ({"seconds": N}: run steps for that long), one JSON line
out ({"milliseconds": [a number a step]})."""

import json
import os
import sys


class Channel:
    def __init__(self):
        # Libraries print: their stdout becomes stderr, ours keeps the pipe.
        self.out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def send(self, message):
        self.out.write(json.dumps(message) + "\n")
        self.out.flush()

    def next_turn(self):
        """Seconds to run next; ends the process when nobody asks any more."""
        line = sys.stdin.readline()
        if not line:
            self.out.flush()
            os._exit(0)
        return json.loads(line)["seconds"]
