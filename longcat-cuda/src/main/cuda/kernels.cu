// All kernels as one program.
#include "device.h"
#include "formats.h"
#include "views.h"

#include "attention.cu"
#include "elements.cu"
#include "experts.cu"
#include "floors.cu"
#include "products.cu"
#include "router.cu"
#include "sampling.cu"
#include "tensor.cu"
#include "tensor_tile.cu"
