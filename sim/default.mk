# SPDX-License-Identifier: Apache-2.0
# The default simulation build: wide, because wide data paths simulate cheaply. Names as in host/sr_map.def.
PARAMS := LANES=64 ENGINES=1 COL_LANES=128 RANK_LANES=4 PROJ_UNITS=32 PROJ_HASH=4 UPD_ROWS=4 SAMPLE_W=64 FRAC_W=8 BUFFERS=2 \
          LAYERS_MAX=3 INPUTS_MAX=4095 HIDDEN_MAX=256 CLASSES_MAX=16 STEPS_MAX=512 PAIRS_MAX=2048
