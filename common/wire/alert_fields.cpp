#include "wire/alert_fields.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "wire/text.hpp"

namespace tvh::wire {
namespace {

struct Key {
  std::string_view name;
  Field field;
};

// Sorted by name.
constexpr std::array kAlertKeys{
    Key{"acao", Field::action},
    Key{"action", Field::action},
    Key{"alert_id", Field::author_id},
    Key{"asset", Field::symbol},
    Key{"ativo", Field::symbol},
    Key{"bar_time", Field::bar_time},
    Key{"comment", Field::comment},
    Key{"contracts", Field::contracts},
    Key{"entry_price", Field::price},
    Key{"exchange", Field::exchange},
    Key{"extra", Field::extra},
    Key{"fired_at", Field::fired_at},
    Key{"id", Field::bare_id},
    Key{"interval", Field::timeframe},
    Key{"kind", Field::about_the_record},
    Key{"legs", Field::legs},
    Key{"leverage", Field::leverage},
    Key{"limit_price", Field::limit_price},
    Key{"market", Field::market},
    Key{"market_position", Field::position_side},
    Key{"market_position_size", Field::position_quantity},
    Key{"max_age", Field::max_age},
    Key{"order_id", Field::order_id},
    Key{"order_type", Field::order_type},
    Key{"passphrase", Field::secret},
    Key{"position", Field::position},
    Key{"position_size", Field::position_size},
    Key{"prev_market_position", Field::previous_side},
    Key{"prev_market_position_size", Field::previous_quantity},
    Key{"price", Field::price},
    Key{"qtd", Field::quantity},
    Key{"qty", Field::quantity},
    Key{"quantity", Field::quantity},
    Key{"received_at", Field::received_at},
    Key{"reduce_only", Field::reduce_only},
    Key{"secret", Field::secret},
    Key{"segredo", Field::secret},
    Key{"signal_id", Field::author_id},
    Key{"size_unit", Field::size_unit},
    Key{"stop_loss", Field::stop_loss},
    Key{"stop_price", Field::stop_price},
    Key{"strategy", Field::strategy},
    Key{"strategy_id", Field::strategy},
    Key{"symbol", Field::symbol},
    Key{"take_profit", Field::take_profit},
    Key{"ticker", Field::symbol},
    Key{"time", Field::time},
    Key{"time_in_force", Field::time_in_force},
    Key{"timeframe", Field::timeframe},
    Key{"timestamp", Field::time},
    Key{"token", Field::secret},
    Key{"trailing", Field::trailing},
    Key{"v", Field::about_the_record},
    Key{"volume", Field::volume},
};

constexpr std::array kRecordKeys{
    Key{"action", Field::action},
    Key{"bar_time", Field::bar_time},
    Key{"bare_id", Field::bare_id},
    Key{"comment", Field::comment},
    Key{"exchange", Field::exchange},
    Key{"extra", Field::extra},
    Key{"fired_at", Field::fired_at},
    Key{"id", Field::about_the_record},
    Key{"kind", Field::about_the_record},
    Key{"legs", Field::legs},
    Key{"leverage", Field::leverage},
    Key{"limit_price", Field::limit_price},
    Key{"market", Field::market},
    Key{"max_age", Field::max_age},
    Key{"order_id", Field::order_id},
    Key{"order_type", Field::order_type},
    Key{"position", Field::position},
    Key{"price", Field::price},
    Key{"quantity", Field::quantity},
    Key{"received_at", Field::received_at},
    Key{"reduce_only", Field::reduce_only},
    Key{"signal_id", Field::author_id},
    Key{"size_unit", Field::size_unit},
    Key{"stop_loss", Field::stop_loss},
    Key{"stop_price", Field::stop_price},
    Key{"strategy", Field::strategy},
    Key{"symbol", Field::symbol},
    Key{"take_profit", Field::take_profit},
    Key{"time_in_force", Field::time_in_force},
    Key{"timeframe", Field::timeframe},
    Key{"trailing", Field::trailing},
    Key{"v", Field::about_the_record},
};

template <std::size_t Count>
constexpr bool is_sorted_by_name(const std::array<Key, Count>& keys) {
  return std::is_sorted(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
}
static_assert(is_sorted_by_name(kAlertKeys) && is_sorted_by_name(kRecordKeys));

template <std::size_t Count>
std::optional<Field> find_key(const std::array<Key, Count>& keys, std::string_view name) {
  const auto found =
      std::lower_bound(keys.begin(), keys.end(), name,
                       [](const Key& key, std::string_view wanted) { return key.name < wanted; });
  if (found == keys.end() || found->name != name) return std::nullopt;
  return found->field;
}

// "stopLoss", "StopLoss" and "stop-loss" are "stoploss".
std::string plain_spelling(std::string_view key) {
  std::string result;
  for (char c : lower(key)) {
    if (c != '_' && c != '-' && c != ' ') result += c;
  }
  return result;
}

// Whether one letter more, less, other or swapped makes one of the other.
bool one_letter_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  const std::string_view a_rest = a.substr(same);
  const std::string_view b_rest = b.substr(same);
  if (a.size() < b.size()) return a_rest == b_rest.substr(1);
  if (a_rest.empty() || a_rest.substr(1) == b_rest.substr(1)) return true;
  return a_rest.size() >= 2 && a_rest[0] == b_rest[1] && a_rest[1] == b_rest[0] &&
         a_rest.substr(2) == b_rest.substr(2);
}

constexpr std::array<std::string_view, 23> kPlaceholders{"close",
                                                         "exchange",
                                                         "high",
                                                         "interval",
                                                         "low",
                                                         "open",
                                                         "strategy.market_position",
                                                         "strategy.market_position_size",
                                                         "strategy.order.action",
                                                         "strategy.order.alert_message",
                                                         "strategy.order.comment",
                                                         "strategy.order.contracts",
                                                         "strategy.order.id",
                                                         "strategy.order.price",
                                                         "strategy.position_size",
                                                         "strategy.prev_market_position",
                                                         "strategy.prev_market_position_size",
                                                         "syminfo.basecurrency",
                                                         "syminfo.currency",
                                                         "ticker",
                                                         "time",
                                                         "timenow",
                                                         "volume"};

}  // namespace

// Every key of every alert is looked up, so this one is a hash table, built when compiling.
constexpr std::size_t kSlots = 256;
constexpr std::size_t slot_of(std::string_view key) {
  const auto byte = [&](std::size_t at) { return std::size_t(static_cast<unsigned char>(key[at])); };
  return (key.size() * 7 + byte(0) * 31 + byte(key.size() / 2) * 5 + byte(key.size() - 1) * 131) % kSlots;
}
constexpr auto kAlertSlots = [] {
  std::array<std::uint8_t, kSlots> slots{};  // 1-based place in kAlertKeys, 0 is free
  for (std::size_t i = 0; i < kAlertKeys.size(); ++i) {
    std::size_t slot = slot_of(kAlertKeys[i].name);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = std::uint8_t(i + 1);
  }
  return slots;
}();

std::optional<Field> plain_field(std::string_view key) {
  if (key.empty()) return std::nullopt;
  for (std::size_t slot = slot_of(key); kAlertSlots[slot] != 0; slot = (slot + 1) % kSlots) {
    const Key& candidate = kAlertKeys[kAlertSlots[slot] - 1u];
    if (is_same_short(candidate.name, key)) return candidate.field;
  }
  return std::nullopt;
}
std::optional<Field> record_field(std::string_view key) { return find_key(kRecordKeys, key); }

bool is_nearly(std::string_view wanted, std::string_view known) {
  // Short names are all one letter apart from something.
  constexpr std::size_t kShortest = 5;
  const std::string left = plain_spelling(wanted);
  const std::string right = plain_spelling(known);
  if (left == right) return true;
  return left.size() >= kShortest && right.size() >= kShortest && one_letter_apart(left, right);
}

std::string_view similar_key(std::string_view key) {
  const auto found = std::find_if(kAlertKeys.begin(), kAlertKeys.end(),
                                  [&](const Key& known) { return is_nearly(key, known.name); });
  return found == kAlertKeys.end() ? std::string_view() : found->name;
}

bool is_known_placeholder(std::string_view name) {
  if (name.starts_with("plot_")) {
    const std::string_view digits = name.substr(5);
    return !digits.empty() && digits.size() <= 2 && std::all_of(digits.begin(), digits.end(), is_digit);
  }
  if (name.starts_with("plot(")) return true;
  return std::find(kPlaceholders.begin(), kPlaceholders.end(), name) != kPlaceholders.end();
}

std::string placeholder_reason(std::string_view text) {
  const auto begin = text.find("{{");
  const auto end = text.find("}}", begin);
  const std::string_view name =
      end == std::string_view::npos ? text : trim(text.substr(begin + 2, end - begin - 2));
  if (name.starts_with("plot(")) {
    return "TradingView wants {{plot(\"Title\")}} exactly so, with plain quotes and no backslash even inside a "
           "text, in "
           "the alert dialog's message or in alertcondition()";
  }
  if (name.find_first_of("*/+ ") != std::string_view::npos || (text.size() > end + 2 && begin == 0)) {
    return "TradingView does no arithmetic in messages; calculate it in Pine and send it with {{plot_0}}";
  }
  if (!is_known_placeholder(name)) {
    return "TradingView has no placeholder of that name; plot the value and send it with {{plot_0}}, or build "
           "the "
           "message in Pine";
  }
  if (name.starts_with("strategy.")) {
    return "strategy placeholders are filled in only in the message of a strategy's order-fill alerts";
  }
  return "TradingView fills placeholders only in the alert dialog's message and in alertcondition(), not in "
         "alert()";
}

}  // namespace tvh::wire
