// SPDX-License-Identifier: GPL-2.0-only
// user_go COUNT : call functions and a method of Go COUNT times each, with
// known arguments, on goroutines whose stacks grow on the way.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

type basket struct{ count int }

//go:noinline
func (b *basket) add(item int32, times uint8) int {
	b.count += int(item) * int(times)
	return b.count
}

//go:noinline
func price(item int, discount int8, name string, urgent bool) int {
	if urgent {
		return item * 2
	}
	if len(name) > 100 {
		return 0
	}
	return item + int(discount) + len(name)
}

// deep needs a stack that Go gives no goroutine to begin with: it grows, and moves, while the returns of all the
// callers are probed.
//
//go:noinline
func deep(level int) int {
	var room [512]byte
	room[level%512] = byte(level)
	if level == 0 {
		return int(room[0])
	}
	return deep(level-1) + int(room[level%512]) - int(byte(level)) + 1
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: user_go COUNT")
		os.Exit(2)
	}
	count, _ := strconv.Atoi(os.Args[1])
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		b := basket{}
		for i := 0; i < count; i++ {
			b.add(7, 3)
			price(21, -2, "pear", i%2 == 0)
			done := make(chan int)
			go func() { done <- deep(200) }()
			if <-done != 200 {
				panic("the stack was damaged")
			}
		}
	}()
	group.Wait()
}
