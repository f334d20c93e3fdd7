// Package split is the step "split": runs are shared out at random by weight,
// for experiments and hold-outs. The choice follows from the run's id, so that
// replay, rehearsal and a repeated step choose alike.
package split

import (
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "split", V: 1, Group: "logic",
	Title: node.Say("Split at random", "随机分流"), About: node.Say("Shares runs out at random, for experiments and hold-outs.", "按比例随机分流，用于对比试验。"),
	Schema: `{"type":"object","required":["arms"],"additionalProperties":false,"properties":{"arms":` + node.Titled("Shares", "比例", `{"type":"array","x-df-widget":"shares","minItems":2,"maxItems":10,"items":{
	  "type":"object","required":["port","share"],"additionalProperties":false,"properties":{
	    "port":`+node.PortSchema+`,"label":`+node.Titled("Name", "名称", node.TextSchema)+`,"share":`+node.Titled("Share", "份额", `{"type":"integer","minimum":0,"maximum":1000}`)+`}}}`) + `}}`,
	Defaults: `{"arms":[{"port":"a","label":{"en":"A","zh-CN":"甲"},"share":50},{"port":"b","label":{"en":"B","zh-CN":"乙"},"share":50}]}`,
	Parse:    node.Reads(func() *split { return new(split) }),
}

type split struct {
	Arms []struct {
		Port  string    `json:"port"`
		Label flow.Text `json:"label"`
		Share int       `json:"share"`
	} `json:"arms"`
}

func (s *split) sum() int {
	n := 0
	for _, a := range s.Arms {
		n += a.Share
	}
	return n
}

// Check asks for distinct ports and some share.
func (s *split) Check() error {
	seen := map[string]bool{}
	for k, a := range s.Arms {
		if seen[a.Port] {
			return fault.At(fmt.Sprintf("/arms/%d/port", k), "portTwice", a.Port)
		}
		seen[a.Port] = true
	}
	if s.sum() == 0 {
		return fault.At("/arms", "noShare", nil)
	}
	return nil
}

// Ports are those of the arms.
func (s *split) Ports() (required, optional []string) {
	for _, a := range s.Arms {
		required = append(required, a.Port)
	}
	return required, nil
}

// Step draws an arm from the run's id.
func (s *split) Step(c *node.Ctx) node.Next {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.Run + "\x00" + c.Node))
	n := int(mix(h.Sum64()) % uint64(s.sum()))
	for _, a := range s.Arms {
		if n < a.Share {
			return node.Go(a.Port)
		}
		n -= a.Share
	}
	return node.Go(s.Arms[0].Port)
}

// mix spreads FNV's weak low bits (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Sentence reads the step.
func (s *split) Sentence(node.Names) flow.Text {
	return node.Both(func(lang string) string {
		parts := make([]string, 0, len(s.Arms))
		for _, a := range s.Arms {
			name := a.Label.In(lang)
			if name == "" {
				name = a.Port
			}
			parts = append(parts, fmt.Sprintf("%s %d%%", name, a.Share*100/s.sum()))
		}
		return node.Pick(lang, "Share out at random: ", "随机分配：") + strings.Join(parts, node.Pick(lang, ", ", "，"))
	})
}
