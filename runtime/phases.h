// SPDX-License-Identifier: GPL-2.0-only
// Which programs of a script run when: before all others, after them, at a signal, while the kernel is walked over, or
// at events.
#pragma once
#include "lang/image.h"

namespace awl {

inline bool is_begin(const ProgramDescription &program) { return program.group.provider == "begin"; }
inline bool is_end(const ProgramDescription &program) { return program.group.provider == "end"; }
inline bool is_self(const ProgramDescription &program) { return program.group.provider == "self"; }
inline bool is_iterator(const ProgramDescription &program) { return program.group.provider == "iter"; }
inline bool is_live(const ProgramDescription &program) {
  return !is_begin(program) && !is_end(program) && !is_iterator(program);
}

}  // namespace awl
