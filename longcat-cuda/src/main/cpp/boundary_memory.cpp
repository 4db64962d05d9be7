// Devices, memory, streams and what goes between host and device.
#include <algorithm>
#include <cstring>

#include "backend.h"
#include "elements.h"
#include "emulator.h"
#include "machine.h"

using namespace longcat::cuda;

namespace {

int32_t put_text(const std::string& text, int8_t* into, int64_t capacity) {
  size_t length = std::min(text.size(), static_cast<size_t>(std::max<int64_t>(0, capacity)));
  std::memcpy(into, text.data(), length);
  return static_cast<int32_t>(length);
}

int32_t read_facts(Driver& driver, int32_t device, int64_t* facts) {
  int32_t numbers[5] = {};
  uint64_t free = 0;
  uint64_t total = 0;
  int32_t result = driver.version(&numbers[0]);
  if (result == kSuccess) result = driver.device_count(&numbers[1]);
  if (result == kSuccess && (device < 0 || device >= numbers[1])) result = kNoDevice;
  if (result == kSuccess) {
    result = driver.attribute(device, DeviceAttribute::kComputeMajor, &numbers[2]);
  }
  if (result == kSuccess) {
    result = driver.attribute(device, DeviceAttribute::kComputeMinor, &numbers[3]);
  }
  if (result == kSuccess) {
    result = driver.attribute(device, DeviceAttribute::kMultiprocessors, &numbers[4]);
  }
  ContextHandle context = nullptr;
  if (result == kSuccess) result = driver.open_context(device, &context);
  if (result != kSuccess) return result;
  result = driver.enter(context);
  if (result == kSuccess) result = driver.memory_info(&free, &total);
  driver.close_context(device);
  const int64_t all[] = {numbers[0], numbers[1], 10 * numbers[2] + numbers[3], numbers[4],
                         static_cast<int64_t>(total), static_cast<int64_t>(free)};
  std::copy(all, all + 6, facts);
  return result;
}

// Rows that lie one behind the other: where they are, or after being copied to, which is then queued.
Address packed(Lane& lane, const MatrixView& from, int32_t* status) {
  *status = kOk;
  if (from.rows <= 1 || from.stride == from.columns) return reinterpret_cast<Address>(from.data);
  int64_t numbers = from.rows * from.columns;
  uint8_t* memory = lane.stream.workspace(4 * numbers);
  if (memory == nullptr) {
    *status = kNoMemory;
    return 0;
  }
  using longcat::device::kF32;
  RowsView source{reinterpret_cast<uint8_t*>(from.data), from.rows, from.columns, 4 * from.stride,
                  kF32};
  RowsView target{memory, from.rows, from.columns, 4 * from.columns, kF32};
  *status = copy(lane.stream, source, target);
  return reinterpret_cast<Address>(memory);
}

int32_t write_rows(Lane& lane, const uint8_t* values, const MatrixView& into) {
  int64_t bytes = 4 * into.columns;
  auto address = reinterpret_cast<Address>(into.data);
  StreamHandle stream = lane.stream.handle();
  if (into.rows <= 1 || into.stride == into.columns) {
    return lane.staging.send(address, values, into.rows * bytes, stream);
  }
  uint8_t* memory = lane.stream.workspace(into.rows * bytes);
  if (memory == nullptr) return kNoMemory;
  int32_t status =
      lane.staging.send(reinterpret_cast<Address>(memory), values, into.rows * bytes, stream);
  if (status != kOk) return status;
  using longcat::device::kF32;
  RowsView source{memory, into.rows, into.columns, bytes, kF32};
  RowsView target{reinterpret_cast<uint8_t*>(into.data), into.rows, into.columns, 4 * into.stride,
                  kF32};
  return copy(lane.stream, source, target);
}

int32_t read_rows(Lane& lane, uint8_t* values, const MatrixView& from) {
  int32_t status = kOk;
  Address source = packed(lane, from, &status);
  if (status != kOk) return status;
  return lane.staging.fetch(values, source, 4 * from.rows * from.columns, lane.stream.handle());
}

}  // namespace

extern "C" {

int64_t longcat_cuda_machine_open(int32_t emulated_devices, int64_t bytes_each,
                                  int32_t linked) noexcept {
  return made([&] {
    return new Machine(emulated_devices, static_cast<uint64_t>(bytes_each), linked != 0);
  });
}

void longcat_cuda_machine_close(int64_t machine) noexcept {
  delete reinterpret_cast<Machine*>(machine);
}

int64_t longcat_cuda_create(int64_t machine) noexcept {
  return made([&] {
    auto backend = std::make_unique<Backend>();
    backend->driver = reinterpret_cast<Machine*>(machine)->driver(backend->why_not);
    return backend.release();
  });
}

int32_t longcat_cuda_emulate(const int8_t* settings, int64_t length) noexcept {
  return guarded([&] {
    if (length < 0) return kMisfit;
    std::string text(reinterpret_cast<const char*>(settings), static_cast<size_t>(length));
    return longcat::emulator::configure(text.c_str()) ? kOk : kMisfit;
  });
}

int32_t longcat_cuda_device_count(int64_t backend) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    if (b.driver == nullptr) return kFailed;
    int32_t count = 0;
    int32_t result = b.driver->device_count(&count);
    if (result != kSuccess) b.why_not = b.driver->text(result);
    return result == kSuccess ? count : kFailed;
  });
}

int32_t longcat_cuda_facts(int64_t backend, int32_t device, int64_t* facts,
                           int64_t count) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    if (count < 6) return kMisfit;
    if (b.driver == nullptr) return kFailed;
    int32_t result = read_facts(*b.driver, device, facts);
    if (result != kSuccess) b.why_not = b.driver->text(result);
    return result == kSuccess ? kOk : kFailed;
  });
}

int32_t longcat_cuda_device_name(int64_t backend, int32_t device, int8_t* name,
                                 int64_t capacity) noexcept {
  return guarded([&] {
    char text[256] = {};
    Backend& b = backend_at(backend);
    if (b.driver == nullptr || b.driver->device_name(device, text, sizeof text) != kSuccess) {
      return 0;
    }
    return put_text(text, name, capacity);
  });
}

int32_t longcat_cuda_message(int64_t backend, int8_t* text, int64_t capacity) noexcept {
  return guarded([&] { return put_text(backend_at(backend).message(), text, capacity); });
}

int32_t longcat_cuda_open(int64_t backend, int32_t device, int32_t numerics, int64_t first_bytes,
                          int64_t most_bytes, const void* image, int64_t length) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    if (b.driver == nullptr) return kFailed;
    auto* bytes = static_cast<const char*>(image);
    if (!b.driver->emulated() && (length < 1 || bytes[length - 1] != 0)) return kMisfit;
    ContextOptions options;
    options.device = device;
    if (numerics < LONGCAT_CUDA_EXACT || numerics > LONGCAT_CUDA_QUANTISED) return kMisfit;
    options.numerics = static_cast<Numerics>(numerics);
    options.first_bytes = static_cast<uint64_t>(first_bytes);
    options.most_bytes = static_cast<uint64_t>(most_bytes);
    return b.open(options, image);
  });
}

int64_t longcat_cuda_left_bytes(int64_t backend) noexcept {
  uint64_t bytes = 0;
  int32_t status = guarded([&] {
    Backend& b = backend_at(backend);
    int32_t entered = b.context->enter();
    return entered == kOk ? b.context->left(&bytes) : entered;
  });
  return status == kOk ? static_cast<int64_t>(bytes) : status;
}

int64_t longcat_cuda_arena_bytes(int64_t backend) noexcept {
  return static_cast<int64_t>(backend_at(backend).context->arena().bytes());
}

int64_t longcat_cuda_used_bytes(int64_t backend) noexcept {
  return static_cast<int64_t>(backend_at(backend).context->arena().used());
}

int32_t longcat_cuda_traffic(int64_t backend, int64_t* numbers, int64_t count) noexcept {
  if (count < 4) return kMisfit;
  const Traffic& t = backend_at(backend).context->traffic();
  const int64_t all[] = {t.launches, t.graphs, t.bytes_to_device, t.bytes_to_host};
  std::copy(all, all + 4, numbers);
  return kOk;
}

void longcat_cuda_close(int64_t backend) noexcept { delete reinterpret_cast<Backend*>(backend); }

int64_t longcat_cuda_allocate(int64_t backend, int64_t bytes) noexcept {
  Address piece = 0;
  int32_t status = guarded([&] {
    Backend& b = backend_at(backend);
    Stream& stream = b.setup->stream;
    int32_t result = b.context->enter();
    auto size = static_cast<uint64_t>(bytes);
    if (result == kOk) result = b.context->take(size, "a tensor", &piece);
    if (result != kOk || bytes == 0) return result;
    result = b.context->check(b.driver->fill(piece, 0, size, stream.handle()), "cuMemsetD8Async");
    if (result == kOk) result = stream.synchronise();
    if (result != kOk) b.context->arena().give(piece);
    return result;
  });
  return status == kOk ? static_cast<int64_t>(piece) : 0;
}

int32_t longcat_cuda_free(int64_t backend, int64_t address) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    int32_t status = b.context->enter();
    if (status == kOk) status = b.settle();
    b.context->arena().give(static_cast<Address>(address));
    return status;
  });
}

int64_t longcat_cuda_share(int64_t backend, void* memory, int64_t bytes) noexcept {
  Address address = 0;
  int32_t status = guarded([&] {
    Backend& b = backend_at(backend);
    int32_t result = b.context->enter();
    if (result != kOk) return result;
    return b.context->check(b.driver->share(memory, static_cast<uint64_t>(bytes), &address),
                            "cuMemHostRegister");
  });
  return status == kOk ? static_cast<int64_t>(address) : 0;
}

int32_t longcat_cuda_unshare(int64_t backend, void* memory) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    int32_t status = b.context->enter();
    if (status == kOk) status = b.settle();
    int32_t result = b.driver->unshare(memory);
    return status != kOk ? status : b.context->check(result, "cuMemHostUnregister");
  });
}

int32_t longcat_cuda_read_bytes(int64_t backend, int64_t from, void* into,
                                int64_t bytes) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    int32_t status = b.context->enter();
    if (status == kOk) status = b.settle();
    if (status != kOk) return status;
    return b.setup->staging.fetch(into, static_cast<Address>(from), bytes,
                                  b.setup->stream.handle());
  });
}

int32_t longcat_cuda_write_bytes(int64_t backend, const void* from, int64_t into,
                                 int64_t bytes) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    int32_t status = b.context->enter();
    if (status == kOk) {
      status = b.setup->staging.send(static_cast<Address>(into), from, bytes,
                                     b.setup->stream.handle());
    }
    return status == kOk ? b.setup->stream.synchronise() : status;
  });
}

int64_t longcat_cuda_row_bytes(int32_t format, int64_t columns) noexcept {
  return row_bytes(format, columns);
}

int64_t longcat_cuda_stream_open(int64_t backend) noexcept {
  return made([&]() -> Lane* {
    Backend& b = backend_at(backend);
    if (b.context->enter() != kOk) return nullptr;
    auto lane = std::make_unique<Lane>(b);
    if (lane->open() != kOk) return nullptr;
    b.lanes.push_back(std::move(lane));
    return b.lanes.back().get();
  });
}

int32_t longcat_cuda_synchronise(int64_t stream) noexcept {
  return operation(stream, [](Lane& lane) { return lane.stream.synchronise(); });
}

int32_t longcat_cuda_await(int64_t stream, int64_t other) noexcept {
  return operation(stream, [&](Lane& lane) { return lane.stream.wait(lane_at(other).stream); });
}

int32_t longcat_cuda_capture_begin(int64_t stream) noexcept {
  return operation(stream, [](Lane& lane) { return lane.stream.begin_capture(); });
}

int64_t longcat_cuda_capture_end(int64_t stream) noexcept {
  return made([&]() -> Graph* {
    Backend& b = lane_at(stream).backend;
    auto graph = std::make_unique<Graph>(*b.context);
    if (b.context->enter() != kOk || lane_at(stream).stream.end_capture(*graph) != kOk) {
      return nullptr;
    }
    b.graphs.push_back(std::move(graph));
    return b.graphs.back().get();
  });
}

int32_t longcat_cuda_graph_launch(int64_t stream, int64_t graph) noexcept {
  return operation(stream, [&](Lane& lane) {
    return lane.stream.launch(*reinterpret_cast<Graph*>(graph));
  });
}

void longcat_cuda_graph_close(int64_t backend, int64_t graph) noexcept {
  Backend& b = backend_at(backend);
  b.context->enter();
  b.settle();
  auto is_it = [&](const auto& known) { return known.get() == reinterpret_cast<Graph*>(graph); };
  b.graphs.erase(std::remove_if(b.graphs.begin(), b.graphs.end(), is_it), b.graphs.end());
}

int32_t longcat_cuda_write(int64_t stream, const void* values, int64_t length, int64_t into,
                           int64_t rows, int64_t columns, int64_t stride) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (4 * rows * columns > length) return kMisfit;
    return write_rows(lane, static_cast<const uint8_t*>(values),
                      matrix(into, rows, columns, stride));
  });
}

int32_t longcat_cuda_read(int64_t stream, void* values, int64_t length, int64_t from, int64_t rows,
                          int64_t columns, int64_t stride) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (4 * rows * columns > length) return kMisfit;
    return read_rows(lane, static_cast<uint8_t*>(values), matrix(from, rows, columns, stride));
  });
}

int64_t longcat_cuda_readout_open(int64_t backend, int64_t numbers) noexcept {
  return made([&]() -> Readout* {
    Backend& b = backend_at(backend);
    if (b.context->enter() != kOk) return nullptr;
    auto readout = std::make_unique<Readout>(*b.context);
    if (readout->open(numbers) != kOk) return nullptr;
    b.readouts.push_back(std::move(readout));
    return b.readouts.back().get();
  });
}

int32_t longcat_cuda_readout_fill(int64_t stream, int64_t readout, int64_t from, int64_t rows,
                                  int64_t columns, int64_t stride) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (rows * columns > readout_at(readout).capacity()) return kMisfit;
    int32_t status = kOk;
    Address source = packed(lane, matrix(from, rows, columns, stride), &status);
    if (status != kOk) return status;
    return readout_at(readout).fill(source, rows * columns, lane.stream.handle());
  });
}

int32_t longcat_cuda_readout_copy(int64_t backend, int64_t readout, int64_t first, int64_t numbers,
                                  void* into, int64_t length) noexcept {
  return guarded([&] {
    if (4 * numbers > length) return kMisfit;
    int32_t status = backend_at(backend).context->enter();
    if (status != kOk) return status;
    return readout_at(readout).copy(first, numbers, static_cast<float*>(into));
  });
}

void longcat_cuda_readout_close(int64_t backend, int64_t readout) noexcept {
  Backend& b = backend_at(backend);
  b.context->enter();
  auto is_it = [&](const auto& known) { return known.get() == &readout_at(readout); };
  b.readouts.erase(std::remove_if(b.readouts.begin(), b.readouts.end(), is_it), b.readouts.end());
}

}  // extern "C"
