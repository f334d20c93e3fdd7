package e2e

import (
	"slices"
	"testing"
)

// TestContacts: messages go to the primary contact, of whom there is one; other
// contacts stand in where the customer has no address; a contact that leaves
// takes the address along.
func TestContacts(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	sent := func(to string) func() bool {
		return func() bool {
			return slices.ContainsFunc(office.taken(), func(l letter) bool { return l.to == to })
		}
	}
	type contact struct {
		ID      string
		Version int64
		Data    struct{ Primary bool }
	}
	s.publish(oneStep("mail", "email", nil, "reply"))

	// Nobody has an address but a contact.
	a := s.create("customer", map[string]any{"name": "Without"}).ID
	s.create("contact", map[string]any{"customer": a, "name": "Bo", "email": "bo@without.example"})
	s.invoice(a, "C-1", 1000, s.today()-1)
	s.eventually("a mail to the other contact", sent("bo@without.example"))

	// The primary contact comes before the customer's own address.
	b := s.create("customer", map[string]any{"name": "With", "email": "info@with.example"}).ID
	one := s.create("contact", map[string]any{"customer": b, "name": "Ada", "email": "ada@with.example", "primary": true})
	two := s.create("contact", map[string]any{"customer": b, "name": "Cy", "email": "cy@with.example", "primary": true})
	var was contact
	must(t, s.c.Do(t.Context(), "GET", "/records/contact/"+one.ID, nil, &was))
	if was.Data.Primary {
		t.Error("two primary contacts")
	}
	s.invoice(b, "C-2", 1000, s.today()-1)
	s.eventually("a mail to the primary contact", sent("cy@with.example"))

	// A contact that moves to another customer, and one that is deleted.
	c := s.create("customer", map[string]any{"name": "Next", "email": "info@next.example"}).ID
	must(t, s.c.Do(t.Context(), "PUT", "/records/contact/"+two.ID, map[string]any{"data": map[string]any{"customer": c, "name": "Cy", "email": "cy@next.example", "primary": true}}, nil, "If-Match", `"1"`))
	s.invoice(c, "C-3", 1000, s.today()-1)
	s.eventually("a mail to where the contact went", sent("cy@next.example"))
	must(t, s.c.Do(t.Context(), "DELETE", "/records/contact/"+two.ID, nil, nil, "If-Match", `"2"`))
	d := s.create("customer", map[string]any{"name": "Last", "email": "info@last.example"}).ID
	three := s.create("contact", map[string]any{"customer": d, "name": "Di", "email": "di@last.example", "primary": true})
	must(t, s.c.Do(t.Context(), "DELETE", "/records/contact/"+three.ID, nil, nil, "If-Match", `"1"`))
	s.invoice(d, "C-4", 1000, s.today()-1)
	s.eventually("a mail to the customer's own address", sent("info@last.example"))
	s.verify()
}
