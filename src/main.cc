// SPDX-License-Identifier: GPL-2.0-only
// awl, read from the top: options, the machine it shall run in, then a verb.
#include <clocale>
#include <csignal>
#include <cstdio>

#include "src/commands.h"
#include "src/compare.h"
#include "src/options.h"
#include "src/run.h"
#include "src/vm.h"

int main(int argc, char **argv) {
  std::setlocale(LC_CTYPE, "");
  std::setlocale(LC_TIME, "");
  std::signal(SIGPIPE, SIG_IGN);  // `awl ... | head` is told by a failed write, not killed

  auto options = awl::parse_options(argc, argv);
  if (!options) return awl::fail(options.error());

  if (options->vm && !awl::inside_vm()) return awl::fail(awl::exec_in_vm(*options, argc, argv));

  switch (options->verb) {
    case awl::Verb::help:
      std::fputs(awl::usage().c_str(), stdout);
      return 0;
    case awl::Verb::version:
      return awl::print_version();
    case awl::Verb::list:
      return awl::print_list(*options);
    case awl::Verb::manual:
      return awl::print_manual(*options);
    case awl::Verb::diff:
      return awl::diff_recordings(*options);
    case awl::Verb::merge:
      return awl::merge_recordings(*options);
    case awl::Verb::tidy:
      return awl::print_tidy(*options);
    case awl::Verb::run:
      return awl::run_script(*options, argc, argv);
  }
}
