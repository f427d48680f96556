// Sizes in a dialect's own units, and prices as distances.
#include <algorithm>
#include <array>

#include "wire/decode.hpp"
#include "wire/symbol.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using model::Signal;

bool is_close(model::Action action) {
  return action == model::Action::close_long || action == model::Action::close_short ||
         action == model::Action::close_all;
}

std::string listed(const Dialect& dialect) {
  std::string list;
  for (const auto& unit : dialect.units) {
    if (unit.amount != Amount::not_supported) list += (list.empty() ? "" : ", ") + std::string(unit.text);
  }
  return list;
}

const UnitRule* find_unit(const Dialect& dialect, std::string_view text) {
  const auto found = std::find_if(dialect.units.begin(), dialect.units.end(),
                                  [&](const UnitRule& unit) { return equals_ignoring_case(text, unit.text); });
  return found == dialect.units.end() ? nullptr : &*found;
}

// The unit that counts for this size: its key's, the alert's own, the dialect's first. Nothing after a finding.
std::optional<UnitRule> unit_of(FieldReader& reader, const JsonMember& size) {
  const Dialect& dialect = reader.dialect();
  const KeyRule* rule = reader.rule_of(size);
  if (rule != nullptr && !rule->unit.empty()) {
    const UnitRule* unit = find_unit(dialect, rule->unit);
    return unit == nullptr ? UnitRule{rule->unit} : *unit;
  }
  for (const JsonMember* member : reader.members(Field::size_unit)) {
    const auto text = reader.text_of(*member);
    if (!text) return std::nullopt;
    if (const UnitRule* unit = find_unit(dialect, *text)) return *unit;
    reader.report(FindingCode::unknown_value, *member,
                  reader.shown_value(*text) + " is not known to " + std::string(dialect.title) +
                      "; expected one of " + listed(dialect));
    return std::nullopt;
  }
  return dialect.units.empty() ? UnitRule{} : dialect.units.front();
}

bool is_quoted_in_dollars(const Signal& signal) {
  const auto parsed = parse_symbol(signal.symbol);
  const auto* ticker = std::get_if<Ticker>(&parsed);
  // What parts into no two assets is a stock or a future, which is counted in its own currency.
  if (ticker == nullptr || ticker->quote.empty()) return true;
  static constexpr std::array<std::string_view, 9> kDollars{"USD",  "USDT", "USDC", "BUSD", "FDUSD",
                                                            "TUSD", "USDP", "USDE", "USD1"};
  return std::find(kDollars.begin(), kDollars.end(), ticker->quote) != kDollars.end();
}

// "50%" -> "50" and what it is a percentage of; "3x" is refused.
struct Figure {
  JsonMember member;
  bool is_percent = false;
};
Figure figure_of(const JsonMember& member) {
  Figure figure{member, false};
  std::string_view text = trim(member.value.text);
  if (member.value.kind == JsonValue::Kind::string && text.ends_with('%')) {
    figure.is_percent = true;
    text.remove_suffix(1);
  }
  figure.member.value.text = JsonText::borrowed(text);
  return figure;
}

void read_one_size(FieldReader& reader, const JsonMember& member, Signal& signal) {
  const Dialect& dialect = reader.dialect();
  const Figure figure = figure_of(member);
  if (figure.is_percent && !dialect.percent) {
    return reader.report(FindingCode::not_a_number, member,
                         reader.shown_value(member.value.text) + " is a percentage, which " +
                             std::string(dialect.title) + " says in its unit, not in the number");
  }
  if (!figure.is_percent && figure.member.value.text.view().ends_with('x')) {
    return reader.report(FindingCode::not_supported, member,
                         reader.shown_value(member.value.text) +
                             " is a multiple of the account by leverage; send an amount or a percentage");
  }
  const auto unit = unit_of(reader, member);
  const auto number = reader.number_of(figure.member, Sign::positive);
  if (!unit || !number) return;
  if (unit->amount == Amount::not_supported && !figure.is_percent) {
    return reader.report(FindingCode::not_supported, member,
                         "a size in " + std::string(unit->text) +
                             " needs what the alert does not say; expected " + listed(dialect));
  }
  signal.quantity = number;
  signal.size_unit = unit->unit;
  if (figure.is_percent) {
    const bool closing = is_close(signal.action) && dialect.closing_percent.has_value();
    signal.size_unit = closing ? *dialect.closing_percent : *dialect.percent;
  } else if (unit->amount == Amount::ratio) {
    if (*number > Decimal(1)) {
      return reader.report(FindingCode::out_of_range, member,
                           number->to_string() + " is more than 1; here 1.0 is all of it, 100 %");
    }
    signal.quantity = multiply(*number, Decimal(100), Rounding::toward_zero);
  } else if (unit->amount == Amount::dollars && !is_quoted_in_dollars(signal)) {
    reader.report(FindingCode::contradiction, member,
                  "counts dollars, but " + signal.symbol + " is not quoted in them");
  }
}

// A price that is `part` away from `from`: below or above.
std::optional<Decimal> away(const Decimal& from, const Decimal& distance, bool upward) {
  const Decimal price = upward ? from + distance : from - distance;
  if (!price.is_positive()) return std::nullopt;
  return price;
}

struct Bracket {
  Field price;
  Field percent;
  Field distance;
  bool is_stop;
};

void read_bracket(FieldReader& reader, const Bracket& bracket, std::optional<Decimal>& price, Signal& signal,
                  std::vector<const JsonMember*>& unplaced) {
  const int direction = model::direction_of(signal.action);
  const bool is_entry = signal.action == model::Action::buy || signal.action == model::Action::sell;
  const auto reference = signal.limit_price ? signal.limit_price : signal.price;
  for (const Field field : {bracket.percent, bracket.distance}) {
    for (const JsonMember* member : reader.members(field)) {
      const auto number = reader.number_of(*member, Sign::positive);
      if (!number) continue;
      if (!is_entry || !reference) {
        unplaced.push_back(member);
        continue;
      }
      const Decimal distance =
          field == bracket.percent
              ? multiply(*reference, multiply(*number, Decimal::from_trusted("0.01"), Rounding::half_even, 30),
                         Rounding::half_even, 20)
              : *number;
      const auto placed = away(*reference, distance, (direction > 0) != bracket.is_stop);
      if (!placed) {
        reader.report(FindingCode::out_of_range, *member, "is as far as the price itself, or farther");
      } else if (price && *price != *placed) {
        reader.report(FindingCode::conflicting_fields, *member, "contradicts the price given beside it");
      } else {
        price = placed;
      }
    }
  }
}

}  // namespace

void read_foreign_size(FieldReader& reader, Signal& signal) {
  const auto sizes = reader.members(Field::quantity);
  if (sizes.empty()) {
    // A size that is named but has no value must not become a default size.
    const bool unset = reader.dialect().zero_is_unset && !reader.has_no_value(Field::quantity);
    if (reader.has(Field::quantity) && !unset) {
      reader.report_missing(Field::quantity, "quantity", "a number greater than 0");
    }
    return;
  }
  read_one_size(reader, *sizes.front(), signal);
  for (const JsonMember* other : sizes) {
    if (other != sizes.front()) reader.report_conflict(*sizes.front(), *other);
  }
}

void read_distances(FieldReader& reader, Signal& signal) {
  std::vector<const JsonMember*> unplaced;
  read_bracket(reader, {Field::stop_loss, Field::stop_loss_percent, Field::stop_loss_distance, true},
               signal.stop_loss, signal, unplaced);
  read_bracket(reader, {Field::take_profit, Field::take_profit_percent, Field::take_profit_distance, false},
               signal.take_profit, signal, unplaced);
  if (!unplaced.empty()) signal.legs_json = reader.kept_as_sent(Field::legs, unplaced);
}

}  // namespace tvh::wire
