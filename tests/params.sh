#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Parameters that cannot be built stop elaboration with the name of the rule that they break; the smallest and largest that can be built
# do not. One TAP line a check.
failed=0
core="LANES=4 RANK_LANES=1 PROJ_UNITS=4 FRAC_W=4 BUFFERS=1 
 INPUTS_MAX=592 HIDDEN_MAX=64 CLASSES_MAX=10 STEPS_MAX=14 RANK_MAX=4 PAIRS_MAX=64 SAMPLE_WORDS=16384 RWEIGHT_WORDS=256 BATCH_MAX=64
 SCORE_WORDS=256 PACKET_MAX=256 FACTORS=64"
elaborate() { # settings: what Icarus says of the core
    ${IVERILOG:-iverilog} -g2005 -Wall -t null -I rtl -y rtl -s sr_core $(printf -- '-Psr_core.%s ' "$@") rtl/sr_core.v 2>&1
}
refused() { # rule, settings
    rule=$1; shift
    if elaborate "$@" | grep -q "Unknown module type: $rule\$"; then echo "ok - $rule"; else echo "not ok - $rule ($*)"; failed=1; fi
}
built() { # name, settings
    name=$1; shift; text=$(elaborate "$@")
    if [ -z "$text" ]; then echo "ok - $name"; else echo "not ok - $name"; echo "$text" | head -3 | sed 's/^/# /'; failed=1; fi
}
built "a core" $core
refused SR_INPUTS_MAX_MUST_BE_1_TO_4095 $core INPUTS_MAX=4096
refused SR_STEPS_MAX_MUST_BE_1_TO_1022_AND_RANK_MAX_1_TO_62 $core STEPS_MAX=1023
refused SR_PORT_MUST_BE_0_OR_1 $core PORT=2
built "a core on AXI4-Lite" $core PORT=1
refused SR_CLASSES_MAX_MUST_BE_2_TO_16 $core CLASSES_MAX=17 RWEIGHT_WORDS=512
refused SR_FRAC_W_MUST_BE_1_TO_8 $core FRAC_W=9
refused SR_PAIRS_MAX_MUST_BE_2_TO_32767_AND_BATCH_MAX_2_TO_65534 $core PAIRS_MAX=1 BATCH_MAX=1
refused SR_RWEIGHT_WORDS_MUST_HOLD_CLASSES_MAX_ROWS $core RWEIGHT_WORDS=159
refused SR_FACTORS_IS_AT_LEAST_PROJ_UNITS_BY_RANK_MAX_AND_ABOVE_RANK_MAX $core PROJ_UNITS=1 FACTORS=16 RANK_MAX=16
refused SR_FACTORS_IS_AT_LEAST_PROJ_UNITS_BY_RANK_MAX_AND_ABOVE_RANK_MAX $core FACTORS=8
refused SR_SCORE_WORDS_IS_AT_MOST_CBUF_WORDS $core SCORE_WORDS=257
refused SR_STEPS_127_RANK_16_INPUTS_2047_GROUPS_255_HIDDEN_BY_STEPS_32767_AT_MOST $core INPUTS_MAX=2048
refused SR_FULL_NEEDS_MORE_THAN_64_LANES_LOWRANK_AND_32_FACTORS $core FULL=1
built "full rank, lanes as loops" $core LANES=128 PROJ_UNITS=64 BUFFERS=2 PAIRS_MAX=256 FACTORS=256 FRAC_W=8 INPUTS_MAX=592 \
    HIDDEN_MAX=256 SCORE_WORDS=64 PACKET_MAX=1024 FIT_UNITS=2 FULL=1
refused SR_DSP_CHAIN_IS_FOR_LOW_RANK_IN_64_LANES_AT_MOST_WITHOUT_SOFT_LANES_OR_SCALE_OWN $core DSP_CHAIN=1 SOFT_LANES=1
refused SR_SCALE_OWN_IS_0_OR_1_AND_QUAD_2_OR_4 $core QUAD=3
built "products added in a chain" $core DSP_CHAIN=1
built "the smallest core" $core LANES=2 PROJ_UNITS=1 PAIRS_MAX=2 BATCH_MAX=2 CLASSES_MAX=2 RANK_MAX=1 HIDDEN_MAX=2 \
    INPUTS_MAX=1 STEPS_MAX=1 SAMPLE_WORDS=16 RWEIGHT_WORDS=8 FACTORS=2 SCORE_WORDS=3 PACKET_MAX=128 FRAC_W=1
built "whole weights in a core" $core FRAC_W=8 CLASSES_MAX=16
loops="$core LANES=128 RANK_LANES=4 PROJ_UNITS=256 BUFFERS=2 PAIRS_MAX=4096 FACTORS=8192 FRAC_W=8 INPUTS_MAX=4095 FIT_UNITS=2
 PACKET_MAX=1024 WEIGHT_HOLD=0 NOISE_ROUNDS=16 RANK_MAX=16 FULL=1"
built "the limits of the default build" $loops
refused SR_FACTORS_IS_AT_MOST_256_SO_THAT_SUMS_HAVE_16_BITS $core FACTORS=512
refused SR_FACTORS_IS_AT_MOST_16384_SO_THAT_SUMS_HAVE_24_BITS $loops FACTORS=32768
refused SR_RANK_LANES_MUST_BE_A_POWER_OF_TWO_AND_DIVIDE_RANK_MAX $loops RANK_MAX=6
refused SR_RANK_LANES_ABOVE_1_NEED_MORE_THAN_64_LANES $core RANK_LANES=2
refused SR_BUFFERS_IS_1_OR_2 $core BUFFERS=3
# A part of the core that is handed all parameters but one would be built with that one's default.
if [ "$(sed -n 's/^parameter \([A-Z_]*\).*/\1/p' rtl/sr_params.vh)" = "$(grep -o '\.[A-Z_]*([A-Z_]*)' rtl/sr_pass.vh | sed 's/^\.\([A-Z_]*\)(\1)$/\1/')" ]; then
    echo "ok - sr_pass.vh hands on the parameters of sr_params.vh"
else
    echo "not ok - sr_pass.vh hands on other parameters than those of sr_params.vh"; failed=1
fi
exit $failed
