/* SPDX-License-Identifier: Apache-2.0
 * MNIST: IDX files, plain or gzip (zlib reads both), turned into spikes by a deterministic rate code, one image at a time.
 *
 * The code: a pixel of value v (0..255) spikes on average steps * v / 255 times, evenly spread. An accumulator a, started at
 * the pixel's phase (0..254, a hash of seed and pixel, the same in every image), adds v each step; when it reaches 255 the
 * pixel spikes and a loses 255. docs/data.md */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "data/internal.h"

enum { IDX_IMAGES = 0x00000803, IDX_LABELS = 0x00000801, MNIST_SIDE_MAX = 1024, MNIST_COUNT_MAX = 1 << 24 };

struct idx {
    gzFile file;
    char path[SR_PATH_MAX];
    uint32_t count, rows, cols;
};

/* train-images-idx3-ubyte, also with .gz, also with a dot before idx as some copies have it. */
static bool find_idx(char path[SR_PATH_MAX], const char *dir, const char *split, const char *kind) {
    struct stat info;
    for (unsigned i = 0; i < 4; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s-%s%cidx%c-ubyte%s", split, kind, i < 2 ? '-' : '.', kind[0] == 'i' ? '3' : '1',
                       i % 2 ? ".gz" : "");
        if (!sr_data_path(path, dir, name, NULL, 0) && !stat(path, &info) && S_ISREG(info.st_mode)) return true;
    }
    return false;
}

bool sr_mnist_present(const char *dir) {
    char path[SR_PATH_MAX];
    return find_idx(path, dir, "train", "images") || find_idx(path, dir, "t10k", "images");
}

/* ---- IDX ---- */

static enum sr_status idx_read(struct idx *idx, const char *field, void *bytes, uint32_t size, char *error, size_t error_size) {
    int got = gzread(idx->file, bytes, size);
    if (got == (int)size) return SR_OK;
    int code = Z_OK;
    const char *why = gzerror(idx->file, &code);
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: %s: cannot be read: %s", idx->path, field,
                            code == Z_ERRNO ? strerror(errno) : why);
    return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: truncated in %s: %d of %u bytes", idx->path, field,
                        got < 0 ? 0 : got, size);
}

static enum sr_status idx_read_u32(struct idx *idx, const char *field, uint32_t *value, char *error, size_t error_size) {
    uint8_t b[4];
    enum sr_status status = idx_read(idx, field, b, sizeof b, error, error_size);
    if (!status) *value = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return status;
}

static enum sr_status idx_open(struct idx *idx, const char *dir, const char *split, const char *kind, char *error,
                               size_t error_size) {
    uint32_t magic = 0, want = kind[0] == 'i' ? IDX_IMAGES : IDX_LABELS;
    if (!find_idx(idx->path, dir, split, kind))
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s/%s-%s-idx%c-ubyte[.gz]: missing", dir, split, kind,
                            kind[0] == 'i' ? '3' : '1');
    errno = 0;
    idx->file = gzopen(idx->path, "rb");
    if (!idx->file)
        return sr_data_fail(error, error_size, SR_ERR_FILE, "%s: cannot be read: %s", idx->path,
                            errno ? strerror(errno) : "out of memory");
    enum sr_status status = idx_read_u32(idx, "magic", &magic, error, error_size);
    if (status) return status;
    if (magic != want)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: magic 0x%08x is wrong, %s have 0x%08x", idx->path, magic,
                            kind, want);
    status = idx_read_u32(idx, "count", &idx->count, error, error_size);
    if (!status && (idx->count == 0 || idx->count > MNIST_COUNT_MAX))
        status = sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: count %u is out of range (1 to %d)", idx->path, idx->count,
                              MNIST_COUNT_MAX);
    if (status || kind[0] != 'i') return status;
    status = idx_read_u32(idx, "rows", &idx->rows, error, error_size);
    if (!status) status = idx_read_u32(idx, "columns", &idx->cols, error, error_size);
    if (!status && (!idx->rows || !idx->cols || idx->rows > MNIST_SIDE_MAX || idx->cols > MNIST_SIDE_MAX))
        status = sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: size %u x %u is out of range (1 to %d)", idx->path,
                              idx->rows, idx->cols, MNIST_SIDE_MAX);
    return status;
}

static enum sr_status idx_end(struct idx *idx, char *error, size_t error_size) {
    uint8_t byte;
    int code = Z_OK, got = gzread(idx->file, &byte, 1);
    (void)gzerror(idx->file, &code);
    if (!got && code == Z_BUF_ERROR) /* data complete, but the checksum behind it is not */
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: truncated in the gzip trailer: 8 bytes expected", idx->path);
    if (got > 0)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: count %u disagrees with the file: data goes on after it",
                            idx->path, idx->count);
    if (got < 0) return idx_read(idx, "end", &byte, 1, error, error_size);
    return SR_OK;
}

/* ---- a split: one pair of files ---- */

struct split {
    struct idx images, labels;
    uint8_t *label; /* [images.count] */
    uint32_t classes;
};

static void split_close(struct split *split) {
    if (!split) return;
    if (split->images.file) (void)gzclose(split->images.file);
    if (split->labels.file) (void)gzclose(split->labels.file);
    free(split->label);
    free(split);
}

/* Headers and all labels. classes: 0 to count them, otherwise how many there must be. */
static enum sr_status split_open(struct split **out, const char *dir, const char *name, uint32_t classes, char *error,
                                 size_t error_size) {
    struct split *split = calloc(1, sizeof *split);
    if (!split) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    *out = split;
    enum sr_status status = idx_open(&split->images, dir, name, "images", error, error_size);
    if (!status) status = idx_open(&split->labels, dir, name, "labels", error, error_size);
    if (status) return status;
    uint32_t count = split->images.count, seen[SR_CLASSES] = {0};
    const char *path = split->labels.path;
    if (split->labels.count != count)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: count %u disagrees with the %u images of %s", path,
                            split->labels.count, count, split->images.path);
    split->label = malloc(count);
    if (!split->label) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory for %u labels", path, count);
    status = idx_read(&split->labels, "labels", split->label, count, error, error_size);
    if (!status) status = idx_end(&split->labels, error, error_size);
    if (status) return status;
    uint32_t limit = classes ? classes : SR_CLASSES;
    for (uint32_t i = 0; i < count; i++) {
        if (split->label[i] >= limit)
            return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: label %u of sample %u exceeds the limit %u", path,
                                split->label[i], i, limit - 1);
        seen[split->label[i]]++;
        if (split->label[i] >= split->classes) split->classes = split->label[i] + 1u;
    }
    if (classes) split->classes = classes;
    if (split->classes < 2)
        return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: classes: %u found, at least 2 needed", path, split->classes);
    for (uint32_t c = 0; c < split->classes; c++)
        if (!seen[c])
            return sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: class %u is empty: no sample of %u has this label", path,
                                c, count);
    return SR_OK;
}

/* ---- encoding ---- */

static uint32_t ceil_div(uint32_t a, uint32_t b) { return (a + b - 1) / b; }

/* phase: one a pooled pixel. */
static void encode(const uint8_t *image, const struct sr_data_options *options, const uint8_t *phase, struct sr_data_set *set,
                   uint32_t sample) {
    uint32_t pool = options->pool, pooled_w = ceil_div(options->width, pool), pooled_h = ceil_div(options->height, pool);
    uint64_t *bits = set->bits + (size_t)sample * set->steps * set->step_words;
    uint32_t spikes = 0;
    for (uint32_t input = 0; input < pooled_w * pooled_h; input++) {
        uint32_t x0 = input % pooled_w * pool, y0 = input / pooled_w * pool, sum = 0, area = 0;
        for (uint32_t y = y0; y < y0 + pool && y < options->height; y++)
            for (uint32_t x = x0; x < x0 + pool && x < options->width; x++) {
                sum += image[y * options->width + x];
                area++;
            }
        uint32_t value = (sum + area / 2) / area, level = phase[input];
        if (!value) continue;
        for (uint32_t t = 0; t < set->steps; t++) {
            level += value;
            if (level < 255) continue;
            level -= 255;
            bits[(size_t)t * set->step_words + input / 64] |= UINT64_C(1) << (input % 64);
            spikes++;
        }
    }
    set->events[sample] = spikes;
}

/* Where image i of a file goes. */
struct place {
    struct sr_data_set *set; /* NULL: nowhere, beyond a limit */
    uint32_t sample;
};

/* Of each sample's image. */
struct hashes {
    const struct sr_data_set *train_set;
    uint64_t *train, *test;
};

static enum sr_status encode_all(struct split *split, const struct sr_data_options *options, const uint8_t *phase,
                                 const struct place *place, const struct hashes *hashes, char *error, size_t error_size) {
    uint32_t size = split->images.rows * split->images.cols;
    uint8_t *image = malloc(size);
    if (!image) return sr_data_fail(error, error_size, SR_ERR_MEMORY, "out of memory");
    enum sr_status status = SR_OK;
    for (uint32_t i = 0; i < split->images.count && !status; i++) {
        char field[32];
        (void)snprintf(field, sizeof field, "image %u", i);
        status = idx_read(&split->images, field, image, size, error, error_size);
        if (status || !place[i].set) continue;
        encode(image, options, phase, place[i].set, place[i].sample);
        place[i].set->labels[place[i].sample] = split->label[i];
        uint64_t *hash = place[i].set == hashes->train_set ? hashes->train : hashes->test;
        hash[place[i].sample] = sr_data_hash(image, size);
    }
    if (!status) status = idx_end(&split->images, error, error_size);
    free(image);
    return status;
}

static enum sr_status fill_options(struct sr_data_options *options, const struct idx *images, char *error, size_t error_size) {
    if (!options->width) options->width = images->cols;
    if (!options->height) options->height = images->rows;
    if (!options->pool) options->pool = 1;
    if (!options->steps) options->steps = 16;
    if (!options->holdout_percent) options->holdout_percent = 20;
    if (options->width != images->cols || options->height != images->rows)
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: images of %u x %u, but options say width %u, height %u",
                            images->path, images->cols, images->rows, options->width, options->height);
    if (options->pool > MNIST_SIDE_MAX)
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: option pool %u exceeds the limit %d", options->dir,
                            options->pool, MNIST_SIDE_MAX);
    if (options->steps > SR_STEPS_MAX)
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: option steps %u exceeds the limit %d", options->dir,
                            options->steps, SR_STEPS_MAX);
    if (options->holdout_percent > 99)
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "%s: option holdout percent %u exceeds the limit 99",
                            options->dir, options->holdout_percent);
    return SR_OK;
}

/* Deal the samples of a file that are held out, or are not, to a set, up to the limit; how many in *used. */
static enum sr_status deal(struct place *place, const struct split *split, const bool *held, bool want, uint32_t limit,
                           struct sr_data_set *set, uint32_t *used, char *error, size_t error_size) {
    uint32_t count = split->images.count, *chosen = calloc(count, sizeof *chosen);
    uint8_t *labels = calloc(count, 1);
    enum sr_status status = SR_OK;
    if (!chosen || !labels) {
        status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory", split->images.path);
    } else {
        for (uint32_t i = 0; i < count; i++) {
            if (held && held[i] != want) continue;
            labels[*used] = split->label[i];
            chosen[(*used)++] = i;
        }
        sr_data_limit(chosen, labels, used, split->classes, limit);
        for (uint32_t k = 0; k < *used; k++) place[chosen[k]] = (struct place){set, k};
    }
    free(chosen);
    free(labels);
    return status;
}

/* What loading needs, freed together. */
struct work {
    struct split *train, *test; /* NULL: not there */
    struct place *train_place, *test_place;
    uint8_t *phase;
    bool *held;
    struct hashes hashes;
};

static void work_free(struct work *work) {
    split_close(work->train);
    split_close(work->test);
    free(work->train_place);
    free(work->test_place);
    free(work->phase);
    free(work->held);
    free(work->hashes.train);
    free(work->hashes.test);
}

/* Open what is there: a training set, a test set, or both, of one size. */
static enum sr_status open_files(struct work *work, const char *dir, char *error, size_t error_size) {
    char scratch[SR_PATH_MAX];
    bool has_train = find_idx(scratch, dir, "train", "images");
    bool has_test = find_idx(scratch, dir, "t10k", "images") || find_idx(scratch, dir, "t10k", "labels");
    enum sr_status status = SR_OK;
    if (has_train) status = split_open(&work->train, dir, "train", 0, error, error_size);
    if (!status && has_test)
        status = split_open(&work->test, dir, "t10k", work->train ? work->train->classes : 0, error, error_size);
    const struct split *train = work->train, *test = work->test;
    if (!status && train && test && (test->images.rows != train->images.rows || test->images.cols != train->images.cols))
        status = sr_data_fail(error, error_size, SR_ERR_FORMAT, "%s: size %u x %u disagrees with the %u x %u of %s",
                              test->images.path, test->images.rows, test->images.cols, train->images.rows, train->images.cols,
                              train->images.path);
    return status;
}

static enum sr_status deal_all(struct work *work, struct sr_data *data, uint32_t inputs, char *error, size_t error_size) {
    const struct sr_data_options *used = &data->options;
    struct split *train = work->train, *test = work->test;
    uint32_t trains = 0, tests = 0, train_count = train ? train->images.count : 0;
    enum sr_status status = SR_OK;
    work->train_place = calloc((size_t)train_count + 1, sizeof *work->train_place);
    work->test_place = calloc(test ? test->images.count : 1, sizeof *work->test_place);
    work->phase = malloc(inputs);
    work->held = calloc((size_t)train_count + 1, sizeof *work->held);
    if (!work->train_place || !work->test_place || !work->phase || !work->held)
        return sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory", used->dir);
    for (uint32_t j = 0; j < inputs; j++) work->phase[j] = (uint8_t)(sr_mix64(sr_mix64(used->seed) + j) % 255);
    if (data->holdout)
        status = sr_data_holdout(train->label, train_count, train->classes, used->holdout_percent, used->seed, work->held,
                                 train->labels.path, error, error_size);
    if (!status && train)
        status = deal(work->train_place, train, work->held, false, used->limit_train, &data->train, &trains, error, error_size);
    if (!status && data->holdout)
        status = deal(work->train_place, train, work->held, true, used->limit_test, &data->test, &tests, error, error_size);
    if (!status && test)
        status = deal(work->test_place, test, NULL, true, used->limit_test, &data->test, &tests, error, error_size);
    if (status) return status;
    uint32_t classes = train ? train->classes : test->classes;
    status = sr_data_set_alloc(&data->train, trains, classes, inputs, used->steps, error, error_size);
    if (!status) status = sr_data_set_alloc(&data->test, tests, classes, inputs, used->steps, error, error_size);
    work->hashes = (struct hashes){&data->train, calloc((size_t)trains + 1, 8), calloc((size_t)tests + 1, 8)};
    if (!status && (!work->hashes.train || !work->hashes.test))
        status = sr_data_fail(error, error_size, SR_ERR_MEMORY, "%s: out of memory", used->dir);
    return status;
}

enum sr_status sr_mnist_load(const struct sr_data_options *options, struct sr_data *data, char *error, size_t error_size) {
    struct sr_data loaded = {.options = *options, .name = "MNIST"};
    struct work work = {.train = NULL};
    struct sr_data_options *used = &loaded.options;
    if (options->rotate != 0)
        return sr_data_fail(error, error_size, SR_ERR_ARGUMENT, "--rotate: %s holds images; recordings alone are turned",
                            options->dir);
    enum sr_status status = open_files(&work, options->dir, error, error_size);
    if (!status) status = fill_options(used, work.train ? &work.train->images : &work.test->images, error, error_size);
    if (!status) {
        uint32_t inputs = ceil_div(used->width, used->pool) * ceil_div(used->height, used->pool);
        loaded.holdout = !work.test;
        status = deal_all(&work, &loaded, inputs, error, error_size);
    }
    if (!status && work.train)
        status = encode_all(work.train, used, work.phase, work.train_place, &work.hashes, error, error_size);
    if (!status && work.test)
        status = encode_all(work.test, used, work.phase, work.test_place, &work.hashes, error, error_size);
    if (!status) status = sr_data_check(&loaded, work.hashes.train, work.hashes.test, error, error_size);
    work_free(&work);
    if (status)
        sr_data_free(&loaded);
    else
        *data = loaded;
    return status;
}
