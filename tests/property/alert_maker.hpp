// Random alerts that mean the same trade in different words, from a seed.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tvh::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return std::size_t(engine_() % bound); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

// What the alert trades; how it is written is the spelling's choice.
struct Trade {
  bool buy = true;
  std::string symbol = "BTCUSDT";
  bool perp = false;
  std::string strategy = "ma";
  int quantity_thousandths = 10;  // 0.010
  int stop_loss = 0;              // 0: none
};

// One number in one of its spellings, bare or quoted.
inline std::string spell_thousandths(int thousandths, Random& random) {
  const std::string whole = std::to_string(thousandths / 1000);
  std::string places = std::to_string(1000 + thousandths % 1000).substr(1);
  const std::vector<std::string> spellings{
      whole + "." + places, whole + "." + places + "00", std::to_string(thousandths) + "e-3",
      std::to_string(thousandths) + "E-03", std::to_string(thousandths) + "0e-4"};
  const std::string& text = random.pick(spellings);
  return random.below(2) == 0 ? text : "\"" + text + "\"";
}

inline std::string quoted(const std::string& text) { return "\"" + text + "\""; }

// `fired_at` differs between a first sending and its resend; "" leaves the time out.
inline std::string spell_alert(const Trade& trade, Random& random, const std::string& fired_at) {
  using Strings = std::vector<std::string>;
  std::vector<std::pair<std::string, std::string>> fields;
  fields.emplace_back(random.pick(Strings{"secret", "token", "passphrase", "segredo"}), quoted("s"));
  fields.emplace_back(random.pick(Strings{"action", "acao"}),
                      quoted(trade.buy ? random.pick(Strings{"buy", "BUY", "Buy", "COMPRA"})
                                       : random.pick(Strings{"sell", "SELL", "VENDA", "venda"})));
  fields.emplace_back(random.pick(Strings{"symbol", "ticker", "asset", "ativo"}),
                      quoted(trade.symbol + (trade.perp ? ".P" : "")));
  fields.emplace_back(random.pick(Strings{"strategy", "strategy_id"}), quoted(trade.strategy));
  fields.emplace_back(random.pick(Strings{"quantity", "qty", "qtd", "contracts", "volume", "position_size"}),
                      spell_thousandths(trade.quantity_thousandths, random));
  if (trade.stop_loss > 0) fields.emplace_back("stop_loss", spell_thousandths(trade.stop_loss * 1000, random));
  fields.emplace_back("note", R"({"b":1,"a":[1,2]})");
  fields.emplace_back(random.pick(Strings{"timeframe", "interval"}), random.pick(Strings{"\"15\"", "15"}));
  if (!fired_at.empty())
    fields.emplace_back(random.pick(Strings{"time", "bar_time", "timestamp"}), quoted(fired_at));
  random.shuffle(fields);
  std::string text = "{";
  for (const auto& [key, value] : fields) {
    if (text.size() > 1) text += ",";
    text += random.pick(Strings{"", " ", "\n  "}) + quoted(key) + random.pick(Strings{":", " : "}) + value;
  }
  return text + "}";
}

}  // namespace tvh::test
