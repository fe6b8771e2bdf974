// SPDX-License-Identifier: GPL-2.0-only
// From text to BPF object: every builtin's example, and shapes that strain stack, records and tables. Whether the
// kernel takes what comes out is for tests/kernel.
#include <doctest/doctest.h>

#include <chrono>
#include <cstring>

#include "lang/cdecl.h"
#include "lang/compile.h"
#include "tests/lang/fake_provider.h"

using namespace awl;
using namespace awl::test;

namespace {

Providers all_providers() {
  return fake_providers({{.name = "begin", .section = "raw_tp", .fields = {}},
                         {.name = "end", .section = "raw_tp", .fields = {}},
                         {.name = "interval", .section = "perf_event", .fields = {}},
                         {.name = "profile", .section = "perf_event", .fields = {}},
                         {.name = "raw", .section = "raw_tp"},
                         {.name = "tracepoint", .section = "tp"},
                         {.name = "kprobe", .section = "kprobe", .targets = 3},
                         {.name = "kretprobe", .section = "kretprobe"},
                         {.name = "fentry", .section = "fentry/f"},
                         {.name = "uprobe", .section = "uprobe"},
                         {.name = "fake"}});
}

struct Outcome {
  std::string complaints;
  std::optional<Compiled> compiled;
  bool is_elf() const {
    return compiled && compiled->image.elf.size() > 4 && std::memcmp(compiled->image.elf.data(), "\177ELF", 4) == 0;
  }
};

Outcome compiled(std::string script, Stage stage = Stage::none) {
  Source source{"t.awl", std::move(script)};
  Diagnostics diagnostics;
  std::optional<Error> refused;
  Timers timers;
  Outcome outcome;
  // What the examples ask of the kernel's structures.
  Source declarations{"kernel.h",
                      "struct path { void *mnt, *dentry; }; struct fs_struct { struct path pwd; };"
                      "struct task_struct { int tgid; struct fs_struct *fs; };"};
  DeclaredTypes types;
  types.declare(declarations, {0, static_cast<uint32_t>(declarations.text.size())}, diagnostics);
  CompileOptions options;
  options.types = &types;
  options.resolve.unsafe = true;
  outcome.compiled = compile(source, all_providers(), options, stage, diagnostics, refused, timers);
  outcome.complaints = diagnostics.render(source, false);
  return outcome;
}

std::string repeat(int count, std::string (*piece)(int), std::string_view between = "") {
  std::string text;
  for (int i = 0; i < count; i++) text += fmt::format("{}{}", i == 0 ? "" : between, piece(i));
  return text;
}

std::string some_string(int i) {
  if (i % 3 == 0) return "comm";
  return i % 3 == 1 ? fmt::format("str(arg0, {}0)", i) : fmt::format("\"s{}\"", i);
}

/// Compiles, and in a time that is long even for a slow machine with sanitizers.
void check_compiles(std::string script) {
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = compiled(std::move(script));
  CHECK(outcome.complaints == "");
  CHECK(outcome.is_elf());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

}  // namespace

TEST_CASE("the example of every builtin compiles") {
  for (const Builtin &row : builtins()) {
    CAPTURE(row.name);
    check_compiles(std::string(row.example));
  }
}

TEST_CASE("every operator compiles") {
  for (const char *op :
       {"+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "==", "!=", "<", "<=", ">", ">=", "&&", "||"})
    check_compiles(
        fmt::format("fake:x {{ @a = arg0 {0} retval; @b = retval {0} 3; @c = 3 {0} arg0; @d = 5 {0} 3; }}", op));
  for (const char *op : {"+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"})
    check_compiles(fmt::format("fake:x {{ @a {0}= retval; @k[comm] {0}= 3; $x = arg0; $x {0}= pid; @x = $x; }}", op));
  check_compiles(
      "fake:x { @a = -arg0; @b = ~retval; @c = !pid; @d++; ++@e[pid]; $x = 1; $x--; --$x; @f = $x; @g = $x++; }");
  check_compiles("fake:x { @a = pid ? retval : arg0; @b = arg0 ?: 7; @c = pid ? comm : \"none\"; }");
}

TEST_CASE("every way to a field compiles") {
  check_compiles("fake:x { @[arg0, arg1, retval, args.name, args.comm, args.path, args.ret, args.flags] = count(); }");
  check_compiles("fake:x { printf(\"%p %s %s %s %d\\n\", arg1, str(args.name), args.comm, args.path, args.flags); }");
  check_compiles("fake:x /args.comm == comm && args.path != \"/\" && str(args.name) == \"a\"/ { @ = count(); }");
}

TEST_CASE("every form of a stack compiles, wherever it stands") {
  for (const char *probe : {"fake:x", "raw:x", "profile:x", "begin"}) {
    for (const char *stack : {"kstack", "kstack()", "stack", "ustack(127)", "kstack(1)", "ustack(perf)", "ustack(raw, 5)",
                              "kstack(bpftrace)", "ustack(build_id, 56)"})
      check_compiles(fmt::format("{0} {{ @[{1}, comm, {1}] = count(); @v = {1}; @l[1] = {1}; $s = {1}; @t[(1, {1})] = "
                                 "len({1}); printf(\"%s\", {1}); print({1}, $s); }}",
                                 probe, stack));
    check_compiles(fmt::format("{} {{ @[caller, ksym(caller), usym(5)] = kaddr(\"a\") + kaddr(\"b\") + kaddr(\"a\"); }}", probe));
  }
  check_compiles("profile:x { @[reg(\"ip\"), usym(reg(\"sp\"))] = count(); print(kstack); print(caller); print(usym(1)); print(len(ustack)); }");
}

TEST_CASE("every aggregation with limits compiles, by key and without") {
  for (const char *map : {"@", "@[comm]"}) {
    for (const char *call : {"llquantize(retval, 10, 0, 18, 10)", "llquantize(arg0, 2, 3, 40, 16, retval)",
                             "tseries(retval, 100ms, 20)", "tseries(arg0, 1s, 819, \"max\")",
                             "tseries(retval, 1s, 5, \"min\")", "tseries(arg0, 1s, 5, \"avg\")"})
      check_compiles(fmt::format("fake:x {{ {} = {}; }}", map, call));
    check_compiles(fmt::format("fake:x {{ {} = sum(retval); printa(\"%@d\", @); normalize(@, arg0); trunc(@, retval); "
                               "denormalize(@); printa(@, sort=desc, by=key); }}", map));
  }
}

TEST_CASE("literals, empty and longest strings") {
  check_compiles("fake:x { @[\"\"] = count(); @b = \"\"; @c = \"" + std::string(2000, 'c') + "\"; print(\"\"); }");
  check_compiles("fake:x /comm == \"" + std::string(2000, 'c') + "\"/ { @ = count(); }");
}

TEST_CASE("twenty histograms in one probe") {
  check_compiles("fake:x { " +
                 repeat(20,
                        [](int i) {
                          return fmt::format(
                              "@h{0}[comm, pid] = quantize(arg0 / {1}); @l{0} = lquantize(retval, 0, 1000, {1}); ", i,
                              i + 1);
                        }) +
                 "}");
}

TEST_CASE("keys of ten columns") {
  check_compiles(
      "fake:x { @[comm, pid, tid, nsecs, args.comm, str(arg0, 64), \"abc\", retval, probe, func] = count(); "
      "delete(@[comm, pid, tid, nsecs, args.comm, str(arg0, 64), \"abc\", retval, probe, func]); }");
}

TEST_CASE("thirty strings in one printf") {
  check_compiles("fake:x { printf(\"" +
                 repeat(
                     30, [](int) { return std::string("%s"); }, " ") +
                 "\\n\", " + repeat(30, some_string, ", ") + "); }");
}

TEST_CASE("two hundred probes") {
  check_compiles(repeat(
      200, [](int i) { return fmt::format("fake:p{0} /pid == {0}/ {{ @a[{0}] = count(); @t{0} = nsecs; }}\n", i); }));
}

TEST_CASE("two thousand lines") {
  check_compiles(repeat(20, [](int block) {
    std::string lines = fmt::format("fake:p{} {{\n", block);
    for (int i = 0; i < 100; i++) lines += fmt::format("  if (arg0 == {0}) {{ @m{1}[{0}]++; }}\n", i, block);
    return lines + "}\n";
  }));
}

TEST_CASE("a thousand parentheses, a hundred nested conditions") {
  check_compiles("fake:x { @ = " + std::string(1000, '(') + "pid" + std::string(1000, ')') + "; }");
  check_compiles("fake:x { " + repeat(100, [](int i) { return fmt::format("if (arg0 > {}) {{ ", i); }) + "@++;" +
                 std::string(100, '}') + " }");
}

TEST_CASE("a long name of a map") { check_compiles("fake:x { @" + std::string(65536, 'n') + "[pid] = count(); }"); }

TEST_CASE("print, clear, zero, delete, time and exit in all forms") {
  check_compiles(
      "fake:x { @a[pid] = count(); @b = count(); @c[comm] = 1; @d = 2; print(@a); print(@a, 3); print(@a, 3, 10); "
      "print(@c[comm]); print(@d); print(pid, comm, \"x\"); clear(@a); clear(@b); zero(@a); zero(@c); zero(@d); "
      "delete(@a[pid]); delete(@c, comm); delete(@d); delete(@b); time(); time(\"%F\"); exit(); exit(pid); return; }");
}

TEST_CASE("the manifest says what the object holds") {
  const Outcome outcome =
      compiled("kprobe:vfs_* { @[func] = count(); } interval:s:1 { print(@); clear(@); }", Stage::manifest);
  REQUIRE(outcome.compiled);
  CHECK("\n" + outcome.compiled->dump == R"(
map @[function name at 8]: count u64, per-cpu hash, 4 entries, key 16 bytes, value 8 bytes, banked
event 0: print map @ then clear, record 8 bytes
program probe_0: kprobe by fake, section kprobe
  kprobe:vfs_*
  kprobe:vfs_*_1
  kprobe:vfs_*_2
program probe_1: interval by fake, section perf_event
  interval:s:1
)");
}

TEST_CASE("intermediate stages are text") {
  const Outcome ir = compiled("fake:x { @ = count(); }", Stage::ir),
                assembly = compiled("fake:x { @ = count(); }", Stage::assembly);
  REQUIRE(ir.compiled);
  CHECK(ir.compiled->dump.find("define") != std::string::npos);
  REQUIRE(assembly.compiled);
  CHECK(assembly.compiled->dump.find("exit") != std::string::npos);
}
