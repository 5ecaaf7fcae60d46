/* SPDX-License-Identifier: Apache-2.0
 * Heads of HTTP: see http.h. */
#include "report/http.h"

#include <string.h>
#include <strings.h>

static const struct {
    enum sr_http code;
    const char *reason, *text;
} answers[] = {
    {SR_HTTP_OK, "OK", ""},
    {SR_HTTP_BAD, "Bad Request", "This is no request that can be read.\n"},
    {SR_HTTP_FORBIDDEN, "Forbidden", "This page is for a browser on the same machine: http://127.0.0.1 and the port.\n"},
    {SR_HTTP_NOT_FOUND, "Not Found", "There is one page, /.\n"},
    {SR_HTTP_NOT_ALLOWED, "Method Not Allowed", "This page can be read, and nothing else.\n"},
    {SR_HTTP_TOO_LARGE, "Request Header Fields Too Large", "The request is too long.\n"},
    {SR_HTTP_UNAVAILABLE, "Service Unavailable", "The page cannot be made just now; the training goes on.\n"}};

static size_t index_of(enum sr_http code) {
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (answers[i].code == code) return i;
    return 1;
}

const char *sr_http_text(enum sr_http code) { return answers[index_of(code)].text; }

size_t sr_http_head(enum sr_http code, const char *type, size_t size, char head[SR_HEAD_MAX]) {
    int length = sr_format(head, SR_HEAD_MAX,
                           "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s"
                           "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
                           "Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n\r\n",
                           (int)code, answers[index_of(code)].reason, type, size,
                           code == SR_HTTP_NOT_ALLOWED   ? "Allow: GET, HEAD\r\n"
                           : code == SR_HTTP_UNAVAILABLE ? "Refresh: 2\r\n" /* a browser asks again by itself */
                                                         : "");
    return length < 0 ? 0 : (size_t)length;
}

static const char *find(const char *bytes, size_t size, const char *what) {
    size_t length = strlen(what);
    for (size_t i = 0; i + length <= size; i++)
        if (!memcmp(bytes + i, what, length)) return bytes + i;
    return NULL;
}

bool sr_http_whole(const char *bytes, size_t size) { return find(bytes, size, "\r\n\r\n") != NULL; }

static bool is_text(const char *bytes, size_t size, const char *text) {
    return size == strlen(text) && !strncasecmp(bytes, text, size);
}

static bool is_own_host(const char *value, size_t size, uint16_t port) {
    static const char *const names[] = {"127.0.0.1", "localhost"};
    char own[32];
    for (size_t i = 0; i < 2; i++) {
        sr_format(own, sizeof own, "%s:%u", names[i], port);
        if (is_text(value, size, own) || (port == 80 && is_text(value, size, names[i]))) return true;
    }
    return false;
}

/* The lines after the first: exactly one of them is a Host, and it is this server's. */
static enum sr_http check_fields(const char *at, const char *end, uint16_t port) {
    unsigned hosts = 0;
    bool own = true;
    while (at < end) {
        const char *stop = find(at, (size_t)(end - at), "\r\n");
        if (!stop) stop = end;
        const char *colon = memchr(at, ':', (size_t)(stop - at));
        if (!colon || colon == at || *at == ' ' || *at == '\t') return SR_HTTP_BAD;
        if (is_text(at, (size_t)(colon - at), "Host")) {
            const char *value = colon + 1, *last = stop;
            while (value < last && (*value == ' ' || *value == '\t')) value++;
            while (last > value && (last[-1] == ' ' || last[-1] == '\t')) last--;
            hosts++;
            own = own && is_own_host(value, (size_t)(last - value), port);
        }
        at = stop == end ? end : stop + 2;
    }
    return hosts != 1 ? SR_HTTP_BAD : own ? SR_HTTP_OK : SR_HTTP_FORBIDDEN;
}

enum sr_http sr_http_parse(const char *bytes, size_t size, uint16_t port, struct sr_request *request) {
    *request = (struct sr_request){false, SR_TARGET_PAGE};
    const char *end = find(bytes, size, "\r\n\r\n");
    if (!end) return SR_HTTP_TOO_LARGE;
    if (memchr(bytes, '\0', (size_t)(end - bytes))) return SR_HTTP_BAD;
    const char *line = find(bytes, (size_t)(end - bytes) + 2, "\r\n");
    const char *space = memchr(bytes, ' ', (size_t)(line - bytes));
    const char *target = space ? space + 1 : line;
    const char *after = memchr(target, ' ', (size_t)(line - target));
    if (!space || !after) return SR_HTTP_BAD;
    size_t version = (size_t)(line - after - 1);
    if (version != 8 || (memcmp(after + 1, "HTTP/1.1", 8) != 0 && memcmp(after + 1, "HTTP/1.0", 8) != 0)) return SR_HTTP_BAD;
    enum sr_http code = line == end ? SR_HTTP_BAD : check_fields(line + 2, end, port);
    if (code != SR_HTTP_OK) return code;
    request->head_only = space - bytes == 4 && !memcmp(bytes, "HEAD", 4);
    if (!request->head_only && !(space - bytes == 3 && !memcmp(bytes, "GET", 3))) return SR_HTTP_NOT_ALLOWED;
    size_t length = (size_t)(after - target);
    if (length == 9 && !memcmp(target, "/watch.js", 9)) {
        request->target = SR_TARGET_SCRIPT;
        return SR_HTTP_OK;
    }
    return length == 1 && *target == '/' ? SR_HTTP_OK : SR_HTTP_NOT_FOUND;
}
