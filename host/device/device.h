/* SPDX-License-Identifier: Apache-2.0
 * What an engine implements. sr_device_* in device.c check arguments that do not depend on the engine, then call these.
 * An engine embeds struct sr_device as its first member and frees itself in close. */
#ifndef SR_DEVICE_H
#define SR_DEVICE_H

#include <stdatomic.h>

#include <spikeroll/link.h>
#include <spikeroll/spikeroll.h>

/* The columns that one of several devices learns with (numerics, section 8.7): blocks of 64 from first to end - 1, possibly none. */
struct sr_column_share {
    uint32_t first, end;
    /* Adds up each value over all devices of the network, for all of them; every one calls it as often as the others. It is called
     * from one thread at a time. */
    void (*sum)(void *context, int32_t *values, size_t count);
    void *context;
};

struct sr_engine_ops {
    void (*close)(struct sr_device *device);
    enum sr_status (*configure)(struct sr_device *device, const struct sr_net *net);
    enum sr_status (*write_weights)(struct sr_device *device, unsigned layer, const int16_t *master);
    enum sr_status (*read_weights)(struct sr_device *device, unsigned layer, int16_t *master);
    enum sr_status (*evaluate)(struct sr_device *device, const struct sr_evaluation *evaluation, const struct sr_batch *batch,
                               int32_t *fitness, uint32_t *correct);
    enum sr_status (*update)(struct sr_device *device, const struct sr_update *update);
    /* NULL: the engine has no mode local. */
    enum sr_status (*learn)(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                            int32_t *fitness, uint8_t *correct);
    /* NULL: the engine learns with all columns only. */
    enum sr_status (*learn_share)(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                                  const struct sr_column_share *share, int32_t *fitness, uint8_t *correct);
    enum sr_status (*infer)(struct sr_device *device, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted);
    enum sr_status (*counters)(struct sr_device *device, struct sr_counters *counters);
    /* NULL where the fields of struct sr_device are enough. cancel: called by another thread during a call. */
    void (*cancel)(struct sr_device *device);
    void (*set_patience)(struct sr_device *device, uint32_t times);
    /* Memories and registers themselves; NULL where there is no link. */
    enum sr_status (*write_memory)(struct sr_device *device, unsigned memory, uint32_t first, const uint8_t *bytes,
                                   uint32_t words);
    enum sr_status (*read_memory)(struct sr_device *device, unsigned memory, uint32_t first, uint8_t *bytes, uint32_t words);
    enum sr_status (*write_registers)(struct sr_device *device, unsigned first, unsigned count, const uint32_t *values);
    enum sr_status (*read_registers)(struct sr_device *device, unsigned first, unsigned count, uint32_t *values);
};

struct sr_device {
    const struct sr_engine_ops *ops;
    struct sr_caps caps;
    struct sr_net net;      /* set by device.c after configure succeeded; layers == 0 before */
    char name[128];         /* what a group calls it ("port /dev/ttyUSB1"), or "": by its number */
    char error[256];        /* last failure, one line */
    char remark[512];       /* one line that the user should know of, or "" */
    uint32_t patience;      /* Times the usual bounds on waiting; 0: none. */
    atomic_bool cancelled;  /* The call under way, or else the next, ends with SR_ERR_INTERRUPTED. */
    bool lowest[SR_LAYERS]; /* weights written last hold the one value without a negative, -2^(7+F): mode local refuses it */
};

/* printf into device->error and return status. */
enum sr_status sr_fail(struct sr_device *device, enum sr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Learn as sr_device_learn does, with a share of the columns, together with other devices that have the rest and the same weights. Of
 * the weights, a device then has those of its own columns only. Needs one hidden layer. All devices of the network must make the
 * call; if it is refused for one it fails for all. fitness and correct are of all samples, as without a share. */
SR_MUST_CHECK enum sr_status sr_device_learn_share(struct sr_device *device, const struct sr_learning *learning,
                                                   const struct sr_batch *batch, const struct sr_column_share *share,
                                                   int32_t *fitness, uint8_t *correct);
/* Limits of several devices as one: each the smaller. */
void sr_join_caps(struct sr_caps *all, const struct sr_caps *one);
/* What is to be said of several devices as one: what each has to say, and whose limits are the least where they differ. "" if nothing. */
void sr_join_remarks(struct sr_device *const *devices, uint32_t count, char *text, size_t size);
/* What a line calls a device among several: its name, or "device " and its number, for which there is `text`. */
enum { SR_NUMBER_NAME = 24 };
const char *sr_device_name(struct sr_device *const *devices, uint32_t index, char *text, size_t size);
/* Counters of devices that work side by side: of cycles the larger, as the slowest says when all are done; of all else the sum. */
void sr_join_counters(struct sr_counters *all, const struct sr_counters *one);
/* Words from row to row in the weight stores. */
uint32_t sr_row_words(const struct sr_caps *caps, uint32_t cols);
/* Whether the network's samples and weights fit the stores of the device; sr_device_configure asks too. */
enum sr_status sr_check_stores(struct sr_device *device, const struct sr_net *net);
/* Memories and registers of a device behind a link, by the numbers and in the words of sr_map.def: for the self test. On other
 * engines SR_ERR_UNSUPPORTED. After a write the driver takes nothing in those memories or registers as known: the next call
 * brings samples and registers again, but weights that were overwritten are the caller's to write. */
SR_MUST_CHECK enum sr_status sr_device_write_memory(struct sr_device *device, unsigned memory, uint32_t first,
                                                    const uint8_t *bytes, uint32_t words);
SR_MUST_CHECK enum sr_status sr_device_read_memory(struct sr_device *device, unsigned memory, uint32_t first, uint8_t *bytes,
                                                   uint32_t words);
SR_MUST_CHECK enum sr_status sr_device_write_registers(struct sr_device *device, unsigned first, unsigned count,
                                                       const uint32_t *values);
SR_MUST_CHECK enum sr_status sr_device_read_registers(struct sr_device *device, unsigned first, unsigned count,
                                                      uint32_t *values);

/* Engines. sr_link_open (spikeroll/link.h) drives a device over a byte transport: sim and serial differ in it only. */
enum sr_status sr_ref_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size);
enum sr_status sr_sim_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size);
enum sr_status sr_serial_open(const struct sr_open *how, struct sr_device **device, char *error, size_t error_size);

#endif
