// SPDX-License-Identifier: GPL-2.0-only
// A map of a million rows, as text, JSON and CSV: at most two seconds each, and no second copy of it in memory (TAP).
// Says nothing where the compiler did not optimise.
#include <fcntl.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "runtime/sinks/sink.h"
#include "src/base/fd.h"

using namespace awl;

namespace {

constexpr size_t rows = 1'000'000;
constexpr double most_seconds = 2;
constexpr long most_kilobytes = 64 * 1024;

Snapshot large_map() {
  Snapshot map = {.name = "@", .keyed = true};
  map.rows.reserve(rows);
  for (uint64_t i = 0; i < rows; i++)
    map.rows.push_back({{{.value = Text{.bytes = "worker-" + std::to_string(i % 1000), .fixed_width = 15}}, {.value = i}},
                        {.value = i * 7, .show = Show::count}});
  return map;
}

long peak_kilobytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

bool measure(size_t number, const SinkFormat &format, const Snapshot &map) {
  const long before = peak_kilobytes();
  const auto start = std::chrono::steady_clock::now();
  {
    Fd null(open("/dev/null", O_WRONLY | O_CLOEXEC));
    Writer writer(null.get());
    std::unique_ptr<Sink> sink = format.make(writer, {.key_columns = 2});
    sink->start(1);
    sink->map(map, false);
    sink->end();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const long grown = peak_kilobytes() - before;
  const bool holds = took.count() <= most_seconds && grown <= most_kilobytes;
  std::printf("%sok %zu - a million rows as %.*s\n# %.2f s, at most %.0f; %ld MB more, at most %ld\n", holds ? "" : "not ",
              number, static_cast<int>(format.name.size()), format.name.data(), took.count(), most_seconds, grown / 1024,
              most_kilobytes / 1024);
  return holds;
}

}  // namespace

int main() {
#ifndef __OPTIMIZE__
  std::puts("1..0 # SKIP not optimised");
  return 0;
#else
  const Snapshot map = large_map();
  std::puts("1..3");
  bool all = true;
  size_t number = 0;
  for (const SinkFormat &format : sink_formats())
    if (format.name == "text" || format.name == "json" || format.name == "csv") all &= measure(++number, format, map);
  return all ? 0 : 1;
#endif
}
