"""Talks to the benchmark that started this process: a JSON object a line, in on stdin, out on stdout.

What libraries print goes to stderr, so that stdout carries nothing else.
"""

import json
import os
import platform
import sys

_out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def receive():
    """The next request, or None when there will be no more."""
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def send(**answer):
    _out.write(json.dumps(answer) + "\n")
    _out.flush()


def versions(*libraries):
    """Python's version and those of some libraries, by name."""
    names = {"trl": "TRL"}
    found = {names.get(one.__name__, one.__name__): one.__version__.split("+")[0] for one in libraries}
    return {"Python": platform.python_version(), **found}
