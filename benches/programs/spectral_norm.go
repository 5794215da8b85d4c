package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

func element(i, j int) float64 { return 1 / float64((i+j)*(i+j+1)/2+i+1) }

func mul(from, to []float64) {
	for i := range to {
		sum := 0.0
		for j := range from {
			sum += element(i, j) * from[j]
		}
		to[i] = sum
	}
}

func mulT(from, to []float64) {
	for i := range to {
		sum := 0.0
		for j := range from {
			sum += element(j, i) * from[j]
		}
		to[i] = sum
	}
}

func main() {
	n := 2000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	u, v, t := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for k := 0; k < 10; k++ {
		mul(u, t)
		mulT(t, v)
		mul(v, t)
		mulT(t, u)
	}
	vbv, vv := 0.0, 0.0
	for i := range u {
		vbv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("%.9f\n", math.Sqrt(vbv/vv))
}
