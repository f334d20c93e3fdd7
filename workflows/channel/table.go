package channel

import "errors"

// Verdict is what a provider's error code means.
type Verdict struct {
	Class  Class
	Reason string
}

// Table maps a provider's error codes; "" is the verdict on codes it does not
// list. A provider that answers with a code of its own has not accepted the
// message, so that an unlisted code is final unless the table says otherwise.
type Table map[string]Verdict

// Fail makes the error of a code.
func (t Table) Fail(code, words string) error {
	v, ok := t[code]
	if !ok {
		if v, ok = t[""]; !ok {
			v = Verdict{Permanent, "channel.refused"}
		}
	}
	detail := code
	if words != "" && words != code {
		detail += ": " + words
	}
	return Told(v.Class, v.Reason, detail, errors.New(detail))
}

// The verdicts that most providers have.
var (
	RateLimited = Verdict{Retry, "channel.rateLimited"}
	Busy        = Verdict{Retry, "channel.refusedForNow"}
	BadKey      = Verdict{Retry, "channel.badCredentials"} // a person sets it right, then it goes out
	BadIP       = Verdict{Retry, "channel.ipRefused"}      // likewise, in the provider's list of addresses that may call
	Keywords    = Verdict{Retry, "channel.keywords"}       // likewise, in the robot's security settings
	NoBalance   = Verdict{Retry, "channel.noBalance"}
	BadNumber   = Verdict{Permanent, "channel.badNumber"}
	BadAddress  = Verdict{Permanent, "channel.badAddress"}
	Blacklisted = Verdict{Permanent, "channel.blacklisted"}
	NoTemplate  = Verdict{Permanent, "channel.templateRefused"}
	BadContent  = Verdict{Permanent, "channel.contentRefused"}
	Quota       = Verdict{Permanent, "channel.quota"} // this customer has had as many as the provider allows
	Unsure      = Verdict{Unknown, "channel.unknown"}
)
