// SPDX-License-Identifier: GPL-2.0-only
// Why the kernel did not take a program, in words and with the script's own line. The object's debug information
// carries the script's text, so the kernel quotes script lines in its log:
//
//   ; @x = arg0[i]; @ slow.awl:3
//   12: (71) r3 = *(u8 *)(r1 +0)
//   R1 invalid mem access 'scalar'
//
// Older kernels leave out the place; the line is then found by its text. Pure text in, plain data out.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lang/image.h"
#include "src/base/result.h"
#include "src/base/source.h"

namespace awl {

struct Refusal {
  std::string program;      // symbol of the refused program; empty when it is not a program that was refused
  std::string place;        // "slow.awl:3"; empty when it is not known
  std::string line_text;    // as the log quotes it
  std::string kernel_says;  // the log's last sentence
  std::string reason;       // in words
  std::string help;
  ErrorKind kind = ErrorKind::other;
};

/// `log` is what libbpf printed while it loaded, `error` the errno that came of it.
Refusal explain_refusal(std::string_view log, int error, const Source *source);

/// "the kernel refuses kprobe:vfs_read at slow.awl:3, `@x = arg0[i];`: the reason (`its words`)". With `verbose` the
/// whole log follows.
Error refusal_error(const Refusal &refusal, const Manifest &manifest, std::string_view log, bool verbose);

}  // namespace awl
