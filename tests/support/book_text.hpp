// What a book has on file, as text: for comparing two books, and for saying where they differ.
#pragma once

#include <string>

#include "model/execution_record.hpp"

namespace tvh::test {

// A line for each thing on file, in an order of its own: orders by id, what has no order by its text.
std::string text_of(const model::ExecutionOnFile& file);
std::string text_of(const model::OrderOnFile& order);
std::string text_of(const model::Signal& signal);

}  // namespace tvh::test
