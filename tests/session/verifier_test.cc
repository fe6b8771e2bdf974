// SPDX-License-Identifier: GPL-2.0-only
// Logs as libbpf prints them, to errors as people read them. Whole texts are compared.
#include <cerrno>

#include <doctest/doctest.h>

#include "runtime/verifier.h"

using namespace awl;

namespace {

std::string libbpf_log(const std::string &verifier_log) {
  return "libbpf: prog 'probe_1': BPF program load failed: Permission denied\n"
         "libbpf: prog 'probe_1': -- BEGIN PROG LOAD LOG --\n" +
         verifier_log +
         "processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1\n"
         "-- END PROG LOAD LOG --\n"
         "libbpf: prog 'probe_1': failed to load: -13\n"
         "libbpf: failed to load object 'awl'\n";
}

Manifest manifest_with_probe(size_t targets) {
  Manifest manifest;
  ProgramDescription program{.symbol = "probe_1", .group = {}};
  for (size_t i = 0; i < targets; i++)
    program.group.targets.push_back({.name = "kprobe:f" + std::to_string(i), .function = {}, .attach = {}});
  manifest.programs = {program};
  return manifest;
}

const Source script{"x/slow.awl", "kprobe:f0 {\n  @x = arg0[i];\n}\n"};

std::string explained(const std::string &log, int error = EACCES, bool verbose = false) {
  return render(refusal_error(explain_refusal(log, error, &script), manifest_with_probe(1), log, verbose), false);
}

}  // namespace

TEST_CASE("the script's line is the last that the log quotes, lines of the library do not count") {
  CHECK(explained(libbpf_log("0: R1=ctx() R10=fp0\n"
                             "; kprobe:f0 { @ slow.awl:1\n"
                             "0: (bf) r6 = r1\n"
                             "; @x = arg0[i]; @ slow.awl:2\n"
                             "1: (71) r3 = *(u8 *)(r1 +0)\n"
                             "; return cells[slot]; @ aggregate.c:88\n"
                             "2: (71) r3 = *(u8 *)(r1 +0)\n"
                             "R1 unbounded memory access, make sure to bounds check any such access\n")) ==
        "error: the kernel refuses kprobe:f0 at x/slow.awl:2, `@x = arg0[i];`: an index or a length has no upper bound "
        "that the kernel could see (`R1 unbounded memory access, make sure to bounds check any such access`)\n"
        "help: limit it first, for example with a mask: i & 63\n");
}

TEST_CASE("kernels that quote without a place are understood by the text") {
  CHECK(
      explained(libbpf_log("; @x = arg0[i];\n"
                           "1: (71) r3 = *(u8 *)(r1 +0)\n"
                           "; return cells[slot];\n"
                           "R0 invalid mem access 'map_value_or_null'\n")) ==
      "error: the kernel refuses kprobe:f0 at x/slow.awl:2, `@x = arg0[i];`: an address is used that may be null (`R0 "
      "invalid mem access 'map_value_or_null'`)\n"
      "help: test the address first: if (p) { ... }\n");
}

TEST_CASE("known causes have words") {
  auto reason = [](const std::string &sentence) {
    return explain_refusal(libbpf_log(sentence + "\n"), EINVAL, nullptr).reason;
  };
  CHECK(reason("BPF program is too large. Processed 1000001 insn") ==
        "the program has more paths than the kernel is willing to follow (1,000,000 instructions)");
  CHECK(reason("combined stack size of 2 calls is 544. Too large") ==
        "the program needs more than the 512 bytes of stack that the kernel gives");
  CHECK(reason("invalid write to stack R10 off=-520 size=8") ==
        "the program needs more than the 512 bytes of stack that the kernel gives");
  CHECK(reason("program of this type cannot use helper bpf_d_path#147") ==
        "this kernel does not offer a function that the script needs to this kind of probe");
  CHECK(reason("unknown func bpf_get_attach_cookie#174") ==
        "this kernel does not offer a function that the script needs to this kind of probe");
  CHECK(reason("R2 unbounded min value is not allowed") ==
        "an index or a length may be negative for all that the kernel can see");
  CHECK(reason("something nobody has seen yet") == "invalid argument");
}

TEST_CASE("a kernel that lacks something is told from a script that is wrong") {
  CHECK(explain_refusal(libbpf_log("unknown func bpf_loop#181\n"), EINVAL, nullptr).kind == ErrorKind::unsupported);
  CHECK(explain_refusal(libbpf_log("R2 unbounded min value\n"), EINVAL, nullptr).kind == ErrorKind::other);
}

TEST_CASE("without a log the errno speaks") {
  CHECK(explained("libbpf: Error in bpf_object__probe_loading():Operation not permitted(1).\n", EPERM) ==
        "error: the kernel refuses the script: the capabilities CAP_BPF and CAP_PERFMON are needed to trace\n"
        "help: run as root: sudo awl ...\n");
  CHECK(explain_refusal("", EPERM, nullptr).kind == ErrorKind::permission);
  CHECK(explained("libbpf: map 'm': failed to create: Cannot allocate memory(-12)\n", ENOMEM) ==
        "error: the kernel refuses the script: there is not enough memory for the script's maps\n"
        "help: make them smaller: --max-map-keys N\n");
}

TEST_CASE("what the log quotes cannot play with the terminal") {
  Source hostile{"t.awl", "printf(\"\x1b[2J\");"};
  std::string log = libbpf_log("; printf(\"\x1b[2J\");\nR2 unbounded min value\n");
  std::string text =
      render(refusal_error(explain_refusal(log, EACCES, &hostile), manifest_with_probe(2), log, false), false);
  CHECK(text.find('\x1b') == text.npos);
  CHECK(text.starts_with("error: the kernel refuses kprobe:f0 and 1 more at t.awl:1, `printf(\"\\x1b[2J\");`: "));
}

TEST_CASE("verbose adds the whole log, hostile and cut-off logs do no harm") {
  std::string log = libbpf_log("R2 unbounded min value\n");
  CHECK(explained(log, EACCES, true).find("\n" + log) != std::string::npos);
  for (size_t size = 0; size < log.size(); size++)
    explain_refusal(std::string_view(log).substr(0, size), EINVAL, &script);
  CHECK(explain_refusal(libbpf_log(";\n; \n; @ \n; @ :\n; x @ slow.awl:\n"), EINVAL, &script).reason ==
        "invalid argument");
}
