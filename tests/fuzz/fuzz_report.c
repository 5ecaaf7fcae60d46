/* SPDX-License-Identifier: Apache-2.0
 * What a report reads and what a browser sends: the first byte chooses a request, a history, or a text that goes on a page. */
#include "check.h"

#include "report/http.h"
#include "report/page.h"
#include "report/series.h"

static void try_request(const uint8_t *data, size_t size) {
    struct sr_request request;
    char head[SR_HEAD_MAX];
    bool whole = sr_http_whole((const char *)data, size);
    enum sr_http code = sr_http_parse((const char *)data, size, 8080, &request);
    check(whole || code == SR_HTTP_TOO_LARGE);
    check(sr_http_head(code, "text/plain", size, head) < SR_HEAD_MAX);
    if (code != SR_HTTP_OK) return;
    /* What is served names this server, and is a page or its script. */
    check(size >= 30 && (!memcmp(data, "GET /", 5) || !memcmp(data, "HEAD /", 6)));
}

static void try_history(const uint8_t *data, size_t size) {
    char path[256], error[SR_ERROR_SIZE] = "";
    struct sr_series series;
    struct sr_config config;
    sr_config_defaults(&config);
    put_file("fuzz.csv", data, size, path);
    if (sr_series_load(path, &config, &series, error, sizeof error) != SR_OK) {
        check(*error != '\0' && !series.generation);
        return;
    }
    check(series.validated <= series.count && series.best <= series.count);
    check(series.validated == 0 || series.best < series.count);
    sr_series_free(&series);
}

static void try_text(const uint8_t *data, size_t size) {
    struct sr_page page = {0};
    char *text = malloc(size + 1);
    check(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    sr_page_put(&page, "");
    sr_page_text(&page, text);
    sr_page_base64(&page, data, size);
    check(!page.failed && page.length == strlen(page.text));
    check(!strpbrk(page.text, "<>\"'"));
    for (const unsigned char *at = (const unsigned char *)page.text; *at; at += sr_utf8_length(at))
        check(sr_utf8_length(at) > 0 && *at >= 0x20 && *at != 0x7F);
    free(page.text);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 1 << 14) return 0;
    if (data[0] % 3 == 0) try_request(data + 1, size - 1);
    if (data[0] % 3 == 1) try_history(data + 1, size - 1);
    if (data[0] % 3 == 2) try_text(data + 1, size - 1);
    return 0;
}
