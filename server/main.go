// Command dueflow is customer management and payment reminders: server and
// command line in one binary.
package main

import (
	"os"
	_ "time/tzdata" // zones on machines without a zone database

	"github.com/dueflow/dueflow/server/cli"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(cli.Main(version, os.Args[1:])) }
