package channel

import "maps"

// ContactsField is where a customer's record carries the addresses of its
// contacts: {"primary": {"name", "email", "phone", "mobile"}, "other": {…}}.
const ContactsField = "_to"

// ContactFields are the addresses that a contact may have.
var ContactFields = []string{"email", "phone", "mobile"}

// Reached is a customer's record with the addresses that messages go to: those
// of the primary contact, else the customer's own, else another contact's.
func Reached(customer map[string]any) map[string]any {
	people, _ := customer[ContactsField].(map[string]any)
	if len(people) == 0 {
		return customer
	}
	primary, _ := people["primary"].(map[string]any)
	other, _ := people["other"].(map[string]any)
	out := maps.Clone(customer)
	for _, f := range ContactFields {
		if to := Text(primary, f); to != "" {
			out[f] = to
		} else if to := Text(other, f); to != "" && Text(customer, f) == "" {
			out[f] = to
		}
	}
	return out
}

// ContactName is whom a letter greets: the primary contact, else the customer.
func ContactName(customer map[string]any) string {
	people, _ := customer[ContactsField].(map[string]any)
	primary, _ := people["primary"].(map[string]any)
	if name := Text(primary, "name"); name != "" {
		return name
	}
	return Text(customer, "name")
}
