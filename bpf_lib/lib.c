/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole library as one translation unit: one compile unit in the debug info is what the code generator expects. */
#include "awl.h"

#include "arith.c"
#include "process.c"
#include "clock.c"
#include "context.c"
#include "string.c"
#include "memory.c"
#include "loop.c"
#include "aggregate.c"
#include "series.c"
#include "map.c"
#include "event.c"
#include "text.c"
#include "stack.c"
#include "flow.c"
#include "follow.c"
#include "path.c"
#include "effect.c"

char awl_license[] SEC("license") = "GPL";
