// Templates that would be almost JSON once filled in, mended as alerts are.
#pragma once

#include <optional>
#include <string_view>

#include "pine/message_template.hpp"
#include "wire/repair.hpp"

namespace tvh {

// The template as it should be, placeholders in it, with each repair at its place in the template as it was.
// Nothing when there is nothing to mend, or when it is not JSON nearly enough.
std::optional<wire::Mended> mend_template(const pine::Template& message);

}  // namespace tvh
