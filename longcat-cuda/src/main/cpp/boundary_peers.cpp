// What devices of one machine leave in their memory for each other.
#include "backend.h"

using namespace longcat::cuda;

namespace {

using Shared = std::shared_ptr<PeerSlot>;

const Shared& slot_at(int64_t handle) { return *reinterpret_cast<const Shared*>(handle); }

}  // namespace

extern "C" {

int32_t longcat_cuda_reach(int64_t backend, int32_t device) noexcept {
  return guarded([&] {
    Context& context = *backend_at(backend).context;
    bool reached = false;
    int32_t status = context.enter();
    if (status == kOk) status = context.reach(device, &reached);
    return status != kOk ? status : reached ? 1 : 0;
  });
}

int64_t longcat_cuda_slot_open(int64_t backend, int64_t bytes) noexcept {
  return made([&]() -> Shared* {
    Backend& b = backend_at(backend);
    auto slot = std::make_shared<PeerSlot>(b.driver, b.context->device());
    int32_t result = slot->open(static_cast<uint64_t>(bytes));
    if (b.context->check(result, "memory for other devices") != kOk) return nullptr;
    return new Shared(std::move(slot));
  });
}

void longcat_cuda_slot_release(int64_t slot) noexcept { delete reinterpret_cast<Shared*>(slot); }

int64_t longcat_cuda_slot_join(int64_t backend, int64_t slot) noexcept {
  Address address = 0;
  int32_t status = guarded([&] {
    backend_at(backend).slots.push_back(slot_at(slot));
    address = slot_at(slot)->address();
    return kOk;
  });
  return status == kOk ? static_cast<int64_t>(address) : 0;
}

int32_t longcat_cuda_slot_fill(int64_t stream, int64_t slot) noexcept {
  return operation(stream, [&](Lane& lane) {
    return lane.stream.context().check(slot_at(slot)->fill(lane.stream.handle()), "cuEventRecord");
  });
}

int32_t longcat_cuda_slot_await(int64_t stream, int64_t slot) noexcept {
  return operation(stream, [&](Lane& lane) {
    return lane.stream.context().check(slot_at(slot)->await(lane.stream.handle()),
                                       "cuStreamWaitEvent");
  });
}

}  // extern "C"
