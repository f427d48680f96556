// Visits a variant with one lambda a case; the compiler says which case is missing.
#pragma once

namespace tvh {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace tvh
