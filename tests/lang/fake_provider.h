// SPDX-License-Identifier: GPL-2.0-only
// Probes of a kernel that is not there: each provider here takes every spec and brings the same fields, one of each
// kind and way of access, so that the compiler can be tested without root and on any machine.
#pragma once
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "lang/provider.h"

namespace awl::test {

inline std::vector<Field> fake_fields() {
  return {
      {"arg0", u64_type, LibraryCall{"awl_kprobe_arg", {0}}},
      {"arg1", pointer_type(AddressSpace::kernel, "struct file"), LibraryCall{"awl_kprobe_arg", {1}}},
      {"retval", integer_type(4, true), ContextLoad{8}},
      {"args.name", pointer_type(AddressSpace::user, "char"), ContextLoad{16}},
      {"args.comm", string_type(16), ContextBytes{24}},
      {"args.path", string_type(0), ContextDataLocation{40, 0}},
      {"args.ret", s64_type, ContextLoad{48}},
      {"args.filename", pointer_type(AddressSpace::user, "char"), ContextLoad{56}},
      {"args.flags", integer_type(2, false), ContextLoad{64}},
      {"args.argv", pointer_type(AddressSpace::user, "char *"), ContextLoad{72}},
      {"args.buf", pointer_type(AddressSpace::user, "char"), ContextLoad{80}},
      {"args.count", u64_type, ContextLoad{88}},
      {"args.sk", pointer_type(AddressSpace::kernel, "struct sock"), LibraryCall{"awl_trace_arg", {0}}},
  };
}

/// How a fake provider answers.
struct FakeAnswer {
  std::string name;
  std::string section = "tp";
  std::vector<Field> fields = fake_fields();
  size_t targets = 1;    // of each spec
  bool refuses = false;  // as a kernel does that lacks the mechanism
};

class FakeProvider final : public Provider {
 public:
  explicit FakeProvider(FakeAnswer answer) : answer_(std::move(answer)) {}
  ProviderDoc doc() const override { return {.name = answer_.name}; }
  std::vector<TargetGroup> resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &refused) const override {
    if (answer_.refuses) {
      refused = Error{.what = "cannot trace " + spec.text, .why = "it is a fake", .kind = ErrorKind::unsupported};
      return {};
    }
    TargetGroup group = {.span = spec.span, .provider = answer_.name, .mechanism = "fake", .section = answer_.section};
    for (size_t i = 0; i < answer_.targets; i++)
      group.targets.push_back({.name = i == 0 ? spec.text : fmt::format("{}_{}", spec.text, i),
                               .function = fmt::format("function_{}", i),
                               .number = i,
                               .places = {{.offset = 16}}});
    group.fields = answer_.fields;
    if (uses.identity && answer_.targets > 1) group.identify = Identify::cookie;
    return {group};
  }
  Result<std::vector<std::unique_ptr<Attachment>>> attach(bpf_program *, const TargetGroup &) const override {
    return std::vector<std::unique_ptr<Attachment>>();
  }
  Result<std::vector<Listed>> list(std::string_view, bool) const override { return std::vector<Listed>(); }

 private:
  FakeAnswer answer_;
};

inline Providers fake_providers(std::initializer_list<FakeAnswer> answers) {
  Providers providers;
  for (const FakeAnswer &answer : answers) providers.push_back(std::make_unique<FakeProvider>(answer));
  return providers;
}

}  // namespace awl::test
