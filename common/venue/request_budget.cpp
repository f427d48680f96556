#include "venue/request_budget.hpp"

#include <algorithm>

namespace tvh::venue {

namespace {

constexpr std::chrono::minutes kWindow{1};
// Of the limit, in percent. The rest is for others behind the same address and for what is under way.
constexpr int kForOrders = 95;
constexpr int kForLooks = 80;

}  // namespace

RequestBudget::Steady RequestBudget::free_at(int weight, Urgency urgency, Steady now) const {
  Steady at = now;
  if (paused_until_) at = std::max(at, *paused_until_);
  const int share = limit_ * (urgency == Urgency::order ? kForOrders : kForLooks) / 100;
  if (weight > 0 && minute_ && now < *minute_ + kWindow && used_ + weight > share)
    at = std::max(at, *minute_ + kWindow);
  return at;
}

void RequestBudget::take(int weight, Steady now) {
  if (!minute_ || now >= *minute_ + kWindow) {
    minute_ = now;
    used_ = 0;
  }
  used_ += weight;
}

void RequestBudget::observe(int used, Steady now) {
  take(0, now);
  used_ = std::max(used_, used);
}

void RequestBudget::pause(Steady until) {
  if (!paused_until_ || *paused_until_ < until) paused_until_ = until;
}

}  // namespace tvh::venue
