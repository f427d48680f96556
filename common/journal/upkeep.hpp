// When a checkpoint is made.
#pragma once

namespace tvh::journal {

enum class Upkeep {
  due,      // as soon as it is worth it
  overdue,  // only if it cannot be put off any more: somebody waits to write
};

}  // namespace tvh::journal
