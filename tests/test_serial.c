/* SPDX-License-Identifier: Apache-2.0
 * Engine serial: ports are found, locked, set up through libserialport, and lost; with a model of the device behind them
 * (fake_port.h). The last tests run the program ($SPIKEROLL) against boards that answer nonsense, and against two of them.
 * More than 400 lines, because one program alone takes the place of the C library's calls for ports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "fake_port.h"
#include "map/sr_map.h"

static const struct sr_net NET = {.layers = 1, .inputs = 70, .hidden = {10}, .classes = 5, .steps = 6, .theta = {300}};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static enum sr_status open_serial(const char *port, uint32_t baud, struct sr_device **device, char error[512]) {
    struct sr_open how = {.engine = "serial", .port = port, .baud = baud};
    error[0] = '\0';
    return sr_device_open(&how, device, error, 512);
}

static void expect_refused(const char *port, const char *text) {
    struct sr_device *device = NULL;
    char error[512];
    assert_int_equal(open_serial(port, 0, &device, error), SR_ERR_LINK);
    if (!strstr(error, text)) fail_msg("\"%s\" does not say \"%s\"", error, text);
}

static struct sr_device *expect_open(const char *port) {
    struct sr_device *device = NULL;
    char error[512];
    if (open_serial(port, 0, &device, error) != SR_OK) fail_msg("%s", error);
    return device;
}

/* Everything a generation needs of the line, with weights that come back as they went. */
static enum sr_status exercise(struct sr_device *device) {
    static int16_t out[70 * 10], in[70 * 10];
    for (unsigned i = 0; i < 700; i++) out[i] = (int16_t)(i * 37 % 4000 - 2000);
    enum sr_status status = sr_device_configure(device, &NET);
    if (!status) status = sr_device_write_weights(device, 0, out);
    if (!status) status = sr_device_read_weights(device, 0, in);
    if (!status) assert_memory_equal(out, in, sizeof out);
    return status;
}

static struct fake_port *board(unsigned late_ms) {
    struct fake_setup setup;
    fake_defaults(&setup);
    struct fake_port *port = fake_port_open();
    fake_port_attach(port, &setup, late_ms);
    return port;
}

/* Of four ports one is a board's: the others are neither opened nor written to. */
static void a_board_is_found_by_its_usb_identity(void **unused) {
    (void)unused;
    struct fake_port *arduino = fake_port_open(), *jtag = fake_port_open(), *modem = fake_port_open(), *uart = board(0);
    fake_port_list(arduino, "ttyACM0", 0x2341, 0x0043, 0, -1);
    fake_port_list(jtag, "ttyUSB0", 0x0403, 0x6010, 0, 16);
    fake_port_list(uart, "ttyUSB1", 0x0403, 0x6010, 1, 16);
    fake_port_list(modem, "ttyS0", 0, 0, -1, -1);
    struct sr_device *device = expect_open(NULL);
    assert_int_equal(exercise(device), SR_OK);
    assert_int_equal(fake_port_opened("ttyACM0") + fake_port_opened("ttyUSB0") + fake_port_opened("ttyS0"), 0);
    assert_int_equal(fake_port_bytes(arduino) + fake_port_bytes(jtag) + fake_port_bytes(modem), 0);
    assert_true(fake_port_bytes(uart) > 1400);
    sr_device_close(device);
    fake_port_close(arduino), fake_port_close(jtag), fake_port_close(modem), fake_port_close(uart);
    fake_port_unlist_all();
}

static void the_search_says_what_it_left_alone(void **unused) {
    (void)unused;
    struct fake_port *arduino = fake_port_open(), *silent = fake_port_open();
    fake_port_list(arduino, "ttyACM0", 0x2341, 0x0043, 0, -1);
    expect_refused(NULL, "has the USB identity of a board (icebreaker, hx8k, ulx3s, colorlight-i5). Left alone: /dev/ttyACM0");
    fake_port_list(silent, "ttyUSB3", 0x0403, 0x6010, 1, 16);
    double least = 10;
    for (unsigned time = 0; time < 8 && least >= 1; time++) { /* again on a machine that is busy with other things */
        double start = now();
        expect_refused(NULL, "no board answers on /dev/ttyUSB3: is the FPGA configured?");
        if (now() - start < least) least = now() - start;
    }
    assert_true(least < 1);
    assert_true(fake_port_bytes(silent) > 0);
    assert_int_equal(fake_port_bytes(arduino), 0);
    fake_port_close(arduino), fake_port_close(silent);
    fake_port_unlist_all();
}

/* A board of another build ends the search with its own line, at the rate at which it answered. */
static void a_board_that_answers_ends_the_search(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake_port *port = fake_port_open();
    struct sr_device *device = NULL;
    char error[512];
    fake_defaults(&setup);
    setup.id[SR_REG_MAP_HASH]++;
    fake_port_attach(port, &setup, 0);
    const struct {
        int product, interface;
        const char *expected;
    } ports[] = {{0x6015, 0, "port /dev/ttyUSB0 at 3000000 baud: the device has register list"}, /* the boards' first rates */
                 {0x6010, 1, "port /dev/ttyUSB0 at 4000000 baud: the device has register list"}};
    for (unsigned i = 0; i < 2; i++) {
        fake_port_list(port, "ttyUSB0", 0x0403, ports[i].product, ports[i].interface, 1);
        assert_int_equal(open_serial(NULL, 0, &device, error), SR_ERR_MISMATCH);
        if (!strstr(error, ports[i].expected)) fail_msg("%s", error);
        fake_port_unlist_all();
    }
    fake_port_close(port);
}

/* The port of a board by its name: libserialport opens it, and it is nobody else's. */
static void a_port_has_one_user(void **unused) {
    (void)unused;
    struct fake_port *port = board(0);
    char path[128];
    fake_port_list(port, "ttyUSB1", 0x0403, 0x6010, 1, 1);
    const char *const names[] = {"/dev/ttyUSB1", fake_port_path(port)};
    for (unsigned i = 0; i < 2; i++) {
        struct sr_device *device = expect_open(names[i]);
        assert_int_equal(fake_port_exclusive(), true);
        size_t before = fake_port_bytes(port);
        expect_refused(names[i], "in use: another program has locked it");
        assert_int_equal(fake_port_bytes(port), before); /* the first one was not disturbed */
        assert_int_equal(exercise(device), SR_OK);
        sr_device_close(device);
        sr_device_close(expect_open(names[i])); /* and after it is free again */
    }
    /* programs that lock by files: a process that lives (ours is taken for our own lock), and one that is gone */
    snprintf(path, sizeof path, "%s/LCK..ttyUSB1", fake_port_folder("run/lock"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%10ld\n", (long)getppid());
    fclose(file);
    expect_refused("/dev/ttyUSB1", "in use by process ");
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%10ld\n", 99999999L);
    fclose(file);
    sr_device_close(expect_open("/dev/ttyUSB1"));
    fake_port_close(port);
    fake_port_unlist_all();
}

static void what_is_no_port_is_said(void **unused) {
    (void)unused;
    expect_refused("/dev/null", "port /dev/null: this is not a serial port");
    expect_refused("/dev/spikeroll-nonsuch", "port /dev/spikeroll-nonsuch: No such file or directory");
    expect_refused("/tmp", "port /tmp: cannot open it: Is a directory");
}

/* Pulled during a call, and between two: the call ends at once, and says so. */
static void an_unplugged_board_is_an_error(void **unused) {
    (void)unused;
    for (unsigned listed = 0; listed < 2; listed++) {
        struct fake_port *port = board(0);
        if (listed) fake_port_list(port, "ttyUSB2", 0x0403, 0x6015, 0, 1);
        struct sr_device *device = expect_open(listed ? "/dev/ttyUSB2" : fake_port_path(port));
        assert_int_equal(exercise(device), SR_OK);
        fake_port_unplug(port);
        double start = now();
        assert_int_equal(exercise(device), SR_ERR_LINK);
        if (!strstr(sr_device_error(device), "the device is gone: its port failed during "))
            fail_msg("%s", sr_device_error(device));
        assert_true(now() - start < 2);
        sr_device_close(device);
        fake_port_close(port);
        fake_port_unlist_all();
    }
}

static void slow_round_trips_are_named_with_their_cure(void **unused) {
    (void)unused;
    struct fake_port *port = board(9);
    fake_port_list(port, "ttyUSB1", 0x0403, 0x6010, 1, 16);
    struct sr_device *device = expect_open("/dev/ttyUSB1");
    const char *remark = sr_device_remark(device);
    if (!strstr(remark, "holds bytes back for 16 ms: echo 1 | sudo tee /sys/bus/usb-serial/devices/ttyUSB1/latency_timer"))
        fail_msg("\"%s\"", remark);
    sr_device_close(device);
    fake_port_unlist_all();
    fake_port_list(port, "ttyUSB1", 0x0403, 0x6010, 1, 1);
    device = expect_open("/dev/ttyUSB1");
    assert_non_null(strstr(sr_device_remark(device), "without a hub"));
    sr_device_close(device);
    fake_port_close(port);
    fake_port_unlist_all();
    port = board(0);
    device = expect_open(fake_port_path(port));
    assert_string_equal(sr_device_remark(device), "");
    sr_device_close(device);
    fake_port_close(port);
}

/* Two boards on two ports are one device, with the limits of both; what goes wrong is told of a port. */
static void several_ports_share_the_work(void **unused) {
    (void)unused;
    struct fake_setup setup;
    struct fake_port *ports[2];
    char both[256], text[256], pairs[128], error[512];
    for (unsigned i = 0; i < 2; i++) {
        fake_defaults(&setup);
        if (i) setup.id[SR_REG_PAIRS_MAX] = 50;
        ports[i] = fake_port_open();
        fake_port_attach(ports[i], &setup, 0);
    }
    const char *first = fake_port_path(ports[0]), *second = fake_port_path(ports[1]);
    snprintf(both, sizeof both, "%s,%s", first, second);
    struct sr_device *device = expect_open(both);
    assert_int_equal(sr_device_caps(device)->devices, 2);
    assert_int_equal(sr_device_caps(device)->pairs_max, 50);
    snprintf(pairs, sizeof pairs, "limits differ: pairs_max 50 (port %s): of each the least counts", second);
    assert_string_equal(sr_device_remark(device), pairs);
    assert_int_equal(exercise(device), SR_OK);
    expect_refused(second, "in use: another program has locked it");
    fake_port_unplug(ports[1]);
    assert_int_equal(exercise(device), SR_ERR_LINK);
    snprintf(text, sizeof text, "port %s: the device is gone: its port failed during ", second);
    if (!strstr(sr_device_error(device), text)) fail_msg("%s", sr_device_error(device));
    sr_device_close(device);

    snprintf(text, sizeof text, "%s,%s", first, first);
    assert_int_equal(open_serial(text, 0, &device, error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error, "is named twice"));
    snprintf(text, sizeof text, "%s,", first);
    assert_int_equal(open_serial(text, 0, &device, error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error, "an empty name"));
    snprintf(text, sizeof text, "%s,/dev/spikeroll-nonsuch", first);
    expect_refused(text, "port /dev/spikeroll-nonsuch: No such file or directory");
    fake_port_close(ports[1]);

    fake_defaults(&setup); /* boards whose weights would differ */
    setup.id[SR_REG_FRAC_W] = setup.id[SR_REG_FRAC_W] == 4 ? 8 : 4;
    ports[1] = fake_port_open();
    fake_port_attach(ports[1], &setup, 0);
    snprintf(both, sizeof both, "%s,%s", first, fake_port_path(ports[1]));
    assert_int_equal(open_serial(both, 0, &device, error), SR_ERR_MISMATCH);
    snprintf(text, sizeof text, "port %s has FRAC_W", fake_port_path(ports[1]));
    if (!strstr(error, text)) fail_msg("%s", error);
    for (unsigned i = 0; i < 2; i++) {
        sr_device_close(expect_open(fake_port_path(ports[i]))); /* what was refused is free again */
        fake_port_close(ports[i]);
    }
}

static void on_alarm(int number) { (void)number; }

/* Calls of the system that a signal interrupts are made again. */
static void signals_do_not_disturb(void **unused) {
    (void)unused;
    struct fake_port *port = board(1);
    struct sr_device *device = expect_open(fake_port_path(port));
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval often = {{0, 700}, {0, 700}}, never = {{0, 0}, {0, 0}};
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    enum sr_status status = exercise(device);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    if (status) fail_msg("%s", sr_device_error(device));
    sr_device_close(device);
    fake_port_close(port);
}

/* ---- the program against boards that answer nonsense ---- */

static const char *program(void) { return getenv("SPIKEROLL"); }

/* Runs a command; the last line of its standard error, and how many there were. */
static int run_program(const char *arguments, char *last, size_t size, unsigned *lines) {
    char command[1024], line[1024];
    last[0] = '\0';
    *lines = 0;
    snprintf(command, sizeof command, "timeout 300 '%s' %s 2>&1 >/dev/null", program(), arguments);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    while (fgets(line, sizeof line, out)) {
        ++*lines;
        snprintf(last, size, "%s", line);
    }
    int code = pclose(out);
    return WIFEXITED(code) ? WEXITSTATUS(code) : 128;
}

static void nonsense_ends_commands_in_one_line(void **state) {
    const char *work = *state;
    if (!program()) skip();
    static const struct {
        uint8_t memory;
        uint32_t word, lie;
        bool still, rows;
        const char *eval, *train; /* what they say */
    } boards[] = {
        {SR_MEM_SCORE, 10, 255, false, false, "predicts class 255 for a sample, of a network of 10 classes", "best"},
        {SR_MEM_FITNESS, 0, 0x7FFFFFFF, false, false, NULL, "gives member 0 the fitness 2147483647"},
        {SR_MEM_WEIGHT, 0, 2048, false, false, NULL, "holds 2048 as weight [0][0] of layer 0"},
        {0, 0, 0, true, false, "stays busy: its cycle counter stands still", "stays busy: its cycle counter stands still"},
        {0, 0, 0, false, true, "no row of 65535 words fits", "no row of 65535 words fits"},
    };
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        struct fake_setup setup;
        char arguments[512], last[1024];
        unsigned lines;
        fake_defaults(&setup);
        setup.id[SR_REG_FRAC_W] = 4, setup.id[SR_REG_SAMPLE_WORDS] = 1 << 16;
        setup.lie_memory = boards[i].lie != 0, setup.memory_lied = boards[i].memory;
        setup.word_lied = boards[i].word, setup.lie = boards[i].lie;
        setup.still = boards[i].still;
        if (boards[i].rows) setup.id[SR_REG_ROW_WORDS] = 65535, setup.id[SR_REG_WEIGHT_WORDS] = 1;
        struct fake_port *port = fake_port_open();
        fake_port_attach(port, &setup, 0);
        const char *path = fake_port_path(port);
        if (boards[i].eval) {
            snprintf(arguments, sizeof arguments, "eval --model %s/model --data %s/data --confusion --engine serial --port %s",
                     work, work, path);
            int code = run_program(arguments, last, sizeof last, &lines);
            if (!strstr(last, boards[i].eval) || lines != 1 || (code != 1 && code != 2))
                fail_msg("eval on board %zu: exit code %d, %u lines: %s", i, code, lines, last);
            fake_end_run(fake_port_device(port));
        }
        snprintf(arguments, sizeof arguments,
                 "train --data %s/data --out %s/run --force --hidden 8 --steps 4 --population 8 --batch 4 --generations 2 "
                 "--no-test --engine serial --port %s",
                 work, work, path);
        int code = run_program(arguments, last, sizeof last, &lines);
        if ((!strstr(last, boards[i].train) && strcmp(boards[i].train, "best") != 0) || (code != 1 && code != 2))
            fail_msg("train on board %zu: exit code %d: %s", i, code, last);
        fake_end_run(fake_port_device(port));
        snprintf(arguments, sizeof arguments, "selftest --quick --engine serial --port %s", path);
        code = run_program(arguments, last, sizeof last, &lines);
        if (lines > 1 || (code != 1 && code != 2)) fail_msg("selftest on board %zu: exit code %d: %s", i, code, last);
        fake_end_run(fake_port_device(port));
        snprintf(arguments, sizeof arguments, "info --engine serial --port %s", path);
        code = run_program(arguments, last, sizeof last, &lines);
        if (boards[i].rows ? code != 2 || lines != 1 : code != 0 || lines != 0)
            fail_msg("info on board %zu: exit code %d: %s", i, code, last);
        fake_port_close(port);
    }
}

/* Pulls a board's plug when a run has so many rows. */
struct puller {
    struct fake_port *port;
    char history[256];
    unsigned rows;
};

static void *pull(void *context) {
    struct puller *puller = context;
    for (unsigned rows = 0, wait = 0; rows < puller->rows && wait < 60000; wait++) {
        struct timespec ms = {0, 1000000};
        FILE *file = fopen(puller->history, "r");
        rows = 0;
        for (int c; file && (c = getc(file)) != EOF;) rows += c == '\n';
        if (file) fclose(file);
        nanosleep(&ms, NULL);
    }
    fake_port_unplug(puller->port);
    return NULL;
}

/* The program with two boards: runs as ref's; one that goes away ends the run, which goes on with the other alone. */
static void two_boards_train_as_one(void **state) {
    const char *work = *state;
    if (!program()) skip();
    struct fake_setup setup;
    struct fake_port *ports[2];
    char engine[256], arguments[1024], last[1024];
    unsigned lines;
    fake_defaults(&setup);
    setup.id[SR_REG_FRAC_W] = 4;
    for (unsigned i = 0; i < 2; i++) {
        ports[i] = fake_port_open();
        fake_port_attach(ports[i], &setup, 0);
    }
    static const char settings[] = "--hidden 8 --steps 4 --population 10 --batch 4 --validation 10 --eval-every 5 --no-test";
    snprintf(engine, sizeof engine, "--engine serial --port %s,%s", fake_port_path(ports[0]), fake_port_path(ports[1]));
    static const char *const modes[] = {"--rank 2", "--mode full"};
    for (unsigned m = 0; m < 2; m++) {
        for (unsigned boards = 0; boards < 2; boards++) {
            snprintf(arguments, sizeof arguments, "train --data %s/data --out %s/%s%u %s %s --generations 6 %s", work, work,
                     boards ? "two" : "ref", m, settings, modes[m], boards ? engine : "--frac-bits 4");
            int code = run_program(arguments, last, sizeof last, &lines);
            if (code != 0) fail_msg("%s: exit code %d: %s", arguments, code, last);
        }
        snprintf(arguments, sizeof arguments, "diff %s/ref%u %s/two%u", work, m, work, m);
        assert_int_equal(run_program(arguments, last, sizeof last, &lines), 0);
    }
    snprintf(arguments, sizeof arguments, "train --data %s/data --out %s/local %s --mode local --generations 6 %s", work, work,
             settings, engine);
    int code = run_program(arguments, last, sizeof last, &lines);
    if (code != 2 || !strstr(last, "engine serial with 2 devices does not have it")) fail_msg("exit code %d: %s", code, last);
    snprintf(arguments, sizeof arguments, "selftest --quick %s", engine);
    code = run_program(arguments, last, sizeof last, &lines);
    if (code != 2 || lines != 1 || !strstr(last, "one board at a time")) fail_msg("exit code %d: %s", code, last);
    snprintf(arguments, sizeof arguments, "info %s", engine);
    assert_int_equal(run_program(arguments, last, sizeof last, &lines), 0);

    struct puller puller = {.port = ports[1], .rows = 30};
    pthread_t thread;
    char gone[128];
    snprintf(puller.history, sizeof puller.history, "%s/gone/history.csv", work);
    snprintf(arguments, sizeof arguments, "train --data %s/data --out %s/whole %s --generations 300 --frac-bits 4", work, work,
             settings);
    assert_int_equal(run_program(arguments, last, sizeof last, &lines), 0);
    assert_int_equal(pthread_create(&thread, NULL, pull, &puller), 0);
    snprintf(arguments, sizeof arguments, "train --data %s/data --out %s/gone %s --generations 300 --checkpoint-every 7 %s",
             work, work, settings, engine);
    code = run_program(arguments, last, sizeof last, &lines);
    assert_int_equal(pthread_join(thread, NULL), 0);
    snprintf(gone, sizeof gone, "port %s: the device ", fake_port_path(ports[1]));
    if (code != 1 || !strstr(last, gone) || !strstr(last, "--resume goes on from it")) fail_msg("exit code %d: %s", code, last);
    snprintf(arguments, sizeof arguments, "train --resume --data %s/data --out %s/gone --no-test --engine serial --port %s",
             work, work, fake_port_path(ports[0]));
    code = run_program(arguments, last, sizeof last, &lines);
    if (code) fail_msg("%s: exit code %d: %s", arguments, code, last);
    snprintf(arguments, sizeof arguments, "diff %s/whole %s/gone", work, work);
    assert_int_equal(run_program(arguments, last, sizeof last, &lines), 0);

    fake_port_close(ports[1]);
    ports[1] = fake_port_open();
    fake_port_attach(ports[1], &setup, 0);
    snprintf(engine, sizeof engine, "--engine serial --port %s,%s", fake_port_path(ports[0]), fake_port_path(ports[1]));
    snprintf(arguments, sizeof arguments,
             "bench %s --mode lowrank --rank 1 --hidden 8 --inputs 20 --population 8 --batch 4 --generations 1", engine);
    code = run_program(arguments, last, sizeof last, &lines);
    if (code) fail_msg("bench: exit code %d: %s", code, last);
    for (unsigned i = 0; i < 2; i++) fake_port_close(ports[i]);
}

/* Limits that are legal and odd: the self test asks them before it makes its vectors, and neither divides by zero nor crashes. */
static void odd_limits_end_the_self_test_in_order(void **unused) {
    (void)unused;
    if (!program()) skip();
    static const struct {
        struct {
            unsigned reg;
            uint32_t value;
        } limits[5]; /* register 0 ends them */
    } boards[] = {{{{SR_REG_HIDDEN_MAX, 4},
                    {SR_REG_ROW_WORDS, 1},
                    {SR_REG_WEIGHT_WORDS, 3},
                    {SR_REG_RWEIGHT_WORDS, 5},
                    {SR_REG_PAIRS_MAX, 1}}},
                  {{{SR_REG_SAMPLE_WORDS, 1}, {SR_REG_SCORE_WORDS, 0}, {SR_REG_BATCH_MAX, 1}}},
                  {{{SR_REG_FACTORS, 3}, {SR_REG_PROJ_UNITS, 1}, {SR_REG_RANK_LANES, 2}}},
                  {{{SR_REG_ROW_WORDS, 64}, {SR_REG_WEIGHT_WORDS, 64}, {SR_REG_RWEIGHT_WORDS, 128}}}};
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        struct fake_setup setup;
        char arguments[256], last[1024];
        unsigned lines;
        fake_defaults(&setup);
        for (unsigned k = 0; k < 5 && boards[i].limits[k].reg; k++)
            setup.id[boards[i].limits[k].reg] = boards[i].limits[k].value;
        struct fake_port *port = fake_port_open();
        fake_port_attach(port, &setup, 0);
        snprintf(arguments, sizeof arguments, "selftest --quick --engine serial --port %s", fake_port_path(port));
        int code = run_program(arguments, last, sizeof last, &lines);
        if (code > 1 || lines) fail_msg("board %zu: exit code %d: %s", i, code, last);
        fake_port_close(port);
    }
}

static char work_folder[64];

static int make_work(void **state) {
    char command[1024];
    *state = work_folder;
    if (!program()) return 0;
    snprintf(work_folder, sizeof work_folder, "/tmp/spikeroll-serial-XXXXXX");
    if (!mkdtemp(work_folder)) return -1;
    snprintf(command, sizeof command,
             "'%s' data synth %s/data --train 40 --test 10 >/dev/null && '%s' train --engine ref --data %s/data --out %s/model "
             "--hidden 8 --steps 4 --population 8 --batch 4 --generations 1 --frac-bits 4 --no-test >/dev/null 2>&1",
             program(), work_folder, program(), work_folder, work_folder);
    return system(command) == 0 ? 0 : -1;
}

static int remove_work(void **state) {
    char command[128];
    (void)state;
    if (!work_folder[0]) return 0;
    snprintf(command, sizeof command, "rm -rf '%s'", work_folder);
    return system(command);
}

/* QEMU's emulation of user programs lacks TCGETS2, by which libserialport reads a line's speed: no port can be opened there. */
static bool ports_can_be_set_up(void) {
    char settings[44]; /* the kernel's struct termios2, whose header cannot stand beside termios.h */
    struct fake_port *port = fake_port_open();
    int line = open(fake_port_path(port), O_RDWR | O_NOCTTY);
    bool can = line >= 0 && (ioctl(line, (ioctl_request)_IOR('T', 0x2A, settings), settings) == 0 || errno != ENOSYS);
    if (line >= 0) close(line);
    fake_port_close(port);
    return can;
}

int main(void) {
    if (!ports_can_be_set_up()) return puts("ok 1 - serial ports # SKIP this emulator has no TCGETS2") < 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_is_found_by_its_usb_identity),
        cmocka_unit_test(the_search_says_what_it_left_alone),
        cmocka_unit_test(a_board_that_answers_ends_the_search),
        cmocka_unit_test(a_port_has_one_user),
        cmocka_unit_test(what_is_no_port_is_said),
        cmocka_unit_test(an_unplugged_board_is_an_error),
        cmocka_unit_test(slow_round_trips_are_named_with_their_cure),
        cmocka_unit_test(several_ports_share_the_work),
        cmocka_unit_test(signals_do_not_disturb),
        cmocka_unit_test(odd_limits_end_the_self_test_in_order),
        cmocka_unit_test_setup_teardown(two_boards_train_as_one, make_work, remove_work),
        cmocka_unit_test_setup_teardown(nonsense_ends_commands_in_one_line, make_work, remove_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
