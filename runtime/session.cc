// SPDX-License-Identifier: GPL-2.0-only
// A run, read from top to bottom: load, attach, poll, finish. Each step is a few lines here and a module of its own
// elsewhere: object.cc sizes and loads, rings.cc reads, events.cc decodes, maps.cc merges, losses.cc counts.
#include "runtime/session.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <map>
#include <numeric>
#include <thread>

#include "runtime/consistency.h"
#include "runtime/events.h"
#include "runtime/follow.h"
#include "runtime/joined.h"
#include "runtime/left_out.h"
#include "runtime/libbpf_log.h"
#include "runtime/losses.h"
#include "runtime/maps.h"
#include "runtime/messages.h"
#include "runtime/object.h"
#include "runtime/phases.h"
#include "runtime/rings.h"
#include "runtime/stack_collector.h"
#include "runtime/stacks.h"
#include "runtime/symbols/symbolizer.h"
#include "runtime/walk.h"
#include "runtime/words.h"
#include "src/base/fd.h"

namespace awl {
namespace {

using std::chrono::milliseconds;

/// How long the end of a run waits for a program that has reserved an event and not delivered it yet.
constexpr milliseconds straggler_patience{100};
constexpr milliseconds house_round{1000};  // how often it is looked whether stacks have piled up

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Error damaged_image() {
  return {.what = "the compiled program is damaged",
          .why = "its description does not fit together",
          .help = "compile the script again"};
}

/// What the manifest says of the object is so.
bool has_what_it_names(const Object &object, const Manifest &manifest) {
  auto loaded = [&](const ProgramDescription &program) { return object.program(program.symbol) != nullptr; };
  auto banked = [](const MapDescription &map) { return map.banked; };
  bool any_banked = std::any_of(manifest.maps.begin(), manifest.maps.end(), banked);
  return std::all_of(manifest.programs.begin(), manifest.programs.end(), loaded) &&
         (!any_banked || object.words("awl_banks").size() >= manifest.maps.size());
}

struct Attached {
  const ProgramDescription *program = nullptr;
  std::vector<std::unique_ptr<Attachment>> places;
};

class LiveSession final : public Session {
 public:
  LiveSession(const ProgramImage &image, const Providers &providers, const SessionOptions &options,
              const Source *source)
      : image_(image), manifest_(image.manifest), providers_(providers), options_(options), source_(source) {}

  Status load() override;
  Status follow(std::span<const int> pids) override;
  void set_child(int pid) override {
    if (control_) control_->child = static_cast<uint64_t>(pid);
  }
  Status attach(Sink &sink) override;
  bool poll(Sink &sink, milliseconds timeout) override;
  milliseconds patience() const override { return collector_ && collector_->has_work() ? house_round : milliseconds(-1); }
  int event_fd() const override { return rings_->event_fd(); }
  void signalled(int number) override;
  void finish(Sink &sink, bool print_maps) override;
  Result<Snapshot> snapshot(size_t map) override { return shown(map, false); }
  std::vector<std::string> left_out() const override;
  size_t probe_count() const override;
  bool has_live_probes() const override {
    return std::any_of(manifest_.programs.begin(), manifest_.programs.end(), is_live);
  }
  std::optional<int> exit_code() const override { return exit_code_; }
  const std::vector<Note> &notes() const override { return notes_; }
  std::vector<ProgramStatistics> statistics() const override;
  bool slow_to_close() const override;

 private:
  Status run(const ProgramDescription &program) const;
  Status run_all(bool (*which)(const ProgramDescription &)) const;
  Status attach_program(const ProgramDescription &program);
  Status run_iterators(Sink &sink);
  bool is_stopped() const;
  void consume(Sink &sink);
  void collect_stacks(Sink &sink);
  void drain(Sink &sink);
  void handle(std::span<const std::byte> record);
  void act(const Event &event, Sink &sink);
  Result<Snapshot> shown(size_t map, bool take, int64_t top = 0);
  void add_nothing(size_t map, Snapshot &snapshot) const;
  void print_map(const PrintMapAction &action, Sink &sink);
  void print_joined(const PrintJoinedAction &action, Sink &sink);
  void normalize(const NormalizeAction &action);
  void print_maps_at_end(Sink &sink);
  void complain(const std::string &subject, const Error &error);
  void note_losses();
  Losses losses() const;
  uint64_t missed(const Attached &attached) const;
  bpf_prog_info information(const ProgramDescription &program) const;

  const ProgramImage &image_;
  const Manifest &manifest_;
  const Providers &providers_;
  SessionOptions options_;
  const Source *source_;

  std::optional<Object> object_;
  std::unique_ptr<Symbolizer> symbols_;  // null: the script has no addresses to name
  std::optional<Maps> maps_;
  std::optional<StackCollector> collector_;
  std::optional<EventDecoder> decoder_;
  std::unique_ptr<Rings> rings_;
  awl_control *control_ = nullptr;
  Fd measuring_;  // while it is open, the kernel measures
  std::vector<std::unique_ptr<Attachment>> following_;
  std::vector<Attached> attached_;  // after what it needs: it goes first

  Sink *sink_ = nullptr;  // while records are handed over
  time_t now_ = 0;
  uint64_t handled_ = 0, malformed_ = 0;
  std::optional<int> exit_code_;
  std::map<size_t, int64_t> divisors_;  // of maps that normalize() was said of
  std::map<std::pair<std::string, std::string>, uint64_t> complaints_;  // by subject and message
  std::vector<Note> notes_;
};

Status LiveSession::load() {
  if (options_.measure) measuring_ = Fd(bpf_enable_stats(BPF_STATS_RUN_TIME));
  Result<Object> object = Object::load(image_, {options_.ring_bytes, options_.verbose}, source_);
  if (!object) return object.error();
  if (!has_what_it_names(*object, manifest_)) return damaged_image();
  object_ = std::move(*object);
  control_ = object_->control();
  std::vector<KernelMap> maps;
  for (const MapDescription &map : manifest_.maps) {
    maps.push_back(kernel_map(map));
    maps.back().fd = object_->map_fd(map.symbol);
    maps.back().entries = object_->map_entries(map.symbol);
  }
  AddressKinds addresses = addresses_in(manifest_);
  std::span<uint64_t> tracer_frames = object_->words("awl_tracer_frames");
  if (addresses.any || names_kernel_symbols(manifest_) || !tracer_frames.empty())
    symbols_ = std::make_unique<Symbolizer>(read_stacks_of(*object_), options_.debug_info, addresses.user);
  collector_.emplace(*object_, manifest_, maps);
  maps_.emplace(manifest_, std::move(maps), object_->words("awl_banks"), symbols_.get());
  decoder_.emplace(manifest_, symbols_.get());
  if (!tracer_frames.empty()) tracer_frames[0] = count_tracer_frames(*symbols_);
  if (Status filled = fill_words(manifest_, *object_, symbols_.get()); !filled) return filled;
  auto rings = Rings::open(object_->map_fd("awl_ring"), object_->map_fd("awl_control_ring"),
                           [this](std::span<const std::byte> record) { handle(record); });
  if (!rings) return rings.error();
  rings_ = std::move(*rings);
  return Done{};
}

/// begin and end blocks are attached to nothing; the kernel runs them when asked to, in this very call.
Status LiveSession::run(const ProgramDescription &program) const {
  LibbpfLog log;
  bpf_test_run_opts options{.sz = sizeof options};
  if (bpf_prog_test_run_opts(bpf_program__fd(object_->program(program.symbol)), &options) == 0) return Done{};
  return Error{.what = "cannot run " + program_label(program),
               .why = errno_text(errno),
               .kind = errno == EPERM ? ErrorKind::permission : ErrorKind::unsupported};
}

Status LiveSession::run_all(bool (*which)(const ProgramDescription &)) const {
  for (const ProgramDescription &program : manifest_.programs)
    if (which(program))
      if (Status ran = run(program); !ran) return ran;
  return Done{};
}

Status LiveSession::attach_program(const ProgramDescription &program) {
  auto named = [&](const auto &provider) { return provider->doc().name == program.group.provider; };
  auto provider = std::find_if(providers_.begin(), providers_.end(), named);
  if (provider == providers_.end())
    return Error{.what = "cannot attach " + program_label(program),
                 .why = "there is no provider `" + program.group.provider + "`"};
  LibbpfLog log;
  auto places = (*provider)->attach(object_->program(program.symbol), program.group);
  if (!places) return places.error();
  attached_.push_back({&program, std::move(*places)});
  return Done{};
}

Status LiveSession::follow(std::span<const int> pids) {
  auto following = follow_processes(*object_, pids);
  if (!following) return following.error();
  following_.push_back(std::move(*following));
  return Done{};
}

/// The walks, in the order of the script.
Status LiveSession::run_iterators(Sink &sink) {
  const auto pause = [&] {
    consume(sink);
    return !is_stopped();
  };
  for (const ProgramDescription &program : manifest_.programs) {
    if (!is_iterator(program) || is_stopped()) continue;
    if (Status done = attach_program(program); !done) return done;
    const Attached &iterator = attached_.back();
    for (const auto &place : iterator.places)
      if (Status walked = walk(*place, pause); !walked) return walked;
  }
  return Done{};
}

Status LiveSession::attach(Sink &sink) {
  if (control_) fill_control(*control_);
  if (Status ran = run_all(is_begin); !ran) return ran;
  for (const ProgramDescription &program : manifest_.programs) {
    if (!is_live(program) || is_stopped()) continue;
    if (Status done = attach_program(program); !done) {
      attached_.clear();
      return done;
    }
  }
  if (!following_.empty()) {
    auto forgetting = forget_processes(*object_);
    if (!forgetting) return forgetting.error();
    following_.push_back(std::move(*forgetting));
  }
  return run_iterators(sink);
}

/// exit() in the kernel says so at once; its event may still be on the way.
bool LiveSession::is_stopped() const {
  return exit_code_ || (control_ && std::atomic_ref(control_->stopped).load() != 0);
}

bool LiveSession::poll(Sink &sink, milliseconds timeout) {
  if (!is_stopped() && rings_->empty()) rings_->wait(timeout);
  consume(sink);
  collect_stacks(sink);
  return !is_stopped();
}

void LiveSession::collect_stacks(Sink &sink) {
  if (!collector_->is_due()) return;
  sink_ = &sink;
  if (Status done = collector_->collect([this] { return rings_->consume_sent(straggler_patience); }); !done)
    complain("stacks", done.error());
  sink_ = nullptr;
}

void LiveSession::consume(Sink &sink) {
  sink_ = &sink;
  now_ = time(nullptr);
  rings_->consume();
  sink_ = nullptr;
}

/// Until nothing is left. A record that is reserved and not delivered holds up those behind it; its program needs
/// microseconds, unless its CPU is kept from running by a hypervisor.
void LiveSession::drain(Sink &sink) {
  auto patience_ends = std::chrono::steady_clock::now() + straggler_patience;
  while (!rings_->empty() && std::chrono::steady_clock::now() < patience_ends) {
    uint64_t before = handled_;
    consume(sink);
    if (handled_ == before)
      std::this_thread::sleep_for(milliseconds(1));
    else
      patience_ends = std::chrono::steady_clock::now() + straggler_patience;
  }
}

void LiveSession::handle(std::span<const std::byte> record) {
  handled_++;
  if (const Event *event = decoder_->decode(record, now_))
    act(*event, *sink_);
  else
    malformed_++;
}

void LiveSession::act(const Event &event, Sink &sink) {
  auto try_map = [&](uint32_t map, const Status &done) {
    if (!done) complain(manifest_.maps[map].name, done.error());
  };
  std::visit(Overloaded{
                 [&](const PrintfEvent &e) { sink.printf(e); },
                 [&](const MessageAction &e) { send_message(e, source_, sink); },
                 [&](const ValueEvent &e) { sink.value(e); },
                 [&](const TimeEvent &e) { sink.time(e); },
                 [&](const PrintMapAction &e) { print_map(e, sink); },
                 [&](const PrintJoinedAction &e) { print_joined(e, sink); },
                 [&](const NormalizeAction &e) { normalize(e); },
                 [&](const TruncateAction &e) { try_map(e.map, maps_->truncate(e.map, e.rows)); },
                 [&](const ClearAction &e) { try_map(e.map, maps_->clear(e.map)); },
                 [&](const ZeroAction &e) { try_map(e.map, maps_->zero(e.map)); },
                 [&](const ExitAction &e) { exit_code_ = exit_code_.value_or(e.status); },
             },
             event);
}

/// What is in a map as it is printed: divided, when the script said so.
Result<Snapshot> LiveSession::shown(size_t map, bool take, int64_t top) {
  Result<Snapshot> snapshot = take ? maps_->take(map, top) : maps_->read(map, top);
  if (!snapshot) return snapshot;
  snapshot->taken = take;
  if (const auto found = divisors_.find(map); found != divisors_.end()) divide(*snapshot, found->second);
  return snapshot;
}

/// A rate that is asked for each second is 0 in a second without events, not silence.
void LiveSession::add_nothing(size_t map, Snapshot &snapshot) const {
  if (!snapshot.rows.empty()) return;
  if (std::optional<TypedValue> nothing = value_of_nothing(manifest_.maps[map])) snapshot.rows.push_back({{}, *nothing});
}

void LiveSession::print_map(const PrintMapAction &action, Sink &sink) {
  Result<Snapshot> snapshot = shown(action.map, action.then_clear, action.top);
  if (!snapshot) return complain(manifest_.maps[action.map].name, snapshot.error());
  divide(*snapshot, action.divisor);
  add_nothing(action.map, *snapshot);
  if (action.order.given) order_rows(*snapshot, action.order.descending, action.order.by_key);
  sink.map(*snapshot, true);
}

void LiveSession::print_joined(const PrintJoinedAction &action, Sink &sink) {
  std::vector<Snapshot> maps;
  for (const uint32_t map : action.maps) {
    Result<Snapshot> snapshot = shown(map, action.then_clear);
    if (!snapshot) return complain(manifest_.maps[map].name, snapshot.error());
    add_nothing(map, *snapshot);
    maps.push_back(std::move(*snapshot));
  }
  for_each_joined(maps, action.format, [&sink](const PrintfEvent &line) { sink.printf(line); });
}

void LiveSession::normalize(const NormalizeAction &action) {
  if (action.divisor > 0) {
    divisors_[action.map] = action.divisor;
    return;
  }
  complain(manifest_.maps[action.map].name,
           {.what = "its values cannot be divided", .why = "the divisor of `normalize` was not above 0", .help = {}});
}

void LiveSession::print_maps_at_end(Sink &sink) {
  if (!manifest_.print_maps_at_end) return;
  std::vector<size_t> order(manifest_.maps.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (options_.maps_by_name)
    std::ranges::sort(order, {}, [this](size_t i) -> const std::string & { return manifest_.maps[i].name; });
  for (const size_t i : order) {
    Result<Snapshot> snapshot = shown(i, false);
    if (!snapshot)
      complain(manifest_.maps[i].name, snapshot.error());
    else if (!snapshot->rows.empty())
      sink.map(*snapshot, false);
  }
}

/// A refusal of the machine in the middle of a run does not end it; it is told at the end, and once.
void LiveSession::complain(const std::string &subject, const Error &error) {
  complaints_[{subject, error.what + ": " + error.why}]++;
}

void LiveSession::signalled(int number) {
  for (const ProgramDescription &program : manifest_.programs) {
    const bool is_meant = is_self(program) && program.group.targets.front().number == static_cast<uint64_t>(number);
    if (Status ran = is_meant ? run(program) : Status(Done{}); !ran) complain("self", ran.error());
  }
}

void LiveSession::finish(Sink &sink, bool print_maps) {
  if (control_) std::atomic_ref(control_->stopped).store(1);
  drain(sink);
  if (Status ran = run_all(is_end); !ran) complain("end", ran.error());
  drain(sink);
  if (print_maps) print_maps_at_end(sink);
  note_losses();
  for (const Note &note : notes_) sink.note(note);
}

void LiveSession::note_losses() {
  notes_ = notes_of(losses(), manifest_, source_);
  for (const auto &[what, count] : complaints_)
    notes_.push_back({.kind = Note::Kind::fault,
                      .count = count,
                      .subject = what.first,
                      .message = fmt::format("{}: {}", times(count), what.second),
                      .help = {}});
}

Losses LiveSession::losses() const {
  Losses losses{.malformed = malformed_,
                .map_full = copy_counts(object_->words("awl_map_full")),
                .faults = copy_counts(object_->words("awl_faults"))};
  if (control_) {
    losses.lost_events = std::atomic_ref(control_->lost).load();
    losses.busy = std::atomic_ref(control_->busy).load();
    losses.unfollowed = std::atomic_ref(control_->unfollowed).load();
  }
  if (auto stacks = object_->words("awl_stack_losses"); stacks.size_bytes() >= sizeof(awl_stack_losses)) {
    std::vector<uint64_t> counts = copy_counts(stacks);
    losses.stacks_full = counts[0], losses.stacks_collided = counts[1];
    losses.stacks_unwalked = counts[2], losses.stacks_truncated = counts[3];
    losses.stacks_room = object_->map_entries(shortest_stacks);
  }
  for (const MapDescription &map : manifest_.maps)
    losses.map_entries.push_back(object_->map_entries(map.symbol) / (map.banked ? AWL_BANKS : 1));
  for (const Attached &attached : attached_)
    losses.missed.emplace_back(program_label(*attached.program), missed(attached));
  return losses;
}

/// What links know, and what the kernel counts when a program would have interrupted itself.
uint64_t LiveSession::missed(const Attached &attached) const {
  uint64_t sum = 0;
  for (const auto &place : attached.places) sum += place->missed();
  return sum + information(*attached.program).recursion_misses;
}

/// All zeros when the kernel does not say.
bpf_prog_info LiveSession::information(const ProgramDescription &program) const {
  bpf_prog_info info{};
  uint32_t size = sizeof info;
  if (bpf_prog_get_info_by_fd(bpf_program__fd(object_->program(program.symbol)), &info, &size) != 0) return {};
  return info;
}

std::vector<ProgramStatistics> LiveSession::statistics() const {
  std::vector<ProgramStatistics> rows;
  for (const ProgramDescription &program : manifest_.programs) {
    const bpf_prog_info info = information(program);
    rows.push_back({.probes = program_label(program),
                    .mechanism = program.group.mechanism,
                    .runs = info.run_cnt,
                    .nanoseconds = info.run_time_ns,
                    .missed = info.recursion_misses});
  }
  for (const Attached &attached : attached_)
    rows[static_cast<size_t>(attached.program - manifest_.programs.data())].missed = missed(attached);
  return rows;
}

std::vector<std::string> LiveSession::left_out() const {
  std::vector<std::string> sentences;
  for (const Attached &attached : attached_)
    for (const LeftOut *one : left_out_of(attached.places)) sentences.push_back(one->text);
  return sentences;
}

size_t LiveSession::probe_count() const {
  size_t count = 0;
  for (const Attached &attached : attached_) {
    count += std::max<size_t>(attached.program->group.targets.size(), 1);
    for (const LeftOut *one : left_out_of(attached.places)) count -= one->count;
  }
  return count;
}

bool LiveSession::slow_to_close() const {
  auto slow = [](const auto &place) { return place->slow_to_close(); };
  return std::any_of(attached_.begin(), attached_.end(), [&](const Attached &attached) {
    return std::any_of(attached.places.begin(), attached.places.end(), slow);
  });
}

}  // namespace

std::vector<int> signals_of(const Manifest &manifest) {
  std::vector<int> signals;
  for (const ProgramDescription &program : manifest.programs)
    if (is_self(program)) signals.push_back(static_cast<int>(program.group.targets.front().number));
  return signals;
}

Result<std::unique_ptr<Session>> Session::open(const ProgramImage &image, const Providers &providers,
                                               const SessionOptions &options, const Source *source) {
  if (!is_consistent(image.manifest)) return damaged_image();
  return std::unique_ptr<Session>(std::make_unique<LiveSession>(image, providers, options, source));
}

}  // namespace awl
