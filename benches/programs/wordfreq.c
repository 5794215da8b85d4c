/* Words by frequency, both descending; an open-addressing table as a C programmer would write one. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct { const char *word; size_t len; uint64_t times; } entry;
static entry *table; static size_t mask, used;
static uint64_t hash(const char *s, size_t n) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 1099511628211u;
    return h ^ (h >> 32);
}
static entry *slot(const char *w, size_t n) {
    size_t i = hash(w, n) & mask;
    while (table[i].word && (table[i].len != n || memcmp(table[i].word, w, n))) i = (i + 1) & mask;
    return &table[i];
}
static void add(const char *w, size_t n) {
    entry *e = slot(w, n);
    if (e->word) { e->times++; return; }
    char *copy = malloc(n ? n : 1);
    memcpy(copy, w, n);
    *e = (entry){copy, n, 1};
    if (++used * 2 <= mask) return;
    entry *old = table; size_t count = mask + 1;
    mask = count * 2 - 1; table = calloc(count * 2, sizeof(entry));
    for (size_t i = 0; i < count; i++) if (old[i].word) *slot(old[i].word, old[i].len) = old[i];
    free(old);
}
static int order(const void *x, const void *y) {
    const entry *a = x, *b = y;
    if (a->times != b->times) return a->times < b->times ? 1 : -1;
    int c = memcmp(b->word, a->word, a->len < b->len ? a->len : b->len);
    return c ? c : (a->len < b->len) - (a->len > b->len);
}
int main(int argc, char **argv) {
    if (argc != 2) return 2;
    FILE *f = fopen(argv[1], "rb");
    fseek(f, 0, SEEK_END); size_t n = (size_t)ftell(f); rewind(f);
    char *text = malloc(n); if (fread(text, 1, n, f) != n) return 1; fclose(f);
    mask = 63; table = calloc(64, sizeof(entry));
    size_t start = 0; int inside = 1;
    for (size_t i = 0; i < n; i++) {
        int letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
        if (letter && !inside) { start = i; inside = 1; }
        else if (!letter && inside) { add(text + start, i - start); inside = 0; }
    }
    if (inside && start < n) add(text + start, n - start);
    entry *list = malloc(used * sizeof(entry)); size_t k = 0;
    for (size_t i = 0; i <= mask; i++) if (table[i].word) list[k++] = table[i];
    qsort(list, k, sizeof(entry), order);
    for (size_t i = 0; i < k; i++) printf("%7llu %.*s\n", (unsigned long long)list[i].times, (int)list[i].len, list[i].word);
}
