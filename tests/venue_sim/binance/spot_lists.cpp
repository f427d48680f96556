#include "venue_sim/binance/spot.hpp"

namespace tvh::venue_sim::binance {

void Spot::add_list_routes() {}

}  // namespace tvh::venue_sim::binance
