// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/stacks.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/object.h"
#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

struct StackMap {
  const char *name;
  uint32_t words;
};
constexpr StackMap stack_maps[] = {
    {shortest_stacks, AWL_STACK_SHORT}, {"awl_stacks_middle", AWL_STACK_MIDDLE}, {"awl_stacks_deep", AWL_STACK_DEEP},
    {"awl_stacks_whole", AWL_STACK_WHOLE}};

/// Different stacks of a length that a run can have.
constexpr uint64_t room = uint64_t{1} << 18;
/// The kernel's own part of an entry.
constexpr uint64_t overhead = 64;

void look_at(const Type &type, AddressKinds &found) {
  bool kernel = type.kind == Kind::kernel_stack || type.kind == Kind::kernel_symbol;
  bool user = type.kind == Kind::user_stack || type.kind == Kind::user_symbol;
  found.any |= kernel || user;
  found.user |= user;
  for (const Part &part : type.parts) look_at(part.type, found);
}

}  // namespace

AddressKinds addresses_in(const Manifest &manifest) {
  AddressKinds found;
  for (const MapDescription &map : manifest.maps) {
    for (const Column &column : map.key) look_at(column.type, found);
    look_at(map.value, found);
  }
  for (const EventDescription &event : manifest.events)
    for (const Column &column : event.columns) look_at(column.type, found);
  return found;
}

uint32_t most_frames() {
  const std::optional<std::string> text = read_file("/proc/sys/kernel/perf_event_max_stack", 64);
  const long most = text ? std::strtol(text->c_str(), nullptr, 10) : AWL_STACK_MOST;
  return static_cast<uint32_t>(std::clamp(most, 1l, long{AWL_STACK_WHOLE} - 1));
}

bool has_stacks(const bpf_object *object) { return bpf_object__find_map_by_name(object, shortest_stacks) != nullptr; }

void size_stack_maps(const bpf_object *object, bool preallocated, uint64_t share) {
  for (const StackMap &known : stack_maps) {
    bpf_map *map = bpf_object__find_map_by_name(object, known.name);
    if (!map) continue;
    uint64_t fit = share / std::size(stack_maps) / (known.words * sizeof(uint64_t) + overhead);
    bpf_map__set_max_entries(map, static_cast<uint32_t>(preallocated ? std::clamp<uint64_t>(fit, 1, room) : room));
    bpf_map__set_map_flags(map, preallocated ? 0 : BPF_F_NO_PREALLOC);
  }
}

namespace {

/// The frames that a program on a raw tracepoint walks over, of whoever made the last system call.
std::vector<uint64_t> look_at_a_stack() {
  std::vector<uint64_t> frames(8);
  Fd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "awl_try", sizeof(uint32_t), 8 * sizeof(uint64_t), 1, nullptr));
  if (!map) return {};
  bpf_insn program[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6, .src_reg = BPF_REG_1},
      {.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = BPF_REG_10, .off = -4},
      {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10},
      {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -4},
      {.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map.get()},
      {},  // the upper half of the load before
      {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem},
      {.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 5},
      {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_6},
      {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_0},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 8 * sizeof(uint64_t)},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_4},
      {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_stack},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
      {.code = BPF_JMP | BPF_EXIT},
  };
  Fd loaded(
      bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "awl_try", "GPL", program, std::size(program), nullptr));
  Fd link(loaded ? bpf_raw_tracepoint_open("sys_enter", loaded.get()) : -1);
  uint32_t first = 0;
  if (!link || bpf_map_lookup_elem(map.get(), &first, frames.data()) != 0) return {};
  return frames;
}

}  // namespace

uint64_t count_tracer_frames(Symbols &symbols) {
  std::vector<uint64_t> frames = look_at_a_stack();
  uint64_t count = frames.empty() ? 0 : 1;  // the program itself
  while (count > 0 && count < frames.size()) {
    std::string_view name = symbols.kernel(frames[count]).name;
    if (!name.starts_with("bpf_trace_run") && !name.starts_with("__bpf_trace_")) break;
    count++;
  }
  return count;
}

std::vector<KernelMap> stack_maps_of(const Object &object) {
  std::vector<KernelMap> maps;
  for (const StackMap &known : stack_maps)
    if (const int fd = object.map_fd(known.name); fd >= 0)
      maps.push_back({.fd = fd,
                      .keyed = true,
                      .key_size = sizeof(uint64_t),
                      .value_size = static_cast<uint32_t>(known.words * sizeof(uint64_t)),
                      .entries = object.map_entries(known.name)});
  return maps;
}

ReadFrames read_stacks_of(const Object &object) {
  int fds[std::size(stack_maps)];
  for (size_t i = 0; i < std::size(stack_maps); i++) fds[i] = object.map_fd(stack_maps[i].name);
  return [=](const awl_stack &stack) {
    std::vector<uint64_t> frames;
    if (stack.id == 0 || stack.frames == 0) return frames;
    for (size_t i = 0; i < std::size(stack_maps); i++) {
      if (stack.frames >= stack_maps[i].words) continue;
      frames.resize(stack_maps[i].words);
      if (fds[i] < 0 || bpf_map_lookup_elem(fds[i], &stack.id, frames.data()) != 0) frames.clear();
      frames.resize(std::min<size_t>(frames.size(), stack.frames));
      break;
    }
    return frames;
  };
}

}  // namespace awl
