package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/store/mongotest"
)

// onMongo are the tests that run once more with documents in MongoDB: those of
// flows, money, permissions and lost updates, and one or two of every room that
// keeps documents of its own.
const onMongo = "^(TestMainJob|TestNewInvoiceEntersALiveFlow|TestHoldAndPromise|TestTaskResultLeadsOn|TestControls|TestMigrationKeepsCounters|TestOwnScope|TestLostUpdate|TestIdempotencyKey|TestLiveSocket|TestTwoEditors|TestConditions" +
	"|TestBoard|TestBoardScope|TestNotesAndNotices|TestNoticesInBrowsers|TestContacts|TestNightOfScores|TestPackInstall|TestPackUpgrade|TestPackCalendars|TestWorkspaceAddsCatalogue" +
	"|TestTaskRules|TestTasksFollowTheMoney|TestAgeingOfCustomers|TestTodayAgreesWithTheReport|TestLogOfAccounts|TestPaymentAppliedLaterAndReversed|TestBouncedPaymentResumes|TestPublishedWhileAnInvoiceIsBooked|TestNoticesByMail|TestTemplateHistory|TestPageSays|TestOwnCalendars|TestFormOfOnesOwn)$"

// TestOnMongoDB runs the package's tests in a process of their own against a
// MongoDB-compatible server on a real socket.
func TestOnMongoDB(t *testing.T) {
	if os.Getenv("DUEFLOW_E2E_CHILD") != "" {
		t.Skip("this is the process with MongoDB already")
	}
	uri := mongotest.Start(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", onMongo, "-test.v")
	cmd.Env = append(os.Environ(), "DUEFLOW_E2E_CHILD=1", "DUEFLOW_TEST_MONGODB_URI="+uri)
	out, err := cmd.CombinedOutput()
	passed := strings.Count(string(out), "--- PASS: ")
	if err != nil || passed != strings.Count(onMongo, "|")+1 {
		t.Fatalf("%v; %d passed\n%s", err, passed, out)
	}
	t.Logf("%d tests passed with documents in MongoDB", passed)
}
