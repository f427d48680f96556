// The paper venue over each store it can have, near and far.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "contract/venue_stand.hpp"
#include "journal/journal.hpp"
#include "journal/paper_store.hpp"
#include "support/memory_paper_store.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"
#include "venue/paper_venue.hpp"

namespace tvh::test {

enum class StoreKind { sqlite, memory };

class PaperStand final : public VenueStand {
 public:
  PaperStand(StoreKind kind, venue::PaperSettings settings) : kind_(kind), settings_(std::move(settings)) {
    open();
  }

  venue::Venue& venue() override { return *venue_; }
  const std::string& home() const override { return home_; }
  model::PaperStore& store() { return *store_; }

  // The journal is opened anew (the fake keeps what a disk would keep).
  void restart() override {
    venue_.reset();
    open();
  }
  void move_market(const std::string& instrument, const Decimal& price) override {
    venue_->observe_price(instrument, price);
  }
  void pass_time() override {
    if (const auto due = venue_->next_due()) clock_.set(TimePoint(due->time_since_epoch()));
    venue_->run_due();
  }

 private:
  void open() {
    if (kind_ == StoreKind::sqlite) {
      sqlite_.reset();
      journal_.reset();
      auto journal = journal::Journal::open(folder_.file("journal.db"));
      if (!journal) throw std::runtime_error(journal.error().message);
      journal_ = std::move(*journal);
      sqlite_ = std::make_unique<journal::SqlitePaperStore>(*journal_, settings_.name);
      store_ = sqlite_.get();
    } else {
      store_ = &memory_;
    }
    auto venue = venue::PaperVenue::open(settings_, *store_, clock_);
    if (!venue) throw std::runtime_error(venue.error().message);
    venue_ = std::move(*venue);
    venue_->watch_orders([this](venue::OrderUpdate update) { updates.push_back(std::move(update)); });
  }

  const std::string home_ = "BTCUSDT";
  StoreKind kind_;
  venue::PaperSettings settings_;
  TemporaryFolder folder_;
  TickingClock clock_;
  MemoryPaperStore memory_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<journal::SqlitePaperStore> sqlite_;
  model::PaperStore* store_ = nullptr;
  std::unique_ptr<venue::PaperVenue> venue_;
};

}  // namespace tvh::test
