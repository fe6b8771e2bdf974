// SPDX-License-Identifier: GPL-2.0-only
// The end of a run that met a bug of ours. It says where and stops at once: what would be computed after a broken
// assumption is worth less than the core file.
#include "src/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace awl {

void check_failed(const char *condition, const char *file, int line) {
  std::fprintf(stderr, "awl: internal error: `%s` does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace awl
