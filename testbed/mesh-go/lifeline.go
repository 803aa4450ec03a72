package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
)

// lifelineEnv names the variable that holds the number of an inherited pipe.
const lifelineEnv = "TESTBED_LIFELINE"

// followLifeline ends this process when whoever holds the other end of the pipe dies. Even SIGKILL closes a
// pipe, so no control plane outlives its supervisor. Without the variable it does nothing.
func followLifeline() {
	value, set := os.LookupEnv(lifelineEnv)
	if !set {
		return
	}
	fd, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s=%q is not a file descriptor\n", lifelineEnv, value)
		os.Exit(2)
	}
	pipe := os.NewFile(uintptr(fd), "lifeline")
	go func() {
		// Any end counts, an error too: a lifeline that cannot be read protects nobody.
		_, _ = io.Copy(io.Discard, pipe)
		os.Exit(3)
	}()
}
