// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "runtime/libbpf_log.h"
#include "runtime/maps.h"
#include "runtime/stacks.h"
#include "runtime/verifier.h"
#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr uint64_t smallest_ring = uint64_t{256} << 10, largest_ring = uint64_t{16} << 20;
constexpr uint32_t control_ring_bytes = 64 << 10;
/// Of the free memory, what preallocated maps may take together.
constexpr uint64_t preallocated_share = 8;

Error damaged(const std::string &what) {
  return {.what = "the compiled program is damaged", .why = what, .help = "compile the script again"};
}

uint64_t available_memory() {
  std::string text = read_file("/proc/meminfo").value_or("");
  size_t at = text.find("MemAvailable:");
  return at == text.npos ? 0 : std::strtoull(text.c_str() + at + sizeof "MemAvailable:" - 1, nullptr, 10) * 1024;
}

/// Whether hashes may allocate entries while programs run. Kernels whose allocator cannot do that everywhere refuse
/// it to programs on perf events, and to the others they only print a warning, so a program on a perf event is
/// what is tried.
bool can_allocate_at_run_time() {
  bpf_map_create_opts map_options{.sz = sizeof map_options, .map_flags = BPF_F_NO_PREALLOC};
  Fd map(bpf_map_create(BPF_MAP_TYPE_PERCPU_HASH, "awl_try", sizeof(uint64_t), sizeof(uint64_t), 1, &map_options));
  if (!map) return false;
  bpf_insn program[] = {
      {.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map.get()},
      {},  // the upper half of the load before
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
      {.code = BPF_JMP | BPF_EXIT},
  };
  return static_cast<bool>(
      Fd(bpf_prog_load(BPF_PROG_TYPE_PERF_EVENT, "awl_try", "GPL", program, std::size(program), nullptr)));
}

uint64_t entry_bytes(const KernelMap &map) {
  constexpr uint64_t overhead = 64;  // the kernel's own part of an element
  return map.key_size + words_per_entry(map) * sizeof(uint64_t) + overhead;
}

bpf_map_type kernel_type(Storage storage) {
  switch (storage) {
    case Storage::slot:
      return BPF_MAP_TYPE_ARRAY;
    case Storage::hash:
      return BPF_MAP_TYPE_HASH;
    case Storage::per_cpu_slot:
      return BPF_MAP_TYPE_PERCPU_ARRAY;
    case Storage::per_cpu_hash:
      return BPF_MAP_TYPE_PERCPU_HASH;
  }
  return BPF_MAP_TYPE_ARRAY;
}

/// A map whose keys are probes is small, and most of its entries come at once when many probes fire for the first
/// time: more than the kernel's allocator has at hand inside of an interrupt.
bool wants_all_at_once(const MapDescription &map) {
  return !map.key.empty() && std::ranges::all_of(map.key, [](const Column &column) {
    return column.type.kind == Kind::probe || column.type.kind == Kind::function;
  });
}

/// Sets sizes before the object is loaded. All calls fail for one reason only, that it is loaded already.
void size_map(bpf_map *map, Storage storage, const KernelMap &sizes, bool preallocated, bool lru = false) {
  bpf_map_type type = kernel_type(storage);
  if (lru) type = type == BPF_MAP_TYPE_HASH ? BPF_MAP_TYPE_LRU_HASH : BPF_MAP_TYPE_LRU_PERCPU_HASH;
  bpf_map__set_type(map, type);
  bpf_map__set_key_size(map, sizes.key_size);
  bpf_map__set_value_size(map, sizes.value_size);
  bpf_map__set_max_entries(map, sizes.entries);
  bpf_map__set_map_flags(map, sizes.keyed && !preallocated && !lru ? BPF_F_NO_PREALLOC : 0);
}

Status size_maps(bpf_object *object, const Manifest &manifest) {
  auto keyed = [](const MapDescription &map) { return kernel_map(map).keyed; };
  size_t hashes = static_cast<size_t>(std::count_if(manifest.maps.begin(), manifest.maps.end(), keyed));
  hashes += has_stacks(object) ? 1 : 0;
  bool preallocated = hashes > 0 && !can_allocate_at_run_time();
  uint64_t share = preallocated ? available_memory() / preallocated_share / hashes : 0;
  size_stack_maps(object, preallocated, share);
  uint32_t largest_value = sizeof(uint64_t);
  for (const MapDescription &description : manifest.maps) {
    bpf_map *map = bpf_object__find_map_by_name(object, description.symbol.c_str());
    if (!map) return damaged("it has no map `" + description.symbol + "`");
    KernelMap sizes = kernel_map(description);
    if (preallocated && sizes.keyed)
      sizes.entries = static_cast<uint32_t>(std::clamp<uint64_t>(share / entry_bytes(sizes), 1, sizes.entries));
    size_map(map, description.storage, sizes, preallocated || wants_all_at_once(description), description.least_recently_used);
    if (sizes.keyed) largest_value = std::max(largest_value, description.value_size);
  }
  if (bpf_map *zero = bpf_object__find_map_by_name(object, "awl_zero"))
    size_map(zero, Storage::slot, {.value_size = largest_value}, false);
  if (bpf_map *scratch = bpf_object__find_map_by_name(object, "awl_scratch"))
    bpf_map__set_value_size(scratch, manifest.scratch_bytes);
  return Done{};
}

void size_rings(bpf_object *object, uint64_t bytes) {
  uint64_t page = static_cast<uint64_t>(getpagesize());
  if (bpf_map *ring = bpf_object__find_map_by_name(object, "awl_ring")) {
    uint64_t size = bytes ? std::bit_ceil(std::max(bytes, page)) : choose_ring_bytes(available_memory());
    bpf_map__set_max_entries(ring, static_cast<uint32_t>(std::min<uint64_t>(size, uint64_t{1} << 30)));
  }
  if (bpf_map *ring = bpf_object__find_map_by_name(object, "awl_control_ring"))
    bpf_map__set_max_entries(ring, static_cast<uint32_t>(std::max<uint64_t>(control_ring_bytes, page)));
}

struct Place {
  uint32_t offset = 0, size = 0;
};

/// Where a variable lies in .bss, by the object's own type information.
std::optional<Place> find_variable(const bpf_object *object, std::string_view name) {
  const btf *types = bpf_object__btf(object);
  int section = types ? btf__find_by_name_kind(types, ".bss", BTF_KIND_DATASEC) : -1;
  if (section < 0) return std::nullopt;
  const btf_type *data = btf__type_by_id(types, static_cast<uint32_t>(section));
  const btf_var_secinfo *variables = btf_var_secinfos(data);
  for (uint32_t i = 0; i < btf_vlen(data); i++) {
    const btf_type *variable = btf__type_by_id(types, variables[i].type);
    if (name == btf__name_by_offset(types, variable->name_off)) return Place{variables[i].offset, variables[i].size};
  }
  return std::nullopt;
}

bpf_map *globals_map(const bpf_object *object) { return bpf_object__find_map_by_name(object, ".bss"); }

}  // namespace

void Object::CloseObject::operator()(bpf_object *object) const { bpf_object__close(object); }
void Object::Unmap::operator()(void *address) const { ::munmap(address, size); }

Result<Object> Object::load(const ProgramImage &image, const ObjectOptions &options, const Source *source) {
  LibbpfLog log;
  Object result;
  bpf_object_open_opts open_options{.sz = sizeof open_options, .object_name = "awl"};
  result.object_.reset(bpf_object__open_mem(image.elf.data(), image.elf.size(), &open_options));
  if (!result.object_) return damaged(errno_text(errno));
  if (Status sized = size_maps(result.object_.get(), image.manifest); !sized) return sized.error();
  size_rings(result.object_.get(), options.ring_bytes);
  if (int error = -bpf_object__load(result.object_.get()); error != 0)
    return refusal_error(explain_refusal(log.text(), error, source), image.manifest, log.text(), options.verbose);
  if (Status shared = result.share_globals(); !shared) return shared.error();
  return result;
}

Status Object::share_globals() {
  bpf_map *map = globals_map(object_.get());
  if (!map) return Done{};
  size_t page = static_cast<size_t>(getpagesize());
  size_t size = (bpf_map__value_size(map) + page - 1) / page * page;
  void *address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
  if (address == MAP_FAILED) return Error{.what = "cannot share memory with the kernel", .why = errno_text(errno)};
  globals_ = {address, Unmap{size}};
  return Done{};
}

bpf_program *Object::program(const std::string &symbol) const {
  return bpf_object__find_program_by_name(object_.get(), symbol.c_str());
}

int Object::map_fd(const std::string &name) const {
  bpf_map *map = bpf_object__find_map_by_name(object_.get(), name.c_str());
  return map ? bpf_map__fd(map) : -1;
}

uint32_t Object::map_entries(const std::string &name) const {
  bpf_map *map = bpf_object__find_map_by_name(object_.get(), name.c_str());
  return map ? bpf_map__max_entries(map) : 0;
}

std::span<uint64_t> Object::words(std::string_view variable) const {
  std::optional<Place> place = find_variable(object_.get(), variable);
  if (!place || !globals_ || place->offset + place->size > globals_.get_deleter().size) return {};
  return {reinterpret_cast<uint64_t *>(static_cast<std::byte *>(globals_.get()) + place->offset),
          place->size / sizeof(uint64_t)};
}

awl_control *Object::control() const {
  std::span<uint64_t> control = words("awl_control");
  return control.size_bytes() < sizeof(awl_control) ? nullptr : reinterpret_cast<awl_control *>(control.data());
}

std::string program_label(const ProgramDescription &program) {
  const std::vector<Target> &targets = program.group.targets;
  if (targets.empty()) return program.group.provider;
  if (targets.size() == 1) return targets[0].name;
  return fmt::format("{} and {} more", targets[0].name, targets.size() - 1);
}

uint64_t choose_ring_bytes(uint64_t available_bytes) {
  return std::bit_floor(std::clamp(available_bytes / 256, smallest_ring, largest_ring));
}

}  // namespace awl
