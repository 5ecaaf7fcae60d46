/* SPDX-License-Identifier: Apache-2.0
 * MNIST's IDX files, packed or not: two lengths of two bytes, then the images file, the labels file, and images of a test set. */
#include "check.h"

#include "data/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[256], folder[256], error[256] = "";
    if (size < 4 || size > 1 << 14) return 0;
    size_t first = data[0] | (size_t)data[1] << 8, second = data[2] | (size_t)data[3] << 8;
    data += 4;
    size -= 4;
    if (first > size) first = size;
    if (second > size - first) second = size - first;
    put_file("train-images-idx3-ubyte.gz", data, first, path);
    put_file("train-labels-idx1-ubyte.gz", data + first, second, path);
    if (size > first + second) {
        put_file("t10k-images-idx3-ubyte", data + first + second, size - first - second, path);
        put_file("t10k-labels-idx1-ubyte", data + first, second, path);
    }
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    const struct sr_data_options options = {.dir = folder, .steps = 3, .limit_train = 100};
    struct sr_data loaded;
    if (sr_data_load(&options, &loaded, error, sizeof error) == SR_OK) {
        check(loaded.train.count >= 1 && loaded.train.count <= 100 && loaded.train.classes <= SR_CLASSES);
        for (uint32_t i = 0; i < loaded.test.count; i++) check(loaded.test.labels[i] < loaded.test.classes);
        sr_data_free(&loaded);
    } else {
        check_line(error);
    }
    snprintf(path, sizeof path, "%.200s/t10k-images-idx3-ubyte", folder);
    remove(path);
    snprintf(path, sizeof path, "%.200s/t10k-labels-idx1-ubyte", folder);
    remove(path);
    return 0;
}
