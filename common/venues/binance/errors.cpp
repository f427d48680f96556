// Binance's errors as data. Facts sheets 1.7, 2.3, 2.7 and the classification table of section 6; what no sheet
// names is refused, which is what a 4xx with a code means there.
#include <algorithm>
#include <array>
#include <charconv>

#include "venues/binance/json.hpp"
#include "venues/binance/wire.hpp"

namespace tvh::venues::binance {

using client::Response;
using venue::Problem;
using Kind = Problem::Kind;

namespace {

enum class Where { both, spot, usdm };

struct Row {
  int code;
  Where where;
  Kind kind;
  std::string_view text;  // part of the venue's message; "": whatever it says
  std::string_view cure;  // added to the message; "": it says enough
};

constexpr std::string_view kKeyCure =
    "check api_key and api_secret, that the key may trade here, and its list of addresses";
constexpr std::string_view kModeCure =
    "the account is in hedge mode; set Position Mode to One-way in the venue's preferences";

// The first row that fits is taken: those with a text stand before the one without.
constexpr std::array kRows{
    Row{-1000, Where::both, Kind::ambiguous, "", ""},
    Row{-1001, Where::both, Kind::ambiguous, "", ""},
    Row{-1002, Where::both, Kind::credentials, "", kKeyCure},
    Row{-1003, Where::both, Kind::throttled, "", ""},
    Row{-1006, Where::both, Kind::ambiguous, "", ""},
    Row{-1007, Where::both, Kind::ambiguous, "", ""},
    // Not executed, says spot. USD-M's sheet says the same, and yet orders were seen filled after it: asked
    // for.
    Row{-1008, Where::spot, Kind::throttled, "", ""},
    Row{-1008, Where::usdm, Kind::ambiguous, "", ""},
    Row{-1015, Where::both, Kind::throttled, "", ""},
    Row{-1021, Where::both, Kind::clock, "", ""},
    Row{-1022, Where::both, Kind::credentials, "", kKeyCure},
    Row{-2010, Where::spot, Kind::duplicate, "Duplicate order sent", ""},
    Row{-2011, Where::both, Kind::gone, "", ""},
    Row{-2013, Where::both, Kind::not_found, "", ""},
    Row{-2014, Where::both, Kind::credentials, "", kKeyCure},
    Row{-2015, Where::both, Kind::credentials, "", kKeyCure},
    Row{-2017, Where::usdm, Kind::credentials, "", kKeyCure},
    Row{-2022, Where::usdm, Kind::nothing_to_reduce, "", ""},
    Row{-2026, Where::spot, Kind::ambiguous, "", ""},  // archived: it was there once
    Row{-4061, Where::usdm, Kind::refused, "", kModeCure},
    Row{-4062, Where::usdm, Kind::refused, "", kModeCure},
    Row{-4116, Where::usdm, Kind::duplicate, "", ""},
    Row{-5028, Where::usdm, Kind::clock, "", ""},
};

// USD-M says by its text what a 503 means (sheet 1.7); everything else at 5xx is ambiguous.
struct BusyRow {
  std::string_view text;
  Kind kind;
};
constexpr std::array kBusyRows{
    BusyRow{"Unknown error, please check your request or try again later.", Kind::ambiguous},
    BusyRow{"Service Unavailable.", Kind::unavailable},
    BusyRow{"Internal error; unable to process your request. Please try again.", Kind::unavailable},
};

bool applies(const Row& row, Product product, int code, const std::string& message) {
  const bool here = row.where == Where::both || (row.where == Where::spot) == (product == Product::spot);
  return here && row.code == code && message.find(row.text) != std::string::npos;
}

std::optional<Nanoseconds> retry_after(const Response& response) {
  constexpr int kMost = 3 * 24 * 3600;  // the longest ban there is
  const std::string* text = response.header("retry-after");
  int seconds = 0;
  if (text == nullptr ||
      std::from_chars(text->data(), text->data() + text->size(), seconds).ec != std::errc() || seconds < 0)
    return std::nullopt;
  return std::chrono::seconds(std::min(seconds, kMost));
}

// "… IP banned until 1763640000000", in milliseconds of the venue's clock.
std::optional<std::chrono::milliseconds> banned_until(const std::string& message) {
  constexpr std::string_view kWords = "banned until ";
  const std::size_t at = message.find(kWords);
  if (at == std::string::npos) return std::nullopt;
  std::int64_t until = 0;
  const char* const begin = message.data() + at + kWords.size();
  if (std::from_chars(begin, message.data() + message.size(), until).ec != std::errc() || until <= 0)
    return std::nullopt;
  return std::chrono::milliseconds(until);
}

}  // namespace

Problem read_problem(Product product, const Response& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  const auto code = body.is_discarded() ? std::nullopt : integer_of(body, "code");
  Problem problem;
  problem.code = code ? std::to_string(*code) : "http_" + std::to_string(response.status);
  problem.message = body.is_discarded() ? "" : text_of(body, "msg");
  if (problem.message.empty()) problem.message = "HTTP status " + std::to_string(response.status);
  problem.retry_after = retry_after(response);

  if (response.status == 429 || response.status == 418 || response.status == 403) {
    problem.kind = Kind::throttled;  // 403 is the firewall in front of it
    if (!problem.retry_after) problem.banned_until = banned_until(problem.message);
    // Two minutes are the shortest ban (sheet 1.8).
    if (response.status == 418 && !problem.retry_after && !problem.banned_until)
      problem.retry_after = std::chrono::minutes(2);
    return problem;
  }
  if (code) {
    const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& one) {
      return applies(one, product, int(*code), problem.message);
    });
    if (row != kRows.end()) {
      problem.kind = row->kind;
      if (!row->cure.empty()) problem.message += "; " + std::string(row->cure);
      return problem;
    }
  }
  if (product == Product::usdm && response.status == 503) {
    for (const BusyRow& row : kBusyRows) {
      // The venue's own words to the letter: a proxy's page that says much the same proves nothing.
      if (problem.message != row.text) continue;
      problem.kind = row.kind;
      return problem;
    }
  }
  const bool told = code && response.status >= 400 && response.status < 500 && response.status != 408;
  problem.kind = told ? Kind::refused : Kind::ambiguous;
  return problem;
}

}  // namespace tvh::venues::binance
