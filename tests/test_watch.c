/* SPDX-License-Identifier: Apache-2.0
 * The server of a training under way: requests of every kind, and clients that are slow, greedy or gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/http.h"
#include "report/watch.h"

static char error[SR_ERROR_SIZE];

#define assert_ok(call)                                        \
    do {                                                       \
        if ((call) != SR_OK) fail_msg("%s: %s", #call, error); \
    } while (0)

/* ---- requests ---- */

static void requests_are_strict(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum sr_http code;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", SR_HTTP_OK},
        {"GET / HTTP/1.0\r\nhost:\tLOCALHOST:8080 \r\nAccept: */*\r\n\r\nrest", SR_HTTP_OK},
        {"HEAD / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_OK},
        {"GET /watch.js HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_OK},
        {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", SR_HTTP_FORBIDDEN},
        {"GET / HTTP/1.1\r\nHost: localhost:80800\r\n\r\n", SR_HTTP_FORBIDDEN},
        {"GET / HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n", SR_HTTP_FORBIDDEN},
        {"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080.evil.example\r\n\r\n", SR_HTTP_FORBIDDEN},
        {"GET / HTTP/1.1\r\nHost: \r\n\r\n", SR_HTTP_FORBIDDEN},
        {"GET / HTTP/1.1\r\nHost: localhost:8080\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_BAD},
        {"GET / HTTP/1.1\r\nHost: localhost:8080\r\n Host: evil\r\n\r\n", SR_HTTP_BAD},
        {"GET / HTTP/1.1\r\n\r\n", SR_HTTP_BAD},
        {"GET / HTTP/1.1\r\nAccept: x\r\n\r\n", SR_HTTP_BAD},
        {"GET / HTTP/2.0\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_BAD},
        {"GET /\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_BAD},
        {"GET  / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_BAD},
        {"\r\n\r\n", SR_HTTP_BAD},
        {"POST / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_NOT_ALLOWED},
        {"get / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_NOT_ALLOWED},
        {"GET /../etc/passwd HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_NOT_FOUND},
        {"GET /? HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_NOT_FOUND},
        {"GET http://localhost:8080/ HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", SR_HTTP_NOT_FOUND},
        {"GET / HTTP/1.1\nHost: localhost:8080\n\n", SR_HTTP_TOO_LARGE},
    };
    struct sr_request request;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].text);
        char *exact = malloc(size); /* so that a sanitizer sees a byte too far */
        assert_non_null(exact);
        memcpy(exact, cases[i].text, size);
        enum sr_http code = sr_http_parse(exact, size, 8080, &request);
        if (code != cases[i].code) fail_msg("%d for %s", (int)code, cases[i].text);
        assert_true(request.head_only == (i == 2));
        assert_true(request.target == (i == 3 ? SR_TARGET_SCRIPT : SR_TARGET_PAGE));
        free(exact);
    }
    const char zero[] = "GET / HTTP/1.1\r\nHost: localhost:8080\r\nX: \0\r\n\r\n";
    assert_int_equal(sr_http_parse(zero, sizeof zero - 1, 8080, &request), SR_HTTP_BAD);
    assert_int_equal(sr_http_parse("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35, 80, &request), SR_HTTP_OK);
}

/* ---- the server ---- */

static void pause_shortly(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }

enum { PAGE_SIZE = 3000000 }; /* more than a socket takes at once */

struct maker {
    atomic_int made;
    atomic_bool slow, entered, broken;
};

static enum sr_status make_page(void *context, const atomic_bool *stop, char **page, size_t *size, char *reason,
                                size_t reason_size) {
    struct maker *maker = context;
    atomic_store(&maker->entered, true);
    while (atomic_load(&maker->slow) && !atomic_load(stop)) pause_shortly();
    if (atomic_load(&maker->broken)) return sr_error(reason, reason_size, SR_ERR_FILE, "broken");
    *page = malloc(PAGE_SIZE + 1);
    assert_non_null(*page);
    memset(*page, 'x', PAGE_SIZE);
    (*page)[PAGE_SIZE] = '\0';
    *size = PAGE_SIZE;
    atomic_fetch_add(&maker->made, 1);
    return SR_OK;
}

static int connect_to(const struct sr_watch *watch) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(sr_watch_port(watch)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text) {
    size_t length = strlen(text);
    assert_int_equal(send(fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* Everything until the other side closes; the status code, and in *size what came. */
static int hear(int fd, size_t *size) {
    char head[16] = "", rest[65536];
    *size = 0;
    for (ssize_t got; (got = recv(fd, rest, sizeof rest, 0)) > 0;) {
        if (*size == 0) memcpy(head, rest, (size_t)got < 15 ? (size_t)got : 15);
        *size += (size_t)got;
    }
    close(fd);
    return strlen(head) > 9 ? atoi(head + 9) : 0;
}

static void ask(const struct sr_watch *watch, int fd, const char *path) {
    char text[256];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", path, sr_watch_port(watch));
    say(fd, text);
}

static void a_page_is_served_and_kept_for_a_while(void **state) {
    (void)state;
    struct maker maker = {0};
    struct sr_watch *watch, *second;
    size_t size;
    assert_ok(sr_watch_open(0, make_page, &maker, &watch, error, sizeof error));
    for (int i = 0; i < 5; i++) {
        int fd = connect_to(watch);
        ask(watch, fd, "/");
        assert_int_equal(hear(fd, &size), 200);
        assert_true(size > PAGE_SIZE);
    }
    assert_true(atomic_load(&maker.made) <= 2);
    int fd = connect_to(watch);
    ask(watch, fd, "/other");
    assert_int_equal(hear(fd, &size), 404);
    fd = connect_to(watch);
    ask(watch, fd, "/watch.js");
    assert_int_equal(hear(fd, &size), 200);
    assert_int_equal(sr_watch_open(sr_watch_port(watch), make_page, &maker, &second, error, sizeof error), SR_ERR_FILE);
    sr_watch_close(watch);
    sr_watch_close(NULL);
}

static void a_page_that_cannot_be_made_is_said(void **state) {
    (void)state;
    struct maker maker = {.broken = true};
    struct sr_watch *watch;
    size_t size;
    assert_ok(sr_watch_open(0, make_page, &maker, &watch, error, sizeof error));
    int fd = connect_to(watch);
    ask(watch, fd, "/");
    assert_int_equal(hear(fd, &size), 503);
    sr_watch_close(watch);
}

/* Clients that say nothing, that say too much, that go before their answer: the next one is served all the same. */
static void bad_clients_harm_nobody(void **state) {
    (void)state;
    struct maker maker = {0};
    struct sr_watch *watch;
    size_t size;
    int idle[7];
    assert_ok(sr_watch_open(0, make_page, &maker, &watch, error, sizeof error));
    for (int i = 0; i < 7; i++) idle[i] = connect_to(watch);
    say(idle[0], "GET / HT");
    double before = sr_now();
    for (int i = 0; i < 40; i++) { /* gone before their answer, which is more than a socket takes */
        int fd = connect_to(watch);
        const struct linger at_once = {1, 0};
        ask(watch, fd, "/");
        if (i % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd);
    }
    int fd = connect_to(watch);
    ask(watch, fd, "/");
    assert_int_equal(hear(fd, &size), 200);
    assert_true(size > PAGE_SIZE);
    char *long_line = malloc(100001);
    assert_non_null(long_line);
    memset(long_line, 'a', 100000);
    long_line[100000] = '\0';
    fd = connect_to(watch);
    (void)!send(fd, long_line, 100000, MSG_NOSIGNAL);
    assert_int_equal(hear(fd, &size), 431);
    free(long_line);
    assert_true(sr_now() - before < 30); /* one after the other, those that say nothing would have cost 35 */
    /* They are shown the door after their five seconds, and then there is room for eight more. */
    for (int i = 0; i < 7; i++) assert_int_equal(hear(idle[i], &size), 0);
    assert_true(sr_now() - before > 4);
    sr_watch_close(watch);
}

static void closing_does_not_wait_for_a_page(void **state) {
    (void)state;
    struct maker maker = {.slow = true};
    struct sr_watch *watch;
    assert_ok(sr_watch_open(0, make_page, &maker, &watch, error, sizeof error));
    int fd = connect_to(watch), silent = connect_to(watch);
    ask(watch, fd, "/");
    while (!atomic_load(&maker.entered)) pause_shortly();
    sr_watch_close(watch);
    close(fd);
    close(silent);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_strict),
        cmocka_unit_test(a_page_is_served_and_kept_for_a_while),
        cmocka_unit_test(a_page_that_cannot_be_made_is_said),
        cmocka_unit_test(bad_clients_harm_nobody),
        cmocka_unit_test(closing_does_not_wait_for_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
