// One message template, filled in with every set of sample values, and each result checked as an alert: what
// the message becomes, and what is wrong with that which its own checks did not say already.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pine/finding.hpp"
#include "pine/message_template.hpp"
#include "tvhook-validate/alert_check.hpp"
#include "wire/records.hpp"

namespace tvh {

// One text a message can come out as, before its placeholders are filled.
struct MessageText {
  const pine::Template& message;
  std::string name = {};  // of the text, where a message has several: "na"
  // From a byte of the message to a byte of the source it stands in.
  std::function<std::size_t(std::size_t)> to_source = {};
  bool is_certain = true;  // false: what is wrong may be the sample's fault, so it is a warning
  std::vector<pine::Filled> fillings = {};
};

struct CheckedMessage {
  // Offsets in the source; each is told once, with the samples it arises in unless that is all of them.
  std::vector<wire::Finding> findings;
  // One a sample, without places.
  std::vector<wire::SampleOutcome> outcomes;
  // Of the source's own findings, those that make the alert be refused in a sample that is sure to come.
  std::vector<std::size_t> decisive;
};

// `said`: the source's own findings, places in the source. What they say is not said again.
CheckedMessage check_message_texts(const std::vector<MessageText>& texts,
                                   const std::vector<pine::Finding>& said, const CheckRules& rules);

}  // namespace tvh
