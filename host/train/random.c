/* SPDX-License-Identifier: Apache-2.0
 * The host's random numbers: see random.h. */
#include "train/random.h"

#include "device/noise.h"

uint64_t sr_random(uint64_t seed, enum sr_purpose purpose, uint32_t stream, uint32_t index) {
    uint64_t key = sr_permute(seed ^ 0x53525452414e4400u) ^ (uint64_t)purpose << 56;
    return sr_permute(sr_permute(key ^ stream) ^ index);
}

void sr_shuffle(uint32_t *items, uint32_t count, uint64_t seed, enum sr_purpose purpose, uint32_t stream) {
    uint64_t key = sr_random(seed, purpose, stream, 0);
    for (uint32_t i = count; i > 1; i--) {
        uint32_t pick = (uint32_t)((sr_permute(key ^ i) >> 32) * i >> 32);
        uint32_t item = items[pick];
        items[pick] = items[i - 1];
        items[i - 1] = item;
    }
}
