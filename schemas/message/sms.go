package message

import "strings"

// SMS is how a text travels as short messages: its encoding, its length in
// that encoding's units, and how many parts it takes.
type SMS struct {
	Encoding string `json:"encoding"` // GSM-7 or UCS-2
	Units    int    `json:"units"`
	Parts    int    `json:"parts"`
	PerPart  int    `json:"perPart"`
	Left     int    `json:"left"` // units free in the last part
}

// gsm7 is the default alphabet of 3GPP TS 23.038; gsm7Extended takes two units.
const (
	gsm7         = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm7Extended = "\f^{}\\[~]|€"
)

// CountSMS counts a text. One character outside GSM-7 turns the whole message
// into UCS-2, where 𠮷 and emoji take two units and are never split.
func CountSMS(s string) SMS {
	units, wide := make([]int, 0, len(s)), false
	for _, r := range s {
		switch {
		case strings.ContainsRune(gsm7, r):
			units = append(units, 1)
		case strings.ContainsRune(gsm7Extended, r):
			units = append(units, 2)
		default:
			wide = true
		}
	}
	out := SMS{Encoding: "GSM-7", PerPart: 160}
	many := 153
	if wide {
		out.Encoding, out.PerPart, many = "UCS-2", 70, 67
		units = units[:0]
		for _, r := range s {
			if r > 0xFFFF {
				units = append(units, 2)
			} else {
				units = append(units, 1)
			}
		}
	}
	for _, u := range units {
		out.Units += u
	}
	if out.Units <= out.PerPart {
		if out.Units > 0 {
			out.Parts = 1
		}
		out.Left = out.PerPart - out.Units
		return out
	}
	out.PerPart = many
	out.Parts = 1
	used := 0
	for _, u := range units { // a character of two units moves to the next part whole
		if used+u > many {
			out.Parts++
			used = 0
		}
		used += u
	}
	out.Left = many - used
	return out
}
