package identity_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/workspace"
)

// TestBrowsersOutlastIdleness: somebody who went home is still shown notices,
// though the session is good for nothing else; its end ends them, and another
// password does.
func TestBrowsersOutlastIdleness(t *testing.T) {
	w, x, token := setUp(t)
	ctx := t.Context()
	ann := w.user(t, w.Actor(x), "ann@example.com", "admin")
	mine, _ := w.login(t, "ann@example.com")
	none(t, w.Agree(ctx, mine, "https://push.example/1", json.RawMessage(`{"endpoint":"https://push.example/1"}`)))
	none(t, w.Agree(ctx, x, "https://push.example/2", json.RawMessage(`{}`)))
	count := func(user string, want int, when string) {
		t.Helper()
		list, err := w.Browsers(ctx, x.Workspace, user)
		none(t, err)
		if len(list) != want {
			t.Errorf("%s: %d browsers, want %d", when, len(list), want)
		}
	}
	w.clock.add(13 * time.Hour)
	none(t, w.Sweep(ctx))
	_, err := w.Authenticate(ctx, token)
	want(t, err, fault.Unauthenticated, "auth.session")
	count(ann.ID, 1, "after a night")
	list, err := w.ListSessions(ctx, ann.ID)
	none(t, err)
	if len(list) != 1 || !list[0].Notices {
		t.Errorf("sessions %+v", list)
	}
	none(t, w.RevokeSession(ctx, w.Actor(x), ann.ID, list[0].ID))
	count(ann.ID, 0, "ended by hand")
	count(x.User, 1, "somebody else's")
	w.clock.add(7 * 24 * time.Hour)
	count(x.User, 0, "after a week")
	none(t, w.Sweep(ctx))
	n, err := w.store.In(workspace.System, "session").Count(ctx, nil, 0)
	if err != nil || n != 0 {
		t.Errorf("%d sessions are left, %v", n, err)
	}
}
