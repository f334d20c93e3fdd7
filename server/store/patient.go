package store

import "context"

type patientKey struct{}

// Patient gives a context whose writes nobody waits for: a driver may let some
// milliseconds pass until several of them share a commit. They are as durable as
// any other once they have returned.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patientKey{}, true) }

// IsPatient tells whether a context is Patient's.
func IsPatient(ctx context.Context) bool {
	patient, _ := ctx.Value(patientKey{}).(bool)
	return patient
}
