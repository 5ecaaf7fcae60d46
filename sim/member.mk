# SPDX-License-Identifier: Apache-2.0
# The core about as the iCE40 UP5K board builds it for low rank, for tests: a member at a time, the hard reset alone.
PARAMS := $(UP5K) STEPS_MAX=14 LEAK_DSP=2 DSP_CHAIN=1 CFG_RAM=1
