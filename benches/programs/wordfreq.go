package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	counts := map[string]uint64{}
	start, inside := 0, true
	for i, b := range text {
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if letter && !inside {
			start, inside = i, true
		} else if !letter && inside {
			counts[string(text[start:i])]++
			inside = false
		}
	}
	if inside && start < len(text) {
		counts[string(text[start:])]++
	}
	type entry struct {
		word  string
		times uint64
	}
	list := make([]entry, 0, len(counts))
	for word, times := range counts {
		list = append(list, entry{word, times})
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].times != list[j].times {
			return list[i].times > list[j].times
		}
		return list[i].word > list[j].word
	})
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, e := range list {
		fmt.Fprintf(out, "%7d %s\n", e.times, e.word)
	}
}
