#include <math.h>
#include <stdio.h>
#include <stdlib.h>
static double element(size_t i, size_t j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }
static void mul(size_t n, const double *from, double *to) {
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) sum += element(i, j) * from[j];
        to[i] = sum;
    }
}
static void mul_t(size_t n, const double *from, double *to) {
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) sum += element(j, i) * from[j];
        to[i] = sum;
    }
}
int main(int argc, char **argv) {
    size_t n = argc > 1 ? (size_t)atoll(argv[1]) : 2000;
    double *u = malloc(n * 8), *v = calloc(n, 8), *t = calloc(n, 8);
    for (size_t i = 0; i < n; i++) u[i] = 1;
    for (int k = 0; k < 10; k++) {
        mul(n, u, t); mul_t(n, t, v);
        mul(n, v, t); mul_t(n, t, u);
    }
    double vbv = 0, vv = 0;
    for (size_t i = 0; i < n; i++) { vbv += u[i] * v[i]; vv += v[i] * v[i]; }
    printf("%.9f\n", sqrt(vbv / vv));
}
