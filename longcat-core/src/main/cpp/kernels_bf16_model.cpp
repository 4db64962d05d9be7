// The model of dot products of BF16 beside the generic kernels.
#include "kernels.h"
#include "modelled_pairs.h"
#include "pair_templates.h"
#include "tile_kernels.h"

namespace longcat {

const Kernels* modelled_bf16_kernels() {
  static const Kernels kernels =
      generic_kernels()->with(PairKernelsOf<ModelPairs>::table());
  return &kernels;
}

}  // namespace longcat
