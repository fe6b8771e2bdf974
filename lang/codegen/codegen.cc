// SPDX-License-Identifier: GPL-2.0-only
#include "lang/codegen/codegen.h"

#include <llvm/Config/llvm-config.h>

#include "lang/codegen/emitter.h"

namespace awl {

std::string llvm_version() { return LLVM_VERSION_STRING; }

GeneratedCode generate(const CheckedProgram &program, const CompileOptions &options, Stage stage, Manifest &manifest,
                       Timers &timers) {
  timers.phase("generate");
  Emitter emitter(program, options, manifest);
  for (const CheckedBody &body : program.bodies) emitter.emit_body(body);
  emitter.finish();
  timers.phase("optimise");
  emitter.library().optimise();
  GeneratedCode code;
  timers.phase("emit");
  if (stage == Stage::ir) {
    code.text = emitter.library().print_ir();
  } else if (stage == Stage::assembly) {
    code.text = emitter.library().emit(true);
  } else {
    std::string object = emitter.library().emit(false);
    const auto *bytes = reinterpret_cast<const std::byte *>(object.data());
    code.elf.assign(bytes, bytes + object.size());
  }
  timers.stop();
  return code;
}

}  // namespace awl
