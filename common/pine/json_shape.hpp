// The fields of a JSON message that is not JSON yet: slots stand in it. Internal to the room.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "pine/slot.hpp"

namespace tvh::pine {

struct JsonField {
  std::string_view key;  // as written, without quotes; "" for an element of a list
  std::size_t key_at = 0;
  std::size_t begin = 0;  // of the value, quotes included
  std::size_t end = 0;
  std::size_t depth = 0;  // 1: in the outermost object
  bool quoted = false;
  std::size_t first_slot = 0;  // its slots are slots[first_slot, first_slot + slot_count)
  std::size_t slot_count = 0;
};

struct JsonShape {
  bool is_json = false;  // begins with { or [
  std::vector<JsonField> fields;
};

// Never fails: what is no JSON is read as far as it makes sense. Keys point into `text`. Slots are opaque.
JsonShape read_json_shape(std::string_view text, std::span<const Slot> slots);

}  // namespace tvh::pine
