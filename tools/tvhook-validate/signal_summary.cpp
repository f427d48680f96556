#include "tvhook-validate/signal_summary.hpp"

namespace tvh {
namespace {

using model::Action;

std::string size_text(const Decimal& quantity, model::SizeUnit unit) {
  const std::string number = quantity.to_string();
  switch (unit) {
    case model::SizeUnit::base:
      return number;
    case model::SizeUnit::quote:
      return number + " quote of";
    case model::SizeUnit::contracts:
      return number + " contracts of";
    case model::SizeUnit::percent_equity:
      return number + " % of equity in";
    case model::SizeUnit::percent_balance:
      return number + " % of balance in";
    case model::SizeUnit::percent_position:
      return number + " % of the position in";
    case model::SizeUnit::risk_percent:
      return number + " % at risk in";
  }
  return number;
}

bool has_order(Action action) { return action == Action::buy || action == Action::sell; }

void append_price(std::string& out, const char* what, const std::optional<Decimal>& price) {
  if (price) out += std::string(what) + price->to_string();
}

}  // namespace

std::string summary_of(const model::Signal& signal) {
  std::string out(model::to_text(signal.action));
  if (signal.quantity) out += " " + size_text(*signal.quantity, signal.size_unit);
  if (signal.action == Action::target && signal.position) {
    out += " " + std::string(model::to_text(signal.position->side));
    if (signal.position->size) out += " " + signal.position->size->to_string();
  }
  if (!signal.symbol.empty()) out += " " + model::instrument_name(signal.symbol, signal.market);
  if (has_order(signal.action)) {
    std::string type(model::to_text(signal.order_type));
    if (const auto line = type.find('_'); line != std::string::npos) type[line] = ' ';
    out += " " + type;
    append_price(out, " ", signal.limit_price);
    append_price(out, signal.limit_price ? ", stop " : " ", signal.stop_price);
  }
  append_price(out, ", stop loss ", signal.stop_loss);
  append_price(out, ", take profit ", signal.take_profit);
  if (!signal.trailing_json.empty()) out += ", trailing";
  if (signal.reduce_only.value_or(false)) out += ", reduce-only";
  if (has_order(signal.action) && !signal.quantity) out += ", size from the configuration";
  return out;
}

}  // namespace tvh
