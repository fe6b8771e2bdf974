// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/verifier.h"

#include <cerrno>
#include <vector>

#include <fmt/format.h>

#include "runtime/object.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// What the verifier says, or part of it, and what that means to someone who wrote a script.
struct Cause {
  std::string_view says;
  std::string_view means;
  std::string_view help;
  ErrorKind kind = ErrorKind::other;
};

/// The first that matches counts.
constexpr Cause causes[] = {
    {"BPF program is too large",
     "the program has more paths than the kernel is willing to follow (1,000,000 instructions)",
     "make the probe's body shorter, or split it into several probes"},
    {"program is too large", "the program has more paths than the kernel is willing to follow (1,000,000 instructions)",
     "make the probe's body shorter, or split it into several probes"},
    {"jumps is too complex", "the program has more branches than the kernel is willing to follow",
     "make the probe's body shorter, or split it into several probes"},
    {"infinite loop detected", "the kernel cannot see that a loop ends", "give the loop a bound that is a number"},
    {"back-edge", "this kernel takes no loops", "write the loop's steps out", ErrorKind::unsupported},
    {"combined stack size", "the program needs more than the 512 bytes of stack that the kernel gives",
     "use shorter strings, or fewer at once"},
    {"invalid write to stack", "the program needs more than the 512 bytes of stack that the kernel gives",
     "use shorter strings, or fewer at once"},
    {"unknown func", "this kernel does not offer a function that the script needs to this kind of probe", "",
     ErrorKind::unsupported},
    {"program of this type cannot use helper",
     "this kernel does not offer a function that the script needs to this kind of probe", "", ErrorKind::unsupported},
    {"invalid func", "this kernel does not have a function that the script needs", "", ErrorKind::unsupported},
    {"_or_null'", "an address is used that may be null", "test the address first: if (p) { ... }"},
    {"invalid mem access 'scalar'", "a plain number is used as an address", ""},
    {"invalid mem access 'inv'", "a plain number is used as an address", ""},
    {"unbounded memory access", "an index or a length has no upper bound that the kernel could see",
     "limit it first, for example with a mask: i & 63"},
    {"unbounded min value", "an index or a length may be negative for all that the kernel can see",
     "limit it first, for example with a mask: i & 63"},
    {"outside of the allowed memory range", "memory beyond the end of an object is accessed",
     "limit the index first, for example with a mask: i & 63"},
    {"outside of the array range", "memory beyond the end of an array is accessed",
     "limit the index first, for example with a mask: i & 63"},
    {"invalid access to map value", "memory beyond the end of a map's value is accessed", ""},
    {"invalid bpf_context access", "this kernel does not let this kind of probe read that argument", "",
     ErrorKind::unsupported},
    {"is not supported", "this kernel lacks something that the script needs", "", ErrorKind::unsupported},
    {"!read_ok", "a value is used before it has been set", ""},
};

/// Kernels give EPERM both to the unprivileged and, through a small RLIMIT_MEMLOCK, to root.
Cause cause_of_errno(int error) {
  switch (error) {
    case EPERM:
      return {"", "the capabilities CAP_BPF and CAP_PERFMON are needed to trace", "run as root: sudo awl ...",
              ErrorKind::permission};
    case ENOMEM:
      return {"", "there is not enough memory for the script's maps", "make them smaller: --max-map-keys N"};
    case E2BIG:
      return {"", "the program or one of its maps is larger than the kernel allows",
              "make maps smaller with --max-map-keys N, or shorten the script"};
    default:
      return {"", "", ""};
  }
}

bool starts_with_number(std::string_view line) {
  size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') digits++;
  return digits > 0 && digits < line.size() && line[digits] == ':';
}

/// Lines of the log that tell of its walk, not of its end.
bool is_trace(std::string_view line) {
  constexpr std::string_view openings[] = {";",        "from ", "processed ", "libbpf:",     "func#",
                                           "Func#",    "R0",    "arg#",       "Validating",  "-- ",
                                           "last_idx", "regs=", "parent ",    "mark_precise"};
  if (line.empty() || starts_with_number(line)) return true;
  for (std::string_view opening : openings)
    if (line.starts_with(opening)) {
      // "R0=..." is a state; "R0 invalid mem access" is a sentence.
      if (opening != "R0") return true;
      return line.find('=') < line.find(' ');
    }
  return false;
}

std::string_view part_between(std::string_view text, std::string_view before, std::string_view after) {
  size_t begin = text.find(before);
  if (begin == text.npos) return {};
  begin += before.size();
  size_t end = text.find(after, begin);
  return end == text.npos ? std::string_view{} : text.substr(begin, end - begin);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// "; TEXT @ NAME:LINE", the form of kernels that say the place. The text itself may contain an @. Quotations of
/// awl's own library look the same, but for the name.
bool parse_place(std::string_view line, const Source &source, Refusal &refusal) {
  size_t at = line.rfind(" @ "), colon = line.rfind(':');
  if (at == line.npos || colon == line.npos || colon < at) return false;
  std::string_view file = line.substr(at + 3, colon - at - 3);
  if (base_name(file) != base_name(source.name)) return false;
  refusal.place = fmt::format("{}{}", source.name, line.substr(colon));
  refusal.line_text = trim(line.substr(2, at - 2));
  return true;
}

/// The form of kernels that only quote.
void find_by_text(std::string_view line, const Source &source, Refusal &refusal) {
  std::string_view quoted = trim(line.substr(1));
  uint32_t number = 0;
  for (std::string_view candidate : split(source.text, '\n')) {
    number++;
    if (quoted.empty() || trim(candidate) != quoted) continue;
    refusal.place = fmt::format("{}:{}", source.name, number);
    refusal.line_text = quoted;
    return;
  }
}

void read_line(std::string_view line, const Source *source, Refusal &refusal) {
  if (line.starts_with("; ") && source) {
    if (!parse_place(line, *source, refusal)) find_by_text(line, *source, refusal);
    return;
  }
  if (!is_trace(line)) refusal.kernel_says = line;
}

Cause find_cause(const Refusal &refusal, int error) {
  if (refusal.kernel_says.empty()) return cause_of_errno(error);
  for (const Cause &cause : causes)
    if (refusal.kernel_says.find(cause.says) != std::string::npos) return cause;
  return {};
}

}  // namespace

Refusal explain_refusal(std::string_view log, int error, const Source *source) {
  constexpr std::string_view log_begin = "-- BEGIN PROG LOAD LOG --\n", log_end = "-- END PROG LOAD LOG --";
  Refusal refusal;
  // libbpf tells of the program before and after the log: "prog 'NAME': BPF program load failed: ...".
  std::string_view verifier_log = part_between(log, log_begin, log_end);
  if (log.find("program load failed") != log.npos || !verifier_log.empty())
    refusal.program = part_between(log, "prog '", "'");
  for (std::string_view line : split(verifier_log, '\n')) read_line(trim(line), source, refusal);
  Cause cause = find_cause(refusal, error);
  refusal.reason = cause.means;
  refusal.help = cause.help;
  refusal.kind = cause.kind;
  if (refusal.reason.empty()) refusal.reason = errno_text(error);
  return refusal;
}

Error refusal_error(const Refusal &refusal, const Manifest &manifest, std::string_view log, bool verbose) {
  std::string subject = "the script";
  for (const ProgramDescription &program : manifest.programs)
    if (!refusal.program.empty() && program.symbol == refusal.program) subject = program_label(program);
  Error error{.what = fmt::format("the kernel refuses {}", subject),
              .why = refusal.reason,
              .help = refusal.help,
              .kind = refusal.kind};
  if (!refusal.place.empty()) error.what += fmt::format(" at {}, `{}`", refusal.place, escape_text(refusal.line_text));
  if (!refusal.kernel_says.empty()) error.why += fmt::format(" (`{}`)", escape_text(refusal.kernel_says));
  if (verbose) error.why += fmt::format("\n{}", log);
  return error;
}

}  // namespace awl
