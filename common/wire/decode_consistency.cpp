#include "wire/decode.hpp"

namespace tvh::wire {
namespace {

using model::OrderType;
using model::PositionSide;
using model::Signal;

void check_order_type(FieldReader& reader, const Signal& signal) {
  const bool wants_limit = signal.order_type == OrderType::limit || signal.order_type == OrderType::stop_limit;
  const bool wants_stop = signal.order_type == OrderType::stop || signal.order_type == OrderType::stop_limit;
  const std::string type(model::to_text(signal.order_type));
  if (wants_limit && !signal.limit_price) {
    reader.report(FindingCode::contradiction, Field::order_type, "order_type",
                  "a " + type + " order without limit_price");
  }
  if (wants_stop && !signal.stop_price) {
    reader.report(FindingCode::contradiction, Field::order_type, "order_type",
                  "a " + type + " order without stop_price");
  }
  if (!wants_limit && signal.limit_price) {
    reader.report(FindingCode::contradiction, Field::limit_price, "limit_price",
                  "contradicts order_type " + type);
  }
  if (!wants_stop && signal.stop_price) {
    reader.report(FindingCode::contradiction, Field::stop_price, "stop_price",
                  "contradicts order_type " + type);
  }
}

// An entry's stop loss lies on the losing side of its price and its target on the winning one.
void check_brackets(FieldReader& reader, const Signal& signal) {
  const int direction = model::direction_of(signal.action);
  const bool is_entry = (signal.action == model::Action::buy || signal.action == model::Action::sell) &&
                        signal.reduce_only != true &&
                        !(signal.position && signal.position->side == PositionSide::flat);
  if (!is_entry) return;
  const std::string action(model::to_text(signal.action));
  const auto price = signal.limit_price  ? signal.limit_price
                     : signal.stop_price ? signal.stop_price
                                         : signal.price;
  const auto wrong_side = [&](const Decimal& lower, const Decimal& upper) {
    return direction > 0 ? lower >= upper : lower <= upper;
  };
  const std::string beyond = direction > 0 ? " is not below " : " is not above ";
  if (signal.stop_loss && price && wrong_side(*signal.stop_loss, *price)) {
    reader.report(
        FindingCode::contradiction, Field::stop_loss, "stop_loss",
        signal.stop_loss->to_string() + beyond + "the price " + price->to_string() + " of a " + action);
  }
  if (signal.take_profit && price && wrong_side(*price, *signal.take_profit)) {
    reader.report(FindingCode::contradiction, Field::take_profit, "take_profit",
                  signal.take_profit->to_string() + (direction > 0 ? " is not above " : " is not below ") +
                      "the price " + price->to_string() + " of a " + action);
  }
  if (!price && signal.stop_loss && signal.take_profit && wrong_side(*signal.stop_loss, *signal.take_profit)) {
    reader.report(FindingCode::contradiction, Field::stop_loss, "stop_loss",
                  signal.stop_loss->to_string() + beyond + "the take_profit " +
                      signal.take_profit->to_string() + " of a " + action);
  }
}

void check_position(FieldReader& reader, const Signal& signal) {
  if (signal.action == model::Action::target && !signal.position) {
    reader.report(FindingCode::missing_field, Field::position, "position",
                  "missing; action target needs position {side, size} or position_size with a sign");
    return;
  }
  if (!signal.position) return;
  const bool is_order = signal.action == model::Action::buy || signal.action == model::Action::sell;
  if (reader.dialect().position_needs_order && !is_order) {
    reader.report(FindingCode::contradiction, Field::position_side, "position",
                  "says what position to have after a " + std::string(model::to_text(signal.action)) +
                      ", but it goes with buy and sell only; leave it away");
    return;
  }
  const auto contradicts = [](PositionSide side, const std::optional<Decimal>& size) {
    return size && size->is_zero() != (side == PositionSide::flat);
  };
  const auto report = [&](PositionSide side, const Decimal& size) {
    const Field field = reader.has(Field::position) ? Field::position : Field::position_side;
    reader.report(FindingCode::contradiction, field, "position",
                  std::string(model::to_text(side)) + " with a size of " + size.to_string());
  };
  if (contradicts(signal.position->side, signal.position->size)) {
    report(signal.position->side, *signal.position->size);
  }
  if (signal.position->prev_side && contradicts(*signal.position->prev_side, signal.position->prev_size)) {
    report(*signal.position->prev_side, *signal.position->prev_size);
  }
  if (signal.action == model::Action::target && signal.position->side != PositionSide::flat &&
      !signal.position->size && !signal.quantity) {
    reader.report(FindingCode::missing_field, Field::position, "position",
                  "its size is missing; expected how large the position shall be");
  }
}

}  // namespace

void check_consistency(FieldReader& reader, const Signal& signal) {
  check_order_type(reader, signal);
  check_brackets(reader, signal);
  check_position(reader, signal);
}

}  // namespace tvh::wire
