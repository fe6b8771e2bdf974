// SPDX-License-Identifier: GPL-2.0-only
// The maps in which the kernel side keeps the frames of stacks (bpf_lib/stack.c), and what of a script needs them.
#pragma once
#include <vector>

#include "lang/image.h"
#include "runtime/entries.h"
#include "runtime/symbols/symbolizer.h"

struct bpf_object;

namespace awl {

class Object;

/// Addresses that a script shows by name.
struct AddressKinds {
  bool any = false;
  bool user = false;  // of processes
};
AddressKinds addresses_in(const Manifest &manifest);

inline constexpr const char *shortest_stacks = "awl_stacks_short";

/// Frames that this kernel walks over, as its administrator wants it, and that fit in our maps.
uint32_t most_frames();
bool has_stacks(const bpf_object *object);
/// Before the object is loaded. `share`: bytes for all of them, when they must be allocated beforehand.
void size_stack_maps(const bpf_object *object, bool preallocated, uint64_t share);
/// Frames that a program on a raw tracepoint of this kernel sees before the function that is traced.
uint64_t count_tracer_frames(Symbols &symbols);
/// The maps that hold frames; none when the object has none.
std::vector<KernelMap> stack_maps_of(const Object &object);
/// Reads from the object's maps, which must outlive it.
ReadFrames read_stacks_of(const Object &object);

}  // namespace awl
