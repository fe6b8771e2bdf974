// SPDX-License-Identifier: GPL-2.0-only
// What a provider of probes must be able to do. One provider is one file in runtime/providers; the compiler gets
// the list as an argument, so it can be tested with a provider made up on the spot and no kernel.
//
// A probe spec says *what*, `resolve` chooses *how*: it parses the spec, expands globs, looks at what the kernel
// really has (by trying, never by version) and answers with groups of targets. All the targets of one group share
// one BPF program; where the program must know which of them fired (`probe`, `func`), it asks a cookie.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/ctypes.h"
#include "lang/type.h"
#include "src/base/diag.h"
#include "src/base/result.h"

struct bpf_program;

namespace awl {

/// A value read straight from the program's context at a fixed offset.
struct ContextLoad {
  uint32_t offset = 0;
  bool operator==(const ContextLoad &) const = default;
};
/// A value that a function of bpf_lib fetches: u64 symbol(void *ctx, u64 immediates...).
struct LibraryCall {
  std::string symbol;
  std::vector<uint64_t> immediates;
  bool operator==(const LibraryCall &) const = default;
};
/// A string or array inside the context at a fixed offset (char comm[16] of a tracepoint).
struct ContextBytes {
  uint32_t offset = 0;
  bool operator==(const ContextBytes &) const = default;
};
/// A string whose place is stored in the context: the low 16 bits of the u32 at `offset` are the offset of the
/// bytes from `base` (0 for __data_loc; the field's own end for __rel_loc).
struct ContextDataLocation {
  uint32_t offset = 0;
  uint32_t base = 0;
  bool operator==(const ContextDataLocation &) const = default;
};
/// A structure whose words lie at these offsets in the context, in this order (one that is passed in registers).
struct ContextWords {
  std::vector<uint32_t> offsets;
  bool operator==(const ContextWords &) const = default;
};
/// A structure in the memory of the traced program is the LibraryCall that gives its address.
using Access = std::variant<ContextLoad, LibraryCall, ContextBytes, ContextDataLocation, ContextWords>;

/// A name that a probe brings: `arg0`, `retval`, or a field of `args`.
struct Field {
  std::string name;  // "arg0", "retval", "args.ret"
  Type type;         // width and sign as it lies in memory
  Access access;
  bool operator==(const Field &) const = default;
};

/// An instruction in a file.
struct CodePlace {
  uint64_t offset = 0;     // of the byte in the file
  uint64_t semaphore = 0;  // likewise: a counter that the kernel raises while a probe is attached; 0: none
  bool operator==(const CodePlace &) const = default;
};

/// One probe to attach.
struct Target {
  std::string name;                    // what `probe` prints: "kprobe:vfs_read"
  std::string function;                // what `func` prints; empty when there is none
  std::string attach;                  // what the provider needs to attach ("sched/sched_switch", "vfs_read", "cpu 3")
  uint64_t number = 0;                 // likewise (a period in ns, a syscall number, a BTF id)
  std::vector<CodePlace> places = {};  // likewise, of the file `attach`: code of one probe may be at several
};

/// How a program finds out which target of its group fired.
enum class Identify : uint8_t {
  constant,  // there is only one, or the body does not ask
  cookie,    // bpf_get_attach_cookie: index of the target in the group
  library,   // the group's `identify_call` returns the index
};

/// Targets that share one BPF program.
struct TargetGroup {
  Span span;              // of the spec in the script
  std::string provider;   // canonical provider name: "kprobe"
  std::string mechanism;  // how it attaches, for -v: "fentry", "kprobe.multi", "kprobe", "raw_tp", "perf" ...
  std::string section;    // libbpf section: "kprobe", "fexit/vfs_read", "raw_tp/sys_enter", "perf_event"
  std::vector<Target> targets;
  std::vector<Field> fields;
  Identify identify = Identify::constant;
  LibraryCall identify_call;
  /// Runs first, with the context; when it returns 0 the probe did not fire (a syscall number that is not wanted).
  std::optional<LibraryCall> guard;
  /// Numbers for the guard and identify_call: a table that the code generator puts into the program's read-only
  /// data and passes to them as (const u16 *table, u64 entries) after ctx. Entry i: 0, or 1 + index of the target.
  std::vector<uint16_t> table;
  bool filters_pids = true;        // -p applies; not to begin, end, interval, which belong to no process
  bool runs_when_stopped = false;  // `end`: runs after exit()
};

/// What the body of a block uses, so that resolve can choose the cheapest mechanism that still has it.
struct BodyUses {
  std::vector<std::string> fields;  // "arg0", "retval", "args.ret"; in order of first use, each once
  bool identity = false;            // `probe` or `func`
  bool all_arguments = false;       // `args` as a whole
  bool registers = false;           // a builtin that looks at them, or that only a kprobe has
  bool stack = false;               // kstack, ustack: what lies on top depends on the mechanism
  bool any() const { return !fields.empty() || all_arguments; }
  bool uses(std::string_view field) const;
};

/// What becomes of a probe that is not there.
enum class MissingProbes : uint8_t { error, warn, ignore };

struct ResolveOptions {
  MissingProbes missing = MissingProbes::error;
  std::string via;  // --via: mechanism to force; empty: choose
  bool unsafe = false;
  size_t programs = 0;  // of the script, so far: some events take few
};

/// One line of a listing and, for -lv, its fields ("    int fd").
struct Listed {
  std::string name;
  std::vector<std::string> details;
};

/// For the manual and --help.
struct ProviderDoc {
  std::string_view name;                  // "kprobe"
  std::vector<std::string_view> aliases;  // "k"
  std::string_view form;                  // "kprobe:[module:]function[+offset]"
  std::string_view summary;
  std::string_view example;  // a whole script
};

/// Keeps a probe attached; dies with it.
class Attachment {
 public:
  virtual ~Attachment() = default;
  /// True when closing takes tens of milliseconds (perf events on tracepoints): the session leaves these to a
  /// background process so that the prompt is back at once.
  virtual bool slow_to_close() const { return false; }
  /// Hits that the kernel did not deliver (kprobe maxactive, recursion), where the link can say it.
  virtual uint64_t missed() const { return 0; }
  /// The kernel's link; -1 when there is none.
  virtual int descriptor() const { return -1; }
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual ProviderDoc doc() const = 0;
  /// `spec.text` starts with one of this provider's names. Mistakes and missing probes go to `diagnostics` with
  /// near matches; a kernel that lacks the mechanism goes to `refused` (main may offer a virtual machine).
  virtual std::vector<TargetGroup> resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                           Diagnostics &diagnostics, std::optional<Error> &refused) const = 0;
  /// Attach the loaded program to every target of its group.
  virtual Result<std::vector<std::unique_ptr<Attachment>>> attach(bpf_program *program,
                                                                  const TargetGroup &group) const = 0;
  /// All probes whose "provider:rest" matches the glob, sorted by name; details only when asked for.
  virtual Result<std::vector<Listed>> list(std::string_view glob, bool details) const = 0;
  /// The structures that the types of its fields name and that the kernel does not know; null: there are none.
  virtual const CTypes *types() const { return nullptr; }
};

using Providers = std::vector<std::unique_ptr<Provider>>;

/// The provider that a spec names (by name or alias, case-insensitive for names; short aliases as written),
/// or null.
const Provider *find_provider(const Providers &providers, std::string_view spec);

}  // namespace awl
