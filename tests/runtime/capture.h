// SPDX-License-Identifier: GPL-2.0-only
// What the tests of sinks share: a sink that writes into memory, and short spellings for values.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sinks/sink.h"
#include "src/base/check.h"
#include "src/base/fd.h"

namespace awl {

/// A sink and the bytes that it writes.
class Capture {
 public:
  explicit Capture(std::string_view format, const SinkOptions &options = {})
      : file_(::memfd_create("capture", MFD_CLOEXEC)), writer_(file_.get()) {
    for (const SinkFormat &row : sink_formats())
      if (row.name == format) sink_ = row.make(writer_, options);
    AWL_CHECK(sink_ != nullptr);
  }
  Sink *operator->() { return sink_.get(); }
  Sink &operator*() { return *sink_; }

  /// All that was written so far.
  std::string text() {
    writer_.flush();
    AWL_CHECK(!writer_.broken());
    std::string content(static_cast<size_t>(::lseek(file_.get(), 0, SEEK_END)), '\0');
    AWL_CHECK(::pread(file_.get(), content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
    return content;
  }

 private:
  Fd file_;
  Writer writer_;
  std::unique_ptr<Sink> sink_;
};

inline TypedValue number(int64_t value, Unit unit = Unit::none) { return {.value = value, .unit = unit}; }
inline TypedValue unsigned_number(uint64_t value, Show show = Show::none) { return {.value = value, .show = show}; }
inline TypedValue address(uint64_t value) { return {.value = Address{value}}; }
inline TypedValue text(std::string bytes, uint32_t fixed_width = 0, bool truncated = false) {
  return {.value = Text{.bytes = std::move(bytes), .truncated = truncated, .fixed_width = fixed_width}};
}
inline TypedValue histogram(std::vector<Bucket> buckets, Histogram::Scale scale = Histogram::Scale::log2,
                            Unit unit = Unit::none) {
  const Show show = scale == Histogram::Scale::log2 ? Show::log2_histogram : Show::linear_histogram;
  return {.value = Histogram{.scale = scale, .unit = unit, .buckets = std::move(buckets)}, .unit = unit, .show = show};
}

/// A bucket with both edges inclusive.
inline Bucket bucket(Wide low, Wide high, int64_t count) { return {.low = low, .high = high, .count = count}; }

}  // namespace awl
