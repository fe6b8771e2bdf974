// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/grace.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstdint>

namespace awl {
namespace {

Error grace_error() {
  return {.what = "cannot wait for running programs",
          .why = errno_text(errno),
          .kind = errno == EPERM ? ErrorKind::permission : ErrorKind::other};
}

}  // namespace

Status GracePeriod::prepare() {
  if (outer_) return Done{};
  inner_ = Fd(bpf_map_create(BPF_MAP_TYPE_ARRAY, "awl_inner", sizeof(uint32_t), sizeof(uint64_t), 1, nullptr));
  if (!inner_) return grace_error();
  bpf_map_create_opts options{.sz = sizeof options, .inner_map_fd = static_cast<uint32_t>(inner_.get())};
  outer_ = Fd(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "awl_outer", sizeof(uint32_t), sizeof(uint32_t), 1, &options));
  if (!outer_) return grace_error();
  return Done{};
}

Status GracePeriod::wait() {
  if (Status ready = prepare(); !ready) return ready.error();
  uint32_t index = 0;
  int inner = inner_.get();
  if (bpf_map_update_elem(outer_.get(), &index, &inner, BPF_ANY) != 0) return grace_error();
  return Done{};
}

}  // namespace awl
