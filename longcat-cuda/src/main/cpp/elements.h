// Operations that touch every element once. Return a status; shapes have been checked.
#pragma once

#include "elements_view.h"
#include "launcher.h"
#include "status.h"
#include "views.h"

namespace longcat::cuda {

int32_t zero(Launcher& launcher, const device::MatrixView& into);
// Rows of one format and as many columns.
int32_t copy(Launcher& launcher, const device::RowsView& from, const device::RowsView& into);
int32_t add(Launcher& launcher, const device::MatrixView& from, const device::MatrixView& into);
// By a binary tree; see Stream.join in Java.
int32_t join(Launcher& launcher, const device::MatrixView* partials, int64_t count,
             const device::MatrixView& into);
// ids lie on the device.
int32_t add_embeddings(Launcher& launcher, const device::WeightView& table, const int32_t* ids,
                       const device::MatrixView& into);
int32_t rms_norm(Launcher& launcher, const device::MatrixView& x, const device::WeightView& gain,
                 float epsilon, float scale, const device::MatrixView& into);
// x += first, x += second if it has data, and then the norm.
int32_t add_norm(Launcher& launcher, const device::MatrixView& first,
                 const device::MatrixView& second, const device::MatrixView& x,
                 const device::WeightView& gain, float epsilon, float scale,
                 const device::MatrixView& into);
// Rotates queries, norms the latents that rows begin with, rotates the keys behind them, caches both.
int32_t place(Launcher& launcher, const device::MatrixView& queries,
              const device::MatrixView& rows, int64_t latent, const device::WeightView& gain,
              float epsilon, float scale, const device::RotaryView& rotary,
              const device::PlanView& plan, const device::RowsView& cache);
int32_t rotate(Launcher& launcher, const device::MatrixView& x, const device::RotaryView& rotary,
               const device::PlanView& plan);
int32_t scatter(Launcher& launcher, const device::MatrixView& from, const device::PlanView& plan,
                const device::RowsView& cache);

// Bytes of a row of numbers of a format, its scale included, before they are rounded up.
int64_t packed_bytes(int32_t format, int64_t columns);
// The same up to the next row, which begins at a multiple of 16 bytes.
int64_t row_bytes(int32_t format, int64_t columns);

}  // namespace longcat::cuda
