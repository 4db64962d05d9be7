#include "affinity.h"

#include <set>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>

#include <cerrno>
#include <fstream>
#endif

#include "longcat_cpu.h"

namespace longcat {

std::vector<int> cores_first(const std::vector<Cpu>& cpus) {
  std::vector<int> first;
  std::vector<int> others;
  std::set<std::string> cores;
  for (const Cpu& cpu : cpus) {
    (cores.insert(cpu.core).second ? first : others).push_back(cpu.number);
  }
  first.insert(first.end(), others.begin(), others.end());
  return first;
}

#if defined(__linux__)

namespace {

// Grows with the machine: one cpu_set_t is enough for 1024 CPUs.
using CpuSet = std::vector<cpu_set_t>;

constexpr size_t kMostSets = 64;

size_t bytes(const CpuSet& set) { return set.size() * sizeof(cpu_set_t); }

// A machine that does not tell has one CPU in each core.
std::string core_of(int cpu) {
  std::string number = std::to_string(cpu);
  std::ifstream file("/sys/devices/system/cpu/cpu" + number + "/topology/thread_siblings_list");
  std::string siblings;
  return std::getline(file, siblings) ? siblings : number;
}

bool bind(pthread_t thread, const std::vector<int>& cpus) {
  CpuSet set(kMostSets);
  for (int cpu : cpus) {
    if (cpu < 0 || static_cast<size_t>(cpu) >= 8 * bytes(set)) return false;
    CPU_SET_S(static_cast<size_t>(cpu), bytes(set), set.data());
  }
  return pthread_setaffinity_np(thread, bytes(set), set.data()) == 0;
}

}  // namespace

std::vector<int> usable_cpus() {
  CpuSet set(1);
  while (sched_getaffinity(0, bytes(set), set.data()) != 0) {
    if (errno != EINVAL || set.size() == kMostSets) return {};
    set = CpuSet(2 * set.size());
  }
  std::vector<Cpu> cpus;
  for (size_t cpu = 0; cpu < 8 * bytes(set); cpu++) {
    int number = static_cast<int>(cpu);
    if (CPU_ISSET_S(cpu, bytes(set), set.data())) cpus.push_back({number, core_of(number)});
  }
  return cores_first(cpus);
}

bool bind(std::thread& thread, const std::vector<int>& cpus) {
  return bind(thread.native_handle(), cpus);
}

bool bind_caller(const std::vector<int>& cpus) { return bind(pthread_self(), cpus); }

#else

std::vector<int> usable_cpus() { return {}; }

bool bind(std::thread&, const std::vector<int>&) { return false; }

bool bind_caller(const std::vector<int>&) { return false; }

#endif

}  // namespace longcat

extern "C" int32_t longcat_usable_cpus(int32_t* cpus, int64_t capacity) noexcept {
  try {
    std::vector<int> usable = longcat::usable_cpus();
    for (size_t i = 0; i < usable.size() && static_cast<int64_t>(i) < capacity; i++) {
      cpus[i] = usable[i];
    }
    return static_cast<int32_t>(usable.size());
  } catch (...) {
    return LONGCAT_OUT_OF_MEMORY;
  }
}

extern "C" int32_t longcat_bind_caller(const int32_t* cpus, int64_t count) noexcept {
  try {
    bool bound = count > 0 && longcat::bind_caller(std::vector<int>(cpus, cpus + count));
    return bound ? LONGCAT_OK : LONGCAT_REFUSED;
  } catch (...) {
    return LONGCAT_OUT_OF_MEMORY;
  }
}
