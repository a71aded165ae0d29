/* fuzz.h -- what every tests/fuzz/<name>_fuzz.c defines.
 *
 * Its corpus is the folder tests/fuzz/corpus/<name>/, one input per file. The
 * target must return 0 and must neither leak, crash nor hang on any input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
