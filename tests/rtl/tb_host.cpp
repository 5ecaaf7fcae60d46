// SPDX-License-Identifier: Apache-2.0
// sr_host against a model of its memories, under random stalls on both streams and random memory latency: registers, memories
// and their bounds, dense samples, damaged packets, RUN, WAIT, ABORT and RESET, a host that dies inside a packet, and garbage.
// params:
// params: -GLANES=32 -GPACKET_MAX=1024 -GSAMPLE_WORDS=70000 -GHIDDEN_MAX=8000 -GPAIRS_MAX=300 -GFACTORS=512 -GLOWRANK=0 -GLOCAL=1 -GCLOCK_HZ=50000 -GBUILD=305419896
// params: -GLANES=2 -GDENSE=0 -GGATE=1 -GFULL=1
#include "map/sr_map.h"
#include "verilated.h"

extern "C" {
#include "link/dense.h"
}

#include "Vsr_host.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

typedef std::vector<uint8_t> Bytes;

static std::mt19937 rng(1);
static uint32_t rnd(uint32_t n) { return n ? static_cast<uint32_t>(rng() % n) : 0; }
static int failures = 0;
static void check(bool ok, const std::string &what) {
    if (!ok && failures++ < 20) fprintf(stderr, "FAIL %s\n", what.c_str());
}

[[maybe_unused]] static uint8_t get_byte(const QData &word, unsigned i) { return static_cast<uint8_t>(word >> (8 * i)); }
[[maybe_unused]] static void set_byte(IData &word, unsigned i, uint8_t v) {
    word = (word & ~(255u << (8 * i))) | (static_cast<uint32_t>(v) << (8 * i));
}
[[maybe_unused]] static void set_byte(QData &word, unsigned i, uint8_t v) {
    word = (word & ~(QData(255) << (8 * i))) | (QData(v) << (8 * i));
}
template <std::size_t N>
uint8_t get_byte(const VlWide<N> &word, unsigned i) {
    return static_cast<uint8_t>(word[i / 4] >> (8 * (i % 4)));
}
template <std::size_t N>
void set_byte(VlWide<N> &word, unsigned i, uint8_t v) {
    word[i / 4] = (word[i / 4] & ~(255u << (8 * (i % 4)))) | (static_cast<uint32_t>(v) << (8 * (i % 4)));
}

static uint32_t crc32(const Bytes &data, size_t first) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = first; i < data.size(); i++) {
        crc ^= data[i];
        for (int b = 0; b < 8; b++) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}
static void put32(Bytes &out, uint32_t v) {
    for (int i = 0; i < 4; i++) out.push_back(static_cast<uint8_t>(v >> (8 * i)));
}
static uint32_t get32(const Bytes &in, size_t at) {
    return in[at] | in[at + 1] << 8 | in[at + 2] << 16 | static_cast<uint32_t>(in[at + 3]) << 24;
}

struct Reply {
    uint8_t op, seq, status;
    Bytes data;
};

struct Bench {
    Vsr_host dut;
    unsigned stall_in = 0, stall_out = 0; // of 256
    unsigned word_bytes[8] = {};
    uint32_t depth[8] = {};
    uint32_t caps[SR_ID_REGS] = {};
    std::map<uint64_t, Bytes> memory; // {memory, address}
    std::deque<uint8_t> to_device;
    Bytes from_device;
    unsigned read_delay = 0, busy_left = 0, starts = 0, writes = 0;
    Bytes read_word;
    uint8_t last_flags = 0, run_code = 0;
    bool run_soon = false, was_busy = false;
    unsigned resets = 0, aborts = 0; // clocks of engine_rst_o, of run_abort_o
    bool out_stalled = false;
    uint8_t out_data = 0;
    unsigned run_length = 100;
    uint32_t packet_max = 0;
    uint8_t seq = 1;

    uint32_t cfg(unsigned reg) { return dut.cfg_o[reg - 0x40]; }
    Bytes word(unsigned sel, uint32_t addr) {
        auto it = memory.find(static_cast<uint64_t>(sel) << 32 | addr);
        return it == memory.end() ? Bytes(word_bytes[sel], 0) : it->second;
    }
    void tick() {
        bool in = !to_device.empty() && rnd(256) >= stall_in;
        // valid must not fall while stalled: once offered, a byte stays offered
        static bool offered = false;
        in = in || (offered && !to_device.empty());
        dut.s_axis_tvalid = in;
        dut.s_axis_tdata = in ? to_device.front() : static_cast<uint8_t>(rng());
        dut.m_axis_tready = rnd(256) >= stall_out;
        dut.mem_rvalid_i = 0;
        for (unsigned i = 0; i < sizeof dut.mem_rdata_i; i++) set_byte(dut.mem_rdata_i, i, static_cast<uint8_t>(rng()));
        if (read_delay && --read_delay == 0) {
            dut.mem_rvalid_i = 1;
            for (unsigned i = 0; i < read_word.size(); i++) set_byte(dut.mem_rdata_i, i, read_word[i]);
        }
        if (run_soon) {
            busy_left = run_length;
            run_soon = false;
        } else if (busy_left) {
            busy_left--;
        }
        if (dut.engine_rst_o) {
            resets++;
            busy_left = 0;
            run_soon = false;
        }
        if (dut.run_abort_o) {
            check(busy_left || was_busy, "abort without a run");
            aborts++;
        }
        was_busy = busy_left != 0;
        dut.run_busy_i = was_busy;
        dut.run_code_i = busy_left ? static_cast<uint8_t>(rng()) : run_code;
        dut.clk_i = 0;
        dut.eval();
        if (out_stalled) {
            check(dut.m_axis_tvalid, "tx_valid fell while stalled");
            check(dut.m_axis_tdata == out_data, "tx_data changed while stalled");
        }
        bool taken = in && dut.s_axis_tready, sent = dut.m_axis_tvalid && dut.m_axis_tready;
        out_stalled = dut.m_axis_tvalid && !dut.m_axis_tready;
        out_data = dut.m_axis_tdata;
        if (dut.mem_we_o) {
            Bytes w(word_bytes[dut.mem_sel_o]);
            for (unsigned i = 0; i < w.size(); i++) w[i] = get_byte(dut.mem_wdata_o, i);
            check(dut.mem_addr_o < depth[dut.mem_sel_o], "write beyond the memory");
            check(!busy_left, "write during a run");
            memory[static_cast<uint64_t>(dut.mem_sel_o) << 32 | dut.mem_addr_o] = w;
            writes++;
        }
        if (dut.mem_re_o) {
            check(!read_delay && !dut.mem_rvalid_i, "read asked twice");
            check(dut.mem_addr_o < depth[dut.mem_sel_o], "read beyond the memory");
            check(!busy_left, "read during a run");
            read_word = word(dut.mem_sel_o, dut.mem_addr_o);
            read_delay = 1 + rnd(4);
        }
        if (dut.run_start_o) {
            check(!busy_left, "start during a run");
            starts++;
            last_flags = dut.run_flags_o;
            run_soon = true;
        }
        if (sent) from_device.push_back(dut.m_axis_tdata);
        offered = in && !taken;
        if (taken) to_device.pop_front();
        dut.clk_i = 1;
        dut.eval();
    }
    void reset() {
        dut.rst_i = 1;
        dut.s_axis_tvalid = 0;
        for (int i = 0; i < 5; i++) tick();
        from_device.clear();
        dut.rst_i = 0;
    }
    void send(const Bytes &b) { to_device.insert(to_device.end(), b.begin(), b.end()); }
    void drain(unsigned cycles) {
        for (unsigned quiet = 0; quiet < cycles; quiet++) {
            size_t n = from_device.size();
            tick();
            if (!to_device.empty() || from_device.size() != n) quiet = 0;
        }
    }
    static Bytes packet(uint8_t op, uint8_t s, const Bytes &payload) {
        Bytes p = {0xA5, 0x5A, op, s, static_cast<uint8_t>(payload.size()), static_cast<uint8_t>(payload.size() >> 8)};
        p.insert(p.end(), payload.begin(), payload.end());
        put32(p, crc32(p, 2));
        return p;
    }
    // the next reply; false if none comes
    bool reply(Reply &r, unsigned limit = 20000) {
        for (unsigned n = 0; n < limit; n++) {
            const Bytes &f = from_device;
            if (f.size() >= 7) {
                check(f[0] == 0x5A && f[1] == 0xA5, "reply does not start with its sync bytes");
                size_t len = f[5] | f[6] << 8;
                if (f.size() >= 11 + len) {
                    Bytes p(f.begin(), f.begin() + static_cast<long>(7 + len));
                    check(crc32(p, 2) == get32(f, 7 + len), "CRC of a reply");
                    check(len <= packet_max || !packet_max, "reply longer than PACKET_MAX");
                    r.op = f[2];
                    r.seq = f[3];
                    r.status = f[4];
                    r.data.assign(p.begin() + 7, p.end());
                    from_device.erase(from_device.begin(), from_device.begin() + static_cast<long>(11 + len));
                    return true;
                }
            }
            tick();
        }
        return false;
    }
    Reply ask(uint8_t op, const Bytes &payload, const char *what) {
        Reply r = {0, 0, 0xFF, Bytes()};
        seq++;
        send(packet(op, seq, payload));
        check(reply(r), std::string("no reply: ") + what);
        check(r.op == op && r.seq == seq, std::string("op and seq of the reply: ") + what);
        check(from_device.empty(), std::string("bytes after the reply: ") + what);
        return r;
    }
    void expect(uint8_t op, const Bytes &payload, uint8_t status, const char *what) {
        Reply r = ask(op, payload, what);
        check(r.status == status,
              std::string(what) + ": expected " + sr_reply_text(status) + ", found " + sr_reply_text(r.status));
        check(status == SR_REPLY_OK || r.data.empty(), std::string("payload with a refusal: ") + what);
    }
};

static Bytes mem_head(unsigned mem, uint32_t addr) {
    Bytes p = {static_cast<uint8_t>(mem)};
    put32(p, addr);
    return p;
}
static Bytes read_head(unsigned mem, uint32_t addr, unsigned count) {
    Bytes p = mem_head(mem, addr);
    p.push_back(static_cast<uint8_t>(count));
    p.push_back(static_cast<uint8_t>(count >> 8));
    return p;
}

struct RegInfo {
    uint8_t addr;
    unsigned bits;
    const char *access, *name;
};
static const RegInfo REGS[] = {
#define SR_REG(name, addr, access, bits, text) {addr, bits, #access, #name},
#include "map/sr_map.def"
};

static void test_identity(Bench &b) {
    Reply r = b.ask(SR_OP_IDENTIFY, {}, "IDENTIFY");
    check(r.status == SR_REPLY_OK && r.data.size() == 4 * SR_ID_REGS, "IDENTIFY answers the identity registers");
    if (r.data.size() != 4 * SR_ID_REGS) exit(1);
    auto id = [&](unsigned reg) { return get32(r.data, 4 * reg); };
    check(id(SR_REG_MAGIC) == SR_MAGIC_VALUE && id(SR_REG_PROTOCOL) == SR_PROTOCOL_VALUE, "magic and protocol");
    check(id(SR_REG_MAP_HASH) == SR_MAP_HASH, "map hash");
    // of the builds above
    uint32_t pairs = id(SR_REG_PAIRS_MAX), lanes = id(SR_REG_LANES);
    check((id(SR_REG_MODES) & 127) == 24 + (lanes == 32 ? 4u : 32u) + (lanes == 2), "modes");
    check(id(SR_REG_FACTORS) == (lanes == 32 ? 512 : 64), "factors");
    check(id(SR_REG_ROW_WORDS) == (lanes == 32 ? 256 : 64 / lanes), "words of a row");
    const unsigned bytes[8] = {id(SR_REG_SAMPLE_W) / 8, 4, 2 * lanes, 2 * lanes, 1, 4, 2, 4};
    const uint32_t depth[8] = {id(SR_REG_SAMPLE_WORDS),
                               id(SR_REG_BATCH_MAX),
                               id(SR_REG_WEIGHT_WORDS),
                               id(SR_REG_RWEIGHT_WORDS),
                               pairs,
                               2 * pairs,
                               2 * pairs,
                               id(SR_REG_SCORE_WORDS)};
    for (int i = 0; i < 8; i++) {
        b.word_bytes[i] = bytes[i];
        b.depth[i] = depth[i];
    }
    for (unsigned i = 0; i < SR_ID_REGS; i++) b.caps[i] = id(i);
    check((id(SR_REG_MODES) & 128) == (lanes == 2 ? 0 : 128), "WRITE_DENSE in MODES");
    b.packet_max = id(SR_REG_PACKET_MAX);
    check(b.packet_max >= 128 && lanes && pairs, "build limits reported");
    b.expect(SR_OP_IDENTIFY, {0}, SR_REPLY_BAD_LENGTH, "IDENTIFY with a payload");
}

static void test_registers(Bench &b) {
    std::map<unsigned, uint32_t> value;
    const unsigned span_max = (b.packet_max - 1) / 4;
    for (unsigned a = 0x40; a < 0x80; a++) value[a] = 0;
    auto mask = [](unsigned a) {
        for (const RegInfo &r : REGS)
            if (r.addr == a && r.access[1] == 'W') return r.bits == 32 ? 0xFFFFFFFFu : (1u << r.bits) - 1;
        return 0u;
    };
    for (int round = 0; round < 120; round++) {
        unsigned first = 0x40 + rnd(0x40), count = 1 + rnd(std::min(0x80 - first, span_max));
        Bytes p = {static_cast<uint8_t>(first)};
        for (unsigned i = 0; i < count; i++) {
            uint32_t v = static_cast<uint32_t>(rng()) >> rnd(32);
            put32(p, v);
            value[first + i] = v;
        }
        b.expect(SR_OP_WRITE_REG, p, SR_REPLY_OK, "WRITE_REG");
        first = 0x40 + rnd(0x40);
        count = 1 + rnd(std::min(0x80 - first, b.packet_max / 4));
        Reply r = b.ask(SR_OP_READ_REG, {static_cast<uint8_t>(first), static_cast<uint8_t>(count)}, "READ_REG");
        check(r.status == SR_REPLY_OK && r.data.size() == 4 * count, "READ_REG answers the registers asked for");
        for (unsigned i = 0; round > 100 && i < count && r.data.size() == 4 * count; i++)
            check(get32(r.data, 4 * i) == value[first + i], "a register reads what was written");
    }
    // every register in its place of the bundle
    // a port gives what was written, or something beyond the limit as well
    const struct {
        unsigned addr, limit;
    } limited[] = {{SR_REG_STEPS, SR_REG_STEPS_MAX},  {SR_REG_CLASSES, SR_REG_CLASSES_MAX},
                   {SR_REG_ROWS0, SR_REG_INPUTS_MAX}, {SR_REG_COLS0, SR_REG_HIDDEN_MAX},
                   {SR_REG_PAIRS, SR_REG_PAIRS_MAX},  {SR_REG_PAIR_COUNT, SR_REG_PAIRS_MAX},
                   {SR_REG_RANK, SR_REG_RANK_MAX},    {SR_REG_BATCH, SR_REG_BATCH_MAX}};
    auto ports_agree = [&]() {
        for (const RegInfo &p : REGS) {
            if (p.access[1] != 'W') continue;
            uint64_t want = value[p.addr] & mask(p.addr), port = b.cfg(p.addr);
            bool ok = port == want;
            for (const auto &l : limited)
                if (l.addr == p.addr && want > b.caps[l.limit]) ok = port > b.caps[l.limit];
            check(ok, "port of register " + std::to_string(p.addr) + ": " + std::to_string(want) + ", " + std::to_string(port));
        }
    };
    ports_agree();
    for (int round = 0; round < 40; round++) { // at and around each limit, and far beyond
        for (const auto &l : limited) {
            uint32_t v = round < 8    ? b.caps[l.limit] + static_cast<uint32_t>(round) - 3
                         : round < 24 ? 1u << (round - 8)
                                      : rnd(65536);
            Bytes p = {static_cast<uint8_t>(l.addr)};
            put32(p, v);
            b.expect(SR_OP_WRITE_REG, p, SR_REPLY_OK, "WRITE_REG");
            value[l.addr] = v;
            Reply r = b.ask(SR_OP_READ_REG, {static_cast<uint8_t>(l.addr), 1}, "READ_REG");
            check(r.data.size() == 4 && get32(r.data, 0) == v, "a register reads what was written, beyond its limit too");
        }
        ports_agree();
    }
    // status
    b.dut.st_i[SR_REG_CYC_TOTAL - 0x20] = 0x01234567;
    b.dut.st_i[SR_REG_CYC_BASE - 0x20] = 0x89ABCDEF;
    b.dut.st_i[SR_REG_CYC_LIF - 0x20] = 4;
    b.dut.st_i[SR_REG_CYC_LIF_BUSY - 0x20] = 5;
    b.dut.st_i[SR_REG_CYC_READOUT - 0x20] = 6;
    b.dut.st_i[SR_REG_CYC_UPDATE - 0x20] = 7;
    b.dut.st_i[SR_REG_EVENTS - 0x20] = 0xFFEEDDCC;
    b.expect(SR_OP_WRITE_REG, {SR_REG_EPOCH, 1, 2, 3, 4}, SR_REPLY_OK, "WRITE_REG of EPOCH");
    value[SR_REG_EPOCH] = 0x04030201;
    Reply r = b.ask(SR_OP_READ_REG, {0x1F, 10}, "READ_REG of status and its neighbours");
    const uint32_t want[10] = {0, SR_REPLY_NO_RUN << 8 | 2u, 0x01234567, 0x89ABCDEF, 4, 5, 6, 7, 0xFFEEDDCC, 0};
    check(r.data.size() == 40, "READ_REG answers every status register");
    for (unsigned i = 0; i < 10 && r.data.size() == 40; i++)
        check(get32(r.data, 4 * i) == want[i], "status register " + std::to_string(0x1F + i));
    r = b.ask(SR_OP_READ_REG, {SR_REG_BUILD, 1}, "READ_REG of BUILD");
    check(r.data.size() == 4 && get32(r.data, 0) == (b.caps[SR_REG_CLOCK_HZ] ? 305419896 : 0), "BUILD is the parameter");
    // bounds
    b.expect(SR_OP_READ_REG, {0x7F, 1}, SR_REPLY_OK, "last register");
    b.expect(SR_OP_READ_REG, {0x7F, 2}, SR_REPLY_BAD_ADDRESS, "beyond the last register");
    b.expect(SR_OP_READ_REG, {0xFF, 1}, SR_REPLY_BAD_ADDRESS, "beyond the last register");
    b.expect(SR_OP_READ_REG, {0}, SR_REPLY_BAD_LENGTH, "READ_REG too short");
    b.expect(SR_OP_READ_REG, {0, 1, 1}, SR_REPLY_BAD_LENGTH, "READ_REG too long");
    if (b.packet_max < 4 * 0x80)
        b.expect(SR_OP_READ_REG, {0, static_cast<uint8_t>(b.packet_max / 4 + 1)}, SR_REPLY_BAD_LENGTH,
                 "answer beyond PACKET_MAX");
    b.expect(SR_OP_WRITE_REG, {0x3F, 1, 0, 0, 0}, SR_REPLY_BAD_ADDRESS, "write to a status register");
    b.expect(SR_OP_WRITE_REG, {0x00, 1, 0, 0, 0}, SR_REPLY_BAD_ADDRESS, "write to an identity register");
    b.expect(SR_OP_WRITE_REG, {0x7F, 1, 0, 0, 0, 1, 0, 0, 0}, SR_REPLY_BAD_ADDRESS, "write beyond the last register");
    b.expect(SR_OP_WRITE_REG, {0x41, 1, 0, 0}, SR_REPLY_BAD_LENGTH, "part of a register");
    b.expect(SR_OP_WRITE_REG, {0x41}, SR_REPLY_BAD_LENGTH, "no register");
    b.expect(SR_OP_WRITE_REG, {}, SR_REPLY_BAD_LENGTH, "empty WRITE_REG");
    ports_agree(); // a refused write changed nothing
    b.expect(0x00, {}, SR_REPLY_BAD_OP, "opcode 0");
    b.expect(0x0B, {}, SR_REPLY_BAD_OP, "opcode 0B");
    if (!(b.caps[SR_REG_MODES] & 128))
        b.expect(SR_OP_WRITE_DENSE, {0, 0, 0, 0, 0, 0}, SR_REPLY_BAD_OP, "WRITE_DENSE, not built");
    b.expect(0xFF, {1, 2, 3}, SR_REPLY_BAD_OP, "opcode FF");
}

static void test_memories(Bench &b) {
    for (int round = 0; round < 300; round++) {
        unsigned mem = rnd(8), size = b.word_bytes[mem], most = (b.packet_max - 5) / size;
        unsigned count = 1 + rnd(rnd(2) ? most : std::min(most, 4u));
        uint32_t addr = rnd(3) ? rnd(b.depth[mem]) : b.depth[mem] - std::min(b.depth[mem], count) + rnd(3) - 1;
        Bytes p = mem_head(mem, addr);
        for (unsigned i = 0; i < count * size; i++) p.push_back(static_cast<uint8_t>(rng()));
        bool fits = static_cast<uint64_t>(addr) + count <= b.depth[mem];
        if (mem <= SR_MEM_CREDIT) {
            auto before = b.memory;
            unsigned writes = b.writes;
            b.expect(SR_OP_WRITE_MEM, p, fits ? SR_REPLY_OK : SR_REPLY_BAD_ADDRESS, "WRITE_MEM");
            check(b.writes == writes + (fits ? count : 0), "words written");
            for (unsigned i = 0; fits && i < count; i++)
                before[static_cast<uint64_t>(mem) << 32 | (addr + i)] =
                    Bytes(p.begin() + static_cast<long>(5 + i * size), p.begin() + static_cast<long>(5 + (i + 1) * size));
            check(before == b.memory, "memory holds what was written and nothing else changed");
        } else {
            b.expect(SR_OP_WRITE_MEM, p, SR_REPLY_BAD_ADDRESS, "WRITE_MEM to a result memory");
            for (unsigned i = 0; fits && i < count; i++)
                b.memory[static_cast<uint64_t>(mem) << 32 | (addr + i)] =
                    Bytes(p.begin() + static_cast<long>(5 + i * size), p.begin() + static_cast<long>(5 + (i + 1) * size));
        }
        mem = rnd(2) ? mem : rnd(8);
        size = b.word_bytes[mem];
        count = rnd(b.packet_max / size + 1);
        addr = rnd(b.depth[mem]);
        fits = addr + count <= b.depth[mem];
        Reply r = b.ask(SR_OP_READ_MEM, read_head(mem, addr, count), "READ_MEM");
        check(r.status == (fits ? SR_REPLY_OK : SR_REPLY_BAD_ADDRESS), "READ_MEM status");
        check(r.data.size() == (fits ? count * size : 0), "READ_MEM length");
        for (unsigned i = 0; i < r.data.size(); i++)
            check(r.data[i] == b.word(mem, addr + i / size)[i % size], "READ_MEM data");
    }
    for (unsigned mem = 0; mem < 8; mem++) {
        unsigned too_many = b.packet_max / b.word_bytes[mem] + 1;
        b.expect(SR_OP_READ_MEM, read_head(mem, 0, too_many), SR_REPLY_BAD_LENGTH, "answer beyond PACKET_MAX");
        for (unsigned n = 2 * (too_many - 1); n <= 0x8000; n *= 2)
            b.expect(SR_OP_READ_MEM, read_head(mem, 0, n), SR_REPLY_BAD_LENGTH, "answer beyond PACKET_MAX");
        for (unsigned bit = 0; bit < 32; bit++)
            if ((1ull << bit) >= b.depth[mem])
                b.expect(SR_OP_READ_MEM, read_head(mem, 1u << bit, 1), SR_REPLY_BAD_ADDRESS, "address beyond the memory");
        Bytes p = mem_head(mem, 0);
        b.expect(SR_OP_WRITE_MEM, p, SR_REPLY_BAD_LENGTH, "no word");
        if (b.word_bytes[mem] > 1) {
            p.resize(5 + b.word_bytes[mem] - 1);
            b.expect(SR_OP_WRITE_MEM, p, SR_REPLY_BAD_LENGTH, "part of a word");
            p.resize(5 + b.word_bytes[mem] + 1);
            b.expect(SR_OP_WRITE_MEM, p, SR_REPLY_BAD_LENGTH, "a word and a part");
        }
    }
    b.expect(SR_OP_WRITE_MEM, {}, SR_REPLY_BAD_LENGTH, "empty WRITE_MEM");
    b.expect(SR_OP_WRITE_MEM, {0, 0, 0}, SR_REPLY_BAD_LENGTH, "WRITE_MEM without an address");
    b.expect(SR_OP_READ_MEM, {0, 0, 0, 0, 0, 1}, SR_REPLY_BAD_LENGTH, "READ_MEM too short");
    b.expect(SR_OP_READ_MEM, {9, 0, 0, 0, 0, 1, 0}, SR_REPLY_BAD_ADDRESS, "no such memory");
    b.expect(SR_OP_READ_MEM, {128, 0, 0, 0, 0, 1, 0}, SR_REPLY_BAD_ADDRESS, "no such memory");
}

/* WRITE_DENSE against the functions of host/link/dense.c. */
static void test_dense(Bench &b) {
    if (!(b.caps[SR_REG_MODES] & 128)) return;
    const unsigned size = b.word_bytes[SR_MEM_SAMPLE], a_group = 8 / size, depth = b.depth[SR_MEM_SAMPLE];
    for (int round = 0; round < 300; round++) {
        unsigned groups = 1 + rnd(rnd(2) ? b.packet_max / a_group : 4), chance = rnd(257);
        Bytes words(groups * 8), form(groups * 9);
        for (uint8_t &w : words) w = static_cast<uint8_t>(rnd(256) < chance ? rnd(256) : 0);
        size_t used = 0;
        words.resize(sr_dense_encode(words.data(), words.size(), form.data(), b.packet_max - 5, &used));
        form.resize(used);
        unsigned count = static_cast<unsigned>(words.size()) / size;
        uint32_t addr = rnd(3) ? rnd(depth) : depth - count + rnd(3) - 1;
        bool fits = static_cast<uint64_t>(addr) + count <= depth;
        Bytes p = mem_head(SR_MEM_SAMPLE, addr);
        p.insert(p.end(), form.begin(), form.end());
        auto expected = b.memory;
        unsigned writes = b.writes;
        for (unsigned i = 0; fits && i < count; i++)
            expected[static_cast<uint64_t>(SR_MEM_SAMPLE) << 32 | (addr + i)] =
                Bytes(words.begin() + static_cast<long>(i * size), words.begin() + static_cast<long>((i + 1) * size));
        for (unsigned times = 1; times <= 2; times++) { // a repeated request does what it did
            b.expect(SR_OP_WRITE_DENSE, p, fits ? SR_REPLY_OK : SR_REPLY_BAD_ADDRESS, "WRITE_DENSE");
            check(b.writes == writes + (fits ? times * count : 0), "words written by WRITE_DENSE");
            check(expected == b.memory, "memory holds what WRITE_DENSE stood for and nothing else changed");
        }
        // broken: its end is missing; a mask too many
        Bytes cut(p.begin(), p.end() - 1);
        uint8_t decoded[8 * 1024];
        size_t whole;
        if (!sr_dense_decode(cut.data() + 5, cut.size() - 5, decoded, sizeof decoded, &whole) || cut.size() == 5)
            b.expect(SR_OP_WRITE_DENSE, cut, SR_REPLY_BAD_LENGTH, "WRITE_DENSE without its end");
        if (p.size() < b.packet_max) {
            p.push_back(static_cast<uint8_t>(1 + rnd(255)));
            b.expect(SR_OP_WRITE_DENSE, p, SR_REPLY_BAD_LENGTH, "WRITE_DENSE with half a group behind it");
        }
        check(expected == b.memory, "a refused WRITE_DENSE writes nothing");
    }
    for (unsigned groups = b.packet_max / a_group + 1; groups + 5 <= b.packet_max; groups += 1 + rnd(3)) {
        Bytes p = mem_head(SR_MEM_SAMPLE, 0);
        p.resize(5 + groups, 0);
        b.expect(SR_OP_WRITE_DENSE, p, SR_REPLY_BAD_LENGTH, "WRITE_DENSE of more than PACKET_MAX words");
    }
    for (unsigned mem = 1; mem < 16; mem++) {
        Bytes p = mem_head(mem, 0);
        p.push_back(0);
        b.expect(SR_OP_WRITE_DENSE, p, SR_REPLY_BAD_ADDRESS, "WRITE_DENSE to another memory");
    }
    b.expect(SR_OP_WRITE_DENSE, mem_head(SR_MEM_SAMPLE, 0), SR_REPLY_BAD_LENGTH, "WRITE_DENSE of no group");
    b.expect(SR_OP_WRITE_DENSE, {}, SR_REPLY_BAD_LENGTH, "empty WRITE_DENSE");
}

static void test_damage(Bench &b) {
    auto before = b.memory;
    uint32_t steps = b.cfg(SR_REG_STEPS);
    for (int round = 0; round < 200; round++) {
        Bytes p;
        if (rnd(2)) {
            p = mem_head(rnd(4), rnd(8));
            p.resize(5 + b.word_bytes[p[0]], static_cast<uint8_t>(rng()));
            p = Bench::packet(SR_OP_WRITE_MEM, ++b.seq, p);
        } else {
            p = Bench::packet(rnd(2) ? SR_OP_WRITE_REG : SR_OP_RUN, ++b.seq, {SR_REG_STEPS, 1, 2, 3, 4});
        }
        size_t at = 6 + rnd(static_cast<uint32_t>(p.size()) - 6); // past the length: one bit
        p[at] ^= static_cast<uint8_t>(1u << rnd(8));
        b.send(p);
        Reply r = {0, 0, 0, Bytes()};
        check(b.reply(r), "a damaged packet is answered");
        check(r.status == SR_REPLY_BAD_CRC && r.seq == b.seq && r.op == p[2], "BAD_CRC with op and seq as received");
    }
    check(before == b.memory && steps == b.cfg(SR_REG_STEPS) && b.starts == 0, "a damaged packet is not obeyed");
    Bytes p = {0xA5,
               0x5A,
               SR_OP_WRITE_MEM,
               0x77,
               static_cast<uint8_t>(b.packet_max + 1),
               static_cast<uint8_t>((b.packet_max + 1) >> 8)};
    b.send(p);
    Reply r = {0, 0, 0, Bytes()};
    check(b.reply(r) && r.status == SR_REPLY_BAD_LENGTH && r.seq == 0x77, "a length above PACKET_MAX is answered at once");
    b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY after BAD_LENGTH");
    // the longest packet there is
    Bytes whole(b.packet_max, 0x33);
    b.expect(0x99, whole, SR_REPLY_BAD_OP, "a packet of PACKET_MAX bytes");
    // false starts: A5 A5 5A, A5 A5 A5 5A
    b.send({0xA5, 0x00, 0xA5});
    b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY after false sync bytes");
    b.send({0xA5, 0x00, 0xA5, 0xA5});
    b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY after false sync bytes");
}

static void test_run(Bench &b) {
    Reply r = {0, 0, 0, Bytes()};
    b.run_length = 3000;
    b.run_code = 0x15;
    b.starts = 0;
    b.expect(SR_OP_RUN, {}, SR_REPLY_BAD_LENGTH, "RUN without flags");
    for (unsigned flags = 1; flags < 256; flags++)
        if (flags > 0x10 && flags != SR_RUN_LEARN)
            b.expect(SR_OP_RUN, {static_cast<uint8_t>(flags)}, SR_REPLY_BAD_FLAGS, "RUN with flags that do not go together");
    check(!b.starts, "a refused RUN starts nothing");
    b.expect(SR_OP_WAIT, {}, SR_REPLY_NO_RUN, "WAIT before any run");
    b.expect(SR_OP_RUN, {0x0D}, SR_REPLY_OK, "RUN");
    check(b.starts == 1 && b.last_flags == 0x0D && b.dut.run_flags_o == 0x0D, "RUN starts with its flags");
    uint8_t run_seq = b.seq;
    b.send(Bench::packet(SR_OP_RUN, run_seq, {0x0D}));
    check(b.reply(r) && r.status == SR_REPLY_OK, "a repeated RUN is answered OK during the run");
    b.expect(SR_OP_RUN, {1}, SR_REPLY_BUSY, "another RUN during a run");
    b.expect(SR_OP_WRITE_REG, {0x41, 0, 0, 0, 0}, SR_REPLY_BUSY, "WRITE_REG during a run");
    Bytes p = mem_head(SR_MEM_CREDIT, 0);
    p.push_back(1);
    b.expect(SR_OP_WRITE_MEM, p, SR_REPLY_BUSY, "WRITE_MEM during a run");
    b.expect(SR_OP_READ_MEM, read_head(0, 0, 1), SR_REPLY_BUSY, "READ_MEM during a run");
    if (b.caps[SR_REG_MODES] & 128) b.expect(SR_OP_WRITE_DENSE, {0, 0, 0, 0, 0, 0}, SR_REPLY_BUSY, "WRITE_DENSE during a run");
    b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY during a run");
    b.busy_left = 100000;
    r = b.ask(SR_OP_READ_REG, {SR_REG_STATUS, 1}, "READ_REG during a run");
    check(r.data.size() == 4 && (r.data[0] & 1) == 1, "STATUS says busy");
    check(b.dut.run_flags_o == 0x0D, "flags hold during the run");
    // WAIT, superseded by another, then by IDENTIFY, then answered
    b.send(Bench::packet(SR_OP_WAIT, 200, {}));
    b.drain(2000);
    check(b.from_device.empty(), "WAIT is not answered during the run");
    b.send(Bench::packet(SR_OP_WAIT, 201, {}));
    b.drain(2000);
    check(b.from_device.empty(), "WAIT is not answered during the run");
    b.send(Bench::packet(SR_OP_IDENTIFY, 202, {}));
    check(b.reply(r) && r.seq == 202, "IDENTIFY takes the place of a WAIT");
    b.busy_left = 1;
    b.drain(2000);
    check(b.from_device.empty(), "a WAIT that lost its place is not answered");
    for (int round = 0; round < 30; round++) {
        b.run_code = static_cast<uint8_t>(rnd(2) ? 0 : 0x10 + rnd(10));
        b.run_length = 1 + rnd(300);
        b.expect(SR_OP_RUN, {1}, SR_REPLY_OK, "RUN");
        b.seq++;
        b.send(Bench::packet(SR_OP_WAIT, b.seq, {}));
        check(b.reply(r) && r.op == SR_OP_WAIT && r.seq == b.seq && r.status == b.run_code && r.data.empty() && !b.busy_left,
              "WAIT is answered when the run ends, with its code");
    }
    check(b.starts == 31, "one start for each RUN obeyed");
    b.expect(SR_OP_WAIT, {}, b.run_code, "WAIT when idle");
    b.expect(SR_OP_RUN, {0}, SR_REPLY_OK, "RUN without flags");
    uint8_t idle_seq = b.seq;
    check(b.starts == 31, "RUN with flags 0 starts nothing");
    b.send(Bench::packet(SR_OP_RUN, idle_seq, {1}));
    check(b.reply(r) && r.status == SR_REPLY_OK && b.starts == 31, "and is remembered: its repetition is not run");
    // a run that ends while the next request is arriving
    for (unsigned at = 0; at < 40; at++) {
        b.run_length = 1000;
        b.expect(SR_OP_RUN, {1}, SR_REPLY_OK, "RUN");
        b.send(Bench::packet(SR_OP_WAIT, 210, {}));
        b.drain(200);
        b.busy_left = 5 + at;
        b.send(Bench::packet(SR_OP_IDENTIFY, 211, {}));
        check(b.reply(r), "an answer when a run ends while a request arrives");
        if (r.seq == 210) check(r.op == SR_OP_WAIT && r.status == b.run_code && b.reply(r), "the WAIT first, then the request");
        check(r.seq == 211 && r.op == SR_OP_IDENTIFY && r.data.size() == 4 * SR_ID_REGS, "the request that arrived meanwhile");
        b.drain(300);
        check(b.from_device.empty(), "nothing after");
    }
}

static uint32_t status(Bench &b) {
    Reply r = b.ask(SR_OP_READ_REG, {SR_REG_STATUS, 1}, "READ_REG of STATUS");
    return r.data.size() == 4 ? get32(r.data, 0) : ~0u;
}

/* What a reset takes away, and what tells the host of it. */
static void test_reset(Bench &b) {
    Reply r = {0, 0, 0, Bytes()};
    for (int kind = 0; kind < 3; kind++) { // the pin; RESET between runs; RESET in a run
        b.expect(SR_OP_WRITE_REG, {SR_REG_EPOCH, 9, 8, 7, 6}, SR_REPLY_OK, "WRITE_REG of EPOCH");
        b.run_code = 0;
        b.run_length = kind == 2 ? 1000000 : 20;
        b.expect(SR_OP_RUN, {1}, SR_REPLY_OK, "RUN");
        uint8_t run_seq = b.seq;
        if (kind < 2) b.expect(SR_OP_WAIT, {}, SR_REPLY_OK, "WAIT");
        check((status(b) & 0xFF) == (kind == 2 ? 3 : 2), "STATUS before a reset: EPOCH known");
        if (kind == 0) {
            b.reset();
        } else {
            b.resets = 0;
            b.expect(SR_OP_RESET, {}, SR_REPLY_OK, "RESET");
            check(b.resets >= 4, "RESET resets the engine");
            b.expect(SR_OP_RESET, {1}, SR_REPLY_BAD_LENGTH, "RESET with a payload");
        }
        check(status(b) == SR_REPLY_NO_RUN << 8, "after a reset EPOCH is forgotten and no run was made");
        b.expect(SR_OP_WAIT, {}, SR_REPLY_NO_RUN, "WAIT after a reset");
        r = b.ask(SR_OP_READ_REG, {SR_REG_EPOCH, 1}, "READ_REG of EPOCH");
        check(r.data == Bytes({9, 8, 7, 6}), "a reset keeps the registers");
        unsigned starts = b.starts;
        b.run_length = 20;
        b.send(Bench::packet(SR_OP_RUN, run_seq, {1}));
        check(b.reply(r) && r.status == SR_REPLY_OK && b.starts == starts + 1, "no RUN is remembered over a reset");
        b.expect(SR_OP_WAIT, {}, SR_REPLY_OK, "WAIT");
    }
    // ABORT: a level until the run ends, and nothing when none is under way
    b.aborts = 0;
    b.expect(SR_OP_ABORT, {}, SR_REPLY_OK, "ABORT when idle");
    b.expect(SR_OP_ABORT, {1}, SR_REPLY_BAD_LENGTH, "ABORT with a payload");
    check(!b.aborts, "ABORT when idle does nothing");
    b.run_length = 100000;
    b.expect(SR_OP_RUN, {1}, SR_REPLY_OK, "RUN");
    b.expect(SR_OP_ABORT, {}, SR_REPLY_OK, "ABORT");
    b.drain(100);
    check(b.aborts >= 100 && b.dut.run_abort_o, "ABORT stays until the run ends");
    b.run_code = SR_REPLY_ABORTED;
    b.busy_left = 3;
    b.expect(SR_OP_WAIT, {}, SR_REPLY_ABORTED, "WAIT after ABORT");
    check(!b.dut.run_abort_o, "ABORT ends with the run");
    b.expect(SR_OP_RUN, {1}, SR_REPLY_OK, "RUN");
    b.drain(10);
    check(!b.dut.run_abort_o, "the next run is not aborted");
    b.busy_left = 1;
}

/* A reset of one clock in the midst of a WRITE_DENSE: at most the word that was whole is written after it, and nothing when the next packet comes. */
static void test_short_reset(Bench &b) {
    if (!(b.caps[SR_REG_MODES] & 128)) return;
    const unsigned stall = b.stall_in;
    b.stall_in = 0;
    for (unsigned n = 0; n < 60; n++) {
        Bytes p = mem_head(SR_MEM_SAMPLE, 8); /* groups without a 0, or of zeros but for two bytes */
        for (unsigned group = 0; group < 3; group++) p.push_back(n % 2 ? 0xFF : 0x81), p.insert(p.end(), n % 2 ? 8 : 2, 0x55);
        const unsigned writes = b.writes;
        b.send(Bench::packet(SR_OP_WRITE_DENSE, ++b.seq, p));
        for (unsigned limit = 0; b.writes == writes && limit < 500; limit++) b.tick();
        for (unsigned i = n / 2 % 20; i; i--) b.tick();
        b.to_device.clear();
        b.dut.rst_i = 1;
        b.tick();
        b.dut.rst_i = 0;
        b.tick();
        b.from_device.clear();
        const unsigned kept = b.writes;
        b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY after a reset of one clock");
        check(b.writes == kept, "a write that a reset interrupted goes on");
    }
    b.stall_in = stall;
}

/* A host that dies inside a packet does not block the next one; a slow one is waited for. */
static void test_silence(Bench &b) {
    const unsigned timeout = b.caps[SR_REG_CLOCK_HZ] ? 2048 : 0; // CLOCK_HZ / 25, rounded up to a power of two
    Bytes p(40, 0);
    p = Bench::packet(SR_OP_WAIT, 77, p); // BAD_LENGTH when whole
    for (size_t cut = 1; cut < p.size(); cut++) {
        b.send(Bytes(p.begin(), p.begin() + static_cast<long>(cut)));
        b.drain(timeout ? timeout + 10 : 10000);
        check(b.from_device.empty(), "half a packet is not answered");
        if (timeout) {
            b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY after a host that died inside a packet");
            b.send(Bytes(p.begin(), p.begin() + static_cast<long>(cut)));
            b.drain(timeout - 100);
        }
        b.send(Bytes(p.begin() + static_cast<long>(cut), p.end()));
        Reply r = {0, 0, 0, Bytes()};
        check(b.reply(r) && r.seq == 77 && r.status == SR_REPLY_BAD_LENGTH, "a slow packet is answered");
    }
}

static void test_garbage(Bench &b, int rounds) {
    for (int round = 0; round < rounds; round++) {
        Bytes g;
        unsigned kind = rnd(4), n = rnd(300);
        if (kind == 0) {
            for (unsigned i = 0; i < n; i++) g.push_back(static_cast<uint8_t>(rng()));
        } else if (kind == 1) { // many sync bytes
            for (unsigned i = 0; i < n; i++) g.push_back(rnd(3) == 0 ? 0xA5 : rnd(2) ? 0x5A : static_cast<uint8_t>(rnd(9)));
        } else if (kind == 2) { // a packet cut short
            Bytes p(rnd(b.packet_max), static_cast<uint8_t>(rng()));
            g = Bench::packet(static_cast<uint8_t>(rnd(9)), static_cast<uint8_t>(rng()), p);
            g.resize(rnd(static_cast<uint32_t>(g.size())));
        } else { // a header with any length, and little behind it
            g = {0xA5,
                 0x5A,
                 static_cast<uint8_t>(rnd(9)),
                 static_cast<uint8_t>(rng()),
                 static_cast<uint8_t>(rng()),
                 static_cast<uint8_t>(rnd(2) ? rnd(2) : rng())};
            for (unsigned i = rnd(20); i; i--) g.push_back(static_cast<uint8_t>(rng()));
        }
        b.run_length = rnd(200);
        b.send(g);
        b.send(Bytes(b.packet_max + 16, 0));
        b.drain(800);
        b.from_device.clear();
        b.expect(SR_OP_IDENTIFY, {}, SR_REPLY_OK, "IDENTIFY after garbage and PACKET_MAX + 16 zero bytes");
    }
}

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    unsigned rounds = argc > 1 ? static_cast<unsigned>(atoi(argv[1])) : 4;
    for (unsigned seed = 0; seed < rounds && !failures; seed++) {
        rng.seed(seed + 1);
        Bench b;
        b.stall_in = seed == 0 ? 0 : rnd(200);
        b.stall_out = seed == 0 ? 0 : rnd(200);
        b.reset();
        test_identity(b);
        test_registers(b);
        test_memories(b);
        test_dense(b);
        test_damage(b);
        test_run(b);
        test_reset(b);
        test_short_reset(b);
        test_silence(b);
        test_garbage(b, 100);
    }
    if (failures) {
        printf("tb_host: %d checks failed\n", failures);
        return 1;
    }
    printf("tb_host: %u rounds of registers, memories, damage, runs and garbage under stalls: ok\n", rounds);
    return 0;
}
