package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

const solarMass = 4 * math.Pi * math.Pi
const days = 365.24

type body struct{ x, y, z, vx, vy, vz, mass float64 }

func mk(x, y, z, vx, vy, vz, mass float64) body {
	return body{x, y, z, vx * days, vy * days, vz * days, mass * solarMass}
}

func energy(bodies *[5]body) float64 {
	e := 0.0
	for i := range bodies {
		a := &bodies[i]
		e += 0.5 * a.mass * (a.vx*a.vx + a.vy*a.vy + a.vz*a.vz)
		for j := i + 1; j < 5; j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			e -= a.mass * b.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func advance(bodies *[5]body, dt float64) {
	for i := range bodies {
		a := &bodies[i]
		for j := i + 1; j < 5; j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			square := dx*dx + dy*dy + dz*dz
			mag := dt / (square * math.Sqrt(square))
			a.vx -= dx * b.mass * mag
			a.vy -= dy * b.mass * mag
			a.vz -= dz * b.mass * mag
			b.vx += dx * a.mass * mag
			b.vy += dy * a.mass * mag
			b.vz += dz * a.mass * mag
		}
	}
	for i := range bodies {
		a := &bodies[i]
		a.x += dt * a.vx
		a.y += dt * a.vy
		a.z += dt * a.vz
	}
}

func main() {
	n := 5000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	bodies := [5]body{
		mk(0, 0, 0, 0, 0, 0, 1),
		mk(4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
		mk(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411291, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
		mk(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
		mk(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451),
	}
	var px, py, pz float64
	for _, b := range bodies {
		px += b.vx * b.mass
		py += b.vy * b.mass
		pz += b.vz * b.mass
	}
	bodies[0].vx, bodies[0].vy, bodies[0].vz = -px/solarMass, -py/solarMass, -pz/solarMass
	fmt.Printf("%.9f\n", energy(&bodies))
	for i := 0; i < n; i++ {
		advance(&bodies, 0.01)
	}
	fmt.Printf("%.9f\n", energy(&bodies))
}
