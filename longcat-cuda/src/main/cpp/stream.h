// Operations in order on a device, and the memory that they work in.
#pragma once

#include <cstdint>
#include <vector>

#include "context.h"
#include "launcher.h"

namespace longcat::cuda {

// Operations of a pass that are launched at once.
class Graph {
 public:
  explicit Graph(Context& context) : context_(context) {}
  ~Graph() { close(); }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  void close();

 private:
  friend class Stream;
  Context& context_;
  GraphHandle handle_ = nullptr;
};

class Stream final : public Launcher {
 public:
  explicit Stream(Context& context) : context_(context) {}
  ~Stream() override { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int32_t open();
  void close();

  Context& context() { return context_; }
  StreamHandle handle() { return handle_; }

  int32_t launch(const char* kernel, const Blocks& grid, void** arguments, const uint32_t* sizes,
                 int32_t count) override;
  uint8_t* workspace(int64_t bytes) override { return grown(workspace_, bytes); }
  uint8_t* zeroed(int64_t bytes) override;
  int32_t fail(int32_t code, const char* message) override;
  int32_t multiprocessors() const override { return context_.multiprocessors(); }
  int64_t shared_bytes() const override { return context_.dynamic_shared_bytes(); }
  bool rounds(int32_t format) const override;
  bool quantises(int32_t format) const override;

  int32_t synchronise();
  // What is queued here from now on starts after what was queued there so far.
  int32_t wait(Stream& other);

  int32_t begin_capture();
  int32_t end_capture(Graph& into);
  int32_t launch(const Graph& graph);

 private:
  struct Block {
    Address memory = 0;
    int64_t bytes = 0;
  };

  uint8_t* grown(Block& block, int64_t bytes);

  Context& context_;
  StreamHandle handle_ = nullptr;
  EventHandle event_ = nullptr;
  Block workspace_;
  Block zeroed_;
  // Too small by now, but work that is queued or captured uses them.
  std::vector<Address> outgrown_;
};

}  // namespace longcat::cuda
