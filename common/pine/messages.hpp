// The alert messages of a Pine script, versions 1 to 6: where they are, what they can come out as, what is
// wrong.
//
// Any bytes are taken. Time and memory are bounded by the script's length; there are at most Findings::kMost
// findings, 16 variants a message and 1,000 messages. Nothing is run: series have the values of samples.hpp,
// and what depends on them comes out in every way it can.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pine/finding.hpp"
#include "pine/message_template.hpp"
#include "pine/place.hpp"

namespace tvh::pine {

enum class MessageKind : std::uint8_t {
  alert,            // alert(message, freq)
  alert_condition,  // alertcondition(condition, title, message)
  order,         // alert_message of an order call; reaches nobody but through {{strategy.order.alert_message}}
  order_profit,  // alert_profit, alert_loss, alert_trailing of strategy.exit()
  order_loss,
  order_trailing,
  strategy_box,  // //@strategy_alert_message
};
std::string_view to_text(MessageKind kind);  // "alert()", "alertcondition()", "alert_message", …

// One text a message can come out as.
struct Variant {
  std::string samples;      // "values", or "na": series that can be na are
  Template message;         // values are samples already; what remains are placeholders: fill_all()
  PositionMap to_source;    // from message.text() to the script
  bool is_complete = true;  // false: a part could not be evaluated, a sample text stands there
};

struct Message {
  MessageKind kind = MessageKind::alert;
  std::string callee;     // "alert", "strategy.entry", …; "" for the annotation
  Place call;             // of the call, or the annotation
  Place place;            // of the message
  std::string frequency;  // "alert.freq_all", … as given; "" for the default
  std::vector<Variant> variants;
};

enum class ScriptKind : std::uint8_t { unknown, indicator, strategy, library };

struct ScriptReport {
  int version = 1;  // 1 where the script does not say
  ScriptKind kind = ScriptKind::unknown;
  std::vector<Message> messages;  // in the order of their calls
  std::vector<Finding> findings;  // of the script and of all its variants' templates; places are in the script
};

ScriptReport find_messages(std::string_view source);

}  // namespace tvh::pine
