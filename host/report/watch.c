/* SPDX-License-Identifier: Apache-2.0
 * A page for a browser on this machine: see watch.h. One loop waits for all sockets; none of them ever blocks. */
#include "report/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/http.h"
#include "report/sections.h"

enum { CONNECTIONS = 8, REQUEST_SECONDS = 5, ANSWER_SECONDS = 20, DRAIN_SECONDS = 1 };

/* A text that several connections send, counted; only the server's thread touches it. */
struct body {
    char *text;
    size_t size;
    unsigned users;
};

enum state { FREE, READING, SENDING, DRAINING };

struct connection {
    enum state state;
    int fd;
    double deadline;
    char request[SR_REQUEST_MAX];
    size_t received;
    char head[SR_HEAD_MAX];
    size_t head_size, sent; /* sent: of head and body together */
    struct body *body;      /* NULL: none */
};

struct sr_watch {
    int listener, wake[2];
    uint16_t port;
    pthread_t thread;
    atomic_bool stop;
    sr_watch_make make;
    void *context;
    struct body *page; /* the newest, or NULL */
    double made, cost; /* when it was made, and in how many seconds */
    struct connection connection[CONNECTIONS];
};

static void body_drop(struct body *body) {
    if (!body || --body->users) return;
    free(body->text);
    free(body);
}

/* The text is taken over. NULL: out of memory. */
static struct body *body_make(char *text, size_t size) {
    struct body *body = malloc(sizeof *body);
    if (body) *body = (struct body){text, size, 1};
    if (!body) free(text);
    return body;
}

/* A copy of a text that ends in 0. */
static struct body *body_copy(const char *text) {
    char *copy = strdup(text);
    return copy ? body_make(copy, strlen(copy)) : NULL;
}

static void close_connection(struct connection *c) {
    close(c->fd);
    body_drop(c->body);
    c->body = NULL;
    c->state = FREE;
}

/* ---- the page ---- */

/* Answers with the page, made anew unless the last one is young: two seconds, or ten times what it took to make. */
static enum sr_http answer_page(struct sr_watch *w, struct body **body) {
    double now = sr_now();
    if (!w->page || now - w->made > (w->cost > 0.2 ? 10 * w->cost : 2)) {
        char *text, error[SR_ERROR_SIZE];
        size_t size;
        if (w->make(w->context, &w->stop, &text, &size, error, sizeof error) == SR_OK) {
            body_drop(w->page);
            w->page = body_make(text, size);
        }
        w->made = sr_now();
        w->cost = w->made - now;
    }
    if (!w->page) return SR_HTTP_UNAVAILABLE;
    w->page->users++;
    *body = w->page;
    return SR_HTTP_OK;
}

static void answer(struct sr_watch *w, struct connection *c) {
    struct sr_request request;
    const char *type = "text/plain; charset=utf-8";
    enum sr_http code = sr_http_parse(c->request, c->received, w->port, &request);
    struct body *body = NULL;
    if (code == SR_HTTP_OK && request.target == SR_TARGET_PAGE) {
        code = answer_page(w, &body);
        if (code == SR_HTTP_OK) type = "text/html; charset=utf-8";
    } else if (code == SR_HTTP_OK) {
        body = body_copy(sr_report_script);
        type = "text/javascript; charset=utf-8";
        if (!body) code = SR_HTTP_UNAVAILABLE;
    }
    if (code != SR_HTTP_OK) {
        type = "text/plain; charset=utf-8";
        body = body_copy(sr_http_text(code));
    }
    c->head_size = sr_http_head(code, type, body ? body->size : 0, c->head);
    if (request.head_only) {
        body_drop(body);
        body = NULL;
    }
    c->body = body;
    c->sent = 0;
    c->state = SENDING;
    c->deadline = sr_now() + ANSWER_SECONDS;
}

/* ---- connections ---- */

static void receive(struct sr_watch *w, struct connection *c) {
    ssize_t got = recv(c->fd, c->request + c->received, sizeof c->request - c->received, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (got <= 0) {
        close_connection(c);
        return;
    }
    c->received += (size_t)got;
    if (sr_http_whole(c->request, c->received) || c->received == sizeof c->request) answer(w, c);
}

static void send_some(struct connection *c) {
    size_t size = c->body ? c->body->size : 0;
    while (c->sent < c->head_size + size) {
        bool head = c->sent < c->head_size;
        const char *from = head ? c->head + c->sent : c->body->text + (c->sent - c->head_size);
        ssize_t wrote = send(c->fd, from, head ? c->head_size - c->sent : size - (c->sent - c->head_size), MSG_NOSIGNAL);
        if (wrote < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
        if (wrote <= 0) {
            close_connection(c);
            return;
        }
        c->sent += (size_t)wrote;
    }
    /* What the other side may still send is read before the socket is closed: a reset would take the answer from it. */
    shutdown(c->fd, SHUT_WR);
    c->state = DRAINING;
    c->deadline = sr_now() + DRAIN_SECONDS;
}

static void drain(struct connection *c) {
    char ignored[1024];
    ssize_t got = recv(c->fd, ignored, sizeof ignored, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (got <= 0) close_connection(c);
}

static bool set_flags(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool accept_one(struct sr_watch *w) {
    int fd = accept(w->listener, NULL, NULL);
    if (fd < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ECONNABORTED;
    for (int i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &w->connection[i];
        if (c->state != FREE || !set_flags(fd)) continue;
        c->state = READING;
        c->fd = fd;
        c->received = 0;
        c->body = NULL;
        c->deadline = sr_now() + REQUEST_SECONDS;
        return true;
    }
    close(fd);
    return true;
}

static bool some_free(const struct sr_watch *w) {
    for (int i = 0; i < CONNECTIONS; i++)
        if (w->connection[i].state == FREE) return true;
    return false;
}

/* Once its time is over a connection ends, however busily it trickles. What has arrived is looked at first: the loop itself may have
 * been busy with a page. */
static void serve(struct sr_watch *w, struct connection *c, short events, double now) {
    if (events && c->state == READING) {
        receive(w, c);
    } else if (events && c->state == SENDING) {
        send_some(c);
    } else if (events && c->state == DRAINING) {
        drain(c);
    }
    if (c->state != FREE && now > c->deadline) close_connection(c);
}

/* Descriptors or memory are short: the loop must not spin. */
static void rest(void) {
    const struct timespec while_short = {0, 100000000};
    nanosleep(&while_short, NULL);
}

static void *loop(void *context) {
    struct sr_watch *w = context;
    while (!atomic_load(&w->stop)) {
        struct pollfd set[CONNECTIONS + 2] = {{w->wake[0], POLLIN, 0}, {some_free(w) ? w->listener : -1, POLLIN, 0}};
        int busy = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            const struct connection *c = &w->connection[i];
            set[i + 2] = (struct pollfd){c->state == FREE ? -1 : c->fd, c->state == SENDING ? POLLOUT : POLLIN, 0};
            busy += c->state != FREE;
        }
        int ready = poll(set, CONNECTIONS + 2, busy ? 250 : -1);
        double now = sr_now();
        if (ready < 0) {
            rest();
            continue;
        }
        for (int i = 0; i < CONNECTIONS; i++) serve(w, &w->connection[i], set[i + 2].revents, now);
        if (set[1].revents && !accept_one(w)) rest();
    }
    for (int i = 0; i < CONNECTIONS; i++)
        if (w->connection[i].state != FREE) close_connection(&w->connection[i]);
    return NULL;
}

/* ---- opening and closing ---- */

static enum sr_status listen_on(struct sr_watch *w, uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int on = 1;
    w->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (w->listener < 0 || !set_flags(w->listener)) return SR_ERR_FILE;
    /* A run that is gone on with gets the port of the one before it, whose connections linger. */
    setsockopt(w->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(w->listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(w->listener, CONNECTIONS) != 0 ||
        getsockname(w->listener, (struct sockaddr *)&address, &size) != 0)
        return SR_ERR_FILE;
    w->port = ntohs(address.sin_port);
    return pipe(w->wake) == 0 && set_flags(w->wake[0]) && set_flags(w->wake[1]) ? SR_OK : SR_ERR_FILE;
}

/* Signals go to the thread that trains. */
static int start_thread(struct sr_watch *w) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int reason = pthread_create(&w->thread, NULL, loop, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return reason;
}

static void release(struct sr_watch *w) {
    if (w->listener >= 0) close(w->listener);
    if (w->wake[0] >= 0) close(w->wake[0]);
    if (w->wake[1] >= 0) close(w->wake[1]);
    body_drop(w->page);
    free(w);
}

enum sr_status sr_watch_open(uint16_t port, sr_watch_make make, void *context, struct sr_watch **watch, char *error,
                             size_t error_size) {
    struct sr_watch *w = calloc(1, sizeof *w);
    if (!w) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    w->listener = w->wake[0] = w->wake[1] = -1;
    w->make = make;
    w->context = context;
    atomic_init(&w->stop, false);
    enum sr_status status = listen_on(w, port);
    int reason = status == SR_OK ? start_thread(w) : errno;
    if (reason == 0) {
        *watch = w;
        return SR_OK;
    }
    sr_error(error, error_size, SR_ERR_FILE, "port %u: %s", port, strerror(reason));
    release(w);
    return SR_ERR_FILE;
}

uint16_t sr_watch_port(const struct sr_watch *watch) { return watch->port; }

void sr_watch_close(struct sr_watch *watch) {
    if (!watch) return;
    atomic_store(&watch->stop, true);
    ssize_t ignored = write(watch->wake[1], "", 1);
    (void)ignored;
    pthread_join(watch->thread, NULL);
    release(watch);
}
