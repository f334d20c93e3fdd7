package httpcall

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
)

// Errcode calls the APIs of WeCom and WeChat: an access token got with a
// secret travels in the address, and every answer has an errcode.
type Errcode struct {
	Door  *Door
	Table channel.Table
	// Words tell verdicts apart where one code stands for several: by what the
	// provider's words contain.
	Words  map[int]map[string]channel.Verdict
	tokens Tokens
}

// stale are the codes of a token that holds no longer; the call did nothing.
var stale = map[int]bool{40001: true, 40014: true, 41001: true, 42001: true, 42007: true, 42009: true}

type answered struct {
	Errcode     *int   `json:"errcode"`
	Errmsg      string `json:"errmsg"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}

// Call posts in to an address with the token that tokenAt gives, and reads the
// answer into out. A token that is refused is fetched anew, once.
func (e *Errcode) Call(ctx context.Context, tokenAt, to string, in, out any) error {
	for again := false; ; again = true {
		token, err := e.tokens.Get(ctx, tokenAt, e.Door.Now(), func(ctx context.Context) (string, time.Duration, error) { return e.token(ctx, tokenAt) })
		if err != nil {
			return err
		}
		code, msg, err := e.once(ctx, withToken(to, token), in, out)
		switch {
		case err != nil:
			return err
		case code == 0:
			return nil
		case stale[code]:
			e.tokens.Drop(tokenAt, token)
			if !again {
				continue
			}
			return channel.Table{"": channel.BadKey}.Fail(strconv.Itoa(code), msg)
		}
		return e.fail(code, msg)
	}
}

// Post is Call without a token.
func (e *Errcode) Post(ctx context.Context, to string, in any) error {
	code, msg, err := e.once(ctx, to, in, nil)
	if err != nil || code == 0 {
		return err
	}
	return e.fail(code, msg)
}

func (e *Errcode) fail(code int, msg string) error {
	key := strconv.Itoa(code)
	for words, v := range e.Words[code] {
		if strings.Contains(msg, words) {
			return channel.Table{key: v}.Fail(key, msg)
		}
	}
	return e.Table.Fail(key, msg)
}

func withToken(to, token string) string {
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	return to + sep + "access_token=" + url.QueryEscape(token)
}

func (e *Errcode) once(ctx context.Context, to string, in, out any) (int, string, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, "", channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	a, err := e.Door.Do(ctx, Call{URL: to, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: body})
	if err != nil {
		return 0, "", err
	}
	if a.Status >= 300 {
		return 0, "", Status(a.Status)
	}
	var r answered
	if err := a.Read(&r); err != nil {
		return 0, "", err
	}
	if r.Errcode == nil {
		return 0, "", channel.Fail(channel.Unknown, "channel.garbage", errors.New("an answer without errcode"))
	}
	if *r.Errcode == 0 && out != nil {
		return 0, "", a.Read(out)
	}
	return *r.Errcode, r.Errmsg, nil
}

func (e *Errcode) token(ctx context.Context, at string) (string, time.Duration, error) {
	var r answered
	if err := e.Door.JSON(ctx, at, nil, &r); err != nil {
		return "", 0, err
	}
	if r.AccessToken == "" {
		code := 0
		if r.Errcode != nil {
			code = *r.Errcode
		}
		v := channel.BadKey
		switch known := e.Table[strconv.Itoa(code)]; {
		case code == -1 || code == 45009:
			v = channel.Busy
		case known == channel.BadIP: // it is asked before the message
			v = known
		}
		return "", 0, channel.Table{"": v}.Fail(strconv.Itoa(code), r.Errmsg)
	}
	return r.AccessToken, time.Duration(r.ExpiresIn) * time.Second, nil
}
