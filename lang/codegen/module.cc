// SPDX-License-Identifier: GPL-2.0-only
// How the library's bitcode becomes the script's object. Facts that cost time to find out:
// - bitcode is read lazily, and only functions that the script calls are ever parsed; the rest is dropped before the
//   optimiser sees it, which is most of the difference between 10 and 30 ms;
// - clang has written the BTF of the map template as debug information of a variable: a copy of a map is a copy of the
//   variable and of that record;
// - a function without a DISubprogram with a *named* ctx parameter has no BTF, and without that no CO-RE relocations;
// - the library's functions lose their own debug locations, so that inlined code belongs to the line of the script
//   that called it: the kernel's log then quotes the script.
#include "lang/codegen/module.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#if LLVM_VERSION_MAJOR >= 20
#include <llvm/Analysis/LastRunTrackingAnalysis.h>
#endif
#include <llvm/Analysis/LazyValueInfo.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/MemorySSA.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/CorrelatedValuePropagation.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include "src/base/check.h"
#include "src/base/embedded.h"
#include "src/base/result.h"

extern "C" {
void LLVMInitializeBPFTarget();
void LLVMInitializeBPFTargetInfo();
void LLVMInitializeBPFTargetMC();
void LLVMInitializeBPFAsmPrinter();
}

namespace awl {
namespace {

constexpr const char *map_template = "awl_map_template";

/// LLVM ends the process when it can not encode what it was given, which happens with programs that the kernel would
/// refuse for their size anyway. The least we can do is to say it in our words.
[[noreturn]] void give_up(void *, const char *reason, bool) {
  Error error = {"the script is too large for a BPF program", std::string("LLVM: ") + reason,
                 "split the largest block into several blocks of the same probe"};
  std::fputs(render(error, false).c_str(), stderr);
  std::_Exit(1);
}

/// The same for what LLVM reports before it goes on: a BPF stack that is used up.
void on_diagnostic(const llvm::DiagnosticInfo *info, void *) {
  if (info->getSeverity() != llvm::DS_Error) return;
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::DiagnosticPrinterRawOStream printer(stream);
  info->print(printer);
  give_up(nullptr, stream.str().c_str(), false);
}

std::unique_ptr<llvm::TargetMachine> make_target() {
  static const bool initialised = [] {
    llvm::install_fatal_error_handler(give_up);
    LLVMInitializeBPFTargetInfo();
    LLVMInitializeBPFTarget();
    LLVMInitializeBPFTargetMC();
    LLVMInitializeBPFAsmPrinter();
    return true;
  }();
  AWL_CHECK(initialised);
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget("bpf", error);
  AWL_CHECK(target);
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine("bpf", "v3", "", llvm::TargetOptions(), llvm::Reloc::Static));
}

/// The library's functions say nothing of lines: see the head of this file.
void forget_lines(llvm::Function &function) {
  function.setSubprogram(nullptr);
  for (llvm::Instruction &instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
    instruction.dropDbgRecords();
    if (llvm::isa<llvm::DbgInfoIntrinsic>(instruction))
      instruction.eraseFromParent();
    else
      instruction.setDebugLoc(llvm::DebugLoc());
  }
}

/// The library was optimised when awl was built, so little is left to do: inline it, and clean up once. Analyses are
/// registered one by one, and only those that these passes ask for: llvm::PassBuilder knows them all and would link
/// every pass that LLVM has.
void run_passes(llvm::Module &module, llvm::TargetMachine &target) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::ModuleAnalysisManager modules;
  modules.registerPass([] { return llvm::PassInstrumentationAnalysis(); });
  modules.registerPass([] { return llvm::ProfileSummaryAnalysis(); });
  modules.registerPass([&] { return llvm::FunctionAnalysisManagerModuleProxy(functions); });
  functions.registerPass([] { return llvm::PassInstrumentationAnalysis(); });
  functions.registerPass([] { return llvm::TargetLibraryAnalysis(); });
  functions.registerPass([&] { return target.getTargetIRAnalysis(); });
  functions.registerPass([] { return llvm::AssumptionAnalysis(); });
  functions.registerPass([] { return llvm::DominatorTreeAnalysis(); });
  functions.registerPass([] { return llvm::PostDominatorTreeAnalysis(); });
  functions.registerPass([] { return llvm::LoopAnalysis(); });
  functions.registerPass([] { return llvm::BasicAA(); });
  functions.registerPass([] {
    llvm::AAManager alias;
    alias.registerFunctionAnalysis<llvm::BasicAA>();
    return alias;
  });
  functions.registerPass([] { return llvm::MemorySSAAnalysis(); });
  functions.registerPass([] { return llvm::OptimizationRemarkEmitterAnalysis(); });
  functions.registerPass([] { return llvm::BlockFrequencyAnalysis(); });
  functions.registerPass([] { return llvm::BranchProbabilityAnalysis(); });
  functions.registerPass([] { return llvm::LazyValueAnalysis(); });
#if LLVM_VERSION_MAJOR >= 20
  functions.registerPass([] { return llvm::LastRunTrackingAnalysis(); });
#endif
  functions.registerPass([&] { return llvm::ModuleAnalysisManagerFunctionProxy(modules); });
  functions.registerPass([&] { return llvm::LoopAnalysisManagerFunctionProxy(loops); });
  loops.registerPass([] { return llvm::PassInstrumentationAnalysis(); });
  loops.registerPass([&] { return llvm::FunctionAnalysisManagerLoopProxy(functions); });

  llvm::FunctionPassManager each;
  each.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  each.addPass(llvm::EarlyCSEPass(true));
  each.addPass(llvm::SimplifyCFGPass());
  each.addPass(llvm::InstCombinePass());
  // A pointer that was found not to be null is not looked at again: old verifiers forget that they know.
  each.addPass(llvm::JumpThreadingPass());
  each.addPass(llvm::CorrelatedValuePropagationPass());
  each.addPass(llvm::SimplifyCFGPass());
  each.addPass(llvm::EarlyCSEPass(true));
  each.addPass(llvm::DSEPass());
  each.addPass(llvm::SimplifyCFGPass());
  each.addPass(llvm::InstCombinePass());
  each.addPass(llvm::ADCEPass());
  each.addPass(llvm::SimplifyCFGPass());
  llvm::ModulePassManager all;
  all.addPass(llvm::AlwaysInlinerPass());
  all.addPass(llvm::GlobalDCEPass());
  all.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(each)));
  all.addPass(llvm::GlobalDCEPass());
  all.run(module, modules);
}

}  // namespace

LibraryModule::LibraryModule(const Source &source) : lines_(source) {
  context_.setDiagnosticHandlerCallBack(on_diagnostic);
  const EmbeddedFile &library = bpf_lib_bitcode()[0];
  llvm::MemoryBufferRef buffer(llvm::StringRef(library.bytes.data(), library.bytes.size()), "bpf_lib");
  module_ = llvm::cantFail(llvm::getLazyBitcodeModule(buffer, context_));
  llvm::cantFail(module_->materializeMetadata());
  unit_ = *module_->debug_compile_units_begin();
  debug_ = std::make_unique<llvm::DIBuilder>(*module_, true, unit_);
  file_ = debug_->createFile(source.name, "", std::nullopt, llvm::StringRef(source.text));
}

llvm::Function *LibraryModule::function(std::string_view name) {
  llvm::Function *found = module_->getFunction(llvm::StringRef(name.data(), name.size()));
  AWL_CHECK(found);
  if (!found->isMaterializable()) return found;
  llvm::cantFail(found->materialize());
  forget_lines(*found);
  found->removeFnAttr(llvm::Attribute::NoInline);
  found->addFnAttr(llvm::Attribute::AlwaysInline);
  for (llvm::Instruction &instruction : llvm::instructions(found))
    if (auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction))
      if (llvm::Function *callee = call->getCalledFunction(); callee && callee->isMaterializable())
        function(std::string_view(callee->getName()));
  return found;
}

llvm::GlobalVariable *LibraryModule::add_map(const std::string &name) {
  llvm::GlobalVariable *original = module_->getNamedGlobal(map_template);
  AWL_CHECK(original);
  auto *copy = new llvm::GlobalVariable(*module_, original->getValueType(), false, llvm::GlobalValue::ExternalLinkage,
                                        original->getInitializer(), name);
  copy->setSection(original->getSection());
  copy->setAlignment(original->getAlign());
  llvm::SmallVector<llvm::DIGlobalVariableExpression *, 1> expressions;
  original->getDebugInfo(expressions);
  llvm::DIGlobalVariable *type = expressions[0]->getVariable();
  auto *variable =
      llvm::DIGlobalVariable::getDistinct(context_, type->getScope(), name, "", type->getFile(), type->getLine(),
                                          type->getType(), false, true, nullptr, nullptr, 0, nullptr);
  copy->addDebugInfo(llvm::DIGlobalVariableExpression::get(context_, variable, expressions[0]->getExpression()));
  keep(copy);
  return copy;
}

llvm::GlobalVariable *LibraryModule::library_map(std::string_view name) {
  llvm::GlobalVariable *found = module_->getNamedGlobal(llvm::StringRef(name.data(), name.size()));
  AWL_CHECK(found);
  return found;
}

llvm::DIType *LibraryModule::word_type() {
  if (!word_) word_ = debug_->createBasicType("u64", 64, llvm::dwarf::DW_ATE_unsigned);
  return word_;
}

llvm::GlobalVariable *LibraryModule::add_words(const std::string &name, size_t count) {
  auto *type = llvm::ArrayType::get(llvm::Type::getInt64Ty(context_), count);
  auto *words = new llvm::GlobalVariable(*module_, type, false, llvm::GlobalValue::ExternalLinkage,
                                         llvm::ConstantAggregateZero::get(type), name);
  words->setSection(".bss");
  words->setAlignment(llvm::Align(8));
  llvm::DIType *array =
      debug_->createArrayType(count * 64, 64, word_type(),
                              debug_->getOrCreateArray({debug_->getOrCreateSubrange(0, static_cast<int64_t>(count))}));
  words->addDebugInfo(debug_->createGlobalVariableExpression(file_, name, "", file_, 1, array, false));
  keep(words);
  return words;
}

llvm::GlobalVariable *LibraryModule::add_table(const std::string &name, const std::vector<uint16_t> &entries) {
  auto *data = llvm::ConstantDataArray::get(context_, llvm::ArrayRef<uint16_t>(entries));
  auto *table =
      new llvm::GlobalVariable(*module_, data->getType(), true, llvm::GlobalValue::InternalLinkage, data, name);
  table->setSection(".rodata");
  table->setAlignment(llvm::Align(8));
  return table;
}

llvm::Function *LibraryModule::add_program(const std::string &name, const std::string &section, Span span) {
  auto *type =
      llvm::FunctionType::get(llvm::Type::getInt32Ty(context_), {llvm::PointerType::getUnqual(context_)}, false);
  auto *program = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, *module_);
  program->setSection(section);
  program->addFnAttr(llvm::Attribute::NoUnwind);
  describe(program, debug_->createBasicType("int", 32, llvm::dwarf::DW_ATE_signed),
           {debug_->createPointerType(nullptr, 64)}, file_, lines_.position(span.begin).line);
  programs_.push_back(program);
  return program;
}

/// Debug information with named parameters, which BTF is made of.
void LibraryModule::describe(llvm::Function *function, llvm::DIType *result,
                             const std::vector<llvm::DIType *> &parameters, llvm::DIFile *file, unsigned line) {
  llvm::SmallVector<llvm::Metadata *, 5> types{result};
  types.append(parameters.begin(), parameters.end());
  auto flags = llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagOptimized;
  // The kernel wants to see that a function which it is to call back is static.
  if (function->hasInternalLinkage()) flags |= llvm::DISubprogram::SPFlagLocalToUnit;
  llvm::DISubprogram *subprogram = debug_->createFunction(
      file, function->getName(), function->getName(), file, line,
      debug_->createSubroutineType(debug_->getOrCreateTypeArray(types)), line, llvm::DINode::FlagPrototyped, flags);
  for (unsigned i = 0; i < parameters.size(); i++)
    debug_->createParameterVariable(subprogram, i == 0 ? "ctx" : fmt::format("p{}", i), i + 1, file, line,
                                    parameters[i], true);
  function->setSubprogram(subprogram);
}

llvm::Function *LibraryModule::add_loop_body(const std::string &name, unsigned parameters, Span span) {
  llvm::Type *pointer = llvm::PointerType::getUnqual(context_);
  std::vector<llvm::Type *> types(parameters, pointer);
  if (parameters == 2) types[0] = llvm::Type::getInt64Ty(context_);
  auto *function = llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getInt64Ty(context_), types, false),
                                          llvm::GlobalValue::InternalLinkage, name, *module_);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr(llvm::Attribute::NoInline);
  std::vector<llvm::DIType *> described(parameters, debug_->createPointerType(nullptr, 64));
  if (parameters == 2) described[0] = word_type();
  describe(function, word_type(), described, file_, lines_.position(span.begin).line);
  return function;
}

void LibraryModule::set_place(llvm::IRBuilder<> &builder, llvm::Function *function, Span span) {
  Position position = lines_.position(span.begin);
  builder.SetCurrentDebugLocation(
      llvm::DILocation::get(context_, position.line, position.column, function->getSubprogram()));
}

/// Settled afterwards: the module holds the programs, what they call, the maps and words in use, and the licence.
void LibraryModule::drop_unused() {
  if (llvm::GlobalVariable *used = module_->getNamedGlobal("llvm.compiler.used")) used->eraseFromParent();
  for (llvm::Function &candidate : llvm::make_early_inc_range(*module_))
    if (candidate.isMaterializable()) candidate.eraseFromParent();
  llvm::SmallVector<llvm::GlobalValue *, 16> kept(kept_.begin(), kept_.end());
  for (llvm::GlobalVariable &variable : llvm::make_early_inc_range(module_->globals())) {
    if (variable.getSection() == "license") kept.push_back(&variable);
    variable.removeDeadConstantUsers();  // the list that was erased above
    if (variable.use_empty() && variable.getName() != "awl_control" && !llvm::is_contained(kept, &variable)) {
      variable.eraseFromParent();
      continue;
    }
    if (variable.getName() == "awl_control" || variable.getSection() == ".maps") kept.push_back(&variable);
  }
  llvm::appendToCompilerUsed(*module_, kept);
  for (llvm::Function &function : *module_)
    if (!function.isDeclaration() && !llvm::is_contained(programs_, &function))
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
}

void LibraryModule::optimise() {
  drop_unused();
  share_functions();
  debug_->finalize();
  llvm::SmallVector<llvm::Metadata *, 16> described;
  for (llvm::GlobalVariable &variable : module_->globals()) {
    llvm::SmallVector<llvm::DIGlobalVariableExpression *, 1> expressions;
    variable.getDebugInfo(expressions);
    described.append(expressions.begin(), expressions.end());
  }
  unit_->replaceGlobalVariables(llvm::MDTuple::get(context_, described));
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(*module_, &stream)) {
    llvm::errs() << stream.str();
    AWL_CHECK(!"generated code is well formed");
  }

  std::unique_ptr<llvm::TargetMachine> target = make_target();
  module_->setTargetTriple("bpf");
  module_->setDataLayout(target->createDataLayout());
  run_passes(*module_, *target);
}

std::string LibraryModule::print_ir() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module_->print(stream, nullptr);
  return stream.str();
}

std::string LibraryModule::emit(bool assembly) {
  std::unique_ptr<llvm::TargetMachine> target = make_target();
  llvm::SmallString<0> out;
  llvm::raw_svector_ostream stream(out);
  llvm::legacy::PassManager passes;
  bool refused = target->addPassesToEmitFile(
      passes, stream, nullptr, assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile);
  AWL_CHECK(!refused);
  passes.run(*module_);
  return std::string(out);
}

}  // namespace awl
