#include "venue_sim/faults.hpp"

namespace tvh::venue_sim {
namespace {

std::uint64_t mixed(std::uint64_t value) {  // splitmix64
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

bool applies(Fault fault, const FaultSubject& subject) {
  if (fault == Fault::late_accept || fault == Fault::error_after_accept) return subject.trades;
  if (fault == Fault::invisible) return subject.trades && subject.method == "POST";
  return true;
}

Error unknown_fault(std::string_view name) {
  std::string names;
  for (std::size_t i = 1; i < kFaultNames.size(); ++i) names += " " + std::string(kFaultNames[i]);
  return fail(Errc::usage, "there is no fault " + std::string(name) + "; use one of: all" + names);
}

}  // namespace

std::optional<Fault> fault_named(std::string_view name) {
  for (std::size_t i = 1; i < kFaultNames.size(); ++i) {
    if (kFaultNames[i] == name) return Fault(i);
  }
  return std::nullopt;
}

Result<void> Faults::set(std::string_view name, double probability) {
  if (!(probability >= 0 && probability <= 1)) {
    return fail(Errc::usage, "the probability of " + std::string(name) + " must be between 0 and 1");
  }
  if (name == "all") {
    probability_.fill(probability);
    return {};
  }
  const auto fault = fault_named(name);
  if (!fault) return unknown_fault(name);
  probability_[std::size_t(*fault)] = probability;
  return {};
}

Result<void> Faults::order(std::string_view name, int count, std::string method, std::string path) {
  const auto fault = fault_named(name);
  if (!fault) return unknown_fault(name);
  if (ordered_.size() >= 1000) return fail(Errc::usage, "1000 ordered faults are waiting already");
  ordered_.push_back({*fault, count, std::move(method), std::move(path)});
  return {};
}

std::uint64_t Faults::roll(std::uint64_t ordinal, std::uint64_t purpose) const {
  return mixed(mixed(mixed(seed_) ^ ordinal) ^ purpose);
}

Fault Faults::draw(const FaultSubject& subject) {
  for (auto ordered = ordered_.begin(); ordered != ordered_.end(); ++ordered) {
    const bool meant = (ordered->method.empty() || ordered->method == subject.method) &&
                       (ordered->path.empty() || ordered->path == subject.path);
    if (!meant || !applies(ordered->fault, subject)) continue;
    const Fault fault = ordered->fault;
    if (--ordered->count <= 0) ordered_.erase(ordered);
    return fault;
  }
  for (std::size_t i = 1; i < kFaultNames.size(); ++i) {
    if (probability_[i] <= 0 || !applies(Fault(i), subject)) continue;
    const double drawn = double(roll(subject.ordinal, i) >> 11) * 0x1.0p-53;
    if (drawn < probability_[i]) return Fault(i);
  }
  return Fault::none;
}

}  // namespace tvh::venue_sim
