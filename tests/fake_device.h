/* SPDX-License-Identifier: Apache-2.0
 * A model of the device behind its link: packets, registers and memories as rtl/sr_host.v keeps them, runs by engine ref.
 * The line in between can drop, flip and delay bytes. */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include "device/device.h"

struct fake_setup {
    uint32_t id[0x20];   /* identity registers, see fake_defaults */
    uint32_t fault;      /* one byte in so many is dropped or flipped, each way; 0: none */
    uint32_t delay;      /* one read in so many finds nothing yet; 0: none */
    uint32_t late_ms;    /* reads of so many milliseconds after a request find nothing yet; 0: none */
    uint32_t run_reads;  /* reads that find the device busy after a RUN */
    uint32_t dies_after; /* bytes written until the port fails; 0: never */
    bool mute;           /* never answers */
    bool lose_run;       /* the first answer to each RUN is lost */
    bool ran;            /* a host before this one left run_seq */
    uint8_t run_seq;
    uint32_t seed;
    /* Nonsense: one register, one word of one memory is answered with another value than it has. */
    bool lie_register, lie_memory;
    uint8_t register_lied, memory_lied;
    uint32_t word_lied, lie;
    bool stuck;      /* a run never ends; its cycles go on */
    bool still;      /* nor do its cycles go on */
    uint32_t resets; /* the run after so many is cut by a reset */
    uint32_t drip;   /* answers nothing but this byte, for ever, one a read */
};

/* What the model saw: stays valid until fake_close, which the transport's close does not do. */
struct fake_seen {
    uint32_t runs, evaluations, updates, sample_words, dense_bytes, batch_words, credit_words, register_writes, faults, delays;
};

struct fake;
void fake_defaults(struct fake_setup *setup);
struct fake *fake_open(const struct fake_setup *setup, struct sr_transport *transport);
const struct fake_seen *fake_seen(const struct fake *fake);
/* What the model does from now on, but for its limits. */
struct fake_setup *fake_setup(struct fake *fake);
void fake_reset(struct fake *fake);   /* its button is pressed */
void fake_end_run(struct fake *fake); /* of a run that is stuck */
void fake_close(struct fake *fake);

#endif
