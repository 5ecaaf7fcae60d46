/* SPDX-License-Identifier: Apache-2.0
 * What is believed of an HDF5 file that another program wrote. These call the HDF5 library, and so run in a child process. */
#ifndef SR_UNTRUSTED_H
#define SR_UNTRUSTED_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

enum { SR_H5_RANK_MAX = 4 };

/* Open an image in memory for reading, with no filter loaded from elsewhere; below 0 if it cannot be. Errors print nothing. */
hid_t sr_h5_open_image(const uint8_t *bytes, size_t size);
/* Is `name` in `from` an object of this file (no link to elsewhere), of this kind? */
bool sr_h5_is_own(hid_t from, const char *name, H5O_type_t kind);
/* Do a data set's values lie in this file, behind no filter but the library's own, in chunks no larger than the shape (of 0 to
 * SR_H5_RANK_MAX sides, `bytes` in all) asks for? */
bool sr_h5_is_stored_here(hid_t set, int rank, const hsize_t *shape, uint64_t bytes);

#endif
