// An answer as the bytes of HTTP.
#pragma once

#include <string>
#include <string_view>

#include "server/message.hpp"

namespace tvh::server {

enum class Version { http_1_0, http_1_1 };
enum class Persistence { keep, close };
enum class Content { whole, head_only };

struct AnswerForm {
  Version version = Version::http_1_1;
  Persistence persistence = Persistence::keep;
  Content content = Content::whole;
};

// `date_line` is a whole header line, "Date: …\r\n".
void append_answer(std::string& out, const Answer& answer, const AnswerForm& form, std::string_view date_line);

}  // namespace tvh::server
