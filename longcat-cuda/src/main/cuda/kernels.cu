// All kernels as one program.
#include "device.h"
#include "formats.h"
#include "views.h"

#include "elements.cu"
