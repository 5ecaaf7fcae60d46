/* SPDX-License-Identifier: Apache-2.0
 * sr_member_fitness between a score memory, a readout and a bank memory in C: runs of samples and pairs, sums that begin anew or go
 * on, inference, reads of scores held off at random, and with two units the next pair's scores while a job is at work. Fitness is
 * host/device/fitness.c's. */
// params: -GSCORE_W=24 -GPAIR_AW=3 -GUNITS=0 -GMEMBERS=2
// params: -GSCORE_W=24 -GPAIR_AW=3 -GUNITS=2 -GMEMBERS=2
// params: -GSCORE_W=24 -GPAIR_AW=3 -GUNITS=0 -GMEMBERS=1
// params: -GSCORE_W=24 -GPAIR_AW=3 -GUNITS=1 -GMEMBERS=2 -GSBANK_W=2
// params: -GSCORE_W=24 -GPAIR_AW=3 -GUNITS=1 -GMEMBERS=1 -GSBANK_W=2
extern "C" {
#include "device/fitness.h"
}
#include "tb.h"
#include "Vsr_member_fitness.h"

namespace {

struct Job {
    unsigned pair, minus, label;
    bool fresh;
    int64_t score[2][16];
};

struct Bench {
    Vsr_member_fitness top;
    tb::Random random;
    bool beside;
    unsigned members, s_banks, classes = 2, written = 0, preds = 0;
    uint64_t bank[32] = {0}, now = 0, last_at = 0, jobs_done = 0, hits = 0, ahead = 0;
    struct sr_evaluation e = {};
    bool infer = false;
    std::vector<Job> jobs;
    size_t at = 0, fed = 0; /* the job at work; the one whose scores come */
    unsigned fed_class = 0;

    Bench(uint64_t seed, bool b, unsigned m, unsigned s) : random(seed), beside(b), members(m), s_banks(s) {}

    /* A score of the pair whose scores come. Last scores are as far apart as the readout's pairs, and the label stays for a cycle after. */
    void feed() {
        top.score_we_i = 0, top.score_class_i = (CData)random.below(16);
        top.score_p_i = random.word() & 0xffffff, top.score_m_i = random.word() & 0xffffff;
        if (!beside || fed == jobs.size() || random.chance(20)) return;
        const Job &job = jobs[fed];
        bool last = fed_class == classes - 1;
        if (last ? now < last_at + classes + 6 : now < last_at + 2) return;
        top.score_we_i = 1, top.score_class_i = (CData)fed_class, top.score_label_i = (CData)job.label;
        top.score_p_i = (IData)job.score[0][fed_class] & 0xffffff, top.score_m_i = (IData)job.score[1][fed_class] & 0xffffff;
        ahead += top.busy_o;
        fed_class++;
        if (last) fed++, fed_class = 0, last_at = now;
    }
    void cycle() {
        feed();
        top.rd_wait_i = random.chance(30);
        tb::settle(top);
        const Job &job = jobs[at < jobs.size() ? at : jobs.size() - 1];
        if (top.bank_we_o) {
            unsigned minus = members == 1 ? job.minus : written;
            uint32_t hit;
            int32_t fitness = sr_sample_fitness(&e, job.score[minus], classes, job.label, &hit);
            uint64_t before = job.fresh ? 0 : bank[2 * job.pair + minus];
            uint64_t want = (uint64_t)(uint32_t)((uint32_t)before + (uint32_t)fitness) | ((before >> 32) + hit) << 32;
            if (infer || written++ >= members) tb::fail("a write too many");
            if (top.bank_waddr_o != 2 * job.pair + minus) tb::fail("bank_waddr_o");
            if (top.bank_wdata_o != want) tb::fail("a member's sums");
            bank[2 * job.pair + minus] = want, hits += hit;
        }
        if (top.pred_valid_o) {
            const Job &of = beside ? jobs[preds < jobs.size() ? preds : 0] : job;
            if (infer && top.pred_o != sr_predicted_class(of.score[0], classes)) tb::fail("pred_o");
            preds++;
        }
        bool rd = top.rd_o && !top.rd_wait_i, re = top.bank_re_o;
        unsigned rd_class = top.rd_addr_o & 15, read = top.bank_raddr_o & 15;
        if (rd && (rd_class >= classes || top.rd_addr_o >> 4 != top.bank_i)) tb::fail("rd_addr_o");
        tb::edge(top);
        now++;
        top.rdata_p_i = (IData)(rd ? (uint64_t)job.score[members == 1 ? job.minus : 0][rd_class] : random.word()) & 0xffffff;
        top.rdata_m_i = (IData)(rd && members > 1 ? (uint64_t)job.score[1][rd_class] : random.word()) & 0xffffff;
        top.bank_rdata_i = (re ? bank[read] : random.word()) & 0xffffffffffffull;
        top.start_i = 0;
        tb::settle(top);
    }
    void run() {
        classes = random.range(2, 16), infer = random.chance(20);
        e.fitness = (enum sr_fitness)random.below(3);
        e.fitness_mul = random.below(16), e.fitness_shift = random.chance(30) ? random.below(32) : random.below(18);
        unsigned samples = random.range(1, 3), pairs = random.range(1, 8), spread = random.range(4, 24);
        top.classes_i = (CData)classes, top.infer_i = infer, top.kind_i = (CData)e.fitness;
        top.mul_i = (CData)e.fitness_mul, top.shift_i = (CData)e.fitness_shift;
        top.rst_i = 1, top.score_we_i = 0;
        tb::settle(top), tb::edge(top); /* as each run begins (sr_engine) */
        top.rst_i = 0;
        jobs.clear();
        for (unsigned s = 0; s < samples; s++)
            for (unsigned p = 0, label = random.below(classes); p < pairs; p++)
                for (unsigned m = 0; m < (members == 1 && !infer ? 2 : 1); m++) {
                    Job job = {p, m, label, s == 0, {{0}, {0}}};
                    for (unsigned of = 0; of < 2; of++) {
                        for (unsigned c = 0; c < classes; c++) job.score[of][c] = tb::sign_extend(random.word(), spread);
                        if (random.chance(30)) job.score[of][label] = job.score[of][sr_predicted_class(job.score[of], classes)];
                    }
                    jobs.push_back(job);
                }
        preds = 0, fed = 0, fed_class = 0;
        for (at = 0; at < jobs.size(); at++) {
            const Job &job = jobs[at];
            while ((beside && fed <= at) || (!beside && random.chance(40))) cycle();
            written = 0;
            top.bank_i = (CData)random.below(s_banks), top.pair_i = (CData)job.pair, top.label_i = (CData)job.label;
            top.minus_i = members == 1 ? job.minus : random.chance(50), top.fresh_i = job.fresh, top.start_i = 1;
            unsigned n = 0;
            do {
                cycle();
                if (n++ > 2000) tb::fail("hangs");
            } while (top.busy_o);
            if (!infer && written < members) cycle(); /* the last write may come in the cycle in which busy_o falls */
            if (!infer && written != members) tb::fail("sums are missing");
            jobs_done++;
        }
        for (unsigned i = 0; i < 4; i++) cycle();
        if (infer && preds != jobs.size()) tb::fail("pred_valid_o not once a job");
    }
};

} // namespace

int main(int argc, char **argv) {
    Verilated::commandArgs(argc, argv);
    const unsigned variant = tb::variant(argv);
    Bench bench(tb::seed_from(argc, argv), variant == 1, variant == 2 || variant == 4 ? 1 : 2, variant > 2 ? 4 : 2);
    Verilated::randReset(2);
    Verilated::randSeed((int)bench.random.below(1u << 30) + 1);
    Vsr_member_fitness &top = bench.top;
    top.rst_i = 1, top.start_i = top.score_we_i = 0, top.classes_i = 2;
    for (unsigned i = 0; i < 40; i++) tb::settle(top), tb::edge(top);
    top.rst_i = 0;
    tb::settle(top);
    for (unsigned n = 0; n < 150; n++) bench.run();
    std::printf("member_fitness: %llu jobs, %llu hits, %llu scores while a job was at work\n",
                (unsigned long long)bench.jobs_done, (unsigned long long)bench.hits, (unsigned long long)bench.ahead);
    if (!bench.hits || (bench.beside && !bench.ahead)) tb::fail("too little was tried");
    top.final();
    return 0;
}
