// A message template: text with {{placeholders}}, checked, and filled with samples.
//
// Any bytes are taken; time and memory are linear in them. Findings are at most Findings::kMost.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pine/finding.hpp"
#include "pine/place.hpp"
#include "pine/samples.hpp"
#include "pine/slot.hpp"

namespace tvh::pine {

// Where the template is used, which decides what TradingView fills in there (facts, sections 2 and 3).
enum class Use : std::uint8_t {
  message_box,    // an alert's message box; of a strategy or an indicator is not known: everything is filled
  strategy_box,   // of a strategy's order-fill alert: everything is filled
  indicator_box,  // alertcondition(), price alerts: strategy.* stays as it is written
  alert_message,  // of an order call: documents contradict each other; filled here
  never_filled,   // alert(), and alertcondition() before Pine 4
};

struct Filled {
  std::string text;
  PositionMap to_template;
  std::string sample_name;  // of the SampleSet
};

class Template {
 public:
  // Bytes a message may have: what a Pine string holds.
  static constexpr std::size_t kMostBytes = 40'960;

  // `values`: stretches of `text` that are samples of Pine values already, in order, not overlapping.
  static Template parse(std::string_view text, Use use = Use::message_box, std::vector<Slot> values = {});

  const std::string& text() const { return text_; }
  Use use() const { return use_; }
  // Placeholders and values, in order. Placeholders of kind `unfilled` stay as they are written.
  std::span<const Slot> slots() const { return slots_; }
  // Places are in text().
  const std::vector<Finding>& findings() const { return findings_; }

  // The text TradingView would send. At most kMostFilledBytes: what is longer is cut there.
  static constexpr std::size_t kMostFilledBytes = std::size_t{4} << 20;
  Filled fill(const SampleSet& samples) const;
  // One for each sample set that makes a difference: those that give the text of an earlier one are left out.
  std::vector<Filled> fill_all() const;

 private:
  std::string text_;
  Use use_ = Use::message_box;
  std::vector<Slot> slots_;
  std::vector<Finding> findings_;
};

}  // namespace tvh::pine
