# How every target of ours is compiled. Warnings are errors; third-party headers are SYSTEM.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
                    -Woverloaded-virtual -Wcast-align -Wformat=2 -Werror -fno-omit-frame-pointer)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # They warn of the standard library's own std::string and std::variant once inlined (GCC bugs 105329 and 80635).
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    # Likewise, where more is inlined (GCC bug 105545).
    add_compile_options(-Wno-stringop-overflow -Wno-array-bounds)
  endif()
endif()

find_program(TVHOOK_CCACHE ccache)
if(TVHOOK_CCACHE)
  # Objects are shared between checkouts: paths are taken relative to the source folder.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "CCACHE_SLOPPINESS=pch_defines,time_macros" ${TVHOOK_CCACHE})
endif()

set(TVHOOK_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
if(TVHOOK_SANITIZE)
  add_compile_options(-fsanitize=${TVHOOK_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TVHOOK_SANITIZE})
endif()
