// Which CPUs threads run on. Linux alone tells and binds; elsewhere there are none to bind to.
#pragma once

#include <string>
#include <thread>
#include <vector>

namespace longcat {

struct Cpu {
  int number;
  // Equal for CPUs that share a core.
  std::string core;
};

// The numbers of the CPUs with the first of each core before all others.
std::vector<int> cores_first(const std::vector<Cpu>& cpus);

// The CPUs that the calling thread and what it starts may run on, in that order.
std::vector<int> usable_cpus();

// Whether the thread runs on these CPUs only from now on.
bool bind(std::thread& thread, const std::vector<int>& cpus);

// The same for the calling thread; threads that it starts from then on do too.
bool bind_caller(const std::vector<int>& cpus);

}  // namespace longcat
