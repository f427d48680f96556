#include "venue/request_budget.hpp"

#include <algorithm>

namespace tvh::venue {

namespace {

constexpr std::chrono::minutes kWindow{1};
// Of the limit, in percent. The rest is for others behind the same address and for what is under way.
constexpr int kForOrders = 95;
constexpr int kForQueries = 90;
constexpr int kForLooks = 70;

int share_of(RequestBudget::Urgency urgency) {
  switch (urgency) {
    case RequestBudget::Urgency::order:
      return kForOrders;
    case RequestBudget::Urgency::query:
      return kForQueries;
    case RequestBudget::Urgency::look:
      return kForLooks;
  }
  return kForLooks;
}

}  // namespace

RequestBudget::Steady RequestBudget::free_at(int weight, Urgency urgency, Steady now) const {
  Steady at = now;
  if (paused_until_) at = std::max(at, *paused_until_);
  const int share = limit_ * share_of(urgency) / 100;
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
