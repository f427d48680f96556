// A client as the tests of it drive one: sent and waited for here.
#pragma once

#include <poll.h>

#include <algorithm>
#include <stdexcept>

#include "client/http_client.hpp"
#include "support/catch.hpp"

namespace tvh::test {

struct ClientDesk {
  explicit ClientDesk(client::ClientSettings settings = {}) : client(clock, std::move(settings)) {}

  // Until `met`, at most a minute.
  template <class Condition>
  void run_until(const Condition& met) {
    const auto end = clock.steady() + std::chrono::minutes(1);
    while (!met()) {
      if (clock.steady() > end) throw std::runtime_error("the client never answered");
      std::chrono::milliseconds wait{60'000};
      if (const auto due = client.next_due())
        wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*due - clock.steady()),
                          std::chrono::milliseconds(0), wait);
      pollfd watched{client.wait_fd(), POLLIN, 0};
      ::poll(&watched, 1, int(wait.count()));
      client.run_due();
    }
  }

  client::Outcome ask(client::Request request) {
    std::optional<client::Outcome> answer;
    int times = 0;
    client.send(std::move(request), [&](client::Outcome outcome) {
      answer = std::move(outcome);
      ++times;
    });
    CHECK_FALSE(answer);  // never from within send()
    run_until([&] { return answer.has_value(); });
    CHECK(times == 1);
    return std::move(*answer);
  }

  SystemClock clock;
  client::HttpClient client;
};

inline client::Request get(const std::string& url) {
  client::Request request;
  request.url = url;
  request.timeout = std::chrono::seconds(60);
  return request;
}

inline client::Request post(const std::string& url, const std::string& body) {
  client::Request request = get(url);
  request.method = client::Method::post;
  request.body = body;
  return request;
}

inline client::Response answered(const client::Outcome& outcome) {
  if (const auto* failure = std::get_if<client::Failure>(&outcome)) UNSCOPED_INFO(failure->message);
  REQUIRE(std::holds_alternative<client::Response>(outcome));
  return std::get<client::Response>(outcome);
}

inline client::Failure failed(const client::Outcome& outcome) {
  REQUIRE(std::holds_alternative<client::Failure>(outcome));
  return std::get<client::Failure>(outcome);
}

}  // namespace tvh::test
