/* SPDX-License-Identifier: Apache-2.0
 * Writes what C, Verilog and the documentation share, from host/map/sr_map.def and host/map/tables.def, to standard output:
 *   mapgen vh    rtl/sr_map.vh       localparams, for inclusion in a module body
 *   mapgen cfg   rtl/sr_cfg.vh       the RW registers of the bundle cfg_i as wires, for inclusion in a module body
 *   mapgen st    rtl/sr_st.vh        the bundle st_o from the status registers as wires, likewise
 *   mapgen regs  rtl/sr_regs.v       the register file
 *   mapgen h     host/map/sr_map.h       enums for C
 *   mapgen doc   docs/registers.md   tables
 *   mapgen exp   rtl/sr_exp_rom.v    EXP of numerics section 6
 *   mapgen ln    rtl/sr_ln_rom.v     LNM of numerics section 6
 *   mapgen fit   rtl/sr_fit_rom.v    both tables in one memory of 512 bytes, for sr_fitness_serial
 * More than 400 lines, because it is one program that is built by itself: a function for each of its outputs. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *kind, *name;
    uint32_t code;
    const char *access;
    unsigned bits;
    const char *text;
};

static const struct entry LIST[] = {
#define SR_REG(name, addr, access, bits, text) {"REG", #name, addr, #access, bits, text},
#define SR_MEM(name, id, access, text) {"MEM", #name, id, #access, 0, text},
#define SR_OP(name, code, text) {"OP", #name, code, "", 0, text},
#define SR_REPLY(name, code, text) {"REPLY", #name, code, "", 0, text},
#define SR_CONST(name, value, text) {"CONST", #name, value, "", 0, text},
#include "map/sr_map.def"
};
enum { LIST_COUNT = sizeof LIST / sizeof LIST[0] };

static const unsigned EXP[] = {
#define SR_TABLE_EXP(z, value) [z] = (value),
#include "map/tables.def"
};
static const unsigned LNM[] = {
#define SR_TABLE_LNM(i, value) [i] = (value),
#include "map/tables.def"
};
static const int LNB[] = {
#define SR_TABLE_LNB(i, value) [i] = (value),
#include "map/tables.def"
};

static bool is_kind(const struct entry *e, const char *kind) { return strcmp(e->kind, kind) == 0; }

static bool is_reg(const struct entry *e, const char *access) { return is_kind(e, "REG") && strcmp(e->access, access) == 0; }

static uint32_t crc32_text(uint32_t crc, const char *text) {
    for (; *text; text++) {
        crc ^= (uint8_t)*text;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return crc;
}

/* CRC-32 of a line for each entry, in the order of the list: kind, name, code, access and bits, not the prose. */
static uint32_t map_hash(void) {
    uint32_t crc = 0xFFFFFFFFu;
    for (int i = 0; i < LIST_COUNT; i++) {
        char line[128];
        snprintf(line, sizeof line, "%s %s 0x%X %s %u\n", LIST[i].kind, LIST[i].name, (unsigned)LIST[i].code, LIST[i].access,
                 LIST[i].bits);
        crc = crc32_text(crc, line);
    }
    return crc ^ 0xFFFFFFFFu;
}

static const char *lower(const char *name) {
    static char text[64];
    size_t n = 0;
    for (; name[n] && n + 1 < sizeof text; n++) text[n] = (char)tolower((unsigned char)name[n]);
    text[n] = 0;
    return text;
}

/* Bits of a constant in Verilog: those that the logic compares it with. */
static unsigned const_width(const char *name) {
    if (strncmp(name, "RUN_", 4) == 0) return 6;
    if (strncmp(name, "KIND_", 5) == 0 || strncmp(name, "LAYER_", 6) == 0) return 4;
    if (strncmp(name, "SYNC", 4) == 0) return 8;
    return 32;
}

static void write_vh(void) {
    puts(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by `make map` from host/map/sr_map.def and host/map/tables.def; do not edit. For inclusion in a module body.\n"
        "// This is the whole list of names, and a module uses a few of them.\n"
        "// verilator lint_off UNUSEDPARAM");
    for (int i = 0; i < LIST_COUNT; i++) {
        const struct entry *e = &LIST[i];
        unsigned width = is_kind(e, "MEM") ? 3 : is_kind(e, "CONST") ? const_width(e->name) : 8;
        printf("localparam [%u:0] SR_%s%s%s = %u'h%X;\n", width - 1, is_kind(e, "CONST") ? "" : e->kind,
               is_kind(e, "CONST") ? "" : "_", e->name, width, (unsigned)e->code);
    }
    for (size_t i = 0; i < sizeof LNB / sizeof LNB[0]; i++)
        printf("localparam signed [15:0] SR_LNB%u = %s16'sd%d;\n", (unsigned)i, LNB[i] < 0 ? "-" : "", abs(LNB[i]));
    printf(
        "localparam [31:0] SR_MAP_HASH = 32'h%08X;\n"
        "// verilator lint_on UNUSEDPARAM\n",
        (unsigned)map_hash());
}

/* Identity registers that are constants of the list, not parameters of the build. */
static bool id_fixed(const char *name) {
    return strcmp(name, "MAGIC") == 0 || strcmp(name, "PROTOCOL") == 0 || strcmp(name, "MAP_HASH") == 0;
}

/* RW registers of which no more bits are kept than the limit of the build needs. A value that does not fit is held as all
 * ones, which is beyond the limit as well: sr_limits refuses it as it would have refused the value. */
static const struct {
    const char *name, *limit;
} FITS[] = {
    {"STEPS", "STEPS_MAX"}, {"CLASSES", "CLASSES_MAX"},  {"ROWS0", "INPUTS_MAX"}, {"COLS0", "HIDDEN_MAX"},
    {"PAIRS", "PAIRS_MAX"}, {"PAIR_COUNT", "PAIRS_MAX"}, {"RANK", "RANK_MAX"},    {"BATCH", "BATCH_MAX"},
};
enum { FITS_COUNT = sizeof FITS / sizeof FITS[0] };

enum { ST_FIRST = 0x20, RW_FIRST = 0x40, RW_LAST = 0x7F };

static const struct entry *reg_at(unsigned address) {
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_kind(&LIST[i], "REG") && LIST[i].code == address) return &LIST[i];
    return NULL;
}

static int fit_of(const char *name) {
    for (int i = 0; i < FITS_COUNT; i++)
        if (strcmp(FITS[i].name, name) == 0) return i;
    return -1;
}

/* The fields of a bundle, from its last address down, as an expression that `assign X = {` begins; places without a register are 0.
 * form: what stands for a register, of its name. */
static void bundle(const char *indent, const char *access, unsigned last, unsigned first, const char *form) {
    unsigned zeros = 0;
    for (unsigned address = last + 1; address-- > first;) {
        const struct entry *e = reg_at(address);
        bool there = e && is_reg(e, access) && strcmp(e->name, "STATUS") != 0;
        zeros += there ? 32 - e->bits : 32;
        if (zeros && (there || address == first)) {
            printf("%s%u'd0%s", indent, zeros, there ? ", " : "};\n");
            zeros = 0;
        } else if (there) {
            fputs(indent, stdout);
        }
        if (!there) continue;
        printf(form, lower(e->name));
        puts(address > first ? "," : "};");
    }
}

static void write_regs(void) {
    puts(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by `make map` (host/map/mapgen.c) from host/map/sr_map.def; do not edit.\n"
        "//\n"
        "// sr_regs: the register file.\n"
        "// RO and RW registers are read from one RAM of bytes, little endian, {register, byte}: RO as initial contents, RW "
        "as\n"
        "// a copy of what was written. RW registers are flip-flops beside it, as wide as the list says; of those that have a\n"
        "// limit, no more bits than that needs, and a value that does not fit is held as all ones, beyond the limit as well. "
        "ST\n"
        "// is read live.\n"
        "// Bundles  st_i, cfg_o: 32 bits an address, from 0x20 and from 0x40 on. sr_cfg.vh names the fields of cfg.\n"
        "// Latency  read 1 cycle: rdata_o belongs to the raddr_i of the cycle before.\n"
        "//          we_i: one register from wdata_i; bwe_i: one byte of the copy. The writer does both.\n"
        "// Reset    none: an RW register is undefined until it is written.\n"
        "// Test     tests/rtl/tb_host.cpp\n"
        "`default_nettype none\n"
        "\n"
        "module sr_regs #(");
    puts(
        "    `include \"sr_params.vh\"\n"
        "    parameter PACKET_MAX = 256,\n"
        "    parameter CLOCK_HZ   = 0,\n"
        "    parameter BUILD      = 0,\n"
        "    parameter DENSE      = 0,\n"
        "    `include \"sr_engine.vh\"\n"
        ") (\n"
        "    input  wire        clk_i,\n"
        "    input  wire        we_i,\n"
        "    input  wire [6:0]  waddr_i,\n"
        "    input  wire [31:0] wdata_i,\n"
        "    input  wire        bwe_i,\n"
        "    input  wire [1:0]  bsel_i,\n"
        "    input  wire [7:0]  bdata_i,\n"
        "    input  wire [8:0]  raddr_i,\n"
        "    output wire [7:0]  rdata_o,");
    puts(
        "    input  wire [511:0]  st_i,\n"
        "    output wire [2047:0] cfg_o\n"
        ");\n"
        "    `include \"sr_map.vh\"\n"
        "\n"
        "    // identity that follows from parameters\n"
        "    localparam SAMPLE_W  = 16;\n"
        "    localparam ROW_WORDS = BLOCKS;\n"
        "    localparam MODES     = (FULL != 0 ? 1 : 0) | (LOCAL != 0 ? 4 : 0) | (LEAK_MUL != 0 ? 8 : 0) | (SUBTRACT != 0 ? 16 "
        ": 0) |\n"
        "                           (LOWRANK != 0 ? 32 : 0) | (DENSE != 0 ? 128 : 0);\n");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_reg(&LIST[i], "RW")) printf("    reg  [%u:0] cfg_%s_q;\n", LIST[i].bits - 1, lower(LIST[i].name));
    puts("    assign cfg_o = {");
    bundle("        ", "RW", RW_LAST, RW_FIRST, "cfg_%s_q");
    puts("\n    // what can be held");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_reg(&LIST[i], "RW") && fit_of(LIST[i].name) >= 0) {
            const char *name = LIST[i].name;
            const unsigned bits = LIST[i].bits;
            printf("    localparam [%u:0] FIT_%s = ~(%u'd%u << $clog2(%s + 2));\n", bits - 1, name, bits, (1u << bits) - 1,
                   FITS[fit_of(name)].limit);
        }
    puts(
        "\n"
        "    function [7:0] identity;\n"
        "        input [8:0] n;\n"
        "        reg [31:0]  value;\n"
        "        begin\n"
        "            case ({1'b0, n[8:2]})");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_reg(&LIST[i], "RO")) {
            const char *name = LIST[i].name;
            printf("                SR_REG_%s: value = %s%s%s;\n", name, id_fixed(name) ? "SR_" : "", name,
                   id_fixed(name) && strcmp(name, "MAP_HASH") != 0 ? "_VALUE" : "");
        }
    puts(
        "                default: value = 32'd0;\n"
        "            endcase\n"
        "            value = value >> {n[1:0], 3'd0};\n"
        "            identity = value[7:0];\n"
        "        end\n"
        "    endfunction\n"
        "\n"
        "    (* no_rw_check *) reg [7:0] mem_q [0:511];\n"
        "    integer   n;\n"
        "    initial begin\n"
        "        for (n = 0; n < 512; n = n + 1)\n"
        "            mem_q[n] = identity(n[8:0]);\n"
        "    end\n");
    puts(
        "    reg [31:0] st;\n"
        "    always @* begin\n"
        "        case ({1'b0, raddr_i[8:2]})");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_reg(&LIST[i], "ST")) {
            unsigned at = 32 * ((unsigned)LIST[i].code - ST_FIRST);
            if (LIST[i].bits == 32)
                printf("            SR_REG_%s: st = st_i[%u:%u];\n", LIST[i].name, at + 31, at);
            else
                printf("            SR_REG_%s: st = {%u'd0, st_i[%u:%u]};\n", LIST[i].name, 32 - LIST[i].bits,
                       at + LIST[i].bits - 1, at);
        }
    puts(
        "            default: st = 32'd0;\n"
        "        endcase\n"
        "    end\n"
        "\n"
        "    wire _unused = &{1'b0, st_i};  // a status register may be shorter than its place\n"
        "\n"
        "    // ST has 0 in the RAM, as it is never written there\n"
        "    reg [7:0] mem_rdata_q;\n"
        "    reg [7:0] st_rdata_q;\n"
        "    always @(posedge clk_i) begin\n"
        "        if (bwe_i)\n"
        "            mem_q[{waddr_i, bsel_i}] <= bdata_i;\n"
        "        mem_rdata_q <= mem_q[raddr_i];\n"
        "        st_rdata_q  <= raddr_i[1] ? (raddr_i[0] ? st[31:24] : st[23:16]) : (raddr_i[0] ? st[15:8] : st[7:0]);\n"
        "    end\n"
        "    assign rdata_o = st_rdata_q | mem_rdata_q;  // one of them is 0\n"
        "\n"
        "    always @(posedge clk_i) begin\n"
        "        if (we_i) begin\n"
        "            case ({1'b0, waddr_i})");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_reg(&LIST[i], "RW")) {
            const char *name = LIST[i].name;
            const unsigned top = LIST[i].bits - 1;
            if (fit_of(name) < 0)
                printf("                SR_REG_%s: cfg_%s_q <= wdata_i[%u:0];\n", name, lower(name), top);
            else
                printf(
                    "                SR_REG_%s: cfg_%s_q <= FIT_%s & (wdata_i[%u:0] | {%u{(wdata_i[%u:0] & ~FIT_%s) != "
                    "%u'd0}});\n",
                    name, lower(name), name, top, top + 1, top, name, top + 1);
        }
    puts(
        "                default: ;\n"
        "            endcase\n"
        "        end\n"
        "    end\n"
        "endmodule\n"
        "\n"
        "`default_nettype wire");
}

static void write_cfg(void) {
    puts(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by `make map` from host/map/sr_map.def; do not edit. For inclusion in the body of a module that has an input\n"
        "// cfg_i[2047:0] (sr_regs): its registers by name. A module uses some of them.\n"
        "// verilator lint_off UNUSEDSIGNAL");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_reg(&LIST[i], "RW")) {
            unsigned at = 32 * ((unsigned)LIST[i].code - RW_FIRST);
            printf("wire [%u:0] cfg_%s = cfg_i[%u:%u];\n", LIST[i].bits - 1, lower(LIST[i].name), at + LIST[i].bits - 1, at);
        }
    puts(
        "wire _unused_cfg = &{1'b0, cfg_i};\n"
        "// verilator lint_on UNUSEDSIGNAL");
}

/* STATUS is made by sr_host, where the bundle is read. */
static void write_st(void) {
    puts(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by `make map` from host/map/sr_map.def; do not edit. For inclusion in the body of a module that has an "
        "output\n"
        "// st_o[511:0] and every status register but STATUS as a signal.\n"
        "assign st_o = {");
    bundle("    ", "ST", ST_FIRST + 15, ST_FIRST, "st_%s");
}

static void write_h(void) {
    puts(
        "/* SPDX-License-Identifier: Apache-2.0\n"
        " * Made by `make map` from host/map/sr_map.def; do not edit. */\n"
        "/* clang-format off */\n"
        "#ifndef SR_MAP_H\n"
        "#define SR_MAP_H\n"
        "\n"
        "#include <stdint.h>\n");
    static const char *const KINDS[] = {"REG", "MEM", "OP", "REPLY"};
    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
        puts("enum {");
        for (int i = 0; i < LIST_COUNT; i++)
            if (is_kind(&LIST[i], KINDS[k])) printf("    SR_%s_%s = 0x%02X,\n", KINDS[k], LIST[i].name, (unsigned)LIST[i].code);
        puts("};\n");
    }
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_kind(&LIST[i], "CONST")) printf("#define SR_%s UINT32_C(0x%X)\n", LIST[i].name, (unsigned)LIST[i].code);
    printf("#define SR_MAP_HASH UINT32_C(0x%08X)\n\n", (unsigned)map_hash());
    puts(
        "/* Text of a reply status or run code; never NULL. */\n"
        "static inline const char *sr_reply_text(uint32_t code)\n"
        "{\n"
        "    switch (code) {");
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_kind(&LIST[i], "REPLY"))
            printf("    case SR_REPLY_%s:\n        return \"%s: %s\";\n", LIST[i].name, LIST[i].name, LIST[i].text);
    puts(
        "    default:\n"
        "        return \"unknown reply code\";\n"
        "    }\n"
        "}\n"
        "\n"
        "#endif");
}

static void print_cell(const char *text) {
    for (; *text; text++) printf(*text == '|' ? "\\|" : "%c", *text);
}

static void doc_table(const char *kind, const char *title, const char *head) {
    printf("\n## %s\n\n%s\n", title, head);
    for (int i = 0; i < LIST_COUNT; i++) {
        const struct entry *e = &LIST[i];
        if (!is_kind(e, kind)) continue;
        if (is_kind(e, "REG"))
            printf("| 0x%02X | `%s` | %s | %u | ", (unsigned)e->code, e->name, e->access, e->bits);
        else if (is_kind(e, "MEM"))
            printf("| %u | `%s` | %s | ", (unsigned)e->code, e->name, e->access);
        else
            printf("| 0x%02X | `%s` | ", (unsigned)e->code, e->name);
        print_cell(e->text);
        puts(" |");
    }
}

static void write_doc(void) {
    puts(
        "# Registers, memories, opcodes\n"
        "\n"
        "Made by `make map` from [host/map/sr_map.def](../host/map/sr_map.def); do not edit. How they travel: "
        "[protocol.md](protocol.md).\n");
    printf(
        "Hash of this list: `0x%08X`, CRC-32 of the line `KIND NAME 0xCODE ACCESS BITS` of every entry below, prose left "
        "out.\n",
        (unsigned)map_hash());
    doc_table("REG", "Registers", "| address | name | access | bits | meaning |\n|---|---|---|---|---|");
    puts(
        "\nRO is fixed by the build, ST is live status, RW is set by the host and undefined until then. A range that leaves\n"
        "0x00..0x7F (reading) or 0x40..0x7F (writing) is answered `BAD_ADDRESS`; an address inside it without a register reads "
        "0 and\n"
        "ignores a write, so one packet may span gaps. Bits above a register's width have no effect, though READ_REG gives\n"
        "them back: the host checks ranges. RUN with no flags starts nothing. Counters may be read\n"
        "during a run but are then not of one moment.");
    doc_table("MEM", "Memories", "| id | name | access | meaning |\n|---|---|---|---|");
    doc_table("OP", "Opcodes", "| code | name | payload and answer |\n|---|---|---|");
    doc_table("REPLY", "Reply codes", "| code | name | meaning |\n|---|---|---|");
    doc_table("CONST", "Constants", "| value | name | meaning |\n|---|---|---|");
}

static void write_rom(const char *name, const char *purpose, const unsigned *table, unsigned count, unsigned addr_bits,
                      unsigned bits) {
    const unsigned depth = 1u << addr_bits;
    printf(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by `make map` from host/map/tables.def; do not edit.\n"
        "//\n"
        "// %s: %s\n"
        "// Latency  1 cycle, one look-up a cycle. No reset.\n"
        "// Test     tests/rtl/tb_%s.cpp\n"
        "`default_nettype none\n"
        "\n"
        "module %s (\n"
        "    input  wire       clk_i,\n"
        "    input  wire [%u:0] addr_i,\n"
        "    output reg  [%u:0] data_o\n"
        ");\n"
        "    // 32 entries a line, two digits each, the first one on the left\n"
        "    localparam [%u:0] TABLE = {\n",
        name, purpose, name + 3, name, addr_bits - 1, bits - 1, 8 * depth - 1);
    for (unsigned i = 0; i < depth; i++)
        printf("%s%02x%s", i % 32 ? "" : "        256'h", i < count ? table[i] : 0,
               i == depth - 1 ? "};\n"
               : i % 32 == 31 ? ",\n"
                              : "");
    printf(
        "    reg [%u:0] mem_q [0:%u];\n"
        "    integer n;\n"
        "    initial for (n = 0; n < %u; n = n + 1) mem_q[n] = TABLE[8 * (%u - n) +: %u];\n"
        "    always @(posedge clk_i)\n"
        "        data_o <= mem_q[addr_i];\n"
        "endmodule\n"
        "\n"
        "`default_nettype wire\n",
        bits - 1, depth - 1, depth, depth - 1, bits);
}

/* EXP below 384, above it the complement of LNM. sr_fitness_serial looks up z = 384..399 among the ones of 352..383, counts
 * nothing from 400 up, and steps from one LNB to the next by LNM[127], once by one more: the tables must allow it. */
static bool write_fit(void) {
    unsigned table[512];
    bool fits = sizeof EXP / sizeof EXP[0] == 512 && sizeof LNM / sizeof LNM[0] == 128;
    for (unsigned z = 352; z < 512; z++) fits = fits && EXP[z] == (z < 400);
    for (int k = 0; k < 5; k++) fits = fits && LNB[k] == (k - 1) * (int)LNM[127] + (k > 1);
    for (unsigned i = 0; i < 512; i++) table[i] = i < 384 ? EXP[i] : 255 - LNM[i - 384];
    if (fits) write_rom("sr_fit_rom", "EXP[0..383], then 255 - LNM[0..127], numerics section 6.", table, 512, 9, 8);
    return fits;
}

int main(int argc, char **argv) {
    const char *mode = argc == 2 ? argv[1] : "";
    if (strcmp(mode, "vh") == 0)
        write_vh();
    else if (strcmp(mode, "regs") == 0)
        write_regs();
    else if (strcmp(mode, "cfg") == 0)
        write_cfg();
    else if (strcmp(mode, "st") == 0)
        write_st();
    else if (strcmp(mode, "h") == 0)
        write_h();
    else if (strcmp(mode, "doc") == 0)
        write_doc();
    else if (strcmp(mode, "exp") == 0)
        write_rom("sr_exp_rom", "EXP[z] = round(255 exp(-z/64)), numerics section 6.", EXP, sizeof EXP / sizeof EXP[0], 9, 8);
    else if (strcmp(mode, "ln") == 0)
        write_rom("sr_ln_rom", "LNM[i] = round(64 ln(1 + i/128)), numerics section 6.", LNM, sizeof LNM / sizeof LNM[0], 7, 6);
    else if (strcmp(mode, "fit") == 0) {
        if (!write_fit()) {
            fputs("mapgen: the tables do not fit sr_fitness_serial\n", stderr);
            return 1;
        }
    } else {
        fputs("usage: mapgen vh|cfg|st|regs|h|doc|exp|ln|fit\n", stderr);
        return 2;
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
