// SPDX-License-Identifier: GPL-2.0-only
// The BPF object of a run: opened, its maps given the sizes that the manifest asks for, loaded; and the words that
// it shares with us. Knows how the parts of the object are called; what they mean is the session's business.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bpf_lib/awl_abi.h"
#include "lang/image.h"
#include "src/base/result.h"
#include "src/base/source.h"

struct bpf_map;
struct bpf_object;
struct bpf_program;

namespace awl {

struct ObjectOptions {
  uint64_t ring_bytes = 0;  // 0: choose from the free memory
  bool verbose = false;     // the whole log of a refusal
};

class Object {
 public:
  /// Open, size and load. `source` places refusals; it may be null.
  static Result<Object> load(const ProgramImage &image, const ObjectOptions &options, const Source *source);

  bpf_program *program(const std::string &symbol) const;
  /// -1 when the object has no such map.
  int map_fd(const std::string &name) const;
  /// Entries that the map was made for; may be less than was asked for (object.cc, preallocation).
  uint32_t map_entries(const std::string &name) const;
  /// A global variable as 64-bit words, shared with the running programs; empty when the object has none.
  std::span<uint64_t> words(std::string_view variable) const;
  /// Null when the object has none.
  awl_control *control() const;

 private:
  struct CloseObject {
    void operator()(bpf_object *object) const;
  };
  struct Unmap {
    size_t size;
    void operator()(void *address) const;
  };
  Status share_globals();

  std::unique_ptr<bpf_object, CloseObject> object_;
  std::unique_ptr<void, Unmap> globals_;  // .bss, shared
};

/// How a program is called in messages: its first probe, and how many more there are.
std::string program_label(const ProgramDescription &program);

/// Ring size for a machine with this much free memory: a 256th of it, 256 KiB to 16 MiB, a power of two.
uint64_t choose_ring_bytes(uint64_t available_bytes);

}  // namespace awl
