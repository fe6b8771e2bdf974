// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>

namespace awl {
namespace {

// libbpf's print function takes no context, so the listener has to be found through the thread that calls.
thread_local LibbpfLog *listening = nullptr;

}  // namespace

struct LibbpfListener {
  __attribute__((format(printf, 2, 0))) static int hear(libbpf_print_level level, const char *format,
                                                        va_list arguments) {
    if (!listening || level != LIBBPF_WARN) return 0;
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length <= 0) return 0;
    std::string &text = listening->text_;
    size_t before = text.size();
    text.resize(before + static_cast<size_t>(length) + 1);
    vsnprintf(text.data() + before, static_cast<size_t>(length) + 1, format, arguments);
    text.pop_back();  // the NUL that vsnprintf put there
    return 0;
  }
};

LibbpfLog::LibbpfLog() : outer_(listening) {
  listening = this;
  libbpf_set_print(&LibbpfListener::hear);
}

LibbpfLog::~LibbpfLog() { listening = outer_; }

}  // namespace awl
