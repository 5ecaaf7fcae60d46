/* SPDX-License-Identifier: Apache-2.0
 * Fields of a struct as texts: parsing and printing of a value, for options, presets and settings. See config.h. */
#include <stdlib.h>
#include <string.h>

#include "model/config.h"

static bool parse_choice(const char *words, const char *text, size_t length, uint32_t *value) {
    for (uint32_t n = 0;; n++) {
        size_t word = strcspn(words, "|");
        if (word == length && !memcmp(words, text, length)) {
            *value = n;
            return true;
        }
        if (words[word] == '\0') return false;
        words += word + 1;
    }
}

static enum sr_status range_error(const struct sr_field *f, const char *text, char *error, size_t error_size) {
    if (f->kind == SR_FIELD_U64) {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be a whole number below 2^64", f->name, text);
    }
    const char *kind = f->kind == SR_FIELD_REAL ? "a number" : f->kind == SR_FIELD_LIST ? "whole numbers" : "a whole number";
    return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be %s in %.10g..%.10g", f->name, text, kind, f->min,
                    f->max);
}

enum sr_status sr_field_parse(const struct sr_field *f, void *object, const char *text, char *error, size_t error_size) {
    void *value = (char *)object + f->offset;
    if (!text) text = "";
    size_t length = strlen(text);
    uint64_t number = 0;
    switch (f->kind) {
        case SR_FIELD_FLAG:
            if (length) return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s takes no value", f->name);
            *(bool *)value = true;
            break;
        case SR_FIELD_UINT:
            if (!sr_parse_u64(text, length, &number) || (double)number < f->min || (double)number > f->max) {
                return range_error(f, text, error, error_size);
            }
            *(uint32_t *)value = (uint32_t)number;
            break;
        case SR_FIELD_U64:
            if (!sr_parse_u64(text, length, &number)) return range_error(f, text, error, error_size);
            *(uint64_t *)value = number;
            break;
        case SR_FIELD_REAL: {
            double real = 0;
            if (!sr_parse_real(text, &real) || !(real >= f->min && real <= f->max))
                return range_error(f, text, error, error_size);
            *(double *)value = real;
            break;
        }
        case SR_FIELD_CHOICE:
            if (!parse_choice(f->words, text, length, (uint32_t *)value)) {
                return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be one of %s", f->name, text, f->words);
            }
            break;
        case SR_FIELD_LIST:
        case SR_FIELD_CHOICES: {
            struct sr_list list = {0, {0}};
            for (const char *item = text;; item++) {
                size_t part = strcspn(item, ",");
                uint32_t choice = 0;
                if (list.count == SR_LIST_MAX) {
                    return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: more than %d values", f->name, text,
                                    SR_LIST_MAX);
                }
                if (f->kind == SR_FIELD_CHOICES) {
                    if (!parse_choice(f->words, item, part, &choice)) {
                        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s %s: must be of %s, with commas between",
                                        f->name, text, f->words);
                    }
                } else {
                    if (!sr_parse_u64(item, part, &number) || (double)number < f->min || (double)number > f->max) {
                        return range_error(f, text, error, error_size);
                    }
                    choice = (uint32_t)number;
                }
                list.value[list.count++] = choice;
                item += part;
                if (*item == '\0') break;
            }
            *(struct sr_list *)value = list;
            break;
        }
        case SR_FIELD_TEXT: {
            if (length == 0) return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s: empty", f->name);
            char *copy = strdup(text);
            if (!copy) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
            free(*(char **)value);
            *(char **)value = copy;
            break;
        }
    }
    return SR_OK;
}

void sr_choice_text(const char *words, uint32_t value, char *text, size_t size) {
    while (value-- > 0 && *words) {
        words += strcspn(words, "|");
        if (*words) words++;
    }
    sr_format(text, size, "%.*s", (int)strcspn(words, "|"), words);
}

void sr_field_text(const struct sr_field *f, const void *object, char *text, size_t size) {
    const void *field = (const char *)object + f->offset;
    switch (f->kind) {
        case SR_FIELD_FLAG:
            sr_format(text, size, "%s", *(const bool *)field ? "yes" : "no");
            break;
        case SR_FIELD_UINT:
            sr_format(text, size, "%u", *(const uint32_t *)field);
            break;
        case SR_FIELD_U64:
            sr_format(text, size, "%llu", (unsigned long long)*(const uint64_t *)field);
            break;
        case SR_FIELD_REAL:
            sr_format(text, size, "%.10g", *(const double *)field);
            break;
        case SR_FIELD_CHOICE:
            sr_choice_text(f->words, *(const uint32_t *)field, text, size);
            break;
        case SR_FIELD_TEXT: {
            const char *value = *(char *const *)field;
            sr_format(text, size, "%s", value ? value : "");
            break;
        }
        case SR_FIELD_LIST:
        case SR_FIELD_CHOICES: {
            const struct sr_list *list = field;
            size_t used = 0;
            text[0] = '\0';
            for (uint32_t i = 0; i < list->count && used < size; i++) {
                char word[32];
                if (f->kind == SR_FIELD_LIST)
                    sr_format(word, sizeof word, "%u", list->value[i]);
                else
                    sr_choice_text(f->words, list->value[i], word, sizeof word);
                int wrote = sr_format(text + used, size - used, "%s%s", i ? "," : "", word);
                used += wrote > 0 ? (size_t)wrote : 0;
            }
            break;
        }
    }
}

enum sr_status sr_field_reset(const struct sr_field *f, void *object) {
    void *value = (char *)object + f->offset;
    switch (f->kind) {
        case SR_FIELD_FLAG:
            *(bool *)value = false;
            break;
        case SR_FIELD_UINT:
        case SR_FIELD_CHOICE:
            *(uint32_t *)value = 0;
            break;
        case SR_FIELD_U64:
            *(uint64_t *)value = 0;
            break;
        case SR_FIELD_REAL:
            *(double *)value = 0;
            break;
        case SR_FIELD_LIST:
        case SR_FIELD_CHOICES:
            *(struct sr_list *)value = (struct sr_list){0, {0}};
            break;
        case SR_FIELD_TEXT:
            *(char **)value = NULL;
            break;
    }
    return f->standard ? sr_field_parse(f, object, f->standard, NULL, 0) : SR_OK;
}
