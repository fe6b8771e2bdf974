// SPDX-License-Identifier: GPL-2.0-only
// ProgramImage: the contract between the compiler and the runtime. A BPF object, and a manifest that says what
// every map, event and probe in it means. Nothing in here points back into the compiler; it could be a file.
//
// Layouts: a map key is its columns one after the other, each at `offset` and `type.size` bytes wide: integers,
// pointers and probe numbers 8 bytes little-endian, strings zero-padded to their size. A banked map's key starts
// with the bank's number (8 bytes), which key_size and offsets count. An event record starts with awl_event_header
// (bpf_lib/awl_abi.h); its columns follow.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lang/builtins.h"
#include "lang/ctypes.h"
#include "lang/format.h"
#include "lang/provider.h"
#include "lang/type.h"

namespace awl {

/// A value's place in a key, a map value or an event record.
struct Column {
  Type type;
  uint32_t offset = 0;
  /// In events only: a string of variable length, stored as u32 offset into the record and u32 length.
  bool variable = false;
};

/// How a map is kept in the kernel.
enum class Storage : uint8_t {
  slot,          // one plain value: array with one entry: {u64 is_set; value}
  hash,          // plain values by key
  per_cpu_slot,  // one aggregation: per-CPU array
  per_cpu_hash,  // aggregations by key
};

struct MapDescription {
  std::string name;    // as written: "@", "@lat"
  std::string symbol;  // name of the BPF map in the object
  Span first_use;
  Storage storage = Storage::slot;
  std::vector<Column> key;  // empty: unkeyed
  uint32_t key_size = 4;
  Type value;               // plain maps: type of the value; aggregations: type of the argument
  uint32_t value_size = 0;  // bytes of one CPU's value, a multiple of 8
  uint32_t capacity = 1;
  bool least_recently_used = false;  // a full map drops the entry that was used longest ago
  bool banked = false;  // print-and-clear without loss: two banks, see awl_abi.h
  uint32_t banks = 1;

  // Aggregations only.
  Show show = Show::none;
  std::vector<Merge> merge;             // one rule per cell; its size is the number of cells
  int64_t low = 0, high = 0, step = 1;  // lquantize
  uint32_t bits = 0;                    // hist, pct: each power of two has 2^bits cells
  std::vector<int64_t> percentages;     // pct; empty: the usual ones
  uint32_t factor = 0;                  // llquantize; its magnitudes are low and high, its steps are step
  uint32_t intervals = 0;               // tseries: how many are kept; step is the length of one in nanoseconds
  Show each = Show::none;               // tseries: what is kept of an interval; none: the newest value
  /// The sample was signed: histograms have negative buckets, minimum and maximum compare signed.
  bool is_signed() const { return value.is_signed; }
};

/// Where the text of a printf goes: to the output; as a message to people; as the name of a file to show; as a
/// command to run.
enum class Channel : uint8_t { output, error, warning, file, command };

enum class EventKind : uint8_t { printf, print_value, print_map, print_joined, clear, zero, normalize, truncate, exit,
                                 time };

/// print(@m, sort=desc, by=key). Rows come as their kind of value does, smallest first, until a script says otherwise.
struct RowOrder {
  bool given = false;
  bool descending = false, by_key = false;
};

struct EventDescription {
  EventKind kind = EventKind::printf;
  Span span;
  Channel channel = Channel::output;  // printf
  std::vector<FormatPiece> format;  // printf; time: one piece of text for strftime
  std::vector<Column> columns;      // values in the record, in order
  uint32_t record_size = 0;         // fixed part with the header; variable strings follow
  uint32_t map = 0;                 // print_map, clear, zero, normalize, truncate: index into Manifest::maps
  bool then_clear = false;          // print_map: the map is cleared with it, atomically
  int64_t top = 0, divisor = 0;     // print(@m, top, div)
  RowOrder order = {};              // print_map
  std::vector<uint32_t> joined = {};  // print_joined: the maps whose entries share a line
};

/// What `probe` and `func` print for a probe number.
struct ProbeName {
  std::string probe, function;
  bool operator==(const ProbeName &) const = default;
};

/// The names of an enumeration whose values are printed.
struct EnumerationDescription {
  std::string spelling;  // "enum pid_type"
  std::vector<CEnumerator> enumerators;
};

/// What numbers are called: probes and enumerators.
struct Names {
  std::vector<ProbeName> probes;
  std::vector<EnumerationDescription> enumerations;
};

/// A word of the object whose value is not known before the object is loaded.
struct WordDescription {
  std::string variable;  // of the object
  Loaded value = Loaded::kernel_symbol;
  std::string name;      // of a function or variable of the kernel; path of a control group; OFFSET:SYMBOL:FILE, and
                         // the word is the distance of the symbol from the code at that offset in the file
  Span span;
};

/// One BPF program of the object and what it attaches to.
struct ProgramDescription {
  std::string symbol;  // name of the function in the object
  TargetGroup group;
  uint32_t first_probe = 0;
};

/// Something that can go wrong while a probe runs and is counted rather than hidden: index into the
/// awl_fault_counts array of the object.
struct FaultDescription {
  Span span;
  std::string message;  // "division by zero; 0 was used as the result"
};

struct Manifest {
  std::vector<MapDescription> maps;
  std::vector<EventDescription> events;
  Names names;
  std::vector<ProgramDescription> programs;
  std::vector<FaultDescription> faults;
  bool print_maps_at_end = true;
  bool copies_stacks = false;  // out of keys of maps, where a loop goes over them
  std::vector<WordDescription> words;
  uint32_t scratch_bytes = 0;  // value size of awl_scratch; 0: the object has none
};

struct ProgramImage {
  std::vector<std::byte> elf;
  Manifest manifest;
};

/// For --dump=manifest and golden tests: readable, stable text.
std::string dump_manifest(const Manifest &);

}  // namespace awl
