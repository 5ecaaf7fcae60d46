/* SPDX-License-Identifier: Apache-2.0
 * NIR graphs from HDF5 images: see nir.h. This runs in a child process, since the HDF5 library may crash on what is damaged:
 * what is left open when something fails goes with that.
 *
 *     /version                 text
 *     /node/type               text: NIRGraph
 *     /node/nodes/NAME/type    text: Input, Linear, LIF ..; beside it a data set for each parameter
 *     /node/edges              text [edges][2]: from, to */
#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/untrusted.h"
#include "nir/nir.h"

enum { NODES_MAX = 32, EDGES_MAX = 64, VALUES_MAX = 1 << 24, TEXT_MAX = 4096, SIDE_MAX = 65535 };

struct node {
    char name[SR_NIR_NAME], type[SR_NIR_NAME];
    int to;         /* the node that its one edge leads to, or -1 */
    unsigned edges; /* that lead to it */
};

struct parse {
    hid_t file, nodes;
    const char *path;
    char *error;
    size_t error_size;
    struct node node[NODES_MAX];
    int count;
};

static enum sr_status bad(struct parse *p, const char *what, const char *fault) {
    return sr_error(p->error, p->error_size, SR_ERR_FORMAT, "%.200s: %.80s: %s", p->path, what, fault);
}

static enum sr_status unsupported(struct parse *p, const struct node *node, const char *fault) {
    return sr_error(p->error, p->error_size, SR_ERR_UNSUPPORTED, "%.200s: node %s (%s): %s", p->path, node->name, node->type,
                    fault);
}

/* ---- data sets ---- */

/* Open a data set of this file with its type and shape; rank -1 if there is none, or none that can be believed. */
struct set {
    hid_t set, type;
    int rank;
    hsize_t shape[SR_H5_RANK_MAX], values;
};

static struct set open_set(hid_t from, const char *name) {
    struct set s = {-1, -1, -1, {0}, 1};
    if (!sr_h5_is_own(from, name, H5O_TYPE_DATASET)) return s;
    s.set = H5Dopen2(from, name, H5P_DEFAULT);
    hid_t space = s.set >= 0 ? H5Dget_space(s.set) : -1;
    s.type = s.set >= 0 ? H5Dget_type(s.set) : -1;
    if (space < 0 || s.type < 0) return s;
    int rank = H5Sget_simple_extent_ndims(space);
    H5S_class_t class = H5Sget_simple_extent_type(space);
    if ((class != H5S_SCALAR && class != H5S_SIMPLE) || rank < 0 || rank > SR_H5_RANK_MAX ||
        H5Sget_simple_extent_dims(space, s.shape, NULL) != rank)
        return s;
    for (int i = 0; i < rank; i++) {
        if (s.shape[i] < 1 || s.shape[i] > VALUES_MAX) return s;
        s.values *= s.shape[i];
        if (s.values > VALUES_MAX) return s;
    }
    if (sr_h5_is_stored_here(s.set, rank, s.shape, s.values * H5Tget_size(s.type))) s.rank = rank;
    return s;
}

/* `count` texts of a data set, of fixed or variable length, each cut to SR_NIR_NAME with a fault if it was longer. */
static bool read_texts(const struct set *s, size_t count, char (*texts)[SR_NIR_NAME]) {
    hid_t memory = H5Tcopy(H5T_C_S1);
    size_t stored = H5Tget_size(s->type);
    htri_t variable = H5Tis_variable_str(s->type);
    if (s->rank < 0 || s->values != count || H5Tget_class(s->type) != H5T_STRING || memory < 0 || variable < 0 ||
        H5Tset_cset(memory, H5Tget_cset(s->type)) < 0)
        return false;
    if (variable) {
        char **found = calloc(count, sizeof *found);
        if (!found || H5Tset_size(memory, H5T_VARIABLE) < 0 ||
            H5Dread(s->set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, found) < 0)
            return false;
        for (size_t i = 0; i < count; i++) {
            if (!found[i] || strlen(found[i]) >= SR_NIR_NAME) return false;
            strcpy(texts[i], found[i]);
        }
        return true;
    }
    if (stored < 1 || stored > TEXT_MAX || H5Tset_size(memory, stored + 1) < 0) return false;
    char *found = calloc(count + 1, stored + 1);
    if (!found || H5Dread(s->set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, found) < 0) return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = found + i * (stored + 1);
        if (strlen(text) >= SR_NIR_NAME) return false;
        strcpy(texts[i], text);
    }
    return true;
}

/* The values as real numbers, to be freed; NULL: they are none, or not finite. */
static double *read_reals(const struct set *s) {
    H5T_class_t class = s->type >= 0 ? H5Tget_class(s->type) : H5T_NO_CLASS;
    if (s->rank < 0 || (class != H5T_FLOAT && class != H5T_INTEGER) || H5Tget_size(s->type) > 8) return NULL;
    double *values = malloc((size_t)s->values * sizeof *values);
    if (!values || H5Dread(s->set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) return NULL;
    for (hsize_t i = 0; i < s->values; i++)
        if (!isfinite(values[i])) return NULL;
    return values;
}

/* ---- the graph ---- */

static int find_node(const struct parse *p, const char *name) {
    for (int i = 0; i < p->count; i++)
        if (!strcmp(p->node[i].name, name)) return i;
    return -1;
}

static enum sr_status read_nodes(struct parse *p) {
    H5G_info_t about;
    if (!sr_h5_is_own(p->file, "node", H5O_TYPE_GROUP) || !sr_h5_is_own(p->file, "node/nodes", H5O_TYPE_GROUP))
        return bad(p, "node/nodes", "missing: this is no NIR graph");
    p->nodes = H5Gopen2(p->file, "node/nodes", H5P_DEFAULT);
    if (p->nodes < 0 || H5Gget_info(p->nodes, &about) < 0) return bad(p, "node/nodes", "damaged");
    if (about.nlinks > NODES_MAX) return bad(p, "node/nodes", "more than 32 nodes: no chain of at most four layers");
    for (hsize_t i = 0; i < about.nlinks; i++) {
        struct node *node = &p->node[p->count];
        ssize_t length =
            H5Lget_name_by_idx(p->nodes, ".", H5_INDEX_NAME, H5_ITER_INC, i, node->name, sizeof node->name, H5P_DEFAULT);
        if (length <= 0 || (size_t)length >= sizeof node->name)
            return bad(p, "node/nodes", "a name of more than 63 characters");
        node->to = -1;
        if (!sr_h5_is_own(p->nodes, node->name, H5O_TYPE_GROUP)) return bad(p, node->name, "no node of this file");
        hid_t group = H5Gopen2(p->nodes, node->name, H5P_DEFAULT);
        struct set type = open_set(group, "type");
        if (!read_texts(&type, 1, &node->type)) return bad(p, node->name, "has no type");
        p->count++;
    }
    return SR_OK;
}

static enum sr_status read_edges(struct parse *p) {
    struct set s = open_set(p->file, "node/edges");
    static char ends[2 * EDGES_MAX][SR_NIR_NAME];
    if (s.rank != 2 || s.shape[1] != 2 || s.shape[0] > EDGES_MAX || !read_texts(&s, (size_t)s.values, ends))
        return bad(p, "node/edges", "not a list of at most 64 pairs of names");
    for (hsize_t i = 0; i < s.shape[0]; i++) {
        int from = find_node(p, ends[2 * i]), to = find_node(p, ends[2 * i + 1]);
        if (from < 0 || to < 0) return bad(p, "node/edges", "names a node that is not there");
        if (p->node[from].to == to) continue; /* said twice */
        if (p->node[from].to >= 0) return unsupported(p, &p->node[from], "leads to two nodes: only chains can be run");
        p->node[from].to = to;
        if (++p->node[to].edges > 1) return unsupported(p, &p->node[to], "is reached from two nodes: only chains can be run");
    }
    return SR_OK;
}

static enum sr_status read_linear(struct parse *p, const struct node *node, struct sr_nir_stage *stage) {
    hid_t group = H5Gopen2(p->nodes, node->name, H5P_DEFAULT);
    struct set weight = open_set(group, "weight");
    if (weight.rank != 2 || weight.shape[0] > SIDE_MAX || weight.shape[1] > SIDE_MAX)
        return bad(p, node->name, "weight is not a matrix of this file, of at most 65535 rows and columns");
    sr_format(stage->linear, sizeof stage->linear, "%s", node->name);
    stage->outputs = (uint32_t)weight.shape[0];
    stage->inputs = (uint32_t)weight.shape[1];
    stage->affine = !strcmp(node->type, "Affine");
    double *values = read_reals(&weight);
    if (!values) return bad(p, node->name, "weight is not of finite numbers");
    if (!sr_nir_stage_init(stage)) return sr_error(p->error, p->error_size, SR_ERR_MEMORY, "%.200s: out of memory", p->path);
    for (uint32_t n = 0; n < stage->outputs; n++)
        for (uint32_t j = 0; j < stage->inputs; j++)
            stage->weight[(size_t)j * stage->outputs + n] = values[(size_t)n * stage->inputs + j];
    free(values);
    if (!stage->affine) return SR_OK;
    struct set bias = open_set(group, "bias");
    values = read_reals(&bias);
    if (!values || (bias.values != 1 && bias.values != stage->outputs))
        return bad(p, node->name, "bias is not one finite number for each output");
    for (uint32_t n = 0; n < stage->outputs; n++) stage->bias[n] = values[bias.values == 1 ? 0 : n];
    free(values);
    return SR_OK;
}

static enum sr_status read_neurons(struct parse *p, const struct node *node, struct sr_nir_stage *stage) {
    hid_t group = H5Gopen2(p->nodes, node->name, H5P_DEFAULT);
    sr_format(stage->neuron, sizeof stage->neuron, "%s", node->name);
    for (int i = 0; i < SR_NIR_PARAMETERS; i++) {
        enum sr_nir_parameter parameter = (enum sr_nir_parameter)i;
        const char *name = sr_nir_parameter_text(stage->kind, parameter);
        char fault[128];
        double *values = NULL, standard = parameter == SR_NIR_W_IN ? 1 : 0;
        bool optional = parameter == SR_NIR_V_RESET || parameter == SR_NIR_W_IN; /* files before NIR 1.0 have no v_reset */
        if (!sr_nir_has(stage->kind, parameter)) continue;
        struct set set = open_set(group, name);
        if (set.set >= 0 || !optional) {
            values = read_reals(&set);
            if (!values || (set.values != 1 && set.values != stage->outputs)) {
                sr_format(fault, sizeof fault, "%s is not one finite number, or one for each of %u neurons", name,
                          stage->outputs);
                return bad(p, node->name, fault);
            }
        }
        for (uint32_t n = 0; n < stage->outputs; n++)
            stage->parameter[i][n] = values ? values[set.values == 1 ? 0 : n] : standard;
        free(values);
    }
    return SR_OK;
}

static enum sr_nir_kind kind_of(const struct node *node) {
    for (int kind = SR_NIR_IF; kind < SR_NIR_KINDS; kind++)
        if (!strcmp(node->type, sr_nir_kind_text((enum sr_nir_kind)kind))) return (enum sr_nir_kind)kind;
    return SR_NIR_NONE;
}

static bool is_linear(const struct node *node) { return !strcmp(node->type, "Linear") || !strcmp(node->type, "Affine"); }

/* The number of values that an Input or Output names, or 0. */
static double size_of(struct parse *p, const struct node *node) {
    hid_t group = H5Gopen2(p->nodes, node->name, H5P_DEFAULT);
    struct set shape = open_set(group, "shape");
    double *sides = read_reals(&shape), size = 1;
    for (hsize_t i = 0; sides && i < shape.values; i++) size *= sides[i];
    free(sides);
    return sides ? size : 0;
}

/* The node behind, which must be there. */
static enum sr_status follow(struct parse *p, int *at) {
    if (p->node[*at].to < 0) return unsupported(p, &p->node[*at], "the chain ends here, before an Output");
    *at = p->node[*at].to;
    return SR_OK;
}

static enum sr_status check_sizes(struct parse *p, const struct sr_nir *nir, int input) {
    for (uint32_t s = 1; s < nir->stages; s++) {
        if (nir->stage[s].inputs != nir->stage[s - 1].outputs)
            return bad(p, nir->stage[s].linear, "its weight has not a column for each neuron of the layer before");
    }
    double size = size_of(p, &p->node[input]);
    return size == nir->stage[0].inputs ? SR_OK : bad(p, p->node[input].name, "its shape is not what the first weight reads");
}

/* Every node is in the chain: each is reached once at most, so as many as were passed. */
static enum sr_status read_chain(struct parse *p, struct sr_nir *nir) {
    int at = -1, input, passed = 1;
    for (int i = 0; i < p->count; i++)
        if (!strcmp(p->node[i].type, "Input")) at = at < 0 ? i : NODES_MAX;
    if (at < 0 || at == NODES_MAX) return bad(p, "node/nodes", "not one node of type Input");
    input = at;
    enum sr_status status = follow(p, &at);
    for (; status == SR_OK && !strcmp(p->node[at].type, "Flatten"); passed++) status = follow(p, &at);
    while (status == SR_OK && strcmp(p->node[at].type, "Output") != 0) {
        const struct node *node = &p->node[at];
        if (!is_linear(node))
            return unsupported(p, node,
                               kind_of(node) != SR_NIR_NONE
                                   ? "neurons without a Linear or Affine before them"
                                   : "not supported: layers are Linear or Affine, then LIF, CubaLIF or IF");
        if (nir->stages == SR_HIDDEN_LAYERS + 1) return unsupported(p, node, "more than three hidden layers and a readout");
        struct sr_nir_stage *stage = &nir->stage[nir->stages++];
        status = read_linear(p, node, stage);
        passed++;
        if (status == SR_OK) status = follow(p, &at);
        if (status != SR_OK) break;
        node = &p->node[at];
        stage->kind = kind_of(node);
        if (is_linear(node)) return unsupported(p, node, "a second linear map without neurons between");
        if (stage->kind == SR_NIR_NONE) continue; /* the Output, or what the next round refuses */
        status = read_neurons(p, node, stage);
        passed++;
        if (status == SR_OK) status = follow(p, &at);
        if (status == SR_OK && stage->kind == SR_NIR_LI && strcmp(p->node[at].type, "Output") != 0)
            return unsupported(p, node, "neurons that do not spike, before another layer");
    }
    if (status != SR_OK) return status;
    if (passed + 1 != p->count) return bad(p, "node/nodes", "a node stands beside the chain from Input to Output");
    if (nir->stages < 2) return bad(p, "node/nodes", "no hidden layer of spiking neurons before the readout");
    if (size_of(p, &p->node[at]) != nir->stage[nir->stages - 1].outputs)
        return bad(p, p->node[at].name, "its shape is not what the last layer has");
    return check_sizes(p, nir, input);
}

enum sr_status sr_nir_parse(const uint8_t *bytes, size_t size, const char *path, struct sr_nir **nir, char *error,
                            size_t error_size) {
    struct parse p = {.path = path, .error = error, .error_size = error_size};
    p.file = sr_h5_open_image(bytes, size);
    if (p.file < 0) return bad(&p, "HDF5", "damaged: the library cannot open it");
    enum sr_status status = read_nodes(&p);
    if (status == SR_OK) status = read_edges(&p);
    if (status != SR_OK) return status;
    struct sr_nir *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return sr_error(error, error_size, SR_ERR_MEMORY, "out of memory");
    status = read_chain(&p, fresh);
    if (status == SR_OK)
        *nir = fresh;
    else
        sr_nir_free(fresh);
    return status;
}
