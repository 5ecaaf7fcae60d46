/* SPDX-License-Identifier: Apache-2.0
 * As much of HTTP as a page for one's own browser needs: a request's head read, an answer's head written. Nothing here does input
 * or output. */
#ifndef SR_REPORT_HTTP_H
#define SR_REPORT_HTTP_H

#include "base/text.h"

enum { SR_REQUEST_MAX = 4096, SR_HEAD_MAX = 1024 };

enum sr_http {
    SR_HTTP_OK = 200,
    SR_HTTP_BAD = 400,
    SR_HTTP_FORBIDDEN = 403, /* another host's name */
    SR_HTTP_NOT_FOUND = 404,
    SR_HTTP_NOT_ALLOWED = 405,
    SR_HTTP_TOO_LARGE = 431,
    SR_HTTP_UNAVAILABLE = 503
};

enum sr_target { SR_TARGET_PAGE, SR_TARGET_SCRIPT };

struct sr_request {
    bool head_only;
    enum sr_target target;
};

/* Whether the bytes hold a whole head: up to the first empty line. */
bool sr_http_whole(const char *bytes, size_t size);
/* What to answer to these bytes: SR_HTTP_OK, and what was asked for, or a refusal. The Host must be 127.0.0.1 or localhost, with the
 * port (which may be left out where it is 80). *request is set in any case. */
enum sr_http sr_http_parse(const char *bytes, size_t size, uint16_t port, struct sr_request *request);
/* A line for the reader of a refusal. */
const char *sr_http_text(enum sr_http code);
/* The head of an answer, with a body of so many bytes to follow; its length. */
size_t sr_http_head(enum sr_http code, const char *type, size_t size, char head[SR_HEAD_MAX]);

#endif
