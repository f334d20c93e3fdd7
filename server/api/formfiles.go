package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/records"
)

func (s *Server) fileRoutes() {
	route(s, http.MethodPost, "/forms/{form}/files", "addFile", signedIn, "Store a file for a field of a form; it counts once a record names it", s.addFile)
	route(s, http.MethodGet, "/records/{form}/{id}/files/{file}", "getFile", signedIn, "A file of a record", s.getFile)
}

type addFileIn struct {
	FormPath
	Body struct {
		Name string `json:"name" maxLength:"1000"`
		Data []byte `json:"data" doc:"the bytes, base64"`
	}
}

func (s *Server) addFile(ctx context.Context, a policies.Actor, in *addFileIn) (*reply[records.File], error) {
	f, err := s.Records.AddFile(ctx, a, in.Form, in.Body.Name, in.Body.Data)
	return &reply[records.File]{f}, err
}

type fileIn struct {
	RecordPath
	File string `path:"file" maxLength:"60"`
}

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	NoSniff     string `header:"X-Content-Type-Options"`
	Policy      string `header:"Content-Security-Policy"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

// getFile hands a file out as a download: nothing in it ever runs as a page of ours.
func (s *Server) getFile(ctx context.Context, a policies.Actor, in *fileIn) (*fileOut, error) {
	f, data, err := s.Records.File(ctx, a, in.Form, in.ID, in.File)
	if err != nil {
		return nil, err
	}
	return download(f, data), nil
}

func download(f records.File, data []byte) *fileOut {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, f.Name)
	return &fileOut{
		ContentType: f.Type, Disposition: `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(f.Name),
		NoSniff: "nosniff", Policy: "default-src 'none'; sandbox", Cache: "private, no-store", Body: data,
	}
}
