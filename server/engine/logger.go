package engine

import (
	"context"
	"fmt"
	"log/slog"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger passes the engine's errors on to ours; its running commentary stays out.
type logger struct{ log *slog.Logger }

func (l logger) write(level slog.Level, msg string, tags []tag.Tag) {
	if !l.log.Enabled(context.Background(), level) {
		return
	}
	args := make([]any, 0, 2*len(tags))
	for _, t := range tags {
		args = append(args, t.Key(), t.Value())
	}
	l.log.Log(context.Background(), level, msg, args...)
}

func (l logger) Debug(string, ...tag.Tag)           {}
func (l logger) Info(string, ...tag.Tag)            {}
func (l logger) Warn(msg string, tags ...tag.Tag)   { l.write(slog.LevelDebug, msg, tags) }
func (l logger) Error(msg string, tags ...tag.Tag)  { l.write(slog.LevelDebug, msg, tags) }
func (l logger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }
func (l logger) Panic(msg string, tags ...tag.Tag)  { l.write(slog.LevelError, msg, tags); panic(msg) }
func (l logger) With(...tag.Tag) log.Logger         { return l }

// Fatal is what the library says before it would end the program.
func (l logger) Fatal(msg string, tags ...tag.Tag) {
	why := fatal(msg)
	for _, t := range tags {
		if t.Key() == "error" {
			why += fatal(fmt.Sprintf(": %v", t.Value()))
		}
	}
	l.write(slog.LevelDebug, msg, tags)
	panic(why)
}

// fatal is why the library cannot go on.
type fatal string

func (f fatal) Error() string { return string(f) }
