/* SPDX-License-Identifier: Apache-2.0
 * A device's limits on the network, in the options that the user typed. The device itself refuses such a network too, in terms of
 * its own; this is asked first. Limits on a mode's plan: sr_plan_limits for lowrank and full. */
#ifndef SR_LIMITS_H
#define SR_LIMITS_H

#include "base/text.h"

SR_MUST_CHECK enum sr_status sr_net_limits(const struct sr_net *net, const struct sr_caps *caps, char *error,
                                           size_t error_size);

#endif
