// Expected failures as values: a small subset of std::expected (C++23) for C++20.
//
// An Error carries what kind of failure it was, from which the exit code follows, and a message for a person
// that says what to do next. Callers add context on the way up; only the top of a tool prints it. Nothing
// branches on message text.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/invariant.hpp"

namespace tvh {

enum class Errc {
  usage,          // the command line is wrong
  bad_data,       // input is not what was promised: a broken line, an alert that is no JSON
  unavailable,    // a venue or the network cannot be reached; nothing was sent
  storage,        // the journal or stdout cannot be written or read
  temporary,      // somebody else holds what is needed; the same call may work later
  credentials,    // a secret, key or permission was refused
  configuration,  // the configuration contradicts itself or the environment
  bug,            // ours
};

struct Error {
  Errc code;
  std::string message;

  // "opening the journal: disk is full" from "disk is full".
  Error with_context(const std::string& what) && { return {code, what + ": " + message}; }
};

inline Error fail(Errc code, std::string message) { return {code, std::move(message)}; }

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    TVH_INVARIANT(has_value(), "value() of a failed Result");
    return std::get<0>(state_);
  }
  const T& value() const& {
    TVH_INVARIANT(has_value(), "value() of a failed Result");
    return std::get<0>(state_);
  }
  T&& value() && {
    TVH_INVARIANT(has_value(), "value() of a failed Result");
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    TVH_INVARIANT(!has_value(), "error() of a successful Result");
    return std::get<1>(state_);
  }
  Error&& error() && {
    TVH_INVARIANT(!has_value(), "error() of a successful Result");
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }

  const Error& error() const& {
    TVH_INVARIANT(error_.has_value(), "error() of a successful Result");
    return *error_;
  }
  Error&& error() && {
    TVH_INVARIANT(error_.has_value(), "error() of a successful Result");
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace tvh

#define TVH_JOIN_INNER(a, b) a##b
#define TVH_JOIN(a, b) TVH_JOIN_INNER(a, b)

// TVH_TRY(auto rows, read_rows()); returns the error to our caller, or binds the value.
#define TVH_TRY(declaration, expression)                                                   \
  auto TVH_JOIN(result_, __LINE__) = (expression);                                         \
  if (!TVH_JOIN(result_, __LINE__)) return std::move(TVH_JOIN(result_, __LINE__)).error(); \
  declaration = *std::move(TVH_JOIN(result_, __LINE__))

// The same for Result<void>, or when the value does not matter.
#define TVH_CHECK(expression)                                                                          \
  do {                                                                                                 \
    if (auto checked_result = (expression); !checked_result) return std::move(checked_result).error(); \
  } while (false)
