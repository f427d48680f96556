// exchangeInfo, of both products. Facts sheets 1.5 and 2.5.
#pragma once

#include "venues/binance/json.hpp"

namespace tvh::venues::binance {

// Those that are traded now; of USD-M only perpetuals.
venue::Reading<std::vector<model::Instrument>> read_instruments(Product product,
                                                                const client::Response& response);

}  // namespace tvh::venues::binance
