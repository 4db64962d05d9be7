// An emulated driver of which one call fails, and that counts what is open.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "driver.h"

namespace longcat::test {

using namespace longcat::cuda;

class FaultyDriver final : public Driver {
 public:
  // What is open, and how many calls there were; outlives the driver.
  struct Record {
    int64_t calls = 0;
    int64_t open = 0;
  };

  // The call of that number, from 0 on, fails with the error; none where it is negative.
  FaultyDriver(std::unique_ptr<Driver> inner, int64_t failing, int32_t error, Record& record)
      : inner_(std::move(inner)), failing_(failing), error_(error), record_(record) {}

  int32_t version(int32_t* version) override {
    return called([&] { return inner_->version(version); });
  }
  int32_t device_count(int32_t* count) override {
    return called([&] { return inner_->device_count(count); });
  }
  int32_t device_name(int32_t device, char* name, int32_t capacity) override {
    return called([&] { return inner_->device_name(device, name, capacity); });
  }
  int32_t attribute(int32_t device, DeviceAttribute attribute, int32_t* value) override {
    return called([&] { return inner_->attribute(device, attribute, value); });
  }
  int32_t open_context(int32_t device, ContextHandle* context) override {
    return opened([&] { return inner_->open_context(device, context); });
  }
  int32_t close_context(int32_t device) override {
    return closed([&] { return inner_->close_context(device); });
  }
  int32_t enter(ContextHandle context) override {
    return called([&] { return inner_->enter(context); });
  }
  int32_t memory_info(uint64_t* free, uint64_t* total) override {
    return called([&] { return inner_->memory_info(free, total); });
  }
  int32_t can_reach(int32_t device, int32_t other, bool* can) override {
    return called([&] { return inner_->can_reach(device, other, can); });
  }
  int32_t reach(ContextHandle other) override {
    return called([&] { return inner_->reach(other); });
  }
  int32_t allocate(uint64_t bytes, Address* address) override {
    return opened([&] { return inner_->allocate(bytes, address); });
  }
  int32_t free(Address address) override {
    return closed([&] { return inner_->free(address); });
  }
  int32_t allocate_pinned(uint64_t bytes, void** memory) override {
    return opened([&] { return inner_->allocate_pinned(bytes, memory); });
  }
  int32_t free_pinned(void* memory) override {
    return closed([&] { return inner_->free_pinned(memory); });
  }
  int32_t share(void* memory, uint64_t bytes, Address* address) override {
    return opened([&] { return inner_->share(memory, bytes, address); });
  }
  int32_t unshare(void* memory) override {
    return closed([&] { return inner_->unshare(memory); });
  }
  int32_t copy_to_device(Address into, const void* from, uint64_t bytes, StreamHandle stream) override {
    return called([&] { return inner_->copy_to_device(into, from, bytes, stream); });
  }
  int32_t copy_to_host(void* into, Address from, uint64_t bytes, StreamHandle stream) override {
    return called([&] { return inner_->copy_to_host(into, from, bytes, stream); });
  }
  int32_t fill(Address into, uint8_t value, uint64_t bytes, StreamHandle stream) override {
    return called([&] { return inner_->fill(into, value, bytes, stream); });
  }
  int32_t open_stream(StreamHandle* stream) override {
    return opened([&] { return inner_->open_stream(stream); });
  }
  int32_t close_stream(StreamHandle stream) override {
    return closed([&] { return inner_->close_stream(stream); });
  }
  int32_t synchronise(StreamHandle stream) override {
    return called([&] { return inner_->synchronise(stream); });
  }
  int32_t open_event(EventHandle* event) override {
    return opened([&] { return inner_->open_event(event); });
  }
  int32_t close_event(EventHandle event) override {
    return closed([&] { return inner_->close_event(event); });
  }
  int32_t record(EventHandle event, StreamHandle stream) override {
    return called([&] { return inner_->record(event, stream); });
  }
  int32_t wait(StreamHandle stream, EventHandle event) override {
    return called([&] { return inner_->wait(stream, event); });
  }
  int32_t synchronise_event(EventHandle event) override {
    return called([&] { return inner_->synchronise_event(event); });
  }
  int32_t load_module(const void* image, ModuleHandle* module) override {
    return opened([&] { return inner_->load_module(image, module); });
  }
  int32_t close_module(ModuleHandle module) override {
    return closed([&] { return inner_->close_module(module); });
  }
  int32_t function(ModuleHandle module, const char* name, FunctionHandle* function) override {
    return called([&] { return inner_->function(module, name, function); });
  }
  int32_t function_attribute(FunctionHandle function, FunctionAttribute attribute, int32_t* value) override {
    return called([&] { return inner_->function_attribute(function, attribute, value); });
  }
  int32_t set_dynamic_shared(FunctionHandle function, int32_t bytes) override {
    return called([&] { return inner_->set_dynamic_shared(function, bytes); });
  }
  int32_t launch(const Launch& launch, StreamHandle stream) override {
    return called([&] { return inner_->launch(launch, stream); });
  }
  int32_t begin_capture(StreamHandle stream) override {
    return called([&] { return inner_->begin_capture(stream); });
  }
  int32_t end_capture(StreamHandle stream, GraphHandle* graph) override {
    return opened([&] { return inner_->end_capture(stream, graph); });
  }
  int32_t launch_graph(GraphHandle graph, StreamHandle stream) override {
    return called([&] { return inner_->launch_graph(graph, stream); });
  }
  int32_t close_graph(GraphHandle graph) override {
    return closed([&] { return inner_->close_graph(graph); });
  }

  std::string text(int32_t error) override {
    return error == error_ ? "as the test wants" : inner_->text(error);
  }
  bool emulated() const override { return true; }
  void cut(Address memory) override { inner_->cut(memory); }
  void allow(Address piece, uint64_t bytes) override { inner_->allow(piece, bytes); }
  void forbid(Address piece, uint64_t bytes) override { inner_->forbid(piece, bytes); }

 private:
  bool fails() { return record_.calls++ == failing_; }

  template <class Call>
  int32_t called(const Call& call) {
    return fails() ? error_ : call();
  }
  template <class Call>
  int32_t opened(const Call& call) {
    int32_t result = called(call);
    if (result == kSuccess) record_.open++;
    return result;
  }
  // What is closed is closed, also where an error of something else is told.
  template <class Call>
  int32_t closed(const Call& call) {
    bool told = fails();
    int32_t result = call();
    record_.open--;
    return told ? error_ : result;
  }

  std::unique_ptr<Driver> inner_;
  int64_t failing_;
  int32_t error_;
  Record& record_;
};

}  // namespace longcat::test
