// SPDX-License-Identifier: GPL-2.0-only
// What a run produces, as plain data: typed values, rows of maps, events. Sinks see this header and nothing else of
// the runtime: no libbpf, no file descriptors. Text, JSON and pictures are all renderers of these values.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/builtins.h"
#include "lang/format.h"
#include "lang/type.h"

namespace awl {

/// Bucket edges reach from -2^63 to 2^64 - 1.
__extension__ typedef __int128 Wide;

/// Values v with low <= v <= high (both inclusive) that were seen `count` times, or have that sum of weights, which may
/// be negative.
struct Bucket {
  Wide low = 0, high = 0;
  bool open_low = false;   // lquantize: everything below its range; `low` means nothing
  bool open_high = false;  // lquantize: everything above; `high` means nothing
  int64_t count = 0;
  bool operator==(const Bucket &) const = default;
};

/// Buckets in ascending order, from the first to the last that is not empty, the empty ones between included.
struct Histogram {
  enum class Scale : uint8_t { log2, linear, log_linear } scale = Scale::log2;
  Unit unit = Unit::none;
  std::vector<Bucket> buckets;
  std::optional<Bucket> before = {}, after = {};  // the empty neighbours, where they exist and are known
  /// What empty buckets look like, for whoever adds runs up.
  struct Grid {
    uint32_t bits = 0;               // log2: each power of two has 2^bits buckets
    int64_t step = 0;                // linear
    int64_t factor = 0, steps = 0;   // log_linear: a power of `factor` has up to `steps` buckets,
    int64_t nearest = 0;             // the least one begins here
    bool operator==(const Grid &) const = default;
  } grid = {};
  int64_t total() const;
  /// Every count without its sign, added up: what bars are parts of.
  uint64_t weight() const;
  bool operator==(const Histogram &) const = default;
};

/// A sum of squares, the lowest word first.
using Squares = std::array<uint64_t, 3>;

struct Stats {
  uint64_t count = 0;
  Wide sum = 0;  // exact as long as it fits 64 bits; wraps like the kernel's counter
  bool is_signed = false;
  bool only_number = false;  // avg(), stddev(): to be shown as one number; the others are there for whoever adds runs up
  std::optional<Squares> squares = {};  // stddev()
  /// The average, or with squares the deviation: the root of their mean less the square of the mean, rounded down.
  Wide number() const;
  bool operator==(const Stats &) const = default;
};

/// What tseries() kept of each interval, from the oldest to the newest; nothing of one in which there was no sample.
struct TimeSeries {
  struct Point {
    int64_t start = 0;  // nanoseconds since 1970
    std::optional<Wide> value;
    bool operator==(const Point &) const = default;
  };
  uint64_t interval = 0;  // nanoseconds
  std::vector<Point> points;
  bool operator==(const TimeSeries &) const = default;
};

struct Address {
  uint64_t value = 0;
  bool operator==(const Address &) const = default;
};

/// A string as it came from outside: any bytes. Sinks escape it. `truncated`: the source was longer.
struct Text {
  std::string bytes;
  bool truncated = false;
  uint32_t fixed_width = 0;  // comm: 15; 0: none. The default look pads columns of fixed-size strings to it.
  bool operator==(const Text &) const = default;
};

/// A number with a name: an enumerator. `name` is empty when the enumeration has none for it.
struct EnumValue {
  int64_t number = 0;
  std::string name;
  bool operator==(const EnumValue &) const = default;
};

/// Raw bytes: buf().
struct Buffer {
  std::string bytes;
  bool operator==(const Buffer &) const = default;
};

struct TypedValue;

/// (1, "a"); with names a record or a structure: { .a = 1, .b = "x" }.
struct Tuple {
  std::vector<std::string> names;  // empty, or one for each value
  std::vector<TypedValue> values;
  std::vector<Bucket> sketch = {};  // pct(): the buckets that are not empty, from which settle_percentiles() works
  bool operator==(const Tuple &) const;
};

struct Array {
  std::vector<TypedValue> values;
  bool operator==(const Array &) const;
};

/// An address and what lies there. Without a name nothing is known of it. A map may have millions of frames and few
/// functions, so a symbol only points at its texts: they live as long as the session, or are literals in a test.
struct Symbol {
  uint64_t address = 0;
  std::string_view name;    // demangled
  uint64_t offset = 0;      // from the start of the function
  std::string_view module;  // path of the binary, or the kernel's module; may be empty
  std::string_view file;    // source file and line, when they were asked for and are known
  uint32_t line = 0;
  bool inlined = false;  // stands for a call that the compiler dissolved into the next frame
  bool operator==(const Symbol &) const = default;
};

/// Frames from the innermost outwards.
struct Stack {
  /// How people want to read it. In the style `build_id` a frame's name is the build id of its binary, and its offset
  /// counts from the start of that file.
  enum class Style : uint8_t { plain, perf, raw, build_id } style = Style::plain;
  std::vector<Symbol> frames;
  bool user = false;
  bool truncated = false;  // there were more frames than were asked for
  bool lost = false;       // no stack could be recorded
  bool operator==(const Stack &) const = default;
};

using Value = std::variant<int64_t, uint64_t, bool, Text, Address, Histogram, Stats, EnumValue, Buffer, Tuple, Array,
                           Symbol, Stack, TimeSeries>;

/// A value and what its number counts; `show` tells count from sum from average for the machine formats.
struct TypedValue {
  Value value;
  Unit unit = Unit::none;
  Show show = Show::none;
  uint8_t width = 8;  // of an integer: bytes in the script's eyes, which some styles make columns of
  /// Width is how it looks, not what it is.
  bool operator==(const TypedValue &other) const {
    return value == other.value && unit == other.unit && show == other.show;
  }
};

/// The value of pct() from its sketch: `count`, what is named `p50` or `p99.9`, `max`. The sample at a percentage is the
/// middle of its bucket, which is off by half of the bucket's width at the most; the greatest is the end of the last.
void settle_percentiles(Tuple &value);

struct Row {
  std::vector<TypedValue> key;
  TypedValue value;
};

struct Snapshot {
  std::string name;  // "@lat"
  bool keyed = false;
  std::vector<Row> rows;  // sorted: by value ascending, then by key (histograms: by total)
  bool ordered = false;   // in an order that the script asked for, which is not to be changed
  bool taken = false;     // printed and cleared in one step: no later snapshot has these numbers again
};

/// Sort rows as every sink shows them: by value ascending (histograms by total count, stats by average), then by
/// key, column by column, numbers as numbers (unsigned as unsigned), strings bytewise.
void sort_rows(Snapshot &snapshot);

/// The same order as numbers of rows, the first one first; rows stay where they are.
std::vector<size_t> ranks_of(const std::vector<Row> &rows);

/// The order that print(@m, sort=, by=) asks for; of rows that are sorted already.
void order_rows(Snapshot &snapshot, bool descending, bool by_key);

/// The order of rows by their keys alone.
bool key_before(const Row &a, const Row &b);

struct PrintfEvent {
  std::vector<FormatPiece> format;
  std::vector<TypedValue> values;
};
struct ValueEvent {  // print(x, y): the values of one call
  std::vector<TypedValue> values;
};
struct TimeEvent {
  std::string text;  // the strftime result, with the line end that the format has
};

/// What a script says to people, with its place, and what it shows of files and commands.
struct MessageEvent {
  enum class Kind : uint8_t { error, warning, file, command } kind = Kind::error;
  std::string text;
  std::string file;  // of the script; empty: no place is known
  size_t line = 0, column = 0;
};

/// What was lost or went wrong, counted; printed at the end, never per event.
struct Note {
  enum class Kind : uint8_t { lost_events, map_full, missed, fault, child_exit } kind = Kind::lost_events;
  uint64_t count = 0;
  std::string subject;  // map name, probe name, place "slow.awl:3:16"
  std::string message;  // a sentence part: "updates dropped because the map is full"
  std::string help;     // what to do; may be empty
};

/// printf pieces and values to text, byte for byte (not escaped: sinks do that per value where needed: see
/// `escape` — strings are escaped when it is true, which every text sink wants).
std::string render_printf(const std::vector<FormatPiece> &format, const std::vector<TypedValue> &values, bool escape);

/// The plain text of one value, as %v and print() show it: 42, 1.02us for nanoseconds in the awl look, text escaped.
std::string render_value(const TypedValue &value);

}  // namespace awl
