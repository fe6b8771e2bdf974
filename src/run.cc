// SPDX-License-Identifier: GPL-2.0-only
// One run, phase by phase: text, image, kernel, events, end. A kernel that cannot do it is no failure yet: the same
// command goes to a virtual machine whose kernel can.
#include "src/run.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "lang/tidy.h"
#include "runtime/child.h"
#include "runtime/abilities.h"
#include "runtime/kernel.h"
#include "runtime/kernel_types.h"
#include "runtime/phases.h"
#include "runtime/providers/providers.h"
#include "runtime/session.h"
#include "runtime/stacks.h"
#include "runtime/sinks/style.h"
#include "src/base/fd.h"
#include "src/base/text.h"
#include "src/output.h"
#include "src/script.h"
#include "src/top.h"
#include "src/vm.h"

namespace awl {
namespace {

/// The exit status of --strict when something is missing from the results.
constexpr int not_all_counted = 3;

void say(const std::string &text) { std::fprintf(stderr, "awl: %s\n", text.c_str()); }

/// $1 and so on, and what getopt() looks for.
Parameters parameters_of(const Options &options) {
  size_t skip = options.expression ? 0 : std::min<size_t>(1, options.positional.size());
  return {options.positional.begin() + static_cast<ptrdiff_t>(skip), options.positional.end()};
}

/// BPFTRACE_MAX_STRLEN=200 and its like.
std::vector<std::pair<std::string, std::string>> settings_of_environment() {
  std::vector<std::pair<std::string, std::string>> settings;
  for (char **word = environ; word && *word; word++) {
    std::string_view text = *word;
    size_t equals = text.find('=');
    if (text.starts_with("BPFTRACE_") && equals != text.npos)
      settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return settings;
}

CompileOptions compile_options(const Options &options, const CTypes &kernel_types) {
  CompileOptions result;
  result.parameters = parameters_of(options);
  result.named = take_named(result.parameters);
  result.pids = options.pids;
  result.follow = options.follow;
  result.environment = settings_of_environment();
  result.max_strlen = options.max_strlen;
  result.most_frames = most_frames();
  result.map_capacity = options.map_capacity;
  result.atomic_compare = can_compare_atomically() || geteuid() != 0;  // who may not try may not run it either
  result.loop_calls = [] { return can_call_loops() || geteuid() != 0; };
  result.types = &kernel_types;
  result.resolve.via = options.via;
  result.resolve.unsafe = options.unsafe;
  return result;
}

/// Everything that can wake the loop beside the rings.
struct Wakers {
  Fd signals;
  std::vector<Fd> processes;  // -p
};

Result<Wakers> make_wakers(const Options &options, const Manifest &manifest) {
  Wakers wakers;
  sigset_t wanted;
  sigemptyset(&wanted);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&wanted, signal);
  for (int signal : signals_of(manifest)) sigaddset(&wanted, signal);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  wakers.signals = Fd(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  for (int pid : options.pids) {
    Fd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!process)
      return Error{fmt::format("cannot trace process {}", pid),
                   errno == ESRCH ? "there is no such process" : errno_text(errno), "`ps -e` lists the processes"};
    wakers.processes.push_back(std::move(process));
  }
  return wakers;
}

/// The results are on their way out; whoever presses Ctrl-C again does not want them. The first one, which ended the
/// tracing, is still pending until it is read.
void let_signals_through(const Wakers &wakers) {
  signalfd_siginfo taken;
  while (::read(wakers.signals.get(), &taken, sizeof(taken)) > 0) continue;
  struct sigaction action = {};
  action.sa_handler = [](int) { _exit(1); };
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  sigset_t wanted;
  sigemptyset(&wanted);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&wanted, signal);
  sigprocmask(SIG_UNBLOCK, &wanted, nullptr);
}

/// Signals that the script has blocks for are handed to it. False when there was another, which ends the run.
bool only_for_the_script(Session &session, const Wakers &wakers) {
  signalfd_siginfo taken;
  while (::read(wakers.signals.get(), &taken, sizeof(taken)) == sizeof(taken)) {
    const int number = static_cast<int>(taken.ssi_signo);
    if (number == SIGINT || number == SIGTERM || number == SIGHUP) return false;
    session.signalled(number);
  }
  return true;
}

/// --top: the map that is watched.
struct Live {
  Live(size_t which, bool on_terminal) : map(which), view(on_terminal) {}
  size_t map;
  LiveView view;
  void refresh(Session &session, Sink &sink) {
    if (view.until_next().count() > 0) return;
    if (auto now = session.snapshot(map)) view.show(*now, sink);
  }
};

/// Blocks for begin and end, which are attached to nothing.
size_t own_blocks(const Manifest &manifest) {
  return static_cast<size_t>(std::ranges::count_if(
      manifest.programs, [](const ProgramDescription &program) { return is_begin(program) || is_end(program); }));
}

/// Until a signal, the end of the child or of all traced processes, exit(), a closed pipe, or the key q. True when it
/// was the child.
bool trace(Session &session, Sink &sink, Writer &writer, const Wakers &wakers, Child *child, Live *live) {
  std::vector<pollfd> watched = {{session.event_fd(), POLLIN, 0}, {wakers.signals.get(), POLLIN, 0}};
  if (child) watched.push_back({child->pidfd(), POLLIN, 0});
  size_t first_process = watched.size();
  for (const Fd &process : wakers.processes) watched.push_back({process.get(), POLLIN, 0});
  const size_t keyboard = watched.size();
  watched.push_back({live ? live->view.input() : -1, POLLIN, 0});
  Sink &printed = live && live->view.on_terminal() ? live->view.tail() : sink;
  size_t left = wakers.processes.size();
  while (session.poll(printed, std::chrono::milliseconds(0))) {
    if (live) live->refresh(session, sink);
    writer.flush();
    if (writer.broken()) return false;
    const int patience = live ? static_cast<int>(live->view.until_next().count())
                              : static_cast<int>(session.patience().count());
    if (::poll(watched.data(), watched.size(), patience) < 0 && errno != EINTR) return false;
    if (child && watched[2].revents) return true;
    if (watched[1].revents && !only_for_the_script(session, wakers)) return false;
    if (watched[keyboard].revents && !live->view.keys()) return false;
    for (size_t i = first_process; i < keyboard; i++)
      if (watched[i].revents) {
        watched[i].fd = -1;
        if (--left == 0) return false;
      }
  }
  return false;
}

/// Closing perf events takes the kernel tens of milliseconds each, and whoever lets go of them last has to wait: a child
/// that shares them, and stays until we are gone.
void detach_in_background(const Session &session) {
  if (!session.slow_to_close()) return;
  const Fd parent(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  if (!parent || fork() != 0) return;
  setsid();
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
  pollfd gone = {parent.get(), POLLIN, 0};
  while (::poll(&gone, 1, -1) < 0 && errno == EINTR) continue;
  _exit(0);
}

/// What each program did, for --stats.
std::string table(const std::vector<ProgramStatistics> &rows) {
  size_t width = 5;
  for (const ProgramStatistics &row : rows) width = std::max(width, row.probes.size());
  std::string text =
      fmt::format("{:<{}}  {:<15} {:>10} {:>8} {:>8}\n", "probe", width, "by", "runs", "ns/run", "missed");
  for (const ProgramStatistics &row : rows)
    text += fmt::format("{:<{}}  {:<15} {:>10} {:>8} {:>8}\n", row.probes, width, row.mechanism, row.runs,
                        row.runs ? row.nanoseconds / row.runs : 0, row.missed);
  return text;
}

/// For --no-warnings.
Diagnostics errors_of(const Diagnostics &all) {
  Diagnostics errors;
  for (const Diagnostic &one : all.all()) {
    if (one.severity != Severity::error) continue;
    auto draft = errors.error(one.at, "{}", one.message);
    for (const Label &label : one.labels) draft.label(label.at, "{}", label.text);
    if (!one.help.empty()) draft.help("{}", one.help);
  }
  return errors;
}

/// The map that --top names, or the first one.
Result<size_t> map_to_watch(const Manifest &manifest, const std::string &name) {
  const std::string wanted = name.starts_with('@') ? name : "@" + name;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < manifest.maps.size(); i++) {
    if (name.empty() || manifest.maps[i].name == wanted) return i;
    names.push_back(manifest.maps[i].name);
  }
  if (names.empty()) return Error{"--top has nothing to show", "the script has no map", "", ErrorKind::usage};
  auto near = did_you_mean(wanted, names);
  return Error{fmt::format("the script has no map `{}`", escape_text(wanted)), "",
               near ? fmt::format("did you mean `{}`?", *near) : "", ErrorKind::usage};
}

class Run {
 public:
  Run(const Options &options, int argc, char **argv) : options_(options), argc_(argc), argv_(argv) {}
  int operator()();

 private:
  std::optional<Compiled> compile_source();
  int refused(const Error &error);
  int end(Session &session, Sink &sink, Writer &writer, const Wakers &wakers, Child *child, bool child_ended);
  void show_plan(const Manifest &manifest);

  const Options &options_;
  int argc_;
  char **argv_;
  Source source_;
  Providers providers_;
  std::unique_ptr<CTypes> kernel_types_;
  Timers timers_;
  std::optional<Error> refused_;
};

std::optional<Compiled> Run::compile_source() {
  Diagnostics diagnostics;
  providers_ = make_providers(this_kernel(), {options_.pids, options_.follow});
  kernel_types_ = make_kernel_types(this_kernel());
  auto compiled =
      compile(source_, providers_, compile_options(options_, *kernel_types_), options_.dump, diagnostics, refused_, timers_);
  // Where another kernel is going to run the script, that run tells the warnings.
  if (!options_.warnings) diagnostics = errors_of(diagnostics);
  if (diagnostics.failed() || !refused_) std::fputs(diagnostics.render(source_, console().colour).c_str(), stderr);
  return compiled;
}

/// The machine said no. Where another kernel would say yes, that kernel is asked.
int Run::refused(const Error &error) {
  bool looks_only = options_.dump != Stage::none || options_.dry_run;
  if (error.kind != ErrorKind::unsupported || looks_only || !options_.allow_vm || inside_vm() || !options_.pids.empty())
    return fail(error);
  say(fmt::format("{}: {}; running it in a virtual machine (--no-vm to refuse)", error.what, error.why));
  return fail(exec_in_vm(options_, argc_, argv_));
}

void Run::show_plan(const Manifest &manifest) {
  for (const ProgramDescription &program : manifest.programs) {
    const auto &targets = program.group.targets;
    std::string more = targets.size() > 1 ? fmt::format(" and {} more", targets.size() - 1) : "";
    say(fmt::format("{}{} by {}", targets[0].name, more, program.group.mechanism));
  }
}

int Run::end(Session &session, Sink &sink, Writer &writer, const Wakers &wakers, Child *child, bool child_ended) {
  let_signals_through(wakers);
  if (!options_.quiet) std::fputs(std::string(find_style(options_.style)->stopping).c_str(), stderr);
  session.finish(sink, true);
  sink.end();
  writer.flush();
  if (std::string left_out = sink.left_out(); !left_out.empty())
    say(fmt::format("warning: {}: {}", options_.format, left_out));
  int status = session.exit_code().value_or(0);
  for (const Note &note : session.notes()) {
    say(fmt::format("warning: {}: {} {}", note.subject, note.count, note.message));
    if (!note.help.empty()) std::fprintf(stderr, "help: %s\n", note.help.c_str());
  }
  if (child && child_ended) {
    ChildEnd ended = child->wait();
    if (ended.status != 0) say(fmt::format("`{}` {}", escape_text(*options_.command), ended.text));
    if (!session.exit_code()) status = ended.status;
  } else if (child) {
    child->terminate();
  }
  if (writer.broken() && writer.error() != EPIPE) {
    return fail({options_.output.empty() ? "cannot write the output"
                                         : fmt::format("cannot write `{}`", escape_text(options_.output)),
                 errno_text(writer.error()), ""});
  }
  if (options_.stats) std::fputs((timers_.render() + table(session.statistics())).c_str(), stderr);
  detach_in_background(session);
  return options_.strict && status == 0 && !session.notes().empty() ? not_all_counted : status;
}

int Run::operator()() {
  // Text.
  timers_.phase("read");
  auto source = read_source(options_);
  if (!source) return fail(source.error());
  source_ = std::move(*source);

  // Image.
  auto compiled = compile_source();
  if (!compiled) return refused_ ? refused(*refused_) : 1;
  if (compiled->help) {
    std::fputs(compiled->help->c_str(), stdout);
    return 0;
  }
  auto output = OutputFile::open(options_.output);
  if (!output) return fail(output.error());
  Writer writer(output->fd());
  if (options_.dump != Stage::none) {
    if (options_.dump == Stage::elf)
      writer.write({reinterpret_cast<const char *>(compiled->image.elf.data()), compiled->image.elf.size()});
    writer.write(compiled->dump);
    writer.flush();
    if (Status committed = output->commit(); !committed) return fail(committed.error());
    if (options_.stats) std::fputs(timers_.render().c_str(), stderr);
    return 0;
  }
  if (options_.verbose) show_plan(compiled->image.manifest);

  // Kernel. The child waits until every probe is attached, and is not there at all while anything can be wrong.
  auto wakers = make_wakers(options_, compiled->image.manifest);
  if (!wakers) return fail(wakers.error());
  std::optional<size_t> top_map;
  if (options_.top) {
    auto found = map_to_watch(compiled->image.manifest, *options_.top);
    if (!found) return fail(found.error());
    top_map = *found;
  }
  std::unique_ptr<Sink> sink = make_sink(writer, options_, source_, most_key_columns(compiled->image.manifest));
  const Style &style = *find_style(options_.style);
  timers_.phase("load");
  SessionOptions session_options;
  session_options.verbose = options_.verbose;
  session_options.maps_by_name = style.maps_by_name;
  session_options.debug_info = options_.debug_info;
  session_options.measure = options_.stats;
  auto session = Session::open(compiled->image, providers_, session_options, &source_);
  if (!session) return refused(session.error());
  if (Status loaded = (*session)->load(); !loaded) return refused(loaded.error());
  if (options_.dry_run) return 0;
  std::optional<Child> child;
  if (options_.command) {
    auto started = Child::start(*options_.command);
    if (!started) return fail(started.error());
    child.emplace(std::move(*started));
  }
  timers_.phase("attach");
  std::vector<int> followed = options_.pids;
  if (child) followed.push_back(child->pid());
  if (child) (*session)->set_child(child->pid());
  if (Status following = options_.follow ? (*session)->follow(followed) : Status(Done{}); !following)
    return refused(following.error());
  if (Status attached = (*session)->attach(*sink); !attached) return refused(attached.error());
  timers_.stop();
  if (options_.warnings)
    for (const std::string &sentence : (*session)->left_out()) say("warning: " + sentence);

  // Events, until the end.
  bool child_ended = false;
  const size_t probes = (*session)->probe_count() + (style.counts_all ? own_blocks(compiled->image.manifest) : 0);
  sink->start(probes);
  if ((*session)->has_live_probes() || style.counts_all) {
    if (!options_.quiet)
      std::fputs(style
                     .active(probes, {.script_name = source_.name, .script = source_.text},
                             console().terminal && !child)
                     .c_str(),
                 stderr);
  }
  if ((*session)->has_live_probes()) {
    if (child)
      if (Status released = child->release(); !released) return fail(released.error());
    std::optional<Live> live;
    if (top_map) live.emplace(*top_map, options_.output.empty() && options_.format == "text" && isatty(STDOUT_FILENO));
    child_ended = trace(**session, *sink, writer, *wakers, child ? &*child : nullptr, live ? &*live : nullptr);
  } else {
    (*session)->poll(*sink, std::chrono::milliseconds(0));
  }
  int status = end(**session, *sink, writer, *wakers, child ? &*child : nullptr, child_ended);
  if (writer.broken()) output->discard();
  if (Status committed = output->commit(); !committed) status = fail(committed.error());
  std::fflush(nullptr);
  _exit(status);  // the kernel takes everything down faster than destructors would
}

}  // namespace

Console console() {
  bool terminal = isatty(STDERR_FILENO) || vm_has_terminal();
  const char *no_colour = getenv("NO_COLOR");
  return {terminal && !(no_colour && *no_colour), terminal};
}

int fail(const Error &error) {
  std::fputs(render(error, console().colour).c_str(), stderr);
  return error.kind == ErrorKind::usage ? 2 : 1;
}

int print_tidy(const Options &options) {
  Result<Source> source = read_source(options);
  if (!source) return fail(source.error());
  Diagnostics diagnostics;
  Parameters parameters = parameters_of(options);
  take_named(parameters);
  parse(*source, parameters, diagnostics);
  if (diagnostics.failed()) {
    std::fputs(diagnostics.render(*source, console().colour).c_str(), stderr);
    return 1;
  }
  auto output = OutputFile::open(options.output);
  if (!output) return fail(output.error());
  Writer writer(output->fd());
  writer.write(tidy(*source));
  writer.flush();
  if (Status committed = output->commit(); !committed) return fail(committed.error());
  return 0;
}

int run_script(const Options &options, int argc, char **argv) { return Run(options, argc, argv)(); }

}  // namespace awl
