/* SPDX-License-Identifier: Apache-2.0
 * Made by `make map` from host/map/sr_map.def; do not edit. */
/* clang-format off */
#ifndef SR_MAP_H
#define SR_MAP_H

#include <stdint.h>

enum {
    SR_REG_MAGIC = 0x00,
    SR_REG_PROTOCOL = 0x01,
    SR_REG_MAP_HASH = 0x02,
    SR_REG_LANES = 0x03,
    SR_REG_RANK_LANES = 0x04,
    SR_REG_PROJ_UNITS = 0x05,
    SR_REG_SAMPLE_W = 0x06,
    SR_REG_FRAC_W = 0x07,
    SR_REG_BUFFERS = 0x08,
    SR_REG_INPUTS_MAX = 0x09,
    SR_REG_HIDDEN_MAX = 0x0A,
    SR_REG_CLASSES_MAX = 0x0B,
    SR_REG_STEPS_MAX = 0x0C,
    SR_REG_RANK_MAX = 0x0D,
    SR_REG_PAIRS_MAX = 0x0E,
    SR_REG_SAMPLE_WORDS = 0x0F,
    SR_REG_WEIGHT_WORDS = 0x10,
    SR_REG_RWEIGHT_WORDS = 0x11,
    SR_REG_BATCH_MAX = 0x12,
    SR_REG_SCORE_WORDS = 0x13,
    SR_REG_PACKET_MAX = 0x14,
    SR_REG_CLOCK_HZ = 0x15,
    SR_REG_MODES = 0x16,
    SR_REG_FACTORS = 0x17,
    SR_REG_ROW_WORDS = 0x18,
    SR_REG_STATUS = 0x20,
    SR_REG_CYC_TOTAL = 0x21,
    SR_REG_CYC_BASE = 0x22,
    SR_REG_CYC_LIF = 0x23,
    SR_REG_CYC_LIF_BUSY = 0x24,
    SR_REG_CYC_READOUT = 0x25,
    SR_REG_CYC_UPDATE = 0x26,
    SR_REG_EVENTS = 0x27,
    SR_REG_BUILD = 0x30,
    SR_REG_STEPS = 0x40,
    SR_REG_CLASSES = 0x41,
    SR_REG_RESET_KIND = 0x42,
    SR_REG_ROWS0 = 0x43,
    SR_REG_COLS0 = 0x44,
    SR_REG_THETA0 = 0x45,
    SR_REG_LEAK0 = 0x46,
    SR_REG_KEY_LO = 0x60,
    SR_REG_KEY_HI = 0x61,
    SR_REG_PAIRS = 0x62,
    SR_REG_PAIR_FIRST = 0x63,
    SR_REG_PAIR_COUNT = 0x64,
    SR_REG_RANK = 0x65,
    SR_REG_MODE = 0x66,
    SR_REG_BATCH = 0x67,
    SR_REG_FITNESS = 0x68,
    SR_REG_PLACE = 0x69,
    SR_REG_SCALE0 = 0x6A,
    SR_REG_SCALE3 = 0x6B,
    SR_REG_STEP0 = 0x6C,
    SR_REG_STEP3 = 0x6D,
    SR_REG_EPOCH = 0x7F,
};

enum {
    SR_MEM_SAMPLE = 0x00,
    SR_MEM_BATCH = 0x01,
    SR_MEM_WEIGHT = 0x02,
    SR_MEM_RWEIGHT = 0x03,
    SR_MEM_CREDIT = 0x04,
    SR_MEM_FITNESS = 0x05,
    SR_MEM_CORRECT = 0x06,
    SR_MEM_SCORE = 0x07,
};

enum {
    SR_OP_IDENTIFY = 0x01,
    SR_OP_WRITE_REG = 0x02,
    SR_OP_READ_REG = 0x03,
    SR_OP_WRITE_MEM = 0x04,
    SR_OP_READ_MEM = 0x05,
    SR_OP_RUN = 0x06,
    SR_OP_WAIT = 0x07,
    SR_OP_ABORT = 0x08,
    SR_OP_RESET = 0x09,
    SR_OP_WRITE_DENSE = 0x0A,
};

enum {
    SR_REPLY_OK = 0x00,
    SR_REPLY_BAD_CRC = 0x01,
    SR_REPLY_BAD_OP = 0x02,
    SR_REPLY_BAD_LENGTH = 0x03,
    SR_REPLY_BAD_ADDRESS = 0x04,
    SR_REPLY_BUSY = 0x05,
    SR_REPLY_NO_RUN = 0x06,
    SR_REPLY_BAD_FLAGS = 0x07,
    SR_REPLY_ABORTED = 0x08,
    SR_REPLY_LIMIT_STEPS = 0x11,
    SR_REPLY_LIMIT_CLASSES = 0x12,
    SR_REPLY_LIMIT_ROWS = 0x13,
    SR_REPLY_LIMIT_COLS = 0x14,
    SR_REPLY_LIMIT_RANK = 0x15,
    SR_REPLY_LIMIT_PAIRS = 0x16,
    SR_REPLY_LIMIT_BATCH = 0x18,
    SR_REPLY_LIMIT_SCORE = 0x1A,
    SR_REPLY_LIMIT_MODE = 0x1B,
    SR_REPLY_LIMIT_FACTORS = 0x1C,
    SR_REPLY_LIMIT_THETA = 0x1D,
    SR_REPLY_LIMIT_FITNESS = 0x1E,
    SR_REPLY_LIMIT_LABEL = 0x1F,
    SR_REPLY_LIMIT_WEIGHTS = 0x20,
};

#define SR_MAGIC_VALUE UINT32_C(0x53504B52)
#define SR_PROTOCOL_VALUE UINT32_C(0x1)
#define SR_ID_REGS UINT32_C(0x20)
#define SR_SYNC0_REQUEST UINT32_C(0xA5)
#define SR_SYNC0_REPLY UINT32_C(0x5A)
#define SR_RUN_EVALUATE UINT32_C(0x1)
#define SR_RUN_ACCUMULATE UINT32_C(0x2)
#define SR_RUN_UPDATE UINT32_C(0x4)
#define SR_RUN_SHAPE UINT32_C(0x8)
#define SR_RUN_INFER UINT32_C(0x10)
#define SR_RUN_LEARN UINT32_C(0x20)
#define SR_KIND_ROW UINT32_C(0x0)
#define SR_KIND_COL UINT32_C(0x1)
#define SR_KIND_FULL UINT32_C(0x2)
#define SR_KIND_ROUND UINT32_C(0x3)
#define SR_KIND_LOCAL UINT32_C(0x4)
#define SR_LAYER_READOUT UINT32_C(0x3)
#define SR_MAP_HASH UINT32_C(0x1AE57ACD)

/* Text of a reply status or run code; never NULL. */
static inline const char *sr_reply_text(uint32_t code)
{
    switch (code) {
    case SR_REPLY_OK:
        return "OK: done";
    case SR_REPLY_BAD_CRC:
        return "BAD_CRC: packet damaged, not obeyed";
    case SR_REPLY_BAD_OP:
        return "BAD_OP: unknown opcode";
    case SR_REPLY_BAD_LENGTH:
        return "BAD_LENGTH: payload length does not suit the opcode, or exceeds PACKET_MAX";
    case SR_REPLY_BAD_ADDRESS:
        return "BAD_ADDRESS: no such register or memory, or beyond its last word";
    case SR_REPLY_BUSY:
        return "BUSY: a run is under way: only IDENTIFY, READ_REG, WAIT, ABORT and RESET are served";
    case SR_REPLY_NO_RUN:
        return "NO_RUN: no run since the reset";
    case SR_REPLY_BAD_FLAGS:
        return "BAD_FLAGS: RUN flags that do not exist, or INFER or LEARN with others";
    case SR_REPLY_ABORTED:
        return "ABORTED: the run was ended by ABORT";
    case SR_REPLY_LIMIT_STEPS:
        return "LIMIT_STEPS: STEPS outside 1..STEPS_MAX";
    case SR_REPLY_LIMIT_CLASSES:
        return "LIMIT_CLASSES: CLASSES outside 2..CLASSES_MAX";
    case SR_REPLY_LIMIT_ROWS:
        return "LIMIT_ROWS: inputs outside 1..INPUTS_MAX";
    case SR_REPLY_LIMIT_COLS:
        return "LIMIT_COLS: neurons outside 1..HIDDEN_MAX";
    case SR_REPLY_LIMIT_RANK:
        return "LIMIT_RANK: RANK outside 1..RANK_MAX";
    case SR_REPLY_LIMIT_PAIRS:
        return "LIMIT_PAIRS: PAIRS or PAIR_COUNT outside 1..PAIRS_MAX";
    case SR_REPLY_LIMIT_BATCH:
        return "LIMIT_BATCH: BATCH outside 1..BATCH_MAX";
    case SR_REPLY_LIMIT_SCORE:
        return "LIMIT_SCORE: inference: BATCH * (CLASSES + 1) beyond SCORE_WORDS";
    case SR_REPLY_LIMIT_MODE:
        return "LIMIT_MODE: full rank, bell entries, two ranks in one run or learning asked for and not built";
    case SR_REPLY_LIMIT_FACTORS:
        return "LIMIT_FACTORS: pairs x rank beyond FACTORS";
    case SR_REPLY_LIMIT_THETA:
        return "LIMIT_THETA: a threshold above 32767";
    case SR_REPLY_LIMIT_FITNESS:
        return "LIMIT_FITNESS: fitness kind 3";
    case SR_REPLY_LIMIT_LABEL:
        return "LIMIT_LABEL: a label of the batch list beyond CLASSES";
    case SR_REPLY_LIMIT_WEIGHTS:
        return "LIMIT_WEIGHTS: weights of a layer beyond WEIGHT_WORDS or RWEIGHT_WORDS";
    default:
        return "unknown reply code";
    }
}

#endif
