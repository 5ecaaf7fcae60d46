// SPDX-License-Identifier: Apache-2.0
// sr_crc32 against a bit-wise CRC-32/ISO-HDLC and its published check value.
// params:
#include <cstdint>
#include <cstdio>
#include <random>

#include "verilated.h"
#include "Vsr_crc32.h"

static uint32_t step(uint32_t crc, uint8_t byte) {
    crc ^= byte;
    for (int b = 0; b < 8; b++) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    return crc;
}

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    std::mt19937 rng(1);
    Vsr_crc32 dut;
    unsigned failures = 0;
    uint32_t crc = 0xFFFFFFFFu;
    for (const char *c = "123456789"; *c; c++) {
        dut.crc_i = crc;
        dut.data_i = static_cast<uint8_t>(*c);
        dut.eval();
        crc = dut.crc_o;
    }
    failures += ~crc != 0xCBF43926u;
    for (int n = 0; n < 100000; n++) {
        dut.crc_i = static_cast<uint32_t>(rng());
        dut.data_i = static_cast<uint8_t>(rng());
        dut.eval();
        failures += dut.crc_o != step(dut.crc_i, dut.data_i);
        dut.data_i = static_cast<uint8_t>(dut.crc_i);
        dut.eval();
        failures += dut.crc_o != dut.crc_i >> 8; // the low byte shifts the state out
    }
    printf("tb_crc32: check value and 100000 random states: %s\n", failures ? "FAILED" : "ok");
    return failures != 0;
}
