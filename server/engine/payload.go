package engine

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// shrinkFrom is the size in bytes above which payloads are compressed. The
// usual ones are far smaller and not worth the work; but the runs of an account
// with thousands of invoices would exceed the 2 MB that the engine takes, and
// they are so alike that they shrink to a twentieth.
const shrinkFrom = 64 << 10

// shrinking is how values become payloads: JSON, compressed where it is large.
func shrinking() converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), shrink{converter.NewZlibCodec(converter.ZlibCodecOptions{})})
}

// shrink compresses large payloads, and reads all.
type shrink struct{ converter.PayloadCodec }

func (s shrink) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		out[i] = p
		if len(p.GetData()) < shrinkFrom {
			continue
		}
		small, err := s.PayloadCodec.Encode([]*commonpb.Payload{p})
		if err != nil {
			return nil, err
		}
		out[i] = small[0]
	}
	return out, nil
}
