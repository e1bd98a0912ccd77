"""Prints what `sam deploy` makes of commands' parameters, as JSON: an object for each command.

usage: overrides.py COMMAND...

A COMMAND is as a shell reads it, and has its parameters at its end, after --parameter-overrides.
"""

import json
import shlex
import sys

from samcli.cli.types import CfnParameterOverridesType


def overrides(command):
    words = shlex.split(command.replace("\\\n", " "))
    return CfnParameterOverridesType().convert(tuple(words[words.index("--parameter-overrides") + 1 :]), None, None)


json.dump([overrides(command) for command in sys.argv[1:]], sys.stdout)
