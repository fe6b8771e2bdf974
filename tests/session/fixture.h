// SPDX-License-Identifier: GPL-2.0-only
// What the session's tests share: the hand-made object, a manifest that fits it, a provider that attaches it and a
// sink that remembers.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lang/image.h"
#include "lang/provider.h"
#include "runtime/session.h"
#include "runtime/sinks/sink.h"

namespace awl::test {

/// Indices into the manifest of fixture_image().
enum FixtureMap : uint32_t { m_slot, m_hash, m_count, m_stats, m_banked, m_banked_keys, m_small };

/// The object compiled from tests/session/NAME.bpf.c.
std::vector<std::byte> read_object(const std::string &name);

/// All maps; event 0 is a printf with all kinds of columns, event 1 is `second`.
ProgramImage fixture_image(EventDescription second);
EventDescription bare_event(EventKind kind, uint32_t map = 0);

/// One provider, `fake`, that attaches raw tracepoints.
Providers fixture_providers();

class MemorySink final : public Sink {
 public:
  void map(const Snapshot &snapshot, bool asked) override { maps.push_back({snapshot, asked}); }
  void printf(const PrintfEvent &event) override { printed.push_back(event); }
  void value(const ValueEvent &event) override { values.push_back(event); }
  void time(const TimeEvent &event) override { times.push_back(event); }
  void note(const Note &note) override { notes.push_back(note); }

  struct Shown {
    Snapshot snapshot;
    bool asked;
  };
  /// The snapshots of one map.
  std::vector<Snapshot> of(const std::string &name) const;

  std::vector<Shown> maps;
  std::vector<PrintfEvent> printed;
  std::vector<ValueEvent> values;
  std::vector<TimeEvent> times;
  std::vector<Note> notes;
};

/// A loaded and attached session over the fixture. The caller's requirements fail when it cannot be had.
std::unique_ptr<Session> start_fixture(const ProgramImage &image, const Providers &providers, Sink &sink,
                                       const SessionOptions &options = {});

/// Number of rows' values added up: counts.
uint64_t sum_of(const Snapshot &snapshot);

bool is_root();

}  // namespace awl::test
