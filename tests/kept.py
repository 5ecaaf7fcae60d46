# SPDX-License-Identifier: Apache-2.0
"""Results of long runs, kept in files so that a table that was broken off is gone on with."""
import json
import os


def kept(path, make):
    """What the file holds, as JSON; made first, and written whole, if it is not there."""
    if not os.path.exists(path):
        value = make()
        with open(path + ".new", "w") as file:
            json.dump(value, file)
        os.rename(path + ".new", path)
    with open(path) as file:
        return json.load(file)
