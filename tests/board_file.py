# SPDX-License-Identifier: Apache-2.0
"""What constraints/BOARD.mk says of a board's trainings and clocks."""
import subprocess


def board_file(board):
    """DEMO and DEMO_LOCAL, lists of words of which one may be empty; hz, of the core's clock; baud."""
    told = subprocess.run(["make", "-s", "show-board", "BOARD=" + board], stdout=subprocess.PIPE, text=True, check=True).stdout
    said = {line.split()[0]: line.split()[1:] for line in told.splitlines()[-3:]}
    clock = dict(word.split("=") for word in said.pop("CLOCK"))
    return {**said, "hz": float(clock["CLOCK_HZ"]), "baud": float(clock["BAUD"])}
