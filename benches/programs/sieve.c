#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv) {
    size_t n = argc > 1 ? (size_t)atoll(argv[1]) : 50000000;
    unsigned char *composite = calloc(n + 1, 1);
    size_t count = 0, sum = 0;
    for (size_t i = 2; i <= n; i++) {
        if (composite[i]) continue;
        count++;
        sum += i;
        for (size_t j = i * i; j <= n; j += i) composite[j] = 1;
    }
    printf("%zu %zu\n", count, sum);
    free(composite);
}
