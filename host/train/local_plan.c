/* SPDX-License-Identifier: Apache-2.0
 * The plan of mode local: see local_plan.h. */
#include "train/local_plan.h"

#include <math.h>

#include "train/plan.h"

/* The factor of the update for a step in weight units: docs/numerics.md, section 8.6. */
static uint64_t factor_q16(double step, int bits) { return (uint64_t)(ldexp(step, bits + 32) + 0.5); }

enum sr_status sr_local_plan_make(struct sr_local_plan *plan, const struct sr_config *c, const struct sr_net *net,
                                  const struct sr_caps *caps, char *error, size_t error_size) {
    const uint64_t most = (UINT64_C(65535) << 16) + 32767;
    const int frac = (int)caps->frac_w;
    *plan = (struct sr_local_plan){.seed = c->seed, .learning = {.pairs = c->pairs}};
    if (!(caps->modes & SR_MODES_LOCAL) && caps->devices > 1)
        return sr_error(
            error, error_size, SR_ERR_UNSUPPORTED,
            "--mode local: engine %s with %u devices does not have it: they cannot add up scores at each sample (one "
            "device that has it can learn alone, and ranks of ref together)",
            caps->engine, caps->devices);
    if (!(caps->modes & SR_MODES_LOCAL))
        return sr_error(error, error_size, SR_ERR_UNSUPPORTED,
                        "--mode local: engine %s does not have it (ref does, and sim where its build has it)", caps->engine);
    if (caps->devices > 1 && net->layers > 1)
        return sr_error(error, error_size, SR_ERR_UNSUPPORTED,
                        "--mode local: %u devices share the columns of one hidden layer, and the network has %u", caps->devices,
                        net->layers);
    if (net->readout != SR_READOUT_SUM)
        return sr_error(error, error_size, SR_ERR_ARGUMENT,
                        "--mode local: needs --readout sum (its error is one of each spike)");
    for (unsigned l = 0; l < net->layers; l++) {
        double sigma = c->strength * net->theta[l];
        if (sigma > 4095) {
            return sr_error(error, error_size, SR_ERR_LIMIT, "--strength %g: times the threshold of %u it is %g, at most 4095",
                            c->strength, net->theta[l], sigma);
        }
        plan->sigma_q16[l] = (uint64_t)(ldexp(sigma, 16) + 0.5);
        plan->factor_q16[l] = factor_q16(c->local_step / c->pairs, frac < 4 ? frac : 4);
        plan->learning.credit_shift[l] = c->credit_shift;
    }
    plan->factor_q16[SR_READOUT_LAYER] = factor_q16(c->local_readout_step / 127, frac);
    if (plan->factor_q16[0] > most)
        return sr_error(error, error_size, SR_ERR_LIMIT, "--local-step %g: with %u pairs and %d fraction bits at most %g",
                        c->local_step, c->pairs, frac, ldexp(65535.0, -16 - (frac < 4 ? frac : 4)) * c->pairs);
    if (plan->factor_q16[SR_READOUT_LAYER] > most)
        return sr_error(error, error_size, SR_ERR_LIMIT, "--local-readout-step %g: with %d fraction bits at most %g",
                        c->local_readout_step, frac, ldexp(65535.0, -16 - frac) * 127);
    if (!sr_fitness_scale(64 / c->temperature, &plan->learning.error_mul, &plan->learning.error_shift))
        return sr_error(error, error_size, SR_ERR_LIMIT, "--temperature %g: 64 / temperature must be 15 to 1/2^31",
                        c->temperature);
    plan->steps = (struct sr_schedule){.decay = (enum sr_decay)c->step_decay,
                                       .generations = c->generations,
                                       .final_q16 = (uint32_t)(c->step_final * 65536 + 0.5)};
    plan->strengths = (struct sr_schedule){
        .decay = SR_DECAY_SMOOTH, .generations = c->generations, .final_q16 = (uint32_t)(c->strength_final * 65536 + 0.5)};
    return SR_OK;
}

/* value * fraction, both in 65536ths, to the nearest whole number. */
static uint32_t scaled(uint64_t value, uint32_t fraction) {
    return (uint32_t)(((value >> 8) * fraction + (UINT64_C(1) << 23)) >> 24);
}

void sr_local_plan_learning(const struct sr_local_plan *plan, uint32_t generation, uint32_t time_spent,
                            struct sr_learning *learning) {
    *learning = plan->learning;
    learning->key = sr_generation_key(plan->seed, generation);
    for (unsigned l = 0; l < SR_HIDDEN_LAYERS; l++)
        learning->sigma[l] = scaled(plan->sigma_q16[l], sr_schedule_q16(&plan->strengths, generation, time_spent));
    for (unsigned l = 0; l < SR_LAYERS; l++)
        learning->factor[l] = scaled(plan->factor_q16[l], sr_schedule_q16(&plan->steps, generation, time_spent));
}
