/* SPDX-License-Identifier: Apache-2.0
 * A page for a browser on this machine: a small HTTP server on the loopback interface, in a thread of its own.
 *
 * It answers GET and HEAD of / (the page, made anew when it is asked for, but with at least nine tenths of the time spent
 * otherwise) and of /watch.js. It serves eight connections at once, each with a request of at most 4 KB and so many seconds for it; a
 * request whose Host is not this server's own is refused, so that no page from elsewhere reads it through a name of its own (DNS
 * rebinding). Whatever goes wrong with a connection or with the page ends with that connection. */
#ifndef SR_REPORT_WATCH_H
#define SR_REPORT_WATCH_H

#include <stdatomic.h>

#include "base/text.h"

/* Makes the page (to be freed), in the server's thread. It should give up once *stop is set. */
typedef enum sr_status (*sr_watch_make)(void *context, const atomic_bool *stop, char **page, size_t *size, char *error,
                                        size_t error_size);

struct sr_watch;

/* port 0: any that is free. SR_ERR_FILE: the port cannot be had. On failure error has one line. */
SR_MUST_CHECK enum sr_status sr_watch_open(uint16_t port, sr_watch_make make, void *context, struct sr_watch **watch,
                                           char *error, size_t error_size);
uint16_t sr_watch_port(const struct sr_watch *watch);
/* Waits for a page that is being made to give up. NULL is allowed. */
void sr_watch_close(struct sr_watch *watch);

#endif
