// SPDX-License-Identifier: GPL-2.0-only
// Large scripts call the library where small ones have it inlined. A copy at every place is the fastest code, but with
// hundreds of statements the compiler's time and the kernel's limits (32 k instructions for a jump) go to copies. A
// function of the program costs a call, a nanosecond or two, and the verifier follows it from each place just as it
// follows a copy: constants stay constants, pointers what they are.
#include <unordered_map>
#include <vector>

#include <llvm/ADT/MapVector.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

#include "lang/codegen/module.h"

namespace awl {
namespace {

/// From this many instructions on, with every copy in its place, a script is large.
constexpr uint64_t large_script = 4000;
/// Functions below this size are no smaller as a call with its arguments.
constexpr uint64_t least_size = 14;
/// The kernel adds up the stacks of caller and called: 512 bytes, of which the program's own frame needs most.
constexpr uint64_t most_stack = 64;
/// r1 to r5.
constexpr size_t most_arguments = 5;

/// What a library function comes to with everything it calls in its place.
struct Extent {
  uint64_t instructions = 0, stack = 0;
};

class Extents {
 public:
  explicit Extents(const llvm::DataLayout &layout) : layout_(layout) {}

  Extent of(const llvm::Function &function) {
    if (const auto known = known_.find(&function); known != known_.end()) return known->second;
    Extent extent;
    for (const llvm::Instruction &instruction : llvm::instructions(function)) {
      if (instruction.isDebugOrPseudoInst()) continue;
      extent.instructions++;
      if (const auto *place = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
        extent.stack += place->getAllocationSize(layout_)->getFixedValue();
      const auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      const llvm::Function *callee = call ? call->getCalledFunction() : nullptr;
      if (!callee || callee->isDeclaration()) continue;
      const Extent inner = of(*callee);
      extent.instructions += inner.instructions;
      extent.stack += inner.stack;
    }
    return known_[&function] = extent;
  }

 private:
  const llvm::DataLayout &layout_;
  std::unordered_map<const llvm::Function *, Extent> known_;
};

bool is_register(const llvm::Type *type) { return type->isIntegerTy() || type->isPointerTy(); }

bool can_be_called(const llvm::Function &function) {
  const auto fits = [](const llvm::Argument &argument) { return is_register(argument.getType()); };
  return function.arg_size() <= most_arguments && llvm::all_of(function.args(), fits) &&
         (function.getReturnType()->isVoidTy() || is_register(function.getReturnType()));
}

/// What the checks of LLVM ask of a function with debug information: its calls have a place, and its loops do not keep
/// the places of the library's own source.
void settle_places(llvm::Function &function) {
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    instruction.setMetadata(llvm::LLVMContext::MD_loop, nullptr);
    if (llvm::isa<llvm::CallInst>(instruction))
      instruction.setDebugLoc(llvm::DILocation::get(function.getContext(), 0, 0, function.getSubprogram()));
  }
}

}  // namespace

void LibraryModule::share_functions() {
  Extents extents(module_->getDataLayout());
  uint64_t all = 0;
  for (const llvm::Function *program : programs_) all += extents.of(*program).instructions;
  if (all < large_script) return;
  llvm::MapVector<llvm::Function *, std::vector<llvm::CallInst *>> places;  // in the order of the script
  for (llvm::Function *program : programs_)
    for (llvm::Instruction &instruction : llvm::instructions(program))
      if (auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction))
        if (llvm::Function *callee = call->getCalledFunction();
            callee && callee->hasFnAttribute(llvm::Attribute::AlwaysInline))
          places[callee].push_back(call);
  llvm::DIFile *file = debug_->createFile("awl library", "", std::nullopt, llvm::StringRef(""));
  for (auto &[function, calls] : places) {
    const Extent extent = extents.of(*function);
    if (calls.size() < 2 || extent.instructions < least_size || extent.stack > most_stack || !can_be_called(*function))
      continue;
    describe(function, word_type(), std::vector<llvm::DIType *>(function->arg_size(), word_type()), file, 1);
    settle_places(*function);
    for (llvm::CallInst *call : calls) call->addFnAttr(llvm::Attribute::NoInline);
  }
}

}  // namespace awl
