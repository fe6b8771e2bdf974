// SPDX-License-Identifier: GPL-2.0-only
// Running an iterator; see walk.h.
#include "runtime/walk.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <cerrno>

#include "src/base/fd.h"

namespace awl {
namespace {

/// So many objects between two pauses.
constexpr size_t stride = 64;

}  // namespace

Status walk(const Attachment &iterator, const std::function<bool()> &pause) {
  const Fd file(bpf_iter_create(iterator.descriptor()));
  if (!file) return Error{.what = "cannot run an iterator", .why = errno_text(errno)};
  char objects[stride];
  for (;;) {
    const ssize_t got = ::read(file.get(), objects, sizeof(objects));
    if (got == 0) return Done{};
    // After a million objects without a byte the kernel asks to call again.
    if (got < 0 && errno != EINTR && errno != EAGAIN)
      return Error{.what = "cannot run an iterator", .why = errno_text(errno)};
    if (!pause()) return Done{};
  }
}

}  // namespace awl
