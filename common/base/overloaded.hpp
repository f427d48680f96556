// Visits a variant with one lambda a case; the compiler says which case is missing.
#pragma once

namespace tvh {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

// Clang 14 does not deduce for aggregates by itself.
template <class... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;

}  // namespace tvh
