#include "wire/instrument_record.hpp"

#include <array>

#include "wire/record_writer.hpp"

namespace tvh::wire {

using model::Instrument;

namespace {

struct Filter {
  std::string_view key;
  std::optional<Decimal> Instrument::*value;
};
constexpr std::array kFilters{Filter{"quantity_step", &Instrument::quantity_step},
                              Filter{"minimum_quantity", &Instrument::minimum_quantity},
                              Filter{"maximum_quantity", &Instrument::maximum_quantity},
                              Filter{"maximum_market_quantity", &Instrument::maximum_market_quantity},
                              Filter{"minimum_notional", &Instrument::minimum_notional},
                              Filter{"minimum_market_notional", &Instrument::minimum_market_notional},
                              Filter{"price_tick", &Instrument::price_tick},
                              Filter{"contract_size", &Instrument::contract_size}};

std::string text_of(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::string ? value->text.string() : "";
}

}  // namespace

std::string format_instrument(const Instrument& instrument) {
  RecordWriter record("instrument");
  record.text("name", instrument.name);
  record.plain("market", to_text(instrument.market));
  record.text("base_asset", instrument.base_asset);
  record.text("quote_asset", instrument.quote_asset);
  for (const Filter& filter : kFilters) record.decimal(filter.key, instrument.*filter.value);
  return record.finish();
}

Result<Instrument> parse_instrument(std::string_view record) {
  const auto parsed = parse_json(record);
  const auto* object = std::get_if<JsonValue>(&parsed);
  if (object == nullptr || object->kind != JsonValue::Kind::object)
    return fail(Errc::bad_data, "an instrument's record is not a JSON object");
  Instrument instrument;
  instrument.name = text_of(*object, "name");
  const auto market = model::parse_text<model::Market>(text_of(*object, "market"));
  instrument.base_asset = text_of(*object, "base_asset");
  instrument.quote_asset = text_of(*object, "quote_asset");
  if (instrument.name.empty() || !market || instrument.base_asset.empty() || instrument.quote_asset.empty())
    return fail(Errc::bad_data, "an instrument's record lacks name, market or assets");
  instrument.market = *market;
  for (const Filter& filter : kFilters) {
    const std::string text = text_of(*object, filter.key);
    if (text.empty()) continue;
    TVH_TRY(instrument.*filter.value, Decimal::parse(text));
  }
  return instrument;
}

}  // namespace tvh::wire
