// The tables of text dialects.
#include <array>

#include "wire/dialect_tables.hpp"

namespace tvh::wire {
namespace {

using model::SizeUnit;
using F = Field;

// PineConnector. docs.pineconnector.com/low-code-intermediate: licence, command, symbol, key=value. Its sl and
// tp are pips, which need the broker's pip size: they are carried as they came. Of its commands the facts show
// buy alone; the others are here so that they are refused by name or close, and are unverified.
constexpr std::array kPineConnectorKeys{
    KeyRule{"licence", F::secret},  KeyRule{"command", F::action}, KeyRule{"symbol", F::symbol},
    KeyRule{"risk", F::quantity},   KeyRule{"sl", F::legs},        KeyRule{"tp", F::legs},
    KeyRule{"comment", F::comment}, KeyRule{"secret", F::secret},
};
constexpr std::array kPineConnectorWords{
    WordRule{F::action, "buy", "buy"},
    WordRule{F::action, "sell", "sell"},
    WordRule{F::action, "closelong", "close_long"},
    WordRule{F::action, "closeshort", "close_short"},
    WordRule{F::action, "closelongshort", "close_all"},
    WordRule{F::action, "closeall", "close_all"},
    WordRule{F::action, "buylimit", ""},
    WordRule{F::action, "selllimit", ""},
    WordRule{F::action, "buystop", ""},
    WordRule{F::action, "sellstop", ""},
    WordRule{F::action, "cancellong", ""},
    WordRule{F::action, "cancelshort", ""},
};
constexpr std::array kPineConnectorUnits{UnitRule{"", SizeUnit::risk_percent}};

// frostybot: stub:command key=value …, one command a line; size in dollars, "3x" (leverage) or "50%". Autoview
// writes key=value too, but its keys are not in the facts.
constexpr std::array kFrostybotKeys{
    KeyRule{"stub", F::strategy}, KeyRule{"command", F::action},    KeyRule{"symbol", F::symbol},
    KeyRule{"size", F::quantity}, KeyRule{"price", F::limit_price}, KeyRule{"reduce", F::reduce_only},
    KeyRule{"secret", F::secret},
};
constexpr std::array kFrostybotWords{
    WordRule{F::action, "long", "buy"},         WordRule{F::action, "buy", "buy"},
    WordRule{F::action, "short", "sell"},       WordRule{F::action, "sell", "sell"},
    WordRule{F::action, "close", "close_all"},  WordRule{F::action, "cancel", "cancel"},
    WordRule{F::action, "cancelall", "cancel"},
};

// rfwarn's TradingView-Alpaca-Bridge: the beginning of a free text.
constexpr std::array kPipedKeys{
    KeyRule{"action", F::action},
    KeyRule{"symbol", F::symbol},
    KeyRule{"price", F::price},
    KeyRule{"order_id", F::order_id},
};

constexpr std::array kFrostybotUnits{UnitRule{"", SizeUnit::quote, Amount::dollars}};

constexpr std::array kDialects{
    Dialect{.name = "frostybot",
            .title = "frostybot (text)",
            .is_verified = true,
            .shape = Shape::stub_command,
            .keys = kFrostybotKeys,
            .words = kFrostybotWords,
            .units = kFrostybotUnits,
            .percent = SizeUnit::percent_balance,
            .closing_percent = SizeUnit::percent_position,
            .perp_quote = "USD"},
    Dialect{.name = "pairs",
            .title = "key=value with the tutorials' names (text)",
            .is_verified = true,
            .shape = Shape::pairs},
    Dialect{.name = "pineconnector",
            .title = "PineConnector (text)",
            .is_verified = true,
            .shape = Shape::csv_command,
            .keys = kPineConnectorKeys,
            .words = kPineConnectorWords,
            .units = kPineConnectorUnits},
    Dialect{.name = "piped",
            .title = "TradingView-Alpaca-Bridge (text)",
            .is_verified = true,
            .shape = Shape::piped_command,
            .keys = kPipedKeys},
};

}  // namespace

std::span<const Dialect> text_dialects() { return kDialects; }

}  // namespace tvh::wire
