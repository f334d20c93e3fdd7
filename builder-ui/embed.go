// Package builderui carries the built web interface inside the server binary.
// It knows nothing about HTTP; the server decides how the files are served.
package builderui

import (
	"embed"
	"io/fs"
)

// A folder without a UI build still holds .keep, so that the server compiles.
//
//go:embed all:dist
var files embed.FS

// Dist returns the built interface with index.html at its root.
// Without a UI build the file system has no index.html.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil { // only an invalid path makes Sub fail, and "dist" is valid
		panic(err)
	}
	return dist
}
