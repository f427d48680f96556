// Replays files through a fuzz target, for compilers without libFuzzer and for ctest.
//
// To fuzz: CXX=clang++ cmake -B build/fuzz -G Ninja -DTVHOOK_FUZZ=ON -DTVHOOK_SANITIZE=address,undefined
//          ninja -C build/fuzz fuzz_pine && mkdir /tmp/found
//          build/fuzz/tests/fuzz_pine -max_total_time=600 -max_len=4096 /tmp/found tests/fuzz/corpus/pine
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "no files given: the corpus is missing\n");
    return 1;
  }
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "cannot read %s\n", argv[i]);
      return 1;
    }
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::printf("%d files replayed\n", argc - 1);
  return 0;
}
