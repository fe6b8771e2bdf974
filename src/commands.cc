// SPDX-License-Identifier: GPL-2.0-only
#include "src/commands.h"

#include <cstdio>

#include "lang/codegen/codegen.h"
#include "runtime/kernel.h"
#include "runtime/listing.h"
#include "runtime/providers/providers.h"
#include "src/base/text.h"
#include "src/docs.h"
#include "src/run.h"

namespace awl {

int print_version() {
  fmt::print("awl {} (LLVM {})\n", AWL_VERSION, llvm_version());
  return 0;
}

int print_list(const Options &options) {
  Providers providers = make_providers(this_kernel(), {options.pids});
  std::vector<std::string> patterns = options.positional;
  if (patterns.empty()) patterns.push_back("*");
  std::string text;
  for (const std::string &pattern : patterns) {
    auto listing = is_type_pattern(pattern) ? list_types(this_kernel(), pattern, options.verbose)
                                            : list_probes(providers, pattern, options.verbose);
    if (!listing) return fail(listing.error());
    for (const Listed &probe : listing->probes) {
      text.append(probe.name).append("\n");
      for (const std::string &detail : probe.details) text.append(detail).append("\n");
    }
    for (const Error &error : listing->unavailable)
      std::fputs(fmt::format("awl: {}: {}\n", error.what, error.why).c_str(), stderr);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

int print_manual(const Options &options) {
  auto text = read_file(options.manual_template);
  if (!text) return fail({fmt::format("cannot read `{}`", escape_text(options.manual_template)), "", ""});
  std::fputs(fill_manual(*text).c_str(), stdout);
  return 0;
}

}  // namespace awl
