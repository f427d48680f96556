// From a parsed object to a signal: the steps that alerts and records share. Internal to the room.
#pragma once

#include "model/signal.hpp"
#include "wire/alert_reader.hpp"
#include "wire/field_reader.hpp"

namespace tvh::wire {

// Everything but the record's own fields (id, received_at), of one object. `decoded` is as new.
void decode(const JsonValue& object, const Dialect& dialect, const DecodeOptions& options, Decoded& decoded);

// Symbol, market and exchange, which qualify each other.
void read_instrument(FieldReader& reader, const DecodeOptions& options, model::Signal& signal);
// Size and position: what `position_size` is depends on what else is there.
void read_size(FieldReader& reader, model::Signal& signal);
// A size in a unit of its dialect's own.
void read_foreign_size(FieldReader& reader, model::Signal& signal);
// Prices that are given as distances from the reference price; what has none is kept in `legs`.
void read_distances(FieldReader& reader, model::Signal& signal);
// Times: a time that is no bar's start is the time of firing.
void read_times(FieldReader& reader, model::Signal& signal);
// Fields that are right one by one and wrong together.
void check_consistency(FieldReader& reader, const model::Signal& signal);

}  // namespace tvh::wire
