/* SPDX-License-Identifier: Apache-2.0
 * host/base/text.c, host/model/config.c and field.c: numbers under any locale, the fields' table and its defaults. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/options.h"
#include "model/config.h"
#include "model/history.h"

static void every_field_is_well_formed(void **state) {
    (void)state;
    struct sr_config config;
    size_t count;
    const struct sr_field *fields = sr_config_fields(&count);
    sr_config_defaults(&config);
    for (size_t i = 0; i < count; i++) {
        char text[128], error[SR_ERROR_SIZE];
        const struct sr_field *f = &fields[i];
        assert_ptr_equal(sr_config_field(f->name), f); /* no name twice */
        assert_true(f->offset < sizeof config);
        assert_true(f->kind != SR_FIELD_TEXT && f->kind != SR_FIELD_FLAG && f->kind != SR_FIELD_CHOICES);
        assert_true((f->kind == SR_FIELD_CHOICE) == (f->words != NULL));
        if (f->standard) assert_int_equal(sr_field_parse(f, &config, f->standard, error, sizeof error), SR_OK);
        sr_field_text(f, &config, text, sizeof text);
        if (f->standard) assert_string_equal(text, f->standard);
        assert_int_equal(sr_field_parse(f, &config, text, error, sizeof error), SR_OK);
    }
    char error[SR_ERROR_SIZE];
    assert_int_equal(sr_config_check(&config, error, sizeof error), SR_OK);
    assert_null(sr_config_field("nonsense"));
}

static void every_option_names_a_field(void **state) {
    (void)state;
    size_t count, settings;
    const struct sr_option *table = sr_option_table(&count);
    const struct sr_field *fields = sr_config_fields(&settings);
    for (size_t i = 0; i < count; i++) assert_non_null(sr_option_field(&table[i]));
    for (size_t i = 0; i < settings; i++) assert_non_null(sr_option_find(fields[i].name, SR_CMD_TRAIN));
}

static void a_bad_text_leaves_the_field_alone(void **state) {
    (void)state;
    struct sr_config config;
    char error[SR_ERROR_SIZE];
    sr_config_defaults(&config);
    assert_int_equal(sr_field_parse(sr_config_field("hidden"), &config, "64,x", error, sizeof error), SR_ERR_ARGUMENT);
    assert_int_equal(config.hidden.count, 1);
    assert_int_equal(config.hidden.value[0], 128);
    assert_string_equal(error, "--hidden 64,x: must be whole numbers in 1..4096");
    assert_int_equal(sr_field_parse(sr_config_field("sigma"), &config, NULL, NULL, 0), SR_ERR_ARGUMENT);
    assert_true(config.sigma == 2);
}

static void numbers_are_those_of_the_c_locale(void **state) {
    (void)state;
    double value = 0;
    assert_true(sr_parse_real("-1.5e3", &value) && value == -1500);
    static const char *const bad[] = {"", " 1", "1 ", "1,5", "nan", "inf", "0x1", "1e999", "1.2.3", "e", "-", "."};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(sr_parse_real(bad[i], &value));
    assert_true(value == -1500);
}

static char locales[] = "/tmp/sr-locale-XXXXXX";

/* Make a locale with a decimal comma the process's, one that is installed or else one made here. */
static bool set_comma_locale(void) {
    char command[256];
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && mkdtemp(locales)) {
        snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", locales);
        if (system(command) == 0) {
            setenv("LOCPATH", locales, 1);
            if (!setlocale(LC_ALL, "de_DE.UTF-8")) setlocale(LC_ALL, "C");
        }
        snprintf(command, sizeof command, "rm -rf %s", locales);
        if (system(command) != 0) print_message("%s is left over\n", locales);
    }
    snprintf(command, sizeof command, "%.1f", 0.5);
    return command[1] == ',';
}

/* A comma as the decimal point, as a caller of the library may have set it. */
static void a_comma_locale_changes_nothing(void **state) {
    (void)state;
    char text[32], error[SR_ERROR_SIZE] = "";
    if (!set_comma_locale()) {
        setlocale(LC_ALL, "C");
        print_message("no locale with a decimal comma, and none can be made (Debian: package locales)\n");
        skip();
    }
    struct sr_config config;
    sr_config_defaults(&config);
    assert_true(config.step == 0.8);
    assert_int_equal(sr_field_parse(sr_config_field("sigma"), &config, "1.25", error, sizeof error), SR_OK);
    assert_true(config.sigma == 1.25);
    assert_int_equal(sr_field_parse(sr_config_field("sigma"), &config, "1,25", error, sizeof error), SR_ERR_ARGUMENT);
    sr_field_text(sr_config_field("sigma"), &config, text, sizeof text);
    assert_string_equal(text, "1.25");
    sr_error(error, sizeof error, SR_ERR_LIMIT, "%.2f", 0.25);
    assert_string_equal(error, "0.25");
    /* A row of history, its first four columns: as docs/files.md has them. */
    char line[512] = "";
    FILE *file = tmpfile();
    const struct sr_history_row row = {.generation = 3, .members = 2, .batch = 2, .fitness_sum = 5, .correct = 1};
    assert_non_null(file);
    assert_int_equal(sr_history_append(file, &row, 0xF), SR_OK);
    rewind(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "3,1.2500,0.0000,0.250000\n");
    fclose(file);
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5"); /* and the caller's own is as it was */
    setlocale(LC_ALL, "C");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_well_formed),        cmocka_unit_test(every_option_names_a_field),
        cmocka_unit_test(a_bad_text_leaves_the_field_alone), cmocka_unit_test(numbers_are_those_of_the_c_locale),
        cmocka_unit_test(a_comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
