// SPDX-License-Identifier: GPL-2.0-only
#include "lang/compile.h"

#include "lang/cdecl.h"
#include "lang/check.h"
#include "lang/codegen/codegen.h"
#include "lang/config.h"
#include "lang/dump.h"
#include "lang/language_types.h"

namespace awl {

std::optional<Compiled> compile(Source &source, const Providers &providers, const CompileOptions &options, Stage stage,
                                Diagnostics &diagnostics, std::optional<Error> &refused, Timers &timers) {
  Compiled result;
  if (stage == Stage::tokens) {
    result.dump = dump_tokens(source);
    return result;
  }
  timers.phase("parse");
  LayeredTypes outside(language_types(), options.types ? *options.types : no_types());
  DeclaredTypes declared(&outside);
  Ast ast = parse(source, options.parameters, options.named, declared, diagnostics);
  if (diagnostics.failed()) return std::nullopt;
  if (ast.parameters_help) {
    result.help = std::move(ast.parameters_help);
    return result;
  }
  if (stage == Stage::ast) {
    result.dump = dump_ast(ast, source);
    return result;
  }

  CompileOptions settled = options;
  LayeredTypes types(declared, outside);
  settled.types = &types;
  apply_config(ast.config, options.environment, settled, result.image.manifest, diagnostics);
  if (diagnostics.failed()) return std::nullopt;

  // From here on every name has a meaning, every expression a type, every probe its targets and its mechanism.
  timers.phase("check");
  std::optional<CheckedProgram> program = check(source, ast, providers, settled, diagnostics, refused);
  timers.stop();
  if (!program) return std::nullopt;
  if (stage == Stage::types || stage == Stage::plan) {
    result.dump = stage == Stage::types ? dump_types(*program) : dump_plan(*program);
    return result;
  }

  Manifest &manifest = result.image.manifest;
  manifest.maps = program->maps;
  manifest.events = program->events;
  manifest.names = program->names;
  GeneratedCode code = generate(*program, settled, stage, manifest, timers);
  result.image.elf = std::move(code.elf);
  result.dump = std::move(code.text);
  if (stage == Stage::manifest) result.dump = dump_manifest(manifest);
  return result;
}

}  // namespace awl
