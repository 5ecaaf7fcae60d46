/* SPDX-License-Identifier: Apache-2.0
 * Runs a fuzz harness without libFuzzer: fuzz_NAME [CORPUS_FOLDER [COUNT [SEED]]]. First every file of the corpus, then COUNT
 * inputs made of them by cutting, joining and changing bytes. An input that fails is left in $B/fuzz_NAME-input. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { FILES = 4096, SIZE = 1 << 20, CHANGES = 8 };

static struct {
    uint8_t *bytes;
    size_t size;
} files[FILES];
static size_t file_count;
static uint64_t state;

static uint32_t draw(uint32_t below) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 33) % below);
}

static void read_corpus(const char *folder) {
    DIR *list = opendir(folder);
    if (!list) return;
    for (struct dirent *entry; (entry = readdir(list)) && file_count < FILES;) {
        char path[1024];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *stream = fopen(path, "rb");
        uint8_t *bytes = malloc(SIZE);
        if (!stream || !bytes) abort();
        files[file_count].size = fread(bytes, 1, SIZE, stream);
        files[file_count++].bytes = bytes;
        fclose(stream);
    }
    closedir(list);
}

static void change(uint8_t *bytes, size_t *size) {
    size_t at = *size ? draw((uint32_t)*size) : 0;
    switch (draw(6)) {
        case 0:
            if (*size) bytes[at] ^= (uint8_t)(1u << draw(8));
            break;
        case 1:
            if (*size) bytes[at] = (uint8_t)draw(256);
            break;
        case 2:
            *size = at; /* the end is lost */
            break;
        case 3: /* a piece is lost */
            if (*size) {
                size_t piece = draw((uint32_t)(*size - at) < 16 ? (uint32_t)(*size - at) + 1 : 16);
                memmove(bytes + at, bytes + at + piece, *size - at - piece);
                *size -= piece;
            }
            break;
        case 4: /* a few bytes more */
            for (uint32_t more = draw(32); more && *size < SIZE; more--) bytes[(*size)++] = (uint8_t)draw(256);
            break;
        default: /* the rest is another file's */
            if (file_count) {
                size_t other = draw((uint32_t)file_count), from = files[other].size ? draw((uint32_t)files[other].size) : 0;
                size_t count = files[other].size - from;
                if (count > SIZE - at) count = SIZE - at;
                memcpy(bytes + at, files[other].bytes + from, count);
                *size = at + count;
            }
    }
}

static const char *input_path;

/* What is tried lies in a file while it is: after a crash it is there to be looked at. */
static void try_input(const uint8_t *bytes, size_t size) {
    FILE *stream = fopen(input_path, "wb");
    if (stream) {
        fwrite(bytes, 1, size, stream);
        fclose(stream);
    }
    if (LLVMFuzzerTestOneInput(bytes, size) != 0) abort();
}

int main(int argc, char **argv) {
    static char path[1024], folder[1024];
    const char *name = strrchr(argv[0], '/'), *build = getenv("B");
    name = name ? name + 1 : argv[0];
    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name);
    snprintf(path, sizeof path, "%s/%s-input", build ? build : "/tmp", name);
    input_path = path;
    unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 2000;
    state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    read_corpus(argc > 1 ? argv[1] : folder);
    if (!file_count) {
        fprintf(stderr, "%s: no corpus in %s\n", name, argc > 1 ? argv[1] : folder);
        return 1;
    }
    for (size_t i = 0; i < file_count; i++) try_input(files[i].bytes, files[i].size);
    uint8_t *bytes = malloc(SIZE);
    if (!bytes) return 1;
    for (unsigned i = 0; i < count; i++) {
        size_t from = draw((uint32_t)file_count), size = files[from].size;
        memcpy(bytes, files[from].bytes, size);
        for (uint32_t changes = 1 + draw(CHANGES); changes; changes--) change(bytes, &size);
        try_input(bytes, size);
    }
    free(bytes);
    for (size_t i = 0; i < file_count; i++) free(files[i].bytes);
    remove(input_path);
    printf("ok 1 - %s: %zu files of the corpus, %u changes of them\n1..1\n", name, file_count, count);
    return 0;
}
