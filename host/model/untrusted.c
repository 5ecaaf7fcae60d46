/* SPDX-License-Identifier: Apache-2.0
 * What is believed of an HDF5 file that another program wrote: see untrusted.h. */
#include "model/untrusted.h"

enum {
    PACKED_MOST = 1100, /* deflate makes nothing more than some 1,030 times smaller */
    SIDE_MAX = 1 << 20, /* of a chunk */
};

hid_t sr_h5_open_image(const uint8_t *bytes, size_t size) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0); /* no file makes this program load a filter from elsewhere */
    /* The library tries whether a file of this name exists: nothing can lie below a device. */
    if (access >= 0 && H5Pset_fapl_core(access, 65536, false) >= 0 &&
        H5Pset_file_image(access, (void *)(uintptr_t)bytes, size) >= 0)
        file = H5Fopen("/dev/null/image", H5F_ACC_RDONLY, access);
    return file;
}

bool sr_h5_is_own(hid_t from, const char *name, H5O_type_t kind) {
    H5L_info_t link;
    H5O_info_t object;
    return H5Lexists(from, name, H5P_DEFAULT) > 0 && H5Lget_info(from, name, &link, H5P_DEFAULT) >= 0 &&
           link.type == H5L_TYPE_HARD && H5Oget_info_by_name2(from, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
           object.type == kind;
}

bool sr_h5_is_stored_here(hid_t set, int rank, const hsize_t *shape, uint64_t bytes) {
    hid_t create = H5Dget_create_plist(set);
    H5D_layout_t layout = create >= 0 ? H5Pget_layout(create) : H5D_LAYOUT_ERROR;
    int filters = create >= 0 ? H5Pget_nfilters(create) : -1;
    uint64_t stored = H5Dget_storage_size(set);
    bool good = (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED) && filters >= 0 &&
                H5Pget_external_count(create) == 0 && stored > 0 && stored >= (filters ? bytes / PACKED_MOST : bytes);
    for (int i = 0; i < filters && good; i++) {
        unsigned flags, settings;
        size_t count = 0;
        H5Z_filter_t filter = H5Pget_filter2(create, (unsigned)i, &flags, &count, &settings, 0, NULL, NULL);
        good = filter == H5Z_FILTER_FLETCHER32 || filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE;
    }
    if (good && layout == H5D_CHUNKED) {
        hsize_t chunk[SR_H5_RANK_MAX] = {0}, values = 1, wanted = 2;
        good = rank >= 1 && rank <= SR_H5_RANK_MAX && H5Pget_chunk(create, rank, chunk) == rank;
        for (int i = 0; i < rank && good; i++) {
            good = chunk[i] <= SIDE_MAX && shape[i] <= SIDE_MAX;
            values *= chunk[i];
            wanted *= shape[i];
            good = good && values <= wanted + 65536;
        }
    }
    if (create >= 0) H5Pclose(create);
    return good;
}
