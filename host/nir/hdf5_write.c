/* SPDX-License-Identifier: Apache-2.0
 * NIR graphs to HDF5 images: see nir.h. The layout is in hdf5_read.c. This runs in a child process, as reading does. */
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "nir/nir.h"

/* Without the time of day, so that a graph always gives the same bytes. */
static hid_t create_set(hid_t group, const char *name, hid_t type, hid_t space) {
    hid_t how = H5Pcreate(H5P_DATASET_CREATE), set = -1;
    if (how >= 0 && H5Pset_obj_track_times(how, false) >= 0)
        set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    if (how >= 0) H5Pclose(how);
    return set;
}

static bool put_texts(hid_t group, const char *name, int rank, const hsize_t *shape, const char *const *texts) {
    hid_t type = H5Tcopy(H5T_C_S1), space = rank ? H5Screate_simple(rank, shape, NULL) : H5Screate(H5S_SCALAR);
    bool good = H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    hid_t set = good ? create_set(group, name, type, space) : -1;
    good = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0;
    if (set >= 0) H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
    return good;
}

static bool put_text(hid_t group, const char *name, const char *text) { return put_texts(group, name, 0, NULL, &text); }

static bool put_values(hid_t group, const char *name, int rank, const hsize_t *shape, hid_t stored, hid_t memory,
                       const void *values) {
    hid_t space = H5Screate_simple(rank, shape, NULL);
    hid_t set = create_set(group, name, stored, space);
    bool good = set >= 0 && H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    if (set >= 0) H5Dclose(set);
    H5Sclose(space);
    return good;
}

static bool put_reals(hid_t group, const char *name, int rank, const hsize_t *shape, const double *values) {
    return put_values(group, name, rank, shape, H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, values);
}

static bool put_end(hid_t nodes, const char *name, const char *type, uint32_t size) {
    const hsize_t one = 1;
    const int64_t shape = size;
    hid_t group = H5Gcreate2(nodes, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool good = put_text(group, "type", type) && put_values(group, "shape", 1, &one, H5T_STD_I64LE, H5T_NATIVE_INT64, &shape);
    H5Gclose(group);
    return good;
}

static bool put_stage(hid_t nodes, const struct sr_nir_stage *stage) {
    const hsize_t shape[2] = {stage->outputs, stage->inputs};
    double *weight = malloc((size_t)stage->outputs * stage->inputs * sizeof *weight);
    if (!weight) return false;
    for (uint32_t n = 0; n < stage->outputs; n++)
        for (uint32_t j = 0; j < stage->inputs; j++)
            weight[(size_t)n * stage->inputs + j] = stage->weight[(size_t)j * stage->outputs + n];
    hid_t group = H5Gcreate2(nodes, stage->linear, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool good = put_text(group, "type", stage->affine ? "Affine" : "Linear") && put_reals(group, "weight", 2, shape, weight) &&
                (!stage->affine || put_reals(group, "bias", 1, shape, stage->bias));
    H5Gclose(group);
    free(weight);
    if (!good || stage->kind == SR_NIR_NONE) return good;
    group = H5Gcreate2(nodes, stage->neuron, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    good = put_text(group, "type", sr_nir_kind_text(stage->kind));
    for (int i = 0; i < SR_NIR_PARAMETERS && good; i++) {
        enum sr_nir_parameter parameter = (enum sr_nir_parameter)i;
        if (!sr_nir_has(stage->kind, parameter)) continue;
        good = put_reals(group, sr_nir_parameter_text(stage->kind, parameter), 1, shape, stage->parameter[i]);
    }
    H5Gclose(group);
    return good;
}

static bool put_graph(hid_t file, const struct sr_nir *nir) {
    const char *chain[2 * (SR_HIDDEN_LAYERS + 1) + 2], *ends[2 * (2 * (SR_HIDDEN_LAYERS + 1) + 1)];
    const struct sr_nir_stage *last = &nir->stage[nir->stages - 1];
    hid_t node = H5Gcreate2(file, "node", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t nodes = H5Gcreate2(node, "nodes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    size_t count = 0;
    bool good = put_text(file, "version", "1.0") && put_text(node, "type", "NIRGraph") &&
                put_end(nodes, "input", "Input", nir->stage[0].inputs) && put_end(nodes, "output", "Output", last->outputs);
    chain[count++] = "input";
    for (uint32_t s = 0; s < nir->stages && good; s++) {
        good = put_stage(nodes, &nir->stage[s]);
        chain[count++] = nir->stage[s].linear;
        if (nir->stage[s].kind != SR_NIR_NONE) chain[count++] = nir->stage[s].neuron;
    }
    chain[count++] = "output";
    for (size_t i = 0; i + 1 < count; i++) {
        ends[2 * i] = chain[i];
        ends[2 * i + 1] = chain[i + 1];
    }
    const hsize_t shape[2] = {count - 1, 2};
    good = good && put_texts(node, "edges", 2, shape, ends);
    H5Gclose(nodes);
    H5Gclose(node);
    return good;
}

enum sr_status sr_nir_image(const struct sr_nir *nir, uint8_t **bytes, size_t *size, char *error, size_t error_size) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    /* In memory: no file of this name comes to be. */
    hid_t file = access >= 0 && H5Pset_fapl_core(access, 1 << 20, false) >= 0
                     ? H5Fcreate("spikeroll-nir-image", H5F_ACC_TRUNC, H5P_DEFAULT, access)
                     : -1;
    ssize_t length =
        file >= 0 && put_graph(file, nir) && H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0 ? H5Fget_file_image(file, NULL, 0) : -1;
    uint8_t *image = length > 0 ? malloc((size_t)length) : NULL;
    if (!image || H5Fget_file_image(file, image, (size_t)length) != length)
        return sr_error(error, error_size, SR_ERR_MEMORY,
                        "the HDF5 library cannot lay the file out: out of memory, or two nodes of one name");
    *bytes = image;
    *size = (size_t)length;
    return SR_OK;
}
