#include <array>

#include "wire/decode.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using model::PositionChange;
using model::PositionSide;

constexpr std::array kSizesByPrecedence{Field::quantity, Field::contracts, Field::volume};
constexpr std::array<std::string_view, 3> kQuantityNames{"quantity", "qty", "qtd"};

// Every member that gives a size, first the one that counts: quantity, qty, qtd, contracts, volume.
MemberList sizes_by_precedence(FieldReader& reader) {
  MemberList result;
  for (const Field field : kSizesByPrecedence) {
    const auto members = reader.members(field);
    if (field != Field::quantity) {
      for (const JsonMember* member : members) result.push_back(member);
      continue;
    }
    for (const auto name : kQuantityNames) {
      for (const JsonMember* member : members) {
        if (member->key == name) result.push_back(member);
      }
    }
  }
  return result;
}

void read_quantity(FieldReader& reader, const JsonMember& member, model::Signal& signal) {
  signal.quantity = reader.number_of(member, Sign::positive);
  if (!reader.is_record() && member.key == "volume") {
    reader.report(FindingCode::volume_as_size, member,
                  "read as the order's size; {{volume}} would be the market's volume of the bar");
  }
}

// A lower size with another value is most often the bar's volume: it does not count, but is said.
void report_ignored(FieldReader& reader, const JsonMember& used, const JsonMember& other) {
  const auto left = Decimal::parse(trim(used.value.text));
  const auto right = Decimal::parse(trim(other.value.text));
  if (left && right && *left == *right) return;
  reader.report(FindingCode::ignored_size, other, "ignored; the size is that of " + used.key.string());
}

bool has_position_field(const FieldReader& reader) {
  for (const Field field : {Field::position, Field::position_side, Field::position_quantity,
                            Field::previous_side, Field::previous_quantity}) {
    if (reader.has(field)) return true;
  }
  return false;
}

bool is_signed(const JsonMember& member) {
  const std::string_view text = trim(member.value.text);
  return text.starts_with('-') || text.starts_with('+');
}

// The signed target of `position_size`, or the canonical object, or a side by name; in this order.
std::optional<PositionChange> read_position_object(FieldReader& reader) {
  for (const JsonMember* member : reader.members(Field::position)) {
    if (member->value.kind != JsonValue::Kind::object) {
      const auto side = reader.word_of<PositionSide>(Field::position, *member);
      if (!side) return std::nullopt;
      return PositionChange{*side, std::nullopt, std::nullopt, std::nullopt};
    }
    PositionChange change;
    bool has_side = false;
    for (const auto& part : member->value.members) {
      if (part.value.kind == JsonValue::Kind::null) continue;
      if (part.key == "side") {
        if (const auto side = reader.word_of<PositionSide>(Field::position, part)) change.side = *side;
        has_side = true;
      } else if (part.key == "size") {
        change.size = reader.number_of(part, Sign::not_negative);
      } else if (part.key == "prev_side") {
        change.prev_side = reader.word_of<PositionSide>(Field::position, part);
      } else if (part.key == "prev_size") {
        change.prev_size = reader.number_of(part, Sign::not_negative);
      } else {
        reader.report(FindingCode::unknown_value, part,
                      "not known here; expected side, size, prev_side, prev_size");
      }
    }
    if (!has_side) {
      reader.report(FindingCode::missing_field, *member, "side is missing; expected long, short or flat");
    }
    return change;
  }
  return std::nullopt;
}

PositionSide side_of(const Decimal& size) {
  if (size.is_zero()) return PositionSide::flat;
  return size.is_negative() ? PositionSide::short_side : PositionSide::long_side;
}

void add_target(FieldReader& reader, const Decimal& target, std::optional<PositionChange>& position) {
  const PositionSide side = side_of(target);
  if (!position) {
    position = PositionChange{side, target.absolute(), std::nullopt, std::nullopt};
    return;
  }
  const bool size_differs = position->size && *position->size != target.absolute();
  if (position->side != side || size_differs) {
    reader.report(FindingCode::contradiction, Field::position_size, "position_size",
                  target.to_string() + " contradicts the position's side or size (" +
                      std::string(model::to_text(position->side)) + ")");
  }
  position->size = target.absolute();
}

void read_position(FieldReader& reader, const std::optional<Decimal>& target, model::Signal& signal) {
  auto position = read_position_object(reader);
  const auto side = reader.word<PositionSide>(Field::position_side);
  const auto size = reader.number(Field::position_quantity, Sign::not_negative);
  const auto previous_side = reader.word<PositionSide>(Field::previous_side);
  const auto previous_size = reader.number(Field::previous_quantity, Sign::not_negative);
  if (side && position && position->side != *side) {
    reader.report(FindingCode::contradiction, Field::position_side, "market_position",
                  std::string(model::to_text(*side)) + " contradicts position");
  }
  if (side && !position) position = PositionChange{*side, size, std::nullopt, std::nullopt};
  if (target) add_target(reader, *target, position);
  if (!position) {
    for (const Field field : {Field::position_quantity, Field::previous_side, Field::previous_quantity}) {
      if (!reader.has(field)) continue;
      reader.report(FindingCode::incomplete_position, field, "", "ignored without the position's side");
    }
    return;
  }
  if (size && position->size && *size != *position->size) {
    reader.report(FindingCode::contradiction, Field::position_quantity, "market_position_size",
                  size->to_string() + " contradicts the position's size " + position->size->to_string());
  }
  if (size) position->size = size;
  if (previous_side) position->prev_side = previous_side;
  if (previous_size) position->prev_size = previous_size;
  signal.position = position;
}

// A size that is named but has no value must not become a default size.
void report_valueless_size(FieldReader& reader) {
  for (const Field field : {Field::quantity, Field::contracts, Field::volume, Field::position_size}) {
    if (reader.has(field) && reader.has_no_value(field)) {
      return reader.report_missing(field, "quantity", "a number greater than 0");
    }
  }
}

}  // namespace

// The signed position to have is all that counts then: the order's own size is what led there.
void read_target(FieldReader& reader, model::Signal& signal) {
  std::optional<Decimal> target;
  for (const JsonMember* member : reader.members(Field::target)) target = reader.number_of(*member, Sign::any);
  if (target)
    signal.position = PositionChange{side_of(*target), target->absolute(), std::nullopt, std::nullopt};
}

void read_size(FieldReader& reader, model::Signal& signal) {
  if (signal.action == model::Action::target && reader.is_foreign()) return read_target(reader, signal);
  if (reader.is_foreign()) {
    read_foreign_size(reader, signal);
    return read_position(reader, std::nullopt, signal);
  }
  signal.size_unit = reader.word<model::SizeUnit>(Field::size_unit).value_or(model::SizeUnit::base);
  const auto sizes = sizes_by_precedence(reader);
  for (const JsonMember* other : sizes) {
    if (other == sizes.front()) {
      read_quantity(reader, *other, signal);
    } else {
      report_ignored(reader, *sizes.front(), *other);
    }
  }
  std::optional<Decimal> target;
  bool is_size = false;
  for (const JsonMember* member : reader.members(Field::position_size)) {
    is_size = sizes.empty() && !has_position_field(reader) && !is_signed(*member);
    if (is_size) {
      signal.quantity = reader.number_of(*member, Sign::positive);
    } else {
      target = reader.number_of(*member, Sign::any);
    }
  }
  if (sizes.empty() && !is_size) report_valueless_size(reader);
  read_position(reader, target, signal);
}

}  // namespace tvh::wire
