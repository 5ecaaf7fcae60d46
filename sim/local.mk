# SPDX-License-Identifier: Apache-2.0
# The core about as the iCE40 UP5K board builds it for mode `local` alone, for tests: no low rank.
PARAMS := $(UP5K) STEPS_MAX=14 SERIAL=1 LEAK_DSP=4 LOCAL=1 DENSE=1 LOWRANK=0
