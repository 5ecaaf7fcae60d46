/* SPDX-License-Identifier: Apache-2.0
 * What is true of several devices as one: their limits, and what their user should know of them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "device/device.h"

/* Of each the least counts. */
#define LIMITS(LIMIT)    \
    LIMIT(layers_max)    \
    LIMIT(inputs_max)    \
    LIMIT(hidden_max)    \
    LIMIT(classes_max)   \
    LIMIT(steps_max)     \
    LIMIT(rank_max)      \
    LIMIT(pairs_max)     \
    LIMIT(sample_words)  \
    LIMIT(weight_words)  \
    LIMIT(rweight_words) \
    LIMIT(batch_max)     \
    LIMIT(score_words)   \
    LIMIT(packet_max)    \
    LIMIT(step_readout)

void sr_join_caps(struct sr_caps *all, const struct sr_caps *one) {
#define LEAST(field) \
    if (one->field < all->field) all->field = one->field;
    LIMITS(LEAST)
#undef LEAST
    all->modes &= one->modes;
    if (one->factors && (!all->factors || one->factors < all->factors)) all->factors = one->factors;
    all->devices += one->devices;
}

const char *sr_device_name(struct sr_device *const *devices, uint32_t index, char *text, size_t size) {
    if (devices[index]->name[0]) return devices[index]->name;
    snprintf(text, size, "device %u", (unsigned)index);
    return text;
}

struct remark {
    struct sr_device *const *devices;
    uint32_t count;
    char *text;
    size_t size;
    bool differ; /* The text says already that limits differ. */
};

/* Where the text is full it ends in "..". */
__attribute__((format(printf, 2, 3))) static void append(struct remark *remark, const char *format, ...) {
    size_t used = strlen(remark->text), room = remark->size - used;
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(remark->text + used, room, format, arguments) >= (int)room)
        memcpy(remark->text + remark->size - sizeof "..", "..", sizeof "..");
    va_end(arguments);
}

/* Tells a limit that is not the same in all devices, and whose is the least. unbounded: 0 stands for no limit at all. */
static void compare(struct remark *remark, const char *name, size_t offset, bool unbounded) {
    uint32_t least = 0, lowest = 0;
    bool differ = false;
    char text[SR_NUMBER_NAME];
    for (uint32_t i = 0; i < remark->count; i++) {
        uint32_t value;
        memcpy(&value, (const char *)&remark->devices[i]->caps + offset, sizeof value);
        if (unbounded && !value) value = UINT32_MAX;
        differ |= i && value != lowest;
        if (!i || value < lowest) least = i, lowest = value;
    }
    if (!differ) return;
    append(remark, "%s%s %u (%s)",
           remark->differ    ? ", "
           : remark->text[0] ? "; limits differ: "
                             : "limits differ: ",
           name, (unsigned)lowest, sr_device_name(remark->devices, least, text, sizeof text));
    remark->differ = true;
}

void sr_join_remarks(struct sr_device *const *devices, uint32_t count, char *text, size_t size) {
    struct remark remark = {.devices = devices, .count = count, .text = text, .size = size};
    text[0] = '\0';
    for (uint32_t i = 0; i < count; i++)
        if (devices[i]->remark[0]) append(&remark, "%s%s", text[0] ? "; " : "", devices[i]->remark);
#define COMPARE(field) compare(&remark, #field, offsetof(struct sr_caps, field), false);
    LIMITS(COMPARE)
    COMPARE(modes)
#undef COMPARE
    compare(&remark, "factors", offsetof(struct sr_caps, factors), true);
    if (remark.differ) append(&remark, ": of each the least counts");
}
